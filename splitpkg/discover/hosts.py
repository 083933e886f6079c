"""Who loads the modules of a directory: by what it holds as text, what it exports, what it can call."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from splitpkg.abi.directories import is_library_directory
from splitpkg.abi.linkage import definers, outer_nodes
from splitpkg.discover.model import Kind
from splitpkg.discover.places import stem

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from splitpkg.discover.classify import Verdict
    from splitpkg.discover.entry import Shapes
    from splitpkg.discover.objects import Objects

_LOADER = re.compile(
    r"""
      (?: \w*_ )? dl [vm]* (?: open | sym )          # dlopen(3), dlsym(3), and wrappers named after them
    | lt_dl \w+                                      # libltdl
    | g_module_ (?: open (?: _full )? | symbol )     # GModule
    | apr_dso_ (?: load | sym )                      # Apache Portable Runtime
    | PR_ (?: LoadLibrary\w* | Find\w*Symbol\w* )    # NSPR
    | uv_dl (?: open | sym )                         # libuv
    | peas_engine_ load_plugin | peas_engine_ add_search_path     # libpeas
    | _ZN?K? \d* .* (?: 7QLibrary | 13QPluginLoader | 14QFactoryLoader ) .*    # Qt
    | _ZN?K? (?: 13KPluginLoader | 14KPluginFactory11loadFactory ) .*         # KCoreAddons
    | _ZN?K? 15KPluginMetaData11findPlugins .*
    """,
    re.VERBOSE,
)


_LOADING = re.compile(
    r"(?i:\w*(?:(?<!un)load|open|probe|scan)\w*_?(?:modules?|plugins?|drivers?|backends?)(?:_[a-z]+)?"
    r"|\w*(?:module|plugin)s?_(?:\w+_)?(?:load(?!ed)|open|probe|scan)\w*)"
)
_SHARE = 20
"""A program that exports less than this part of what another one does has it from a common library."""


_SEVERAL, _NEARLY_ALL = 3, 0.7
_SHORT = 2
_COMMON = frozenset(
    ("lib", "lib32", "lib64", "libexec", "modules", "plugins", "module", "plugin", "security")
)
"""Parts of directories' names that say nothing of the program."""


@dataclass(frozen=True, slots=True)
class Loading:
    """One file that loads from one directory, with the evidence."""

    host: str
    directory: str
    why: str


class HostFinder:
    """Finds the hosts of each directory of modules."""

    def __init__(self, objects: Objects, shapes: Shapes, verdicts: Mapping[str, Verdict]) -> None:
        self._objects, self._shapes, self._verdicts = objects, shapes, verdicts
        self._candidates = tuple(
            path for path in (*objects.programs, *objects.shared) if _can_host(verdicts[path])
        )
        self._programs = definers(objects.linkage, objects.programs)
        self._libraries = frozenset(definers(objects.linkage, objects.shared))
        calls = frozenset(name for name in objects.linked if _LOADER.fullmatch(name))
        self._loaders = frozenset(
            path
            for path in self._candidates
            if any(symbol.name in calls for symbol in objects.facts(path).undefined)
        )
        self._texts = {path: objects.mentions(path) for path in self._candidates}
        self._calls: dict[str, frozenset[str]] = {}
        self._reaching: dict[str, bool] = {}

    def of(self, directory: str, modules: tuple[str, ...]) -> tuple[Loading, ...]:
        """The hosts of one directory's modules, sorted by path."""
        text = self._by_text(directory, modules)
        exporters, all_need = self._exporters(modules)
        if not exporters.keys().isdisjoint(text):
            exporters = {path: why for path, why in exporters.items() if path in text}
        if all_need:
            text = {path: why for path, why in text.items() if path not in self._objects.programs}
        found = {**text, **exporters} or self._linked(directory, modules) or self._named(directory)
        found = found or self._common(modules)
        found = {**self._callers(modules, found), **found}
        return tuple(Loading(path, directory, found[path]) for path in sorted(found))

    def _exporters(self, modules: Iterable[str]) -> tuple[dict[str, str], bool]:
        """The programs that export all that a module needs of a program; whether every module needs that."""
        found, all_need, provided = dict[str, str](), True, defaultdict[str, set[str]](set)
        for path in modules:
            wanted = self._wanted(path)
            all_need = all_need and bool(wanted)
            for program in self._best(wanted):
                provided[program].update(wanted)
                more = f" and {len(wanted) - 1} more" if len(wanted) > 1 else ""
                found.setdefault(program, f"exports `{min(wanted)}`{more}, which {path} needs")
        most = max(map(len, provided.values()), default=0)
        return {path: why for path, why in found.items() if _SHARE * len(provided[path]) >= most}, all_need

    def _best(self, wanted: Iterable[str]) -> tuple[str, ...]:
        """The programs that can load something and define most of the names."""
        count = Counter(program for name in wanted for program in self._programs[name])
        count = Counter(
            {program: number for program, number in count.items() if self._reaches_loader(program)}
        )
        most = max(count.values(), default=0)
        return tuple(sorted(program for program, number in count.items() if number == most))

    def _wanted(self, path: str) -> list[str]:
        """The strong undefined symbols of a module that only programs define."""
        outer = outer_nodes(self._objects.linkage, path)
        return [
            symbol.name
            for symbol in self._objects.facts(path).undefined
            if not symbol.weak
            and symbol.name in self._programs
            and symbol.name not in self._libraries
            and symbol.version not in outer
        ]

    def _by_text(self, directory: str, modules: tuple[str, ...]) -> dict[str, str]:
        """The files that can load something and hold an entry symbol's name or the directory's as text.

        A directory above it counts where nothing else does.
        """
        entry = {symbol for path in modules for symbol in self._shapes.entry(path)}
        near, far, own = dict[str, str](), dict[str, str](), frozenset(modules)
        spellings, higher = _spellings(directory), tuple(_above(directory))
        for path, text in self._texts.items():
            if path not in own and text and self._reaches_loader(path):
                names = sorted(text & entry) or [place for place in spellings if place in text]
                above = [place for place in higher if place in text]
                if names:
                    near[path] = f"holds the text `{names[0]}`"
                elif above:
                    far[path] = f"holds the text `{above[0]}`"
        return near or far

    def _callers(self, modules: Iterable[str], hosts: Mapping[str, str]) -> dict[str, str]:
        """The programs that load over a library among the hosts.

        They call it to load, or hold the name of a symbol that has a module's name in it.
        """
        libraries = {path for path in hosts if path not in self._objects.programs}
        symbols = {
            symbol
            for path in modules
            for symbol, forms in self._shapes.candidates(path).items()
            if len(forms) > 1
        }
        found = dict[str, str]()
        for path in self._objects.programs if libraries else ():
            names = sorted(self._texts.get(path, frozenset()) & symbols)
            for library in sorted(self._objects.linkage.closure(path).files & libraries):
                if names:
                    found.setdefault(path, f"holds the text `{names[0]}`, and loads over {library}")
                elif (call := self._loading_call(path, library)) is not None:
                    found.setdefault(path, f"calls `{call}` of {library}")
        return found

    def _loading_call(self, program: str, library: str) -> str | None:
        """A function of the library that the program calls, and that loads modules by its name."""
        called = self._loading_calls(library)
        names = (symbol.name for symbol in self._objects.facts(program).undefined)
        return min((name for name in names if name in called), default=None) if called else None

    def _loading_calls(self, library: str) -> frozenset[str]:
        """The functions of a library that load modules by their names."""
        if library not in self._calls:
            own = re.compile(
                rf"{re.escape(stem(library).removeprefix('lib'))}_load(?:_all)?|{_LOADING.pattern}"
            )
            defined = (symbol.name for symbol in self._objects.facts(library).defined)
            self._calls[library] = frozenset(name for name in defined if own.fullmatch(name))
        return self._calls[library]

    def _linked(self, directory: str, modules: Collection[str]) -> dict[str, str]:
        """The libraries of the directory's name that can load something, and that most modules link to."""
        count = Counter(self._libraries_of(modules))
        named = {path: number for path, number in count.items() if _shares_name(directory, path)}
        return _linked_by({path: number for path, number in named.items() if self._reaches_loader(path)})

    def _common(self, modules: Collection[str]) -> dict[str, str]:
        """The libraries of any name that load something themselves, and that nearly all modules link to."""
        least = max(_SEVERAL, _NEARLY_ALL * len(modules))
        count = Counter(path for path in self._libraries_of(modules) if path in self._loaders)
        return _linked_by({path: number for path, number in count.items() if number >= least})

    def _libraries_of(self, modules: Iterable[str]) -> Iterator[str]:
        for path in modules:
            yield from self._objects.linkage.closure(path).files - {path}

    def _named(self, directory: str) -> dict[str, str]:
        """The files of the directory's name that can load something."""
        return {
            path: "can load modules, and has the directory's name"
            for path in self._loaders
            if self._verdicts[path].kind is not Kind.MODULE and _shares_name(directory, path)
        }

    def _reaches_loader(self, path: str) -> bool:
        if path not in self._reaching:
            self._reaching[path] = not self._loaders.isdisjoint(self._objects.linkage.closure(path).files)
        return self._reaching[path]


def _linked_by(count: Mapping[str, int]) -> dict[str, str]:
    most = max(count.values(), default=0)
    return {
        path: f"can load modules, and {number} of them link to it"
        for path, number in count.items()
        if number == most
    }


def _can_host(verdict: Verdict) -> bool:
    return verdict.kind in (Kind.PROGRAM, Kind.LIBRARY, Kind.HELPER, Kind.MODULE)


def _spellings(directory: str) -> tuple[str, ...]:
    """A private directory as text of a program."""
    return () if is_library_directory(directory) else (f"/{directory}", f"/{directory}/")


def _above(directory: str) -> Iterator[str]:
    """The private directories above one, as text of a program."""
    while spellings := _spellings(directory := directory.rpartition("/")[0]):
        if not directory:
            return
        yield from spellings


def _shares_name(directory: str, path: str) -> bool:
    """Whether a file is called like a private directory, `libx.so.1` and `x/modules`, or that like it."""
    name = stem(path).lower().removeprefix("lib")
    parts = [] if is_library_directory(directory) else directory.lower().split("/")[1:]
    return any(len(part) > _SHORT and (part in name or name in part) for part in parts if part not in _COMMON)
