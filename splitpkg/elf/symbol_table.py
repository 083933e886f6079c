"""The columns of the dynamic symbol table (gABI, "Symbol Table") and of its version numbers (LSB Core)."""

from __future__ import annotations

from array import array
from itertools import compress
from typing import TYPE_CHECKING, NamedTuple

from splitpkg.elf import gabi
from splitpkg.elf.counting import count_symbols
from splitpkg.elf.errors import corrupt

if TYPE_CHECKING:
    from splitpkg.elf.dynamic import Dynamic
    from splitpkg.elf.image import Image
    from splitpkg.elf.layout import Layout


class SymbolTable(NamedTuple):
    """DT_SYMTAB and DT_VERSYM by columns, one item for each symbol.

    `names` are offsets into the string table; `words` have st_info, st_other and st_shndx in one;
    `numbers` are of versions, all VER_NDX_GLOBAL without DT_VERSYM.
    """

    layout: Layout
    names: array[int]
    words: array[int]
    values: array[int]
    numbers: array[int]

    def aliases(self, indices: set[int]) -> list[int]:
        """The indices of all symbols that have the address and the type of one of these. Raises ElfError.

        The linker's marks of where sections begin and end have such addresses too, and no type.
        """
        if not indices:
            return []
        if max(indices) >= len(self.names):
            raise corrupt(f"symbol {max(indices)} is beyond the {len(self.names)} of the table")
        addresses = {self.values[index] for index in indices}
        wanted = {(self.values[index], self._type(index)) for index in indices}
        near = compress(range(len(self.values)), map(addresses.__contains__, self.values))
        return [index for index in near if (self.values[index], self._type(index)) in wanted]

    def defined(self, index: int) -> bool:
        """Whether the symbol stands at an address of this file. Raises ElfError for one beyond the table."""
        if index >= len(self.names):
            raise corrupt(f"symbol {index} is beyond the {len(self.names)} of the table")
        section: int = self.layout.symbol_word.unpack(self.layout.word.pack(self.words[index]))[2]
        return section not in {gabi.SHN_UNDEF, gabi.SHN_ABS}

    def only(self, chosen: list[bool]) -> SymbolTable:
        """The table of those symbols for which `chosen` has a true item."""
        names, words, values, numbers = (
            array(column.typecode, compress(column, chosen))
            for column in (self.names, self.words, self.values, self.numbers)
        )
        return SymbolTable(self.layout, names, words, values, numbers)

    def _type(self, index: int) -> int:
        info: int = self.layout.symbol_word.unpack(self.layout.word.pack(self.words[index]))[0]
        return info & 0xF


def read_table(image: Image, dynamic: Dynamic) -> SymbolTable:
    """The symbols as they are in the file. Raises ElfError."""
    layout = image.layout
    count = count_symbols(image, dynamic)
    entries = image.at(dynamic.values[gabi.DT_SYMTAB], count * layout.symbol_size) if count else b""
    address = dynamic.get(gabi.DT_VERSYM)
    if address is None or not count:
        numbers = array("H", [gabi.VER_NDX_GLOBAL]) * count
    else:
        numbers = layout.halves(image.at(address, count * 2))
    return SymbolTable(layout, *layout.symbol_columns(entries), numbers)
