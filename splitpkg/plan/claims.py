"""What the manifest's rules ask for: each rule with the paths it takes, before anyone decides."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from splitpkg.diagnostics import Diagnostic
from splitpkg.inventory.model import EntryKind
from splitpkg.manifest.glob import Glob, libdirs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from splitpkg.inventory.model import Entry, Inventory
    from splitpkg.manifest.model import ManifestFile

Key = tuple[str | int, ...]
"""A place in the manifest, as `ManifestFile.where` takes it."""

EXPLICIT = 1 << 30
"""Weight of a rule that names one module's or one excluded path's files: above every pattern's."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One pattern of the manifest and the package, by suffix, that it gives its paths to.

    A package of None leaves the paths out. `key` is the pattern's place in the manifest.
    """

    package: str | None
    glob: Glob
    key: Key
    explicit: bool = False


@dataclass(frozen=True, slots=True)
class Claim:
    """One rule's claim to one path. The heavier claim wins: the longer literal head, or an explicit rule."""

    rule: Rule
    path: str
    weight: int


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


def claims(tree: Tree, rule: Rule) -> Iterator[Claim]:
    """What one rule asks for: the paths that match, and all that is below a directory that does."""
    for entry, _, literal in tree.matching(rule.glob):
        weight = EXPLICIT + literal if rule.explicit else literal
        yield Claim(rule, entry.path, weight)
        if entry.kind is EntryKind.DIRECTORY:
            for child in tree.below(entry.path):
                yield Claim(rule, child.path, weight)


def unused(manifest: ManifestFile, key: Key, glob: Glob) -> Diagnostic:
    """The finding about a pattern that takes nothing."""
    hint = "remove the pattern, or mend it"
    return Diagnostic("rule-unused", manifest.where(*key), f"`{glob}` matches nothing in the tree", hint=hint)
