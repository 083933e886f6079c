"""The paths of a tree and what patterns match of them."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from splitpkg.inventory.model import EntryKind
from splitpkg.manifest.glob import libdirs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from splitpkg.inventory.model import Inventory
    from splitpkg.manifest.glob import Glob


@dataclass(frozen=True, slots=True)
class Hit:
    """A path that a pattern matches; `captures` without `libdir`, `weight` the length of the literal head."""

    path: str
    captures: tuple[tuple[str, str], ...]
    weight: int


@dataclass(frozen=True, slots=True)
class Paths:
    """All paths of an inventory, in order."""

    inventory: Inventory
    every: tuple[str, ...] = field(init=False)
    libdirs: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "every", tuple(entry.path for entry in self.inventory.entries))
        object.__setattr__(self, "libdirs", libdirs(self.every))

    def hits(self, glob: Glob) -> Iterator[Hit]:
        """The files, directories and links that the pattern matches."""
        for head in glob.heads(self.libdirs):
            for index in self.beginning(head):
                found = glob.match(self.every[index])
                if found is not None:
                    captures = tuple(pair for pair in found.captures if pair[0] != "libdir")
                    yield Hit(self.every[index], captures, found.literal)

    def file_hits(self, glob: Glob) -> Iterator[Hit]:
        """The files and links alone."""
        for hit in self.hits(glob):
            entry = self.inventory.get(hit.path)
            if entry is not None and entry.kind is not EntryKind.DIRECTORY:
                yield hit

    def links_to(self, files: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """The symbolic links that lead to each of the files."""
        found: dict[str, list[str]] = {path: [] for path in files}
        for entry in self.inventory.entries:
            if entry.kind is EntryKind.SYMLINK:
                target = self.inventory.resolve(entry.path)
                if target is not None and target.path in found:
                    found[target.path].append(entry.path)
        return {path: tuple(links) for path, links in found.items() if links}

    def beginning(self, head: str) -> range:
        """The places of the paths that begin so."""
        start = bisect_left(self.every, head)
        if not head:
            return range(start, len(self.every))
        return range(start, bisect_left(self.every, head[:-1] + chr(ord(head[-1]) + 1)))
