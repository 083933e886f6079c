"""Which files ld.so(8) loads for a file, in which order (glibc, elf/dl-load.c and elf/dl-deps.c)."""

from __future__ import annotations

import posixpath
from collections import deque
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, Protocol

from splitpkg.abi.linkage import abi_of
from splitpkg.abi.search import DF_1_NODEFLIB, default_directories, in_cache, run_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from splitpkg.abi.linkage import Abi
    from splitpkg.elf.model import ElfFile

Directories = tuple[str, ...]


class Files(Protocol):
    """The files of an installed system. Paths have no slash before them."""

    def find(self, path: str) -> str | None:
        """The ELF file that a path leads to, by a path without links; None when it leads to none."""

    def facts(self, path: str) -> ElfFile:
        """The facts of a file that was found."""

    def elsewhere(self, loader: str, name: str) -> str | None:
        """A file that is taken for the library though no search finds it; None where a search has to."""


class Missing(NamedTuple):
    """A library that is not found, and the file that needs it."""

    name: str
    loader: str


class _Place(NamedTuple):
    """A file that was found: where it is, the directory that its $ORIGIN is, and its SONAME."""

    path: str
    origin: str
    soname: str | None


_Answers = tuple[tuple[str, _Place | None], ...]


@dataclass(frozen=True)
class Loaded:
    """What was loaded: `objects` in the order in which symbols are searched, and their names.

    `names` are those by which a DT_NEEDED means one of the objects, without another search; `run_path` is
    the DT_RPATH of the program, which counts for all that is loaded into it.
    """

    objects: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[Missing, ...] = ()
    run_path: Directories = ()

    @cached_property
    def searched(self) -> frozenset[str]:
        """The objects, for asking whether one is among them."""
        return frozenset(self.objects)


NOTHING = Loaded()


class Loader:
    """A search for libraries in one system.

    `configured` are the directories of ld.so.conf; they and the default ones are searched last.
    """

    def __init__(self, files: Files, configured: Iterable[str] = ()) -> None:
        self._files = files
        self._configured = tuple(configured)
        self._defaults: dict[Abi, Directories] = {}
        self._found: dict[tuple[Abi, str, Directories, bool], _Place | None] = {}
        self._direct: dict[tuple[_Place, Directories], tuple[_Answers, Directories]] = {}

    def load(self, root: str, within: Loaded = NOTHING) -> Loaded:
        """What is loaded for a file, itself included, less what is there already.

        `within` is a program with its libraries that hands the file to dlopen(3).
        """
        place = _Place(root, posixpath.dirname(root), self._files.facts(root).soname)
        return _Load(self, within).run(place)

    def facts(self, path: str) -> ElfFile:
        """The facts of a file that was loaded."""
        return self._files.facts(path)

    def libraries(self, place: _Place, inherited: Directories) -> tuple[_Answers, Directories]:
        """Each DT_NEEDED of a file with the answer, and the DT_RPATH that its libraries inherit."""
        key = place, inherited
        if key not in self._direct:
            facts = self._files.facts(place.path)
            # A file with DT_RUNPATH has no DT_RPATH, as far as the loader is concerned.
            own = run_path(facts.rpath, place.origin, facts) if facts.runpath is None else ()
            below = (*own, *inherited)
            self._direct[key] = self._answers(place, facts, below), below
        return self._direct[key]

    def _answers(self, place: _Place, facts: ElfFile, inherited: Directories) -> _Answers:
        if facts.runpath is not None:
            inherited = run_path(facts.runpath, place.origin, facts)
        return tuple((name, self._search(place, facts, name, inherited)) for name in facts.needed)

    def _search(self, place: _Place, facts: ElfFile, name: str, first: Directories) -> _Place | None:
        if "/" in name:
            return next(
                (found for path in run_path(name, place.origin, facts) if (found := self._at(path, facts))),
                None,
            )
        key = abi_of(facts), name, first, bool(facts.flags_1 & DF_1_NODEFLIB)
        if key not in self._found:
            self._found[key] = self._searched(facts, name, first)
        if self._found[key] is None and (other := self._files.elsewhere(place.path, name)) is not None:
            return _Place(other, posixpath.dirname(other), self._files.facts(other).soname)
        return self._found[key]

    def _searched(self, facts: ElfFile, name: str, first: Directories) -> _Place | None:
        defaults = self._default(facts)
        cached = tuple(one for one in self._configured if one not in defaults) if in_cache(name) else ()
        last = () if facts.flags_1 & DF_1_NODEFLIB else defaults
        for directory in (*first, *cached, *last):
            if (found := self._at(f"{directory}/{name}", facts)) is not None:
                return found
        return None

    def _default(self, facts: ElfFile) -> Directories:
        abi = abi_of(facts)
        if abi not in self._defaults:
            self._defaults[abi] = default_directories(facts)
        return self._defaults[abi]

    def _at(self, path: str, facts: ElfFile) -> _Place | None:
        """The shared object at a path; one for another machine is passed over."""
        found = self._files.find(path)
        library = self._files.facts(found) if found is not None else None
        if found is None or library is None or abi_of(library) != abi_of(facts):
            return None
        return _Place(found, posixpath.dirname(path), library.soname)


class _Load:
    """One file being loaded with its libraries, breadth first."""

    def __init__(self, loader: Loader, within: Loaded) -> None:
        self._loader = loader
        self._within = within
        self._present = set(within.objects)
        self._names = dict(within.names)
        self._objects: list[str] = []
        self._missing: list[Missing] = []
        self._todo: deque[tuple[_Place, Directories]] = deque()

    def run(self, root: _Place) -> Loaded:
        names, inherited = self._names, self._within.run_path
        self._add(root, inherited)
        while self._todo:
            place, above = self._todo.popleft()
            answers, below = self._loader.libraries(place, above)
            if place is root and not self._within.objects:
                inherited = below
            for name, found in answers:
                if name in names:
                    continue
                if found is None:
                    self._missing.append(Missing(name, place.path))
                    continue
                if found.path not in self._present:
                    self._add(found, below)
                names[name] = found.path
        return Loaded(tuple(self._objects), names, tuple(self._missing), inherited)

    def _add(self, place: _Place, above: Directories) -> None:
        self._present.add(place.path)
        self._objects.append(place.path)
        if place.soname is not None:
            self._names.setdefault(place.soname, place.path)
        self._todo.append((place, above))
