"""What a program says itself: which module needs which, by the names that stand beside theirs."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from splitpkg.abi.linkage import abi_of
from splitpkg.abi.module_names import names_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from splitpkg.abi.symbols import OpenSymbol
    from splitpkg.elf.model import NamesTable
    from splitpkg.inventory.model import ModuleInfo
    from splitpkg.plan.split import Split

Pair = tuple[str, str]
"""Paths of a module and of one that it needs."""

_SEPARATOR = re.compile(r"[\s,;:]+")
_KEYS = {"dep", "deps", "depends"}
_PRIVATE = (".p", ".dir")
"""Ends of the folders in which Meson and CMake keep the objects of one target."""


@dataclass(frozen=True, slots=True)
class Stated:
    """The module at `path` needs one of that name. Where it is not `sure`, it may mean something else.

    `host` is the file with the table that states it, None for an object of the build directory.
    """

    path: str
    name: str
    by: str
    where: str
    sure: bool = True
    host: str | None = None


class ModuleNames:
    """The modules by what the program may call them."""

    def __init__(self, split: Split) -> None:
        self._split = split

    @cached_property
    def _paths(self) -> dict[str, set[str]]:
        split, paths = self._split, defaultdict[str, set[str]](set)
        ours = {path for path in split.elf_modules if path in split.assignment.owners}
        for member in split.members:
            entry = split.tree.inventory.resolve(member.path)
            if entry is not None and entry.path in ours:
                for name in names_of(member.path):
                    paths[name].add(entry.path)
        return dict(paths)

    def __contains__(self, name: str) -> bool:
        return name in self._paths

    def paths(self, name: str, like: str | None = None) -> tuple[str, ...]:
        """The modules of that name; `like` is a file into whose process, or beside which, they are loaded."""
        found = sorted(self._paths.get(name, ()))
        if like is None:
            return tuple(found)
        abi, folder = abi_of(self._split.linkage.facts(like)), like.rpartition("/")[0]
        fitting = [path for path in found if abi_of(self._split.linkage.facts(path)) == abi]
        beside = [path for path in fitting if path.rpartition("/")[0] == folder]
        return tuple(beside or fitting)


def statements(
    split: Split, names: ModuleNames, found: Iterable[OpenSymbol]
) -> tuple[tuple[Stated, ...], tuple[ModuleInfo, ...]]:
    """All that tables and objects state, and the objects that state needs and belong to no one module.

    `found` are the symbols that modules leave open.
    """
    objects, astray = _by_objects(split, names)
    shown = _shown_needs(split, found) if split.tree.inventory.statements.tables else frozenset[Pair]()
    tables = _by_tables(split, names, shown)
    return (*tables, *objects), tuple(astray)


def _shown_needs(split: Split, found: Iterable[OpenSymbol]) -> frozenset[Pair]:
    """The needs that files show themselves: symbols that one module alone defines, and DT_NEEDED."""
    symbols = {(one.path, one.definers[0]) for one in found if len(one.definers) == 1}
    needed = {
        (path, need.provider)
        for path in split.elf_modules
        for need in split.linkage.needs(path)
        if need.provider is not None
    }
    return frozenset(pair for pair in symbols | needed if split.modules.issuperset(pair))


def _by_tables(split: Split, names: ModuleNames, shown: frozenset[Pair]) -> Iterator[Stated]:
    """The needs that the hosts' tables of modules state.

    A table does not say what its columns mean. One of names of other modules is of needs if it has most
    of the needs that files show between its rows, and none in the other direction.
    """
    for host, table in split.tree.inventory.statements.tables:
        columns = {one.distance: one for one in _columns(table, names)}
        proven = {at: _proof(host, column, names, shown) for at, column in columns.items()}
        for at, column in columns.items():
            twin = proven.get(at - table.stride if at > 0 else at + table.stride, 0)
            if proven[at] < twin:
                continue
            for address, row, name in column.pairs:
                by, where = f"the row of `{row}` in a table of modules", f"at {address:#x} in {host}"
                for path in names.paths(row, host):
                    yield Stated(path, name, by, where, proven[at] > twin, host)


@dataclass(frozen=True, slots=True)
class _Column:
    """Addresses and names of rows, each with a name that stands at that distance."""

    distance: int
    rows: tuple[str, ...]
    pairs: tuple[tuple[int, str, str], ...]


def _columns(table: NamesTable, names: ModuleNames) -> Iterator[_Column]:
    """The columns that hold nothing but names of modules, never all rows one nor any row its own."""
    rows = tuple(row.name for row in table.rows)
    cells = [(row, dict(row.cells)) for row in table.rows]
    for distance in sorted({at for _, texts in cells for at in texts}):
        found = [(row, _words(texts.get(distance, ()))) for row, texts in cells]
        pairs = tuple((row.address, row.name, word) for row, words in found for word in words)
        foreign = any(word == name or not (word in names or word in rows) for _, name, word in pairs)
        if pairs and not foreign and not all(words for _, words in found):
            yield _Column(distance, rows, pairs)


def _words(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(word for text in texts for word in _SEPARATOR.split(text) if word)


def _proof(host: str, column: _Column, names: ModuleNames, shown: frozenset[Pair]) -> int:
    """How many of the needs that files show stand in the column; 0 if that proves nothing."""
    stated = {
        (path, other)
        for _, row, name in column.pairs
        for path in names.paths(row, host)
        for other in names.paths(name, path)
    }
    rows = {path for row in column.rows for path in names.paths(row, host)}
    between = {(path, other) for path, other in shown if path in rows and other in rows}
    against = any((other, path) in shown - stated for path, other in stated)
    confirmed = len(between & stated)
    return 0 if against or 2 * confirmed < len(between) else confirmed


def _by_objects(split: Split, names: ModuleNames) -> tuple[list[Stated], list[ModuleInfo]]:
    """The needs that unlinked objects state, and the objects that state some and belong to no one module."""
    found, astray = list[Stated](), list["ModuleInfo"]()
    for info in split.tree.inventory.statements.infos:
        needs = [word for key, value in info.entries if key in _KEYS for word in _words([value])]
        path = _module_of(info, names) if needs else None
        if path is not None:
            found += (Stated(path, name, "`dep` in .modinfo", f"of {info.file}") for name in needs)
        elif needs:
            astray.append(info)
    return found, astray


def _module_of(info: ModuleInfo, names: ModuleNames) -> str | None:
    """The module that an object becomes a part of: by the name it states, else its own and its folders'."""
    for name in (*(value for key, value in info.entries if key == "name"), *_targets(info.file)):
        paths = {path for one in names_of(name) for path in names.paths(one)}
        if len(paths) == 1:
            return paths.pop()
    return None


def _targets(file: str) -> Iterator[str]:
    """What build systems call the target of an object, the nearest name first."""
    *folders, name = file.replace("(", "/").rstrip(")").split("/")
    stem = re.sub(r"\.(?:o|lo|obj)$", "", name)
    yield stem
    if "_la-" in stem:
        yield stem.partition("_la-")[0]
    for folder in reversed(folders):
        if folder.endswith((*_PRIVATE, ".a", ".fa")):
            yield re.sub(r"\.(?:a|fa|lib)$", "", folder.removesuffix(".p").removesuffix(".dir"))
