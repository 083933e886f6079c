"""Directories of modules: which are alike, so that one pattern serves them, and how a pattern spells them."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from splitpkg.abi.directories import is_library_directory
from splitpkg.discover.naming import telling_words
from splitpkg.discover.shape import shape_of
from splitpkg.manifest.glob import escaped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from splitpkg.discover.paths import Paths
    from splitpkg.discover.shape import Shape

_ALIKE, _MANY = 3, 6
"""So many directories that are alike make one pattern with their name as a capture."""
_DEPTH = 3
_MOST = 0.8
_CAPTURES = ("type", "kind", "part")
_PLAIN = re.compile(r"(?:usr/)?lib")


@dataclass(frozen=True, slots=True)
class Bucket:
    """Directories of modules that one pattern serves: `root`, then `glob` with its `captures`."""

    root: str
    glob: str
    captures: tuple[str, ...]
    directories: tuple[str, ...]
    modules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LibraryDirectory:
    """Which of a tree's directories a pattern may call `{libdir}`.

    `every` are all those that `{libdir}` matches; `directories` are all of the tree's.
    """

    known: tuple[str, ...]
    every: tuple[str, ...]
    directories: frozenset[str]

    @classmethod
    def of(cls, paths: Paths) -> LibraryDirectory:
        """Those that shared objects lie below; `lib` and `usr/lib` only where there is no other."""
        shared = [entry.path for entry, facts in paths.inventory.elf_files if facts.is_shared_object]
        used = {_deepest(paths.libdirs, path) for path in shared} - {None}
        found = sorted(one for one in used if one is not None)
        special = [one for one in found if not _PLAIN.fullmatch(one)]
        directories = frozenset(path.rpartition("/")[0] for path in paths.every)
        return cls(tuple(special or found), paths.libdirs, directories)

    def glob(self, directory: str) -> str:
        """A directory as a pattern, which no other one matches."""
        base = _deepest(self.every, f"{directory}/")
        if base is None or (base not in self.known and _PLAIN.fullmatch(base)):
            return escaped(directory)
        rest = directory[len(base) :]
        twins = (one + rest for one in self.every if one != base)
        return (
            escaped(directory)
            if rest and not self.directories.isdisjoint(twins)
            else "{libdir}" + escaped(rest)
        )

    def literal(self, path: str) -> str:
        """One path as a pattern."""
        directory, _, name = path.rpartition("/")
        return f"{self.glob(directory)}/{escaped(name)}" if directory else escaped(name)


def buckets(modules: Mapping[str, tuple[str, ...]]) -> tuple[Bucket, ...]:
    """All directories of modules, those that are alike together, sorted by root."""
    left, found = set(modules), list[Bucket]()
    for depth in range(1, _DEPTH + 1):
        for root, directories in _by_ancestor(left, depth):
            bucket = _joined(root, [one for one in directories if one in left], modules)
            if bucket is not None:
                found.append(bucket)
                left.difference_update(bucket.directories)
    found += [Bucket(one, "", (), (one,), modules[one]) for one in left]
    return tuple(sorted(found, key=lambda bucket: (bucket.root, bucket.glob)))


def _by_ancestor(directories: Iterable[str], depth: int) -> Iterator[tuple[str, list[str]]]:
    """Private directories by the private one that is so far above them; the fullest first."""
    found = defaultdict[str, list[str]](list)
    for directory in sorted(directories):
        parts = directory.split("/")
        above = ["/".join(parts[:at]) for at in range(len(parts) - depth, len(parts))]
        if above[0] not in ("", "usr") and not any(map(is_library_directory, above)):
            found[above[0]].append(directory)
    return iter(sorted(found.items(), key=lambda item: (-len(item[1]), item[0])))


def _joined(root: str, directories: list[str], modules: Mapping[str, tuple[str, ...]]) -> Bucket | None:
    """One bucket for the directories below a root, without those that have a shape of their own."""
    every = _shape(directories, modules)
    alike = [one for one in directories if not _has_own_shape(one, modules[one], every)]
    below = [one for one in modules if one.startswith(f"{root}/")]
    if len(below) == len(directories) >= _MANY and 2 * len(alike) < len(directories):
        alike = directories
    if len(alike) < _ALIKE:
        return None
    at, eponymous = _eponymous(root, alike, modules)
    if len(eponymous) >= _ALIKE and len(eponymous) >= _MOST * len(alike):
        alike = eponymous
    else:
        at = None
    glob, captures = _pattern([one[len(root) + 1 :].split("/") for one in alike], at)
    files = tuple(sorted(path for one in alike for path in modules[one]))
    return Bucket(root, glob, captures, tuple(alike), files)


def _eponymous(
    root: str, directories: list[str], modules: Mapping[str, tuple[str, ...]]
) -> tuple[int | None, list[str]]:
    """The part of the directories' names that repeats the module's own, and where it does."""
    shape = _shape(directories, modules)
    best: tuple[int | None, list[str]] = (None, [])
    for at in range(directories[0].count("/") - root.count("/")):
        found = [
            one
            for one in directories
            if {shape.own(path.rpartition("/")[2]) for path in modules[one]}
            == {one[len(root) + 1 :].split("/")[at]}
        ]
        if len(found) > len(best[1]):
            best = at, found
    return best


def _pattern(parts: list[list[str]], named: int | None) -> tuple[str, tuple[str, ...]]:
    """The pattern of the directories below the root, and its captures."""
    glob, captures = "", list[str]()
    for at in range(len(parts[0])):
        words = {part[at] for part in parts}
        if len(words) == 1:
            glob += f"/{escaped(words.pop())}"
        elif at == named:
            glob += "/{name}"
        else:
            captures.append(_CAPTURES[len(captures)])
            shape = shape_of(words)
            glob += f"/{escaped(shape.prefix)}{{{captures[-1]}}}{escaped(shape.suffix)}"
    return glob, tuple(captures)


def _shape(directories: Iterable[str], modules: Mapping[str, tuple[str, ...]]) -> Shape:
    return shape_of([path.rpartition("/")[2] for one in directories for path in modules[one]])


def _has_own_shape(directory: str, files: tuple[str, ...], every: Shape) -> bool:
    """Whether the names of a directory's files repeat the directory's own name."""
    if len(files) == 1:
        return False
    shape = shape_of([path.rpartition("/")[2] for path in files])
    more = f"{shape.prefix.removeprefix(every.prefix)} {shape.suffix.removesuffix(every.suffix)}"
    return not set(telling_words(more, "")).isdisjoint(telling_words(directory.rpartition("/")[2], ""))


def _deepest(directories: Iterable[str], path: str) -> str | None:
    return max((one for one in directories if path.startswith(f"{one}/")), key=len, default=None)
