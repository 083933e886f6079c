"""A tree as it will lie in a system, for the loader to search."""

from __future__ import annotations

from typing import TYPE_CHECKING

from splitpkg.inventory.model import Inventory

if TYPE_CHECKING:
    from splitpkg.abi.linkage import Linkage
    from splitpkg.elf.model import ElfFile
    from splitpkg.inventory.model import Sysroot


class Installed:
    """The files of a tree, over those of a sysroot where there is one.

    Without one, a library of the tree counts wherever it lies: a system's configuration, which nobody
    knows, may lead there. `absent` are paths of the tree that are not installed.
    """

    def __init__(
        self, linkage: Linkage, sysroot: Sysroot | None = None, absent: frozenset[str] = frozenset()
    ) -> None:
        self._linkage = linkage
        self.sysroot = sysroot
        self._absent = absent
        self._inventory = linkage.inventory if sysroot is None else _over(linkage.inventory, sysroot)

    @property
    def directories(self) -> tuple[str, ...]:
        """Those of ld.so.conf, as far as it is known."""
        return self.sysroot.directories if self.sysroot is not None else ()

    def find(self, path: str) -> str | None:
        """The ELF file that a path leads to, by a path without links."""
        found = self._at(path)
        if found is None and self.sysroot is None:
            # Where /lib is a link to usr/lib, as on most systems, both are the same.
            found = self._at(path.removeprefix("usr/") if path.startswith("usr/lib") else f"usr/{path}")
        return found

    def _at(self, path: str) -> str | None:
        entry = self._inventory.resolve(path)
        if entry is None or entry.elf is None or not entry.elf.dynamic or entry.path in self._absent:
            return None
        return entry.path

    def facts(self, path: str) -> ElfFile:
        """The facts of a file that was found; KeyError for any other."""
        entry = self._inventory.get(path)
        if entry is None or entry.elf is None:
            raise KeyError(path)
        return entry.elf

    def elsewhere(self, loader: str, name: str) -> str | None:
        """Without a sysroot the tree's file of that name."""
        if self.sysroot is not None or not self._linkage.is_elf(loader):
            return None
        found = next((need.provider for need in self._linkage.needs(loader) if need.name == name), None)
        return None if found in self._absent else found


def _over(inventory: Inventory, sysroot: Sysroot) -> Inventory:
    """The entries of both; where both have a path, the tree's."""
    ours = {entry.path for entry in inventory.entries}
    below = (entry for entry in sysroot.entries if entry.path not in ours)
    return Inventory(inventory.root, (*inventory.entries, *below), inventory.newest)
