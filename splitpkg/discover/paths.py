"""The paths of a tree and what patterns match of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from splitpkg.inventory.model import EntryKind
from splitpkg.inventory.tree import Tree

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
    tree: Tree = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "tree", Tree(self.inventory))

    @property
    def every(self) -> tuple[str, ...]:
        """The paths."""
        return self.tree.paths

    @property
    def libdirs(self) -> tuple[str, ...]:
        """Those that `{libdir}` can stand for."""
        return self.tree.libdirs

    def hits(self, glob: Glob) -> Iterator[Hit]:
        """The files, directories and links that the pattern matches."""
        for entry, captures, weight in self.tree.matching(glob):
            own = tuple(pair for pair in captures.items() if pair[0] != "libdir")
            yield Hit(entry.path, own, weight)

    def file_hits(self, glob: Glob) -> Iterator[Hit]:
        """The files and links alone."""
        for hit in self.hits(glob):
            entry = self.inventory.get(hit.path)
            if entry is not None and entry.kind is not EntryKind.DIRECTORY:
                yield hit

    def links_to(self, files: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """The symbolic links that lead to each of the files."""
        found: dict[str, list[str]] = {path: [] for path in files}
        for entry in self.inventory.links:
            target = self.inventory.resolve(entry.path)
            if target is not None and target.path in found:
                found[target.path].append(entry.path)
        return {path: tuple(links) for path, links in found.items() if links}
