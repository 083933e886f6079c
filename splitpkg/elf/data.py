"""Data that stands at dynamic symbols, laid out as C has it and relocated as the loader would."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from splitpkg.elf import gabi
from splitpkg.elf.dynamic import dynamic_segment, read_dynamic
from splitpkg.elf.errors import ElfError
from splitpkg.elf.image import Image
from splitpkg.elf.names import Names, decode
from splitpkg.elf.relocations import relocations_in
from splitpkg.elf.symbol_table import read_table

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping, Sequence

    from splitpkg.elf.dynamic import Dynamic
    from splitpkg.elf.header import Header
    from splitpkg.elf.source import Source
    from splitpkg.elf.symbol_table import SymbolTable

# No mark of a build is longer; what has no end by then is no text.
LONGEST_TEXT = 4096


class FieldKind(StrEnum):
    """The C type of a field.

    Numbers are unsigned; what POINTER points to is passed over; TEXT is what a pointer leads to, CHARS
    stands in place.
    """

    U8 = "u8"
    U16 = "u16"
    U32 = "u32"
    U64 = "u64"
    LONG = "long"
    POINTER = "pointer"
    TEXT = "text"
    CHARS = "chars"


class Field(NamedTuple):
    """A member of a struct; `length` counts the bytes of CHARS."""

    name: str
    kind: FieldKind
    length: int = 0


Record = dict[str, int | str | None]

_BYTES = {FieldKind.U8: 1, FieldKind.U16: 2, FieldKind.U32: 4, FieldKind.U64: 8}
# The most that a member is aligned to, where its size may be more (the supplements' "Fundamental Types").
_LEAST_ALIGNED = {gabi.EM_386: 4, gabi.EM_68K: 2}


class _File(NamedTuple):
    """What of a file is looked at again for each symbol."""

    image: Image
    dynamic: Dynamic
    table: SymbolTable


def read_data(
    source: Source, header: Header, wanted: Mapping[str, Sequence[Field]]
) -> dict[str, Record | None]:
    """The fields at each of the wanted symbols that the file defines.

    None stands for data that has no bytes in the file, as in .bss; a text is None where its pointer is null
    or leads to no text of the file. Raises ElfError.
    """
    image = Image(source, header)
    segment = dynamic_segment(image)
    if segment is None:
        return {}
    file = _File(image, dynamic := read_dynamic(image, segment), read_table(image, dynamic))
    return {name: _record(file, address, wanted[name]) for name, address in _defined(file, wanted)}


def _defined(file: _File, wanted: Container[str]) -> Iterator[tuple[str, int]]:
    """Those of the wanted symbols that the file defines, with their addresses."""
    start = file.dynamic.require(gabi.DT_STRTAB, "DT_STRTAB")
    names = Names(file.image.at(start, file.dynamic.require(gabi.DT_STRSZ, "DT_STRSZ")))
    for index, offset in enumerate(file.table.names):
        if (name := names.at(offset)) in wanted and file.table.defined(index):
            yield name, file.table.values[index]


def _record(file: _File, address: int, fields: Sequence[Field]) -> Record | None:
    places = tuple(_places(file.image, fields))
    _, last, size = places[-1]
    try:
        content = file.image.at(address, last + size)
    except ElfError:
        return None
    pointers = _relocated(file, range(address, address + last + size))
    record: Record = {}
    for field, place, size in places:
        raw = content[place : place + size]
        match field.kind:
            case FieldKind.POINTER:
                continue
            case FieldKind.CHARS:
                record[field.name] = decode(raw.partition(b"\0")[0].decode("latin-1"))
            case FieldKind.TEXT:
                record[field.name] = _text(file.image, pointers.get(address + place, _number(file, raw)))
            case _:
                record[field.name] = _number(file, raw)
    return record


def _places(image: Image, fields: Sequence[Field]) -> Iterator[tuple[Field, int, int]]:
    """Each field with its offset and size in bytes: a member stands at the next multiple of its own size."""
    place, pointer = 0, image.layout.bits // 8
    most = _LEAST_ALIGNED.get(image.header.machine, 8)
    for field in fields:
        size = field.length if field.kind is FieldKind.CHARS else _BYTES.get(field.kind, pointer)
        place += -place % (1 if field.kind is FieldKind.CHARS else min(size, most))
        yield field, place, size
        place += size


def _number(file: _File, raw: bytes) -> int:
    return int.from_bytes(raw, file.image.layout.byteorder)


def _relocated(file: _File, where: range) -> dict[int, int]:
    """The words in that range that the loader writes anew; the other pointers stand in place already."""
    image, word, found = file.image, file.image.layout.bits // 8, {}
    for place, symbol, addend in relocations_in(image, file.dynamic, where):
        base = _number(file, image.at(place, word)) if addend is None else addend
        if symbol:
            # What another file defines leads nowhere in this one.
            base = base + file.table.values[symbol] if file.table.defined(symbol) else 0
        found[place] = base % (1 << image.layout.bits)
    return found


def _text(image: Image, address: int) -> str | None:
    if not address:
        return None
    try:
        offset, end = image.place(address)
        raw = image.source.take(offset, min(end - offset, LONGEST_TEXT))
    except ElfError:
        return None
    text, nul, _ = raw.partition(b"\0")
    return decode(text.decode("latin-1")) if nul else None
