"""Patterns that give each package its paths: whole directories where they can be had, globs elsewhere."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from typing import TYPE_CHECKING

from splitpkg.abi.directories import is_library_directory
from splitpkg.discover.owners import CORE
from splitpkg.discover.rules import Claim, takers
from splitpkg.manifest.glob import Glob, escaped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from splitpkg.discover.layout import LibraryDirectory
    from splitpkg.discover.paths import Paths
    from splitpkg.discover.rules import Member

_NUMBERS = re.compile(r"[0-9]+(?:[.~+-]*[0-9]+)*")
_SHARED = frozenset(("", "usr", "usr/local"))
_WRONG = 4
"""A glob may hit one path of another package for so many of its own; that one gets a longer pattern."""


def patterns(
    paths: Paths, place: LibraryDirectory, owners: Mapping[str, str], taken: Mapping[str, Member]
) -> dict[str, tuple[str, ...]]:
    """Patterns of each package by which the plan gives every path to the package that `owners` says."""
    directories = dict(_directories(owners, taken))
    found = defaultdict[str, set[str]](set)
    for directory, suffix in directories.items():
        found[suffix].add(place.glob(directory))
    for (suffix, directory), files in _loose(place, owners, directories).items():
        found[suffix].update(_globs(paths, taken, directory, files))
    while missed := _missed(paths, place, owners, taken, found):
        for suffix, text in missed:
            found[suffix].add(text)
    winning = {claim for claims in takers(paths, found, taken).values() for claim in claims}
    return {
        suffix: tuple(sorted(text for text in found[suffix] if Claim(suffix, text) in winning))
        for suffix in sorted(found)
    }


def _directories(owners: Mapping[str, str], taken: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Directories that go to one package whole: the core's as near to the root as can be, others inside them.

    A family's pattern is longer than the first and may be shorter than the others.
    """
    below = defaultdict[str, set[str]](set)
    for path, suffix in owners.items():
        for directory in _above(path):
            below[directory].add(suffix)
    with_modules = {directory for path in taken for directory in _above(path)}
    for directory, suffixes in below.items():
        parent = directory.rpartition("/")[0]
        if _is_shared(directory):
            continue
        if CORE in suffixes and _is_shared(parent):
            yield directory, CORE
        if CORE in suffixes or len(suffixes) > 1 or directory in with_modules:
            continue
        if _is_shared(parent) or len(below[parent]) > 1 or parent in with_modules:
            yield directory, next(iter(suffixes))


def _above(path: str) -> Iterator[str]:
    while path := path.rpartition("/")[0]:
        yield path


def _is_shared(directory: str) -> bool:
    """Whether files of many packages lie side by side in the directory."""
    return directory in _SHARED or is_library_directory(directory)


def _loose(
    place: LibraryDirectory, owners: Mapping[str, str], directories: Mapping[str, str]
) -> dict[tuple[str, str], list[str]]:
    """The paths that no directory's pattern gives to their package, by package and directory."""
    found = defaultdict[tuple[str, str], list[str]](list)
    for path, suffix in owners.items():
        nearest = next((directories[one] for one in _above(path) if one in directories), None)
        if nearest != suffix:
            found[suffix, place.glob(path.rpartition("/")[0])].append(path)
    return found


def _globs(paths: Paths, taken: Mapping[str, Member], directory: str, files: list[str]) -> Iterator[str]:
    """Globs in one directory for most of the files."""
    left = set(files)
    for text in _candidates(directory, files):
        hits = {hit.path for hit in paths.hits(Glob(text)) if hit.path not in taken}
        right = hits & left
        if right and _WRONG * len(hits.difference(files)) <= len(right):
            left -= right
            yield text


def _candidates(directory: str, files: list[str]) -> list[str]:
    """Globs that people write, those that say the least first."""
    names = [path.rpartition("/")[2] for path in files]
    common = ["lib*.so.*", "lib*.so", "*.a", "*.la"] if len(files) > 1 else []
    versions = [_unnumbered(name) for name in names]
    return [posixpath.join(directory, glob) for glob in dict.fromkeys((*common, *versions))]


def _unnumbered(name: str) -> str:
    """A library's name as a glob that fits its other releases too."""
    stem, dot, version = name.partition(".so.")
    found = (
        "*".join(map(escaped, _NUMBERS.split(stem))) if stem.startswith("lib") and not dot else escaped(stem)
    )
    return f"{found}.so.*" if version else found


def _missed(
    paths: Paths,
    place: LibraryDirectory,
    owners: Mapping[str, str],
    taken: Mapping[str, Member],
    found: Mapping[str, set[str]],
) -> list[tuple[str, str]]:
    """The paths that would go elsewhere, each as a pattern of its own."""
    now = takers(paths, found, taken)
    return [
        (suffix, text)
        for path, suffix in owners.items()
        if {claim.suffix for claim in now.get(path, ())} != {suffix}
        and (text := place.literal(path)) not in found.get(suffix, ())
    ]


def host_patterns(paths: Paths, place: LibraryDirectory, hosts: list[str]) -> tuple[str, ...]:
    """Patterns for the hosts, libraries without the version in their names."""
    found = set[str]()
    for path in hosts:
        directory, _, name = path.rpartition("/")
        text = posixpath.join(place.glob(directory), _unnumbered(name))
        hits = {hit.path for hit in paths.file_hits(Glob(text))}
        files = {entry.path for one in hits if (entry := paths.inventory.resolve(one)) is not None}
        found.add(text if files <= set(hosts) else place.literal(path))
    return tuple(sorted(found))
