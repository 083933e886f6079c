"""The entries of an inventory in order, to find those that a pattern of the manifest matches."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from splitpkg.manifest.glob import libdirs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from splitpkg.inventory.model import Entry, Inventory
    from splitpkg.manifest.glob import Glob


@dataclass(frozen=True, slots=True)
class Tree:
    """The inventory with its paths in order, to find those that a pattern can match at all."""

    inventory: Inventory
    paths: tuple[str, ...] = field(init=False)
    libdirs: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "paths", tuple(entry.path for entry in self.inventory.entries))
        object.__setattr__(self, "libdirs", libdirs(self.paths))

    def matching(self, glob: Glob) -> Iterator[tuple[Entry, Mapping[str, str], int]]:
        """The entries that a pattern matches, with what it captured and the length of its literal head."""
        for head in glob.heads(self.libdirs):
            for index in self._range(head):
                found = glob.match(self.paths[index])
                if found is not None:
                    yield self.inventory.entries[index], dict(found.captures), found.literal

    def below(self, directory: str) -> Iterator[Entry]:
        """All entries below a directory."""
        for index in self._range(f"{directory}/"):
            yield self.inventory.entries[index]

    def _range(self, head: str) -> range:
        start = bisect_left(self.paths, head)
        if not head:
            return range(start, len(self.paths))
        return range(start, bisect_left(self.paths, head[:-1] + chr(ord(head[-1]) + 1)))
