"""Who loads the modules of a directory: by what it holds as text, what it exports, what it can call."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from splitpkg.abi.directories import is_library_directory
from splitpkg.abi.linkage import definers, outer_nodes
from splitpkg.discover.model import Kind
from splitpkg.discover.objects import names_defined
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
        self._started = frozenset(objects.programs)
        self._programs = definers(objects.linkage, objects.programs)
        self._libraries = names_defined(objects.linkage, objects.shared)
        calls = frozenset(name for name in objects.linked if _LOADER.fullmatch(name))
        self._loaders = frozenset(
            path for path in self._candidates if not calls.isdisjoint(objects.facts(path).undefined_names)
        )
        self._texts = {path: objects.mentions(path) for path in self._candidates}
        self._holders = _inverted(self._texts)
        self._calls: dict[str, frozenset[str]] = {}
        self._reaching: dict[str, bool] = {}

    def of(self, directory: str, modules: tuple[str, ...]) -> tuple[Loading, ...]:
        """The hosts of one directory's modules, sorted by path."""
        text = self._by_text(directory, modules)
        exporters, all_need = self._exporters(modules)
        if not exporters.keys().isdisjoint(text):
            exporters = {path: why for path, why in exporters.items() if path in text}
        if all_need:
            text = {path: why for path, why in text.items() if path not in self._started}
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
        near = (*sorted(entry), *_spellings(directory))
        return self._holding(near, modules) or self._holding(_above(directory), modules)

    def _holding(self, texts: Iterable[str], modules: Iterable[str]) -> dict[str, str]:
        """The files, without these modules, that can load something and hold one of the texts, the first."""
        found = dict[str, str]()
        for text in texts:
            for path in self._holders.get(text, ()):
                found.setdefault(path, f"holds the text `{text}`")
        others = found.keys() - set(modules)
        return {path: found[path] for path in others if self._reaches_loader(path)}

    def _callers(self, modules: Iterable[str], hosts: Mapping[str, str]) -> dict[str, str]:
        """The programs that load over a library among the hosts.

        They call it to load, or hold the name of a symbol that has a module's name in it.
        """
        libraries = hosts.keys() - self._started
        symbols = {
            symbol
            for path in modules
            for symbol, forms in self._shapes.candidates(path).items()
            if len(forms) > 1
        }
        found = dict[str, str]()
        for library in sorted(libraries):
            for path in self._programs_over.get(library, ()):
                names = self._texts[path] & symbols
                if names:
                    found.setdefault(path, f"holds the text `{min(names)}`, and loads over {library}")
                elif (call := self._loading_call(path, library)) is not None:
                    found.setdefault(path, f"calls `{call}` of {library}")
        return found

    @cached_property
    def _programs_over(self) -> dict[str, list[str]]:
        """The programs that each file is loaded with."""
        return _inverted({path: self._objects.linkage.closure(path).files for path in self._objects.programs})

    def _loading_call(self, program: str, library: str) -> str | None:
        """A function of the library that the program calls, and that loads modules by its name."""
        called = self._loading_calls(library)
        return min(called & self._objects.facts(program).undefined_names, default=None)

    def _loading_calls(self, library: str) -> frozenset[str]:
        """The functions of a library that load modules by their names."""
        if library not in self._calls:
            own = re.compile(
                rf"{re.escape(stem(library).removeprefix('lib'))}_load(?:_all)?|{_LOADING.pattern}"
            )
            defined = self._objects.facts(library).defined_names
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


def _inverted(texts: Mapping[str, frozenset[str]]) -> dict[str, list[str]]:
    """The files that have each text, by the texts that each file has."""
    found = defaultdict[str, list[str]](list)
    for path, every in texts.items():
        for text in every:
            found[text].append(path)
    return found


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
