"""The dynamic symbol table (gABI, "Symbol Table"), as the loader sees it (glibc, elf/dl-lookup.c)."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from splitpkg.elf import gabi
from splitpkg.elf.counting import count_symbols
from splitpkg.elf.errors import corrupt
from splitpkg.elf.model import Symbol
from splitpkg.elf.names import decode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from splitpkg.elf.dynamic import Dynamic
    from splitpkg.elf.image import Image
    from splitpkg.elf.layout import Layout
    from splitpkg.elf.names import Names
    from splitpkg.elf.versions import Versions

BINDINGS = frozenset({gabi.STB_GLOBAL, gabi.STB_WEAK, gabi.STB_GNU_UNIQUE})
TYPES = frozenset(
    {gabi.STT_NOTYPE, gabi.STT_OBJECT, gabi.STT_FUNC, gabi.STT_COMMON, gabi.STT_TLS, gabi.STT_GNU_IFUNC}
)
UNEXPORTED = frozenset({gabi.STV_INTERNAL, gabi.STV_HIDDEN})


@dataclass(frozen=True, slots=True)
class SymbolTable:
    """The `count` entries of DT_SYMTAB and their version numbers; without DT_VERSYM all are unversioned."""

    layout: Layout
    count: int
    entries: bytes
    numbers: array[int]

    def unpacked(self) -> Iterator[tuple[int, int]]:
        """For each symbol its name's offset and the word of st_info, st_other and st_shndx."""
        return self.layout.symbol.iter_unpack(self.entries)

    def names_at(self, indices: set[int]) -> set[int]:
        """Where the names are of the symbols with these indices, and of others at the same addresses.

        Raises ElfError.
        """
        if not indices:
            return set()
        if max(indices) >= self.count:
            raise corrupt(f"symbol {max(indices)} is beyond the {self.count} of the table")
        values = [value for (value,) in self.layout.symbol_value.iter_unpack(self.entries)]
        wanted = {values[index] for index in indices} - {0}
        return {offset for (offset, _), value in zip(self.unpacked(), values, strict=True) if value in wanted}


class Symbols(NamedTuple):
    """Symbols in the table's order."""

    defined: tuple[Symbol, ...]
    undefined: tuple[Symbol, ...]


def read_table(image: Image, dynamic: Dynamic) -> SymbolTable:
    """The entries as they are in the file. Raises ElfError."""
    layout = image.layout
    count = count_symbols(image, dynamic)
    entries = image.at(dynamic.values[gabi.DT_SYMTAB], count * layout.symbol.size) if count else b""
    address = dynamic.get(gabi.DT_VERSYM)
    if address is None or not count:
        numbers = array("H", [gabi.VER_NDX_GLOBAL]) * count
    else:
        numbers = layout.halves(image.at(address, count * 2))
    return SymbolTable(layout, count, entries, numbers)


def read_symbols(table: SymbolTable, names: Names, versions: Versions) -> Symbols:
    """The symbols that the loader looks up (undefined) or finds (defined). Raises ElfError.

    A symbol of the absolute section that is named like a version node of the file is the linker's mark
    of that node, not something to be bound to.
    """
    names.reserve((offset for offset, _ in table.unpacked()), table.count)
    words, by_number = _Words(table), _versions_by_number(table, versions)
    try:
        symbols = _sort(table, names.text, words, by_number)
    except ValueError:
        raise names.endless(max(offset for offset, _ in table.unpacked())) from None
    if not names.ascii:
        symbols = Symbols(*(tuple(map(_decoded, part)) for part in symbols))
    if words.absolute and versions.definitions:
        symbols = symbols._replace(defined=_without_nodes(table, names, words, versions, symbols.defined))
    return symbols


class _Words:
    """What the words of st_info, st_other and st_shndx make of a symbol, and whether of a weak one.

    Few different ones occur however many symbols a file has.
    """

    def __init__(self, table: SymbolTable) -> None:
        self.exported: dict[int, bool] = {}
        self.undefined: dict[int, bool] = {}
        self.absolute: set[int] = set()
        for word in set(map(itemgetter(1), table.unpacked())):
            info, other, index = table.layout.symbol_word.unpack(table.layout.word.pack(word))
            binding = info >> 4
            if binding not in BINDINGS or info & 0xF not in TYPES:
                continue
            if index == gabi.SHN_UNDEF:
                self.undefined[word] = binding == gabi.STB_WEAK
            elif other & 3 not in UNEXPORTED:
                self.exported[word] = binding == gabi.STB_WEAK
                if index == gabi.SHN_ABS:
                    self.absolute.add(word)


def _versions_by_number(table: SymbolTable, versions: Versions) -> dict[int, str | None]:
    """The name of each number that occurs, with and without the mark of a hidden version."""
    numbers = set(table.numbers)
    unknown = {number & gabi.VERSYM_VERSION for number in numbers} - versions.by_number.keys()
    if unknown:
        raise corrupt(f"symbols have version number {min(unknown)}, which no version table names")
    return {number: versions.by_number[number & gabi.VERSYM_VERSION] for number in numbers}


def _sort(table: SymbolTable, text: str, words: _Words, versions: dict[int, str | None]) -> Symbols:
    """The hot loop: of all that is read most are symbols. Raises ValueError for a name that does not end."""
    new, index = tuple.__new__, text.index
    exported, looked_up = words.exported, words.undefined
    defined: list[Symbol] = []
    undefined: list[Symbol] = []
    for (start, word), number in zip(table.unpacked(), table.numbers, strict=True):
        if word in exported:
            name = text[start : index("\0", start)]
            defined.append(new(Symbol, (name, versions[number], exported[word], number < gabi.VERSYM_HIDDEN)))
        elif word in looked_up:
            name = text[start : index("\0", start)]
            undefined.append(
                new(Symbol, (name, versions[number], looked_up[word], number < gabi.VERSYM_HIDDEN))
            )
    return Symbols(tuple(defined), tuple(undefined))


def _decoded(symbol: Symbol) -> Symbol:
    return symbol if symbol.name.isascii() else symbol._replace(name=decode(symbol.name))


def _without_nodes(
    table: SymbolTable, names: Names, words: _Words, versions: Versions, defined: Iterable[Symbol]
) -> tuple[Symbol, ...]:
    marks = {names.at(offset) for offset, word in table.unpacked() if word in words.absolute}
    marks.intersection_update(node.name for node in versions.definitions)
    return tuple(symbol for symbol in defined if symbol.name not in marks)
