"""What the finders of tags look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from splitpkg.abi.linkage import Linkage
    from splitpkg.inventory.model import Entry


@dataclass(frozen=True, slots=True)
class Marked:
    """What the finders look at: the tree's linkage, its hosts, its modules and other shared objects.

    `mentions` are the symbols that each host holds as strings. `private` are libraries that only
    the program itself links to.
    """

    linkage: Linkage
    hosts: tuple[str, ...]
    modules: tuple[str, ...]
    private: frozenset[str]
    mentions: Mapping[str, frozenset[str]]

    def loaders(self) -> Iterator[Entry]:
        """The hosts and the libraries that they are linked to, modules never."""
        closures = (self.linkage.closure(host).files for host in self.hosts)
        yield from self._entries(frozenset(self.hosts).union(*closures))

    def others(self) -> Iterator[Entry]:
        """All ELF files that are no modules."""
        yield from self._entries(entry.path for entry, _ in self.linkage.inventory.elf_files)

    def _entries(self, paths: Iterable[str]) -> Iterator[Entry]:
        for path in sorted(frozenset(paths).difference(self.modules)):
            entry = self.linkage.inventory.get(path)
            if entry is not None:
                yield entry


def count(files: Collection[str]) -> str:
    """How many modules those are, in words."""
    return "1 module" if len(files) == 1 else f"{len(files)} modules"
