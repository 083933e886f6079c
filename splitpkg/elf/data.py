"""Data that stands at dynamic symbols, laid out as C has it and relocated as the loader would."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from splitpkg.elf import gabi
from splitpkg.elf.dynamic import dynamic_segment, read_dynamic
from splitpkg.elf.errors import ElfError
from splitpkg.elf.image import Image
from splitpkg.elf.model import Field, FieldKind, Record
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
# Structs that share their anchor with other data: more are no marks.
MOST_PLACES = 64

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
    or leads to no text of the file, as are the fields behind such a pointer. Raises ElfError.
    """
    file = _opened(source, header)
    if file is None:
        return {}
    return {name: _record(file, address, wanted[name]) for name, address in _defined(file, wanted)}


def find_data(
    source: Source, header: Header, fields: Sequence[Field], anchor: str, text: str
) -> tuple[Record, ...]:
    """The structs of these fields whose CHARS field `anchor` holds the text, wherever in read-only data.

    What stands behind no symbol is found by it. Raises ElfError.
    """
    wanted = text.encode("utf-8", "surrogateescape") + b"\0"
    found = tuple(islice(_addresses(Image(source, header), wanted), MOST_PLACES))
    file = _opened(source, header) if found else None
    if file is None:
        return ()
    place = next(place for field, place, _ in _places(file.image, fields) if field.name == anchor)
    records = (_record(file, address - place, fields) for address in found)
    return tuple(record for record in records if record is not None)


def _opened(source: Source, header: Header) -> _File | None:
    image = Image(source, header)
    segment = dynamic_segment(image)
    if segment is None:
        return None
    dynamic = read_dynamic(image, segment)
    return _File(image, dynamic, read_table(image, dynamic))


def _addresses(image: Image, wanted: bytes) -> Iterator[int]:
    """Where the bytes stand in segments that are loaded and not writable."""
    for segment in image.header.segments:
        if segment.type == gabi.PT_LOAD and segment.size and not segment.flags & gabi.PF_W:
            content = image.at(segment.address, segment.size)
            at = content.find(wanted)
            while at >= 0:
                yield segment.address + at
                at = content.find(wanted, at + 1)


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
                record |= _behind(file, pointers.get(address + place, _number(file, raw)), field.fields)
            case FieldKind.CHARS:
                record[field.name] = decode(raw.partition(b"\0")[0].decode("latin-1"))
            case FieldKind.TEXT:
                record[field.name] = _text(file.image, pointers.get(address + place, _number(file, raw)))
            case _:
                record[field.name] = _number(file, raw)
    return record


def _behind(file: _File, address: int, fields: Sequence[Field]) -> Record:
    """The fields of what a pointer leads to; all None where it leads to nothing of the file."""
    found = _record(file, address, fields) if fields and address else None
    return dict.fromkeys(field.name for field in fields) if found is None else found


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
