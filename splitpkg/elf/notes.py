"""Notes, for the build ID (gABI, "Note Section"; ld(1), --build-id)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from splitpkg.elf import gabi
from splitpkg.elf.errors import corrupt
from splitpkg.elf.sections import read_sections

if TYPE_CHECKING:
    from collections.abc import Iterable

    from splitpkg.elf.header import Header
    from splitpkg.elf.layout import Layout
    from splitpkg.elf.source import Source

# Loaded notes have some hundred bytes, those of a kernel some ten thousand. Many segments may share them.
MOST = 1024 * 1024
GNU = b"GNU\0"


def build_id(source: Source, header: Header) -> str | None:
    """The build ID in hexadecimal, from the note segments. Raises ElfError."""
    notes = (segment for segment in header.segments if segment.type == gabi.PT_NOTE)
    return _first(source, header.layout, ((note.offset, note.size, note.align) for note in notes))


def build_id_of_sections(source: Source, header: Header) -> str | None:
    """The build ID of a file whose program headers do not lead to it: relocatable, of Go, of debug data."""
    notes = (section for section in read_sections(source, header) if section.type == gabi.SHT_NOTE)
    return _first(source, header.layout, ((note.offset, note.size, 4) for note in notes))


def _first(source: Source, layout: Layout, places: Iterable[tuple[int, int, int]]) -> str | None:
    left = MOST
    for offset, size, align in places:
        left -= size
        if left < 0:
            raise corrupt(
                f"the notes up to offset {offset + size:#x} have more than {MOST:#x} bytes together"
            )
        found = _search(source.take(offset, size), layout, 8 if align == 8 else 4, offset)
        if found is not None:
            return found.hex()
    return None


def _search(notes: bytes, layout: Layout, align: int, offset: int) -> bytes | None:
    position = 0
    while position + layout.note.size <= len(notes):
        name_size, size, kind = layout.note.unpack_from(notes, position)
        name = position + layout.note.size
        start = _aligned(name + name_size, align)
        if start + size > len(notes):
            raise corrupt(f"the note at offset {offset + position:#x} is beyond the end of its segment")
        if kind == gabi.NT_GNU_BUILD_ID and name_size == len(GNU) and notes.startswith(GNU, name):
            return notes[start : start + size]
        position = _aligned(start + size, align)
    return None


def _aligned(position: int, align: int) -> int:
    return (position + align - 1) & -align
