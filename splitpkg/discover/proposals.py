"""Proposes patterns for modules: one for each directory or type, one for directories that are alike."""

from __future__ import annotations

import posixpath
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from splitpkg.abi.directories import is_library_directory
from splitpkg.discover.layout import Bucket, LibraryDirectory, buckets
from splitpkg.discover.naming import telling_words
from splitpkg.discover.places import private_parts
from splitpkg.discover.shape import Shape, shape_of
from splitpkg.manifest.glob import Glob
from splitpkg.manifest.template import suffix_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from splitpkg.discover.paths import Paths


_TYPES = 12
"""More first words than this in one directory are no types."""
_RELEASE = re.compile(r"-[0-9]+(?:\.[0-9]+)+$")
_COVERED = 0.6
"""The part of a directory's modules that types have to cover."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A family whose package names are not settled.

    `words` tell its files from those of other families, `suffix` does so too; `place` are the words
    of its directory.
    """

    globs: tuple[str, ...]
    template: str
    words: tuple[str, ...]
    suffix: str
    place: tuple[str, ...]
    modules: tuple[str, ...]
    why: str


def propose(
    paths: Paths, modules: Mapping[str, tuple[str, ...]], links: Mapping[str, tuple[str, ...]], program: str
) -> list[Proposal]:
    """Families for the modules of all directories, with names that tell one place from another."""
    place = LibraryDirectory.of(paths)
    found = [
        proposal
        for bucket in buckets(modules)
        for proposal in _proposals(paths, place, bucket, links, program)
    ]
    return _named(paths, found)


def _proposals(
    paths: Paths, place: LibraryDirectory, bucket: Bucket, links: Mapping[str, tuple[str, ...]], program: str
) -> Iterator[Proposal]:
    shape = _shape(bucket, links)
    directory = f"{place.glob(bucket.root)}{bucket.glob}"
    words = tuple(telling_words(shape.prefix, program))
    home = tuple(dict.fromkeys(telling_words("/".join(private_parts(bucket.root)), program)))
    if is_library_directory(bucket.root) and not _is_specific(
        paths, bucket, posixpath.join(directory, shape.glob()), links
    ):
        yield from (_literal(place, path) for path in bucket.modules)
        return
    types = {} if bucket.captures else _types(shape, bucket.modules)
    for name, files in types.items():
        typed = replace(shape, prefix=f"{shape.prefix}{name}")
        why = f"{len(files)} names begin with `{typed.prefix}`"
        template = f"{name.rstrip('-_')}-{{name}}"
        yield Proposal(
            (posixpath.join(directory, typed.glob()),), template, words, shape.suffix, home, files, why
        )
    typed_files = {path for files in types.values() for path in files}
    template = "-".join([*(f"{{{capture}}}" for capture in bucket.captures), "{name}"])
    for odd, files in _by_first_letter(shape, [path for path in bucket.modules if path not in typed_files]):
        pieces = replace(shape, prefix=f"{shape.prefix}{odd}")
        globs = tuple(posixpath.join(directory, one.glob()) for one in (*_released(pieces, files), pieces))
        yield Proposal(globs, template, words, shape.suffix, home, files, _why(bucket, len(files)))


def _by_first_letter(shape: Shape, files: Iterable[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The files whose names begin as a package's may, and those with some other character before that."""
    found = defaultdict[str, list[str]](list)
    for path in files:
        own = shape.own(path.rpartition("/")[2])
        found["_" if own.startswith("_") and own[1:2].isalnum() else ""].append(path)
    for odd, some in sorted(found.items()):
        yield odd, tuple(some)


def _released(shape: Shape, files: Iterable[str]) -> Iterator[Shape]:
    """The shape with the release that most of the names end in: `accesslog-2.5.so`."""
    ends = [found[0] for path in files if (found := _RELEASE.search(shape.own(path.rpartition("/")[2])))]
    end, number = Counter(ends).most_common(1)[0] if ends else ("", 0)
    if number > 1 and 2 * number > len(list(files)):
        yield replace(shape, suffix=f"{end}{shape.suffix}")


def _shape(bucket: Bucket, links: Mapping[str, tuple[str, ...]]) -> Shape:
    names = {path.rpartition("/")[2] for path in bucket.modules}
    beside = {
        link.rpartition("/")[2]
        for path in bucket.modules
        for link in links.get(path, ())
        if link.rpartition("/")[0] == path.rpartition("/")[0]
    }
    return shape_of(names, beside)


def _is_specific(paths: Paths, bucket: Bucket, glob: str, links: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether a pattern in a directory of libraries matches the modules and links to them alone."""
    if len(bucket.modules) == 1:
        return False
    ours = {*bucket.modules, *(link for path in bucket.modules for link in links.get(path, ()))}
    return {hit.path for hit in paths.file_hits(Glob(glob))} <= ours


def _literal(place: LibraryDirectory, path: str) -> Proposal:
    """One module by its own path, where a pattern would take libraries too."""
    name = path.rpartition("/")[2]
    own = shape_of([name]).own(name)
    return Proposal((place.literal(path),), own, (), "", (), (path,), "lies among libraries, so by its path")


def _types(shape: Shape, modules: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Types of modules in one directory: first words of their names that several have, as `block-`."""
    found = defaultdict[str, list[str]](list)
    for path in modules:
        own = shape.own(path.rpartition("/")[2])
        ends = [at for at in (own.find("-"), own.find("_")) if at > 0]
        if ends and min(ends) + 1 < len(own) and not own[: min(ends)].isdigit():
            found[own[: min(ends) + 1]].append(path)
    types = {name: tuple(files) for name, files in sorted(found.items()) if len(files) > 1}
    covered = sum(map(len, types.values()))
    alike = len({name[:-1].lower() for name in types}) == len(types)
    return types if alike and 1 < len(types) <= _TYPES and covered >= _COVERED * len(modules) else {}


def _why(bucket: Bucket, number: int) -> str:
    if bucket.captures:
        return f"{number} modules in {len(bucket.directories)} directories that are alike"
    return f"{number} modules in {bucket.root}" if number > 1 else f"one module in {bucket.root}"


def _named(paths: Paths, found: list[Proposal]) -> list[Proposal]:
    """The templates with words that tell one place of modules from another, where there are several."""
    tails = Counter({proposal.suffix: 0 for proposal in found})
    tails.update(suffix for suffix, _ in {(proposal.suffix, proposal.globs) for proposal in found})
    shapes = {(proposal.words, proposal.suffix, proposal.place) for proposal in found}
    if len(shapes) > 1:
        found = [_qualified(proposal, tails) for proposal in found]
    suffixes = [set(_suffixes(paths, [proposal]).values()) for proposal in found]
    clashing = {
        at
        for at, own in enumerate(suffixes)
        for other, theirs in enumerate(suffixes)
        if other != at and not own.isdisjoint(theirs) and found[at].place != found[other].place
    }
    return [_placed(proposal) if at in clashing else proposal for at, proposal in enumerate(found)]


def _qualified(proposal: Proposal, tails: Mapping[str, int]) -> Proposal:
    if "{name}" not in proposal.template or len(proposal.modules) == 1:
        return proposal
    if proposal.words:
        return _prefixed(proposal, proposal.words)
    if proposal.suffix and tails[proposal.suffix] == 1 and proposal.template == "{name}":
        words = telling_words(proposal.suffix, "") or [proposal.suffix.strip("-_.")]
        return replace(proposal, template="-".join(["{name}", *words]))
    return _prefixed(proposal, proposal.place[-1:])


def _placed(proposal: Proposal) -> Proposal:
    return _prefixed(proposal, proposal.place) if "{name}" in proposal.template else proposal


def _prefixed(proposal: Proposal, words: Iterable[str]) -> Proposal:
    missing = [word for word in words if word not in proposal.template.split("-")]
    return replace(proposal, template="-".join([*missing, proposal.template]))


def _suffixes(paths: Paths, found: Iterable[Proposal]) -> dict[str, str]:
    """The package suffix of each module that its family's patterns match; the first one that does counts."""
    suffixes: dict[str, str] = {}
    for proposal in found:
        wanted = set(proposal.modules)
        for glob in proposal.globs:
            for hit in paths.file_hits(Glob(glob)):
                if hit.path in wanted:
                    suffixes.setdefault(hit.path, suffix_of(proposal.template, dict(hit.captures)))
    return suffixes
