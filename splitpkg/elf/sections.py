"""Section headers. The loader never looks at them, so only what nothing else tells is taken from here."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from splitpkg.elf import gabi
from splitpkg.elf.errors import ElfError, Reason, corrupt

if TYPE_CHECKING:
    from splitpkg.elf.header import Header
    from splitpkg.elf.source import Source


class Section(NamedTuple):
    """A section header; `name` is an offset into the section of names."""

    name: int
    type: int
    flags: int
    address: int
    offset: int
    size: int
    link: int
    info: int


def read_sections(source: Source, header: Header) -> tuple[Section, ...]:
    """All section headers, none for a file that was stripped of them. Raises ElfError."""
    struct, table = header.layout.section, header.sections
    if not table.length:
        return ()
    return tuple(
        map(Section._make, struct.iter_unpack(source.take(table.offset, table.length * struct.size)))
    )


def content(source: Source, header: Header, name: bytes) -> bytes | None:
    """The bytes of the first section of that name, None when there is none or it has no bytes in the file.

    Raises ElfError, also for a compressed section.
    """
    sections = read_sections(source, header)
    if not sections:
        return None
    if header.sections.names >= len(sections):
        raise corrupt(f"section names are in section {header.sections.names} of {len(sections)}")
    holder = sections[header.sections.names]
    names = source.take(holder.offset, holder.size)
    wanted = name + b"\0"
    section = next((section for section in sections if names.startswith(wanted, section.name)), None)
    if section is None or section.type == gabi.SHT_NOBITS:
        return None
    if section.flags & gabi.SHF_COMPRESSED:
        raise ElfError(Reason.UNSUPPORTED, f"the section at offset {section.offset:#x} is compressed")
    return source.take(section.offset, section.size)


def is_separate_debug(source: Source, header: Header) -> bool:
    """True for debug information split from another file (`objcopy --only-keep-debug`, `eu-strip -f`).

    Such a file keeps the program headers of its origin, but what they point to is not there: the section
    of the dynamic table, or else of the code, has become SHT_NOBITS. Raises ElfError.
    """
    dynamic = {segment.address for segment in header.segments if segment.type == gabi.PT_DYNAMIC}
    return any(
        section.type == gabi.SHT_NOBITS and (section.address in dynamic if dynamic else _is_code(section))
        for section in read_sections(source, header)
        if section.flags & gabi.SHF_ALLOC
    )


def _is_code(section: Section) -> bool:
    # A writable one is the .plt of 32-bit PowerPC, which has no bytes in any file.
    return section.flags & (gabi.SHF_EXECINSTR | gabi.SHF_WRITE) == gabi.SHF_EXECINSTR
