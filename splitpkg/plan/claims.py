"""What the manifest's rules ask for: each rule with the paths it takes, before anyone decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from splitpkg.diagnostics import Diagnostic
from splitpkg.inventory.model import EntryKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from splitpkg.inventory.tree import Tree
    from splitpkg.manifest.glob import Glob
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
