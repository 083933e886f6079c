"""The ELF header and the program headers (gABI, "ELF Header", "Program Header")."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from splitpkg.elf import gabi
from splitpkg.elf.errors import ElfError, Reason, corrupt
from splitpkg.elf.layout import LAYOUTS, Layout

if TYPE_CHECKING:
    from splitpkg.elf.source import Source

MAGIC = b"\x7fELF"
IDENT_SIZE = 16
LARGEST_HEADER = 64


class Segment(NamedTuple):
    """A program header; sizes and offsets in bytes of the file."""

    type: int
    flags: int
    offset: int
    address: int
    size: int
    align: int


class SectionTable(NamedTuple):
    """Where the section headers are; `names` is the index of the section that holds their names."""

    offset: int
    length: int
    names: int


@dataclass(frozen=True, slots=True)
class Header:
    """What the head of a file says."""

    layout: Layout
    type: int
    machine: int
    segments: tuple[Segment, ...]
    sections: SectionTable


class _Fields(NamedTuple):
    type: int
    machine: int
    version: int
    entry: int
    phoff: int
    shoff: int
    flags: int
    ehsize: int
    phentsize: int
    phnum: int
    shentsize: int
    shnum: int
    shstrndx: int


def read_header(source: Source) -> Header | None:
    """The headers of a file, or None when it is not ELF. Raises ElfError."""
    start = source.take(0, min(source.size, LARGEST_HEADER))
    if not start.startswith(MAGIC):
        return None
    layout = _layout(start)
    fields = _whole_counts(source, layout, _Fields._make(layout.header.unpack_from(start, IDENT_SIZE)))
    segments = _segments(source, layout, fields)
    return Header(layout, fields.type, fields.machine, segments, _section_table(source, layout, fields))


def _layout(start: bytes) -> Layout:
    if len(start) < IDENT_SIZE:
        raise _headless(start)
    layout = LAYOUTS.get((start[4], start[5]))
    if layout is None:
        raise ElfError(Reason.UNSUPPORTED, f"class {start[4]} with byte order {start[5]} is unknown")
    if start[6] != 1:
        raise ElfError(Reason.UNSUPPORTED, f"version {start[6]} of the format is unknown")
    if len(start) < IDENT_SIZE + layout.header.size:
        raise _headless(start)
    return layout


def _headless(start: bytes) -> ElfError:
    return ElfError(Reason.TRUNCATED, f"the file's {len(start)} bytes are less than its header")


def _whole_counts(source: Source, layout: Layout, fields: _Fields) -> _Fields:
    """The fields with the counts that do not fit 16 bits taken from the first section header."""
    if not fields.shoff:
        return fields._replace(shnum=0)
    if fields.shnum and fields.phnum != gabi.PN_XNUM and fields.shstrndx != gabi.SHN_XINDEX:
        return fields
    first = layout.section.unpack(source.take(fields.shoff, layout.section.size))
    return fields._replace(
        shnum=fields.shnum or first[5],
        shstrndx=first[6] if fields.shstrndx == gabi.SHN_XINDEX else fields.shstrndx,
        phnum=first[7] if fields.phnum == gabi.PN_XNUM else fields.phnum,
    )


def _segments(source: Source, layout: Layout, fields: _Fields) -> tuple[Segment, ...]:
    if not fields.phnum:
        return ()
    if fields.phentsize != layout.segment.size:
        raise corrupt(f"program headers have {fields.phentsize} bytes each, not {layout.segment.size}")
    table = layout.segment.iter_unpack(source.take(fields.phoff, fields.phnum * layout.segment.size))
    if layout.bits == 64:
        return tuple(map(Segment._make, table))
    return tuple(
        Segment(kind, flags, offset, address, size, align)
        for kind, offset, address, size, flags, align in table
    )


def _section_table(source: Source, layout: Layout, fields: _Fields) -> SectionTable:
    size = layout.section.size
    if fields.shnum and fields.shentsize != size:
        raise corrupt(f"section headers have {fields.shentsize} bytes each, not {size}")
    end = fields.shoff + fields.shnum * size
    if end > source.size:
        raise ElfError(
            Reason.TRUNCATED, f"section headers up to {end:#x} are beyond the file's {source.size:#x} bytes"
        )
    return SectionTable(fields.shoff, fields.shnum, fields.shstrndx)
