"""Which names of the tree stand as plain strings in its programs: what they look up at run time."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from splitpkg.abi.directories import elsewhere
from splitpkg.abi.paths import release_of
from splitpkg.elf.read import Search
from splitpkg.inventory.loaders import loaders

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from splitpkg.inventory.model import ElfFiles

_LIBRARY_DIRECTORY = re.compile(r"(?:usr/)?lib(?:32|64|x32)?(?:/[^/]+-linux-gnu[^/]*)?")


def mentions(
    files: ElfFiles,
    search: Callable[[str, Search], frozenset[str]],
    contains: Callable[[str, frozenset[str]], frozenset[str]],
) -> dict[str, frozenset[str]]:
    """For each program and loader the names that it holds as strings, where it holds any.

    Looked for are symbols that dlsym could find, directories of modules, and releases in their names.
    `search` tells which of some names stand in the file of that path, `contains` which stand within its
    strings.
    """
    linked = frozenset[str]().union(*(facts.undefined_names for _, facts in files))
    places, others = _directories(files)
    here, there = _spelled(places), _spelled(others)
    wanted = _names_for_dlsym(files, linked) | here | there | _releases(files)
    prepared = Search(wanted)
    found = {path: search(path, prepared) for path in (loaders(files) if wanted else ())}
    # In a list of directories, as of a search path, each stands within a string.
    elsewhere_too = [path for path, names in found.items() if not names.isdisjoint(there)]
    found |= {path: found[path] | contains(path, here) for path in elsewhere_too}
    return {path: names for path, names in found.items() if names}


def _names_for_dlsym(files: ElfFiles, linked: frozenset[str]) -> frozenset[str]:
    """Symbols that files outside the directories of libraries define and that no file links to."""
    outside = (
        facts.defined_names
        for entry, facts in files
        if facts.is_shared_object and not _LIBRARY_DIRECTORY.fullmatch(entry.path.rpartition("/")[0])
    )
    return frozenset[str]().union(*outside) - linked


def _directories(files: ElfFiles) -> tuple[set[str], set[str]]:
    """The private directories of shared objects, and where they would be with another libraries' directory.

    The latter are where programs look that were built for another system.
    """
    found, others = set[str](), set[str]()
    for entry, facts in files:
        path = entry.path.rpartition("/")[0] if facts.is_shared_object else ""
        while path and path not in found and not _LIBRARY_DIRECTORY.fullmatch(path):
            found.add(path)
            others.update(elsewhere(path, facts.machine))
            path = path.rpartition("/")[0]
    return found, others - found


def _releases(files: ElfFiles) -> frozenset[str]:
    """Directories whose name carries a release, as programs spell them without a prefix or in two parts."""
    shared = ((entry.path, facts.soname) for entry, facts in files if facts.is_shared_object)
    found = (release_of(path, soname) for path, soname in shared)
    return frozenset(text for release in found if release is not None for text in release.texts)


def _spelled(directories: Iterable[str]) -> frozenset[str]:
    """Directories as programs spell them: absolute, a last slash or not."""
    return frozenset(f"/{path}{end}" for path in directories for end in ("", "/"))
