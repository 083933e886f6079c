"""The families of a tree's modules, so that no two packages get one name."""

from __future__ import annotations

import posixpath
from collections import Counter, defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from splitpkg.discover.beside import with_beside
from splitpkg.discover.layout import LibraryDirectory
from splitpkg.discover.model import FoundFamily
from splitpkg.discover.naming import is_suffix, safe_suffix
from splitpkg.discover.paths import Paths
from splitpkg.discover.proposals import propose
from splitpkg.discover.rules import members
from splitpkg.manifest.glob import Glob, escaped

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from splitpkg.discover.model import Discovery
    from splitpkg.discover.proposals import Proposal
    from splitpkg.discover.rules import Member
    from splitpkg.inventory.model import Inventory

RESERVED = ("core", "libs", "devel", "data", "doc")
"""Suffixes of the packages that are no modules."""


def find_families(
    inventory: Inventory, discovery: Discovery, program: str | None = None
) -> tuple[FoundFamily, ...]:
    """The families of all modules; each module is in one, and no two modules get one package name.

    `program` is what the program is called, if not as the tree has it.
    """
    program, paths = program or discovery.name, Paths(inventory)
    modules = {group.directory: group.modules for group in discovery.groups}
    links = paths.links_to(path for files in modules.values() for path in files)
    place = LibraryDirectory.of(paths)
    names = set[str]()
    found = []
    for proposal in propose(paths, modules, links, program):
        files = (*proposal.globs, *_link_globs(paths, place, proposal, links))
        name = safe_suffix(_family_name(proposal), names)
        names.add(name)
        found.append(FoundFamily(name, files, proposal.template, proposal.modules, proposal.why))
    separated = tuple(_separated(paths, place, found, links))
    return with_beside(paths, place, separated, members(paths, separated), program)


def _family_name(proposal: Proposal) -> str:
    """What the family is called in the manifest: its template's fixed words, its place, or just modules."""
    words = [word for word in proposal.template.split("-") if "{" not in word and word]
    return "-".join(words or proposal.place[-1:]) or "modules"


def _separated(
    paths: Paths, place: LibraryDirectory, families: list[FoundFamily], links: Mapping[str, tuple[str, ...]]
) -> Iterator[FoundFamily]:
    """The families, and families of one file each for what would get no name, a wrong one, or another's."""
    taken = members(paths, families)
    modules = {path for family in families for path in family.modules}
    ours = {*modules, *(link for path in modules for link in links.get(path, ()))}
    odd = [path for path in sorted(modules) if path not in taken]
    odd += [path for path in sorted(ours & taken.keys()) if not _is_free(taken[path].suffix)]
    odd += [path for path in _colliding(taken, modules, ours) if path not in odd]
    for family in families:
        kept = tuple(path for path in family.modules if path not in odd)
        if kept:
            yield replace(family, modules=kept)
    suffixes = {*RESERVED, *(member.suffix for member in taken.values())}
    names = {family.name for family in families}
    for path in odd:
        suffix = safe_suffix(taken[path].suffix if path in taken else path.rpartition("/")[2], suffixes)
        name = safe_suffix(suffix, names)
        suffixes.add(suffix)
        names.add(name)
        files = (path,) if path in modules else ()
        why = "its name is another file's too, or cannot be a package's"
        yield FoundFamily(name, (place.literal(path),), suffix, files, why)


def _is_free(suffix: str) -> bool:
    return is_suffix(suffix) and suffix not in RESERVED


def _colliding(taken: Mapping[str, Member], modules: set[str], ours: set[str]) -> Iterator[str]:
    """Modules and links to them whose suffix other files have; of several modules the first keeps it."""
    sharers = defaultdict[str, list["Member"]](list)
    for path in sorted(taken, key=lambda path: (path not in modules, path.lower() != path, path)):
        sharers[taken[path].suffix].append(taken[path])
    for first, *others in sharers.values():
        strangers = [one for one in others if (one.family, one.captures) != (first.family, first.captures)]
        if any(one.path not in ours for one in (first, *strangers)):
            strangers = [first, *strangers]
        yield from (one.path for one in strangers if one.path in ours)


def _link_globs(
    paths: Paths, place: LibraryDirectory, proposal: Proposal, links: Mapping[str, tuple[str, ...]]
) -> Iterator[str]:
    """Patterns for links to the modules under other names, where each link has its module's captures."""
    primary: dict[str, dict[str, str]] = {}
    for glob in proposal.globs:
        for hit in paths.file_hits(Glob(glob)):
            primary.setdefault(hit.path, dict(hit.captures))
    ours = {link: path for path in proposal.modules for link in links.get(path, ())}
    count = Counter(
        text
        for link, path in ours.items()
        if link not in primary and (text := _link_glob(place, link, primary.get(path, {}))) is not None
    )
    for glob in sorted(count, key=lambda one: (-count[one], one)):
        hits = [hit for hit in paths.file_hits(Glob(glob)) if hit.path not in primary]
        if hits and all(
            hit.path in ours and dict(hit.captures) == primary.get(ours[hit.path]) for hit in hits
        ):
            primary.update({hit.path: dict(hit.captures) for hit in hits})
            yield glob


def _link_glob(place: LibraryDirectory, link: str, captures: Mapping[str, str]) -> str | None:
    directory, _, file = link.rpartition("/")
    name = captures.get("name", "")
    if set(captures) != {"name"} or name not in file:
        return None
    before, _, after = file.partition(name)
    return posixpath.join(place.glob(directory), f"{escaped(before)}{{name}}{escaped(after)}")
