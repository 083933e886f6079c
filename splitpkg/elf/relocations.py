"""Relocations, for the symbols that they name (gABI, "Relocation"; the processor supplements)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from splitpkg.elf import gabi
from splitpkg.elf.errors import corrupt

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from struct import Struct

    from splitpkg.elf.dynamic import Dynamic
    from splitpkg.elf.image import Image

# The type of R_*_COPY by class and machine, as <elf.h> has them.
COPY = {
    (32, gabi.EM_386): 5,
    (32, gabi.EM_68K): 19,
    (32, gabi.EM_AARCH64): 180,
    (32, gabi.EM_ALTERA_NIOS2): 36,
    (32, gabi.EM_ARCV2): 53,
    (32, gabi.EM_ARM): 20,
    (32, gabi.EM_CSKY): 10,
    (32, gabi.EM_LOONGARCH): 4,
    (32, gabi.EM_MIPS): 126,
    (32, gabi.EM_OPENRISC): 18,
    (32, gabi.EM_PARISC): 128,
    (32, gabi.EM_PPC): 19,
    (32, gabi.EM_RISCV): 4,
    (32, gabi.EM_S390): 9,
    (32, gabi.EM_SH): 162,
    (32, gabi.EM_SPARC): 19,
    (32, gabi.EM_SPARC32PLUS): 19,
    (32, gabi.EM_X86_64): 5,
    (64, gabi.EM_AARCH64): 1024,
    (64, gabi.EM_ALPHA): 24,
    (64, gabi.EM_IA_64): 132,
    (64, gabi.EM_LOONGARCH): 4,
    (64, gabi.EM_MIPS): 126,
    (64, gabi.EM_PARISC): 128,
    (64, gabi.EM_PPC64): 19,
    (64, gabi.EM_RISCV): 4,
    (64, gabi.EM_S390): 9,
    (64, gabi.EM_SPARCV9): 19,
    (64, gabi.EM_X86_64): 5,
}


class Relocation(NamedTuple):
    """What the loader writes at the address `place`: the symbol's value plus the addend.

    `symbol` is 0 where there is none; an addend of None stands in place.
    """

    place: int
    symbol: int
    addend: int | None


def copied_symbols(image: Image, dynamic: Dynamic) -> set[int]:
    """Indices of the symbols that a program holds only as copies of a library's. Raises ElfError."""
    copy = COPY.get((image.layout.bits, image.header.machine))
    if copy is None:
        return set()
    return {
        symbol
        for struct, table in _tables(image, dynamic)
        for symbol, kind in _decode(image, struct, _likely(image, struct, table, copy & 0xFF))
        if kind == copy
    }


def _likely(image: Image, struct: Struct, table: bytes, byte: int) -> bytes:
    """The entries whose type has this lowest byte: a few of a large table, found without unpacking it."""
    little, size = image.layout.byteorder == "little", struct.size
    if image.layout.bits == 32:
        place = 4 if little else 7
    else:
        place = 8 if little and image.header.machine != gabi.EM_MIPS else 15
    bytes_of_types = table[place::size]
    found = []
    index = bytes_of_types.find(byte)
    while index >= 0:
        found.append(table[index * size : (index + 1) * size])
        index = bytes_of_types.find(byte, index + 1)
    return b"".join(found)


def highest_symbol(image: Image, dynamic: Dynamic) -> int:
    """The highest index that a relocation names, 0 when there is none. Raises ElfError."""
    tables = [*_tables(image, dynamic), *_plt(image, dynamic)]
    return max((symbol for struct, table in tables for symbol, _ in _decode(image, struct, table)), default=0)


def relocations_in(image: Image, dynamic: Dynamic, where: range) -> Iterator[Relocation]:
    """The relocations of words at addresses in that range. Raises ElfError."""
    word = image.layout.bits // 8
    for struct, table in _tables(image, dynamic, relative=True):
        numbers, width = image.layout.addresses(table), struct.size // word
        for index, place in enumerate(numbers[::width]):
            if place in where:
                entry = table[index * struct.size : (index + 1) * struct.size]
                symbol, _ = next(iter(_decode(image, struct, entry)))
                yield Relocation(place, symbol, numbers[index * width + 2] if width == 3 else None)


class Table(NamedTuple):
    """A table of relocations by columns, as `Relocation` has them; no addends where they stand in place."""

    places: Sequence[int]
    symbols: Sequence[int]
    addends: Sequence[int] | None


def columns(image: Image, dynamic: Dynamic) -> Iterator[Table]:
    """All relocations but those of the procedure linkage table and of DT_RELR. Raises ElfError."""
    for struct, table in _tables(image, dynamic, relative=True):
        numbers, width = image.layout.addresses(table), struct.size * 8 // image.layout.bits
        addends = numbers[2::width] if width == 3 else None
        yield Table(numbers[::width], _symbols(image, struct, table), addends)


def packed_places(image: Image, dynamic: Dynamic) -> Iterator[int]:
    """The words of DT_RELR, whose addends stand in place (gABI, "Relocation Table Compression").

    An even entry is a place; an odd one has a bit for each of the words behind the last one.
    """
    start, bits = dynamic.get(gabi.DT_RELR), image.layout.bits
    if start is None:
        return
    word, base = bits // 8, 0
    for entry in image.layout.addresses(image.at(start, dynamic.values.get(gabi.DT_RELRSZ, 0))):
        if not entry & 1:
            yield entry
            base = entry + word
        else:
            yield from (base + (bit - 1) * word for bit in range(1, bits) if entry >> bit & 1)
            base += (bits - 1) * word


def _tables(image: Image, dynamic: Dynamic, *, relative: bool = False) -> Iterator[tuple[Struct, bytes]]:
    """The relocations, without the relative ones unless they are asked for.

    The linker counts those and puts them first: they name no symbol.
    """
    layout = image.layout
    for tag, size_tag, count_tag, struct in (
        (gabi.DT_RELA, gabi.DT_RELASZ, gabi.DT_RELACOUNT, layout.rela),
        (gabi.DT_REL, gabi.DT_RELSZ, gabi.DT_RELCOUNT, layout.rel),
    ):
        skipped = 0 if relative else dynamic.values.get(count_tag, 0) * struct.size
        yield from _table(image, struct, dynamic.get(tag), dynamic.values.get(size_tag, 0), skipped)


def _plt(image: Image, dynamic: Dynamic) -> Iterator[tuple[Struct, bytes]]:
    """The relocations of the procedure linkage table, which are apart and copy nothing."""
    layout = image.layout
    struct = layout.rel if dynamic.get(gabi.DT_PLTREL) == gabi.DT_REL else layout.rela
    return _table(image, struct, dynamic.get(gabi.DT_JMPREL), dynamic.values.get(gabi.DT_PLTRELSZ, 0), 0)


def _table(
    image: Image, struct: Struct, address: int | None, size: int, skipped: int
) -> Iterator[tuple[Struct, bytes]]:
    if address is None or size == skipped:
        return
    if size % struct.size or size < skipped:
        raise corrupt(f"the {size:#x} bytes of relocations at address {address:#x} are no whole entries")
    yield struct, image.at(address + skipped, size - skipped)


def _symbols(image: Image, struct: Struct, table: bytes) -> Sequence[int]:
    """The symbol's index of each relocation, 0 for none."""
    words, width, layout = image.layout.words(table), struct.size // 4, image.layout
    if layout.bits == 32:
        return [info >> 8 for info in words[1::width]]
    # r_sym is the upper half of r_info; of MIPS it has the first four bytes in either byte order.
    upper = 3 if layout.byteorder == "little" and image.header.machine != gabi.EM_MIPS else 2
    return words[upper::width]


def _decode(image: Image, struct: Struct, table: bytes) -> Iterator[tuple[int, int]]:
    """The symbol's index, 0 for none, and the type of each relocation."""
    entries = struct.iter_unpack(table)
    little = image.layout.byteorder == "little"
    if image.layout.bits == 32:
        return ((info >> 8, info & 0xFF) for (info,) in entries)
    if image.header.machine == gabi.EM_MIPS:
        # r_sym has the first four bytes in either byte order, r_type the last one.
        shift = 24 if little else 0
        return ((symbol, kinds >> shift & 0xFF) for symbol, kinds in entries)
    if little:
        return ((symbol, kind) for kind, symbol in entries)
    if image.header.machine == gabi.EM_SPARCV9:
        # The upper 24 bits of the type's word are data.
        return ((symbol, kind & 0xFF) for symbol, kind in entries)
    return entries
