"""Texts by which modules name each other at run time: types, commands and functions that one registers.

That two modules hold the same text proves nothing, so what is found here is for people to review.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from splitpkg.abi.directories import is_library_directory
from splitpkg.abi.module_names import names_of
from splitpkg.elf import read as elf
from splitpkg.inventory.model import OwnedText

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from splitpkg.elf.model import NamesTable
    from splitpkg.inventory.model import Inventory

Column = tuple[int, int, int]
"""Number of a table, its stride, and the distance from the names."""

OfRow = tuple[str, frozenset[str]]
"""A text, and modules by whose name it stands."""

_TELLING = re.compile(r"(?=[\w.:-]{6,}$)[A-Za-z_]\w*?[a-z0-9]([_.:-]+[A-Za-z0-9]|[A-Z]).*")
"""More than one word: a single one is as often of the language as of the program."""

_FILE = re.compile(r"\.(?:c|cc|cpp|conf|h|l|la|so|txt|y)$")
_NO_WORD = re.compile(r"[^a-z0-9]+")


def owned_texts(
    root: Path, inventory: Inventory, hosts: Iterable[str], tables: Iterable[tuple[str, NamesTable]]
) -> tuple[OwnedText, ...]:
    """The texts of one module that others hold, too. Raises ElfError and OSError.

    One module's is a text that a host's table has in its row, and a text with its own name in it that it
    alone registers and that neither hosts nor libraries hold.
    """
    modules, others = _split(inventory, set(hosts))
    registered = _registered(root, modules)
    listed = _listed(tables, modules)
    search = elf.Search({*registered, *(text for texts in listed.values() for text, _ in texts)})
    common = {text for path in others for text in elf.strings_present(root / path, search)}
    holders: defaultdict[str, list[str]] = defaultdict(list)
    for path in modules:
        for text in elf.strings_present(root / path, search):
            holders[text].append(path)
    found = _owned(registered, _of_rows(listed, holders), common, holders)
    return tuple(sorted(found, key=lambda one: (one.owner, one.text)))


def _owned(
    registered: Mapping[str, str],
    of_rows: Iterable[OfRow],
    common: Iterable[str],
    holders: Mapping[str, list[str]],
) -> Iterator[OwnedText]:
    owners = {text: path for text, path in registered.items() if text not in common}
    rows: defaultdict[str, set[str]] = defaultdict(set)
    for text, paths in of_rows:
        rows[text] |= paths
    owners |= {text: paths.pop() for text, paths in rows.items() if len(paths) == 1}
    for text, owner in owners.items():
        users = tuple(path for path in holders.get(text, ()) if path != owner)
        if users:
            yield OwnedText(text, owner, users)


def _split(inventory: Inventory, hosts: set[str]) -> tuple[list[str], list[str]]:
    """The shared objects that may be modules, and all other ELF files that a process may hold."""
    modules, others = list[str](), list[str]()
    for entry, facts in inventory.elf_files:
        apart = facts.is_shared_object and not is_library_directory(entry.path.rpartition("/")[0])
        if facts.dynamic:
            (modules if apart and entry.path not in hosts else others).append(entry.path)
    return modules, others


def _registered(root: Path, modules: Iterable[str]) -> dict[str, str]:
    """The texts with the name of the module in them that it alone registers."""
    own = _own_words(modules)
    found: defaultdict[str, list[str]] = defaultdict(list)
    for path in own:
        for text in elf.registered(root / path):
            if _tells(text):
                found[text].append(path)
    return {
        text: paths[0]
        for text, paths in found.items()
        if len(paths) == 1 and own[paths[0]] and own[paths[0]] <= _words(text)
    }


def _listed(tables: Iterable[tuple[str, NamesTable]], modules: Iterable[str]) -> dict[Column, list[OfRow]]:
    """The texts of each column, by table, stride and distance; each text with the modules of its row."""
    by_name: defaultdict[str, set[str]] = defaultdict(set)
    for path in modules:
        for name in names_of(path):
            by_name[name].add(path)
    found: defaultdict[Column, list[OfRow]] = defaultdict(list)
    for number, (_, table) in enumerate(tables):
        for row in table.rows:
            paths = frozenset(by_name.get(row.name, ()))
            for distance, texts in row.cells:
                told = ((text, paths) for text in texts if _tells(text) and text not in by_name)
                found[number, table.stride, distance].extend(told)
    return found


def _of_rows(listed: Mapping[Column, list[OfRow]], holders: Mapping[str, list[str]]) -> Iterator[OfRow]:
    """Each text with those modules of its row that hold it.

    What stands before a name may be of the row before, too: the column counts in which more texts are held.
    """
    held = {
        column: [(text, rows) for text, paths in texts if (rows := paths.intersection(holders.get(text, ())))]
        for column, texts in listed.items()
    }
    for (number, stride, distance), found in held.items():
        twin = held.get((number, stride, distance - stride if distance > 0 else distance + stride), [])
        if len(found) > len(twin):
            yield from found


def _tells(text: str) -> bool:
    return _TELLING.fullmatch(text) is not None and not _FILE.search(text)


def _own_words(modules: Iterable[str]) -> dict[str, frozenset[str]]:
    """The words of each module's name that it shares with few others; all of them, where it shares each."""
    words = {path: _words(names_of(path)[-1]) for path in modules}
    count = Counter(word for found in words.values() for word in found)
    most = max(1, len(words) // 10)
    return {
        path: frozenset({word for word in found if count[word] <= most} or found)
        for path, found in words.items()
    }


def _words(text: str) -> set[str]:
    return {word for word in _NO_WORD.split(text.lower()) if word}
