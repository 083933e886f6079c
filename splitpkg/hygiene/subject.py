"""What the checks look at: the tree's files, and what they are for."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from splitpkg.abi.linkage import Linkage
    from splitpkg.elf.model import ElfFile
    from splitpkg.inventory.model import Inventory


@dataclass(frozen=True, slots=True)
class Subject:
    """One tree: the ELF files among its hosts and modules, both sorted.

    `development` are the headers and links of packages that are needed to build software only.
    `whole` tells that all hosts are ELF files, so that nothing but them can load.
    """

    inventory: Inventory
    linkage: Linkage
    hosts: tuple[str, ...]
    modules: tuple[str, ...]
    development: frozenset[str]
    whole: bool = True

    @property
    def programs(self) -> Iterator[tuple[str, ElfFile]]:
        """The hosts that are started, each with its facts."""
        found = ((path, self.linkage.facts(path)) for path in self.hosts)
        return ((path, facts) for path, facts in found if facts.is_program)

    def by_directory(self) -> dict[str, list[str]]:
        """The modules by the directory that they lie in."""
        found: dict[str, list[str]] = {}
        for path in self.modules:
            found.setdefault(posixpath.dirname(path), []).append(path)
        return found


def listed(names: Iterable[str], most: int = 3) -> str:
    """Names for a message, in backticks; the rest as a number."""
    every = sorted(names)
    more = f" and {len(every) - most} more" if len(every) > most else ""
    return ", ".join(f"`{name}`" for name in every[:most]) + more


def also(paths: Iterable[str], most: int = 3) -> tuple[str, ...]:
    """Notes that name the paths after the first, to which the same applies; many as a number."""
    _, *others = paths
    more = (f"and for {len(others) - most} more",) if len(others) > most else ()
    return (*(f"the same holds for {path}" for path in others[:most]), *more)
