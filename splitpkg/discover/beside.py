"""Files that go with modules: configuration, manual pages and the like that are named after them."""

from __future__ import annotations

import posixpath
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from splitpkg.discover.places import is_development, is_documentation
from splitpkg.discover.shape import split
from splitpkg.inventory.model import EntryKind
from splitpkg.manifest.glob import Glob, escaped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from splitpkg.discover.layout import LibraryDirectory
    from splitpkg.discover.model import FoundFamily
    from splitpkg.discover.paths import Paths
    from splitpkg.discover.rules import Member

_FEW, _MOST = 3, 0.6
"""So many files, and such a part of those of the same shape, have to be named after modules."""
_LANGUAGE = re.compile(r"^(usr/share/locale/)[^/]+(/LC_MESSAGES)$")
_MANUAL = re.compile(r"(?:.*/)?man/(?:[^/]+/)?man[0-9n][a-z]*")


@dataclass(frozen=True, slots=True)
class Place:
    """File names in one directory: what is before and after a module's name."""

    directory: str
    before: str
    after: str


class _Files(NamedTuple):
    """Names of files by directory, and by their part before the first dot: the directory and the rest."""

    names: Mapping[str, list[str]]
    by_stem: Mapping[str, list[tuple[str, str]]]


def with_beside(
    paths: Paths,
    place: LibraryDirectory,
    families: Iterable[FoundFamily],
    taken: Mapping[str, Member],
    program: str,
) -> tuple[FoundFamily, ...]:
    """The families with patterns for the files that are named after their modules.

    Only families whose modules have no other capture than `name` get any.
    """
    files = _files(paths, taken)
    return tuple(
        replace(family, beside=tuple(_patterns(place, files, _names(family, taken), program)))
        for family in families
    )


def _files(paths: Paths, taken: Mapping[str, Member]) -> _Files:
    found = _Files(defaultdict(list), defaultdict(list))
    for entry in paths.inventory.entries:
        if entry.kind is EntryKind.DIRECTORY or entry.elf is not None or entry.path in taken:
            continue
        if not (is_development(entry.path) or is_documentation(entry.path) or entry.path.endswith(".a")):
            directory, _, name = entry.path.rpartition("/")
            stem, dot, rest = name.partition(".")
            found.names[directory].append(name)
            found.by_stem[stem].append((directory, f"{dot}{rest}"))
    return found


def _names(family: FoundFamily, taken: Mapping[str, Member]) -> dict[str, str]:
    """The whole name of each module without `.so`, and what the family captures of it."""
    found = {}
    for path in family.modules:
        captures = dict(taken[path].captures) if path in taken else {}
        if set(captures) == {"name"}:
            found[split(path.rpartition("/")[2])[0]] = captures["name"]
    return found


def _patterns(
    place: LibraryDirectory, files: _Files, names: Mapping[str, str], program: str
) -> Iterator[str]:
    forms = {form: parts for whole, name in names.items() for form, parts in _forms(whole, name, program)}
    count = Counter(
        Place(directory, before, f"{after}{rest}")
        for form, (before, after) in forms.items()
        for directory, rest in files.by_stem.get(form, ())
    )
    seen = set[str]()
    few = (one for one, number in count.items() if number >= _FEW)
    for one in sorted(few, key=lambda key: (key.directory, key.before, key.after)):
        alike = sum(
            file.startswith(one.before) and file.endswith(one.after) for file in files.names[one.directory]
        )
        glob = _glob(place, one)
        if count[one] >= _MOST * alike and glob not in seen:
            seen.add(glob)
            yield glob


def _forms(whole: str, name: str, program: str) -> Iterator[tuple[str, tuple[str, str]]]:
    """What a file named after a module may be called, with what is before and after the module's name."""
    before, _, after = whole.partition(name)
    yield name, ("", "")
    yield f"{program}-{name}", (f"{program}-", "")
    yield f"{before}{name}", (before, "")
    yield whole, (before, after)


def _glob(place: LibraryDirectory, one: Place) -> str:
    """The pattern: translations of any language, manual pages compressed or not."""
    directory = _LANGUAGE.sub(r"\1*\2", place.glob(one.directory))
    after = escaped(one.after)
    if _MANUAL.fullmatch(one.directory):
        after = re.sub(r"\.(?:gz|bz2|xz|zst)$", "*", after)
    return posixpath.join(directory, f"{escaped(one.before)}{{name}}{after}")


def beside_of(
    paths: Paths, families: Iterable[FoundFamily], taken: Mapping[str, Member]
) -> dict[str, Member]:
    """The files that those patterns give to the packages of modules."""
    found: dict[str, Member] = {}
    for family in families:
        for text in family.beside:
            for module in family.modules:
                member = taken[module]
                for hit in paths.file_hits(Glob(text).filled(dict(member.captures))):
                    found[hit.path] = replace(member, path=hit.path, weight=hit.weight)
    return found
