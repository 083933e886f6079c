"""Who gets which path by the rules of a manifest, as the plan will decide."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from splitpkg.inventory.model import EntryKind
from splitpkg.manifest.glob import Glob
from splitpkg.manifest.template import suffix_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from splitpkg.discover.model import FoundFamily
    from splitpkg.discover.paths import Paths


@dataclass(frozen=True, slots=True)
class Member:
    """A path that a family takes: its suffix there, what was captured, and the weight of the claim."""

    path: str
    family: str
    suffix: str
    captures: tuple[tuple[str, str], ...]
    weight: int


def members(paths: Paths, families: Iterable[FoundFamily]) -> dict[str, Member]:
    """What each family takes: the longest literal head wins, then the first pattern."""
    found: dict[str, Member] = {}
    for family in families:
        for text in family.files:
            for hit in paths.file_hits(Glob(text)):
                if hit.path not in found or found[hit.path].weight < hit.weight:
                    suffix = suffix_of(family.package, dict(hit.captures))
                    found[hit.path] = Member(hit.path, family.name, suffix, hit.captures, hit.weight)
    return found


@dataclass(frozen=True, slots=True)
class Claim:
    """A pattern that asks for a path, and the package it stands in."""

    suffix: str
    text: str


def takers(
    paths: Paths, packages: Mapping[str, Iterable[str]], taken: Mapping[str, Member]
) -> dict[str, tuple[Claim, ...]]:
    """For each path the patterns that ask for it with the greatest weight; none for what a family takes.

    A directory's pattern takes all that is below it.
    """
    best: dict[str, int] = {member.path: member.weight for member in taken.values()}
    found: defaultdict[str, list[Claim]] = defaultdict(list)
    for suffix, texts in packages.items():
        for text in texts:
            for hit in paths.hits(Glob(text)):
                for path in _with_below(paths, hit.path):
                    if best.get(path, -1) < hit.weight:
                        best[path], found[path] = hit.weight, [Claim(suffix, text)]
                    elif best[path] == hit.weight:
                        found[path].append(Claim(suffix, text))
    return {path: tuple(claims) for path, claims in found.items()}


def _with_below(paths: Paths, path: str) -> Iterator[str]:
    yield path
    entry = paths.inventory.get(path)
    if entry is not None and entry.kind is EntryKind.DIRECTORY:
        yield from (below.path for below in paths.tree.below(path))
