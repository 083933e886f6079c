"""Which dynamic symbols a file defines and which it lacks, as the loader sees it (glibc, elf/dl-lookup.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from splitpkg.elf import gabi
from splitpkg.elf.errors import corrupt
from splitpkg.elf.layout import LAYOUTS, Layout
from splitpkg.elf.model import Symbol
from splitpkg.elf.names import decode

if TYPE_CHECKING:
    from collections.abc import Collection

    from splitpkg.elf.names import Names
    from splitpkg.elf.symbol_table import SymbolTable
    from splitpkg.elf.versions import Versions

BINDINGS = frozenset({gabi.STB_GLOBAL, gabi.STB_WEAK, gabi.STB_GNU_UNIQUE})
TYPES = frozenset(
    {gabi.STT_NOTYPE, gabi.STT_OBJECT, gabi.STT_FUNC, gabi.STT_COMMON, gabi.STT_TLS, gabi.STT_GNU_IFUNC}
)
UNEXPORTED = frozenset({gabi.STV_INTERNAL, gabi.STV_HIDDEN})
# Far more than there are in thousands of files.
MOST_ROLES = 4096


class Symbols(NamedTuple):
    """Symbols in the table's order, except that those of the absolute section are the last defined ones.

    `copied` are names of defined ones.
    """

    defined: tuple[Symbol, ...]
    undefined: tuple[Symbol, ...]
    copied: frozenset[str]


def read_symbols(
    table: SymbolTable,
    names: Names,
    versions: Versions,
    copied: set[int],
    wanted: Collection[str] | None = None,
) -> Symbols:
    """The symbols that the loader looks up (undefined) or finds (defined). Raises ElfError.

    A symbol of the absolute section that is named like a version node of the file is the linker's mark
    of that node, not something to be bound to. `copied` are indices; aliases are added. With `wanted`
    only these are told of the defined ones, unless there are copied ones.
    """
    names.reserve(table.names)
    by_number = _versions_by_number(table, versions)
    try:
        if wanted is not None and not copied:
            table = table.only(_chosen(table, names, wanted))
        lists = _sort(table, names.text, by_number)
    except ValueError:
        raise names.endless(max(table.names)) from None
    if not names.ascii:
        lists = _Lists(*([_decoded(symbol) for symbol in symbols] for symbols in lists))
    nodes = {node.name for node in versions.definitions}
    absolute = (symbol for symbol in lists.absolute if symbol.name not in nodes)
    return Symbols((*lists.defined, *absolute), tuple(lists.undefined), _names_of(table, names, copied))


def _chosen(table: SymbolTable, names: Names, wanted: Collection[str]) -> list[bool]:
    """For each symbol whether it is undefined or wanted. Raises ValueError for a name that does not end."""
    roles, text, index = _ROLES[table.layout.byteorder], names.text, names.text.index
    undefined = {word for word in set(table.words) if (role := roles[word]) and not role.defined}
    if not wanted:
        return [word in undefined for word in table.words]
    told = wanted if names.ascii else _Encoded(wanted)
    return [
        word in undefined or text[start : index("\0", start)] in told
        for start, word in zip(table.names, table.words, strict=True)
    ]


class _Encoded:
    """Names as they stand in a table that is not ASCII."""

    def __init__(self, names: Collection[str]) -> None:
        self._names = names

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and decode(name) in self._names


def _names_of(table: SymbolTable, names: Names, indices: set[int]) -> frozenset[str]:
    roles = _ROLES[table.layout.byteorder]
    found = [
        index for index in table.aliases(indices) if (role := roles[table.words[index]]) and role.defined
    ]
    return frozenset(names.at(table.names[index]) for index in found)


def _versions_by_number(table: SymbolTable, versions: Versions) -> dict[int, str | None]:
    """The name of each number that occurs, with and without the mark of a hidden version."""
    numbers = set(table.numbers)
    unknown = {number & gabi.VERSYM_VERSION for number in numbers} - versions.by_number.keys()
    if unknown:
        raise corrupt(f"symbols have version number {min(unknown)}, which no version table names")
    return {number: versions.by_number[number & gabi.VERSYM_VERSION] for number in numbers}


class _Lists(NamedTuple):
    """The lists that symbols are sorted into."""

    undefined: list[Symbol]
    defined: list[Symbol]
    absolute: list[Symbol]


UNDEFINED, DEFINED, ABSOLUTE = range(3)


class _Role(NamedTuple):
    """To which of the lists a symbol goes, and whether it is weak."""

    which: int
    weak: bool

    @property
    def defined(self) -> bool:
        return self.which != UNDEFINED


class _Roles(dict[int, _Role | None]):
    """The role of a symbol, None for most local ones, by the word of its st_info, st_other and st_shndx.

    Few different words occur in however many symbols and files, so each is judged once.
    """

    def __init__(self, layout: Layout) -> None:
        super().__init__()
        self._layout = layout

    def __missing__(self, word: int) -> _Role | None:
        if len(self) >= MOST_ROLES:
            self.clear()
        role = self[word] = _judge(*self._layout.symbol_word.unpack(self._layout.word.pack(word)))
        return role


def _judge(info: int, other: int, section: int) -> _Role | None:
    binding = info >> 4
    weak = binding == gabi.STB_WEAK
    if binding not in BINDINGS or info & 0xF not in TYPES:
        return None
    if section == gabi.SHN_UNDEF:
        return _Role(UNDEFINED, weak)
    if other & 3 in UNEXPORTED:
        return None
    return _Role(ABSOLUTE if section == gabi.SHN_ABS else DEFINED, weak)


_ROLES: dict[Literal["little", "big"], _Roles] = {
    layout.byteorder: _Roles(layout) for layout in LAYOUTS.values()
}


def _sort(table: SymbolTable, text: str, versions: dict[int, str | None]) -> _Lists:
    """The symbols by their roles. Most of the time of all reading is spent here.

    Raises ValueError for a name that does not end.
    """
    lists = _Lists([], [], [])
    roles = _ROLES[table.layout.byteorder]
    new, index, hidden = tuple.__new__, text.index, gabi.VERSYM_HIDDEN
    for start, word, number in zip(table.names, table.words, table.numbers, strict=True):
        role = roles[word]
        if role:
            which, weak = role
            name = text[start : index("\0", start)]
            lists[which].append(new(Symbol, (name, versions[number], weak, number < hidden)))
    return lists


def _decoded(symbol: Symbol) -> Symbol:
    return symbol if symbol.name.isascii() else symbol._replace(name=decode(symbol.name))
