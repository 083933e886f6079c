"""How many dynamic symbols there are. No entry of the dynamic table says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from splitpkg.elf import gabi
from splitpkg.elf.errors import corrupt
from splitpkg.elf.relocations import highest_symbol
from splitpkg.elf.sections import read_sections

if TYPE_CHECKING:
    from splitpkg.elf.dynamic import Dynamic
    from splitpkg.elf.image import Image


def count_symbols(image: Image, dynamic: Dynamic) -> int:
    """The number of entries of DT_SYMTAB, the null symbol included. Raises ElfError."""
    if (table := dynamic.get(gabi.DT_HASH)) is not None:
        return _by_hash(image, table)
    if image.header.machine == gabi.EM_MIPS and (count := dynamic.get(gabi.DT_MIPS_SYMTABNO)) is not None:
        return count
    if (table := dynamic.get(gabi.DT_GNU_HASH)) is not None and (count := _by_gnu_hash(image, table)):
        return count
    # A file that exports nothing has an empty GNU hash table, which does not count what is undefined.
    for section in read_sections(image.source, image.header):
        if section.type == gabi.SHT_DYNSYM and section.address == dynamic.values[gabi.DT_SYMTAB]:
            return section.size // image.layout.symbol_size
    return highest_symbol(image, dynamic) + 1


def _by_hash(image: Image, address: int) -> int:
    """nchain of DT_HASH (gABI, "Hash Table"), whose words have 8 bytes on 64-bit s390 and Alpha."""
    wide = image.layout.bits == 64 and image.header.machine in {gabi.EM_S390, gabi.EM_ALPHA}
    word = image.layout.xword if wide else image.layout.word
    return int(word.unpack(image.at(address + word.size, word.size))[0])


def _by_gnu_hash(image: Image, address: int) -> int:
    """One more than the index of the last symbol in the table, 0 when it is empty (glibc, dl-lookup.c)."""
    layout = image.layout
    buckets, first, bloom_size, _shift = layout.gnu_hash.unpack(image.at(address, layout.gnu_hash.size))
    address += layout.gnu_hash.size + bloom_size * (layout.bits // 8)
    last = max(layout.words(image.at(address, buckets * layout.word.size)), default=0)
    if last == 0:
        return 0
    if last < first:
        raise corrupt(
            f"the GNU hash table at address {address:#x} starts a chain at symbol {last}, before {first}"
        )
    chain = address + (buckets + last - first) * layout.word.size
    return last + _chain_length(image, chain)


def _chain_length(image: Image, address: int) -> int:
    """Words up to the one with the lowest bit set, which ends a chain."""
    offset, end = image.place(address)
    size = 64
    while True:
        words = image.source.take(offset, min(size, end - offset) & ~3)
        ends = words[0 if image.layout.byteorder == "little" else 3 :: 4]
        for length, byte in enumerate(ends, 1):
            if byte & 1:
                return length
        if size >= end - offset:
            raise corrupt(f"the chain of the GNU hash table at address {address:#x} has no end")
        size *= 8
