"""Which strings the loaded read-only parts of a file hold, such as names that are given to dlsym(3)."""

from __future__ import annotations

import re
from itertools import compress
from operator import itemgetter
from typing import TYPE_CHECKING

from splitpkg.elf import gabi
from splitpkg.elf.dynamic import dynamic_segment, read_dynamic
from splitpkg.elf.errors import ElfError
from splitpkg.elf.image import Image
from splitpkg.elf.sections import is_separate_debug, read_sections
from splitpkg.elf.spans import difference, union

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from splitpkg.elf.header import Header
    from splitpkg.elf.sections import Section
    from splitpkg.elf.source import Source
    from splitpkg.elf.spans import Span

# The linker merges a string with the end of another one, so that a long name may be found there; what
# a short one is found at the end of is more often another word.
LONG = 8
CHUNK = 256 * 1024
# Of a string that is longer only the end is matched with a pattern, where chunks meet.
LONGEST = 4096
# Tables for exceptions (Linux Standard Base, "Exception Frames").
UNWINDING = (b".eh_frame\0", b".eh_frame_hdr\0", b".gcc_except_table\0")
TABLES = frozenset(
    (
        *(gabi.SHT_HASH, gabi.SHT_NOTE, gabi.SHT_DYNSYM, gabi.SHT_GNU_HASH),
        *(gabi.SHT_GNU_verdef, gabi.SHT_GNU_verneed, gabi.SHT_GNU_versym),
    )
)

# bytes.split() without arguments takes runs of white space together, so NUL becomes the only white
# space. The other kinds become control characters, a confusion that is resolved where a name is found.
_WHITE = b" \t\n\v\f\r"
_TAIL = itemgetter(slice(-LONG, None))
_BLANK_NUL = bytes.maketrans(b"\0" + _WHITE, b" " + bytes(range(1, 1 + len(_WHITE))))


class Search:
    """Names to look for: prepared once, for however many files.

    `names` has them by their bytes in a translated chunk, each with what must stand in the chunk as it
    was, lest it is confused with another; `lengths` tells how long those are that end in the same LONG
    bytes.
    """

    __slots__ = ("lengths", "longest", "names")

    def __init__(self, names: Iterable[str]) -> None:
        self.lengths: dict[bytes, set[int]] = {}
        self.names: dict[bytes, list[tuple[str, bytes]]] = {}
        self.longest = 0
        for name in names:
            raw = name.encode("utf-8", "surrogateescape")
            translated = raw.translate(_BLANK_NUL)
            clear = name.isprintable() and translated == raw
            self.names.setdefault(translated, []).append((name, b"" if clear else raw + b"\0"))
            self.lengths.setdefault(translated[-LONG:], set()).add(len(raw))
            self.longest = max(self.longest, len(raw))


def find_strings(source: Source, header: Header, search: Search) -> frozenset[str]:
    """Those of the names that stand NUL-terminated in segments that are loaded and not writable.

    A name counts as a whole string, one of LONG bytes or more also as the end of another string. The
    strings of dynamic symbols (DT_STRTAB) don't count. Raises ElfError.
    """
    chunks = (
        chunk
        for offset, end in regions(source, header)
        for _, chunk in _terminated(source, offset, end, search.longest)
    )
    return frozenset(name for chunk in _together(chunks) for name in _found(chunk, search))


def find_offsets(source: Source, header: Header, search: Search) -> dict[int, str]:
    """The same names, by the offsets at which they stand. Raises ElfError."""
    return {
        start + at: name
        for offset, end in regions(source, header)
        for start, chunk in _terminated(source, offset, end, search.longest)
        for name in _found(chunk, search)
        for at in _occurrences(chunk, name.encode("utf-8", "surrogateescape") + b"\0")
    }


def _occurrences(chunk: bytes, text: bytes) -> Iterator[int]:
    at = chunk.find(text)
    while at >= 0:
        yield at
        at = chunk.find(text, at + 1)


def match_strings(source: Source, header: Header, pattern: re.Pattern[bytes]) -> frozenset[bytes]:
    """The NUL-terminated strings of the same segments that the pattern matches as a whole.

    Where data precede a string, it begins behind what is not printable. The pattern must not match NUL.
    Raises ElfError.
    """
    whole = re.compile(rb"(?<![\x20-\x7e])(?:" + pattern.pattern + rb")(?=\0)", pattern.flags)
    found = set[bytes]()
    for offset, end in regions(source, header):
        for _, chunk in _terminated(source, offset, end, LONGEST):
            found.update(match[0] for match in whole.finditer(chunk) if b"\0" not in match[0])
    return frozenset(found)


def _found(chunk: bytes, search: Search) -> Iterator[str]:
    """The names in a chunk that ends with NUL."""
    pieces = chunk.translate(_BLANK_NUL).split()
    for piece in set(compress(pieces, map(search.lengths.__contains__, map(_TAIL, pieces)))):
        for length in search.lengths[piece[-LONG:]]:
            for name, original in search.names.get(piece[-length:], ()):
                if original in chunk:
                    yield name


def _terminated(source: Source, offset: int, end: int, longest: int) -> Iterator[tuple[int, bytes]]:
    """The bytes of a region in chunks that end with NUL, by offset; of a longer string only its end."""
    rest = b""
    while offset < end:
        size = min(CHUNK, end - offset)
        chunk = rest + source.take(offset, size)
        start = offset - len(rest)
        offset += size
        cut = chunk.rfind(b"\0") + 1
        if cut:
            yield start, chunk[:cut]
        rest = chunk[cut:][-longest - 1 :]


def _together(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The chunks, small ones joined to a larger one."""
    held, size = list[bytes](), 0
    for chunk in chunks:
        held.append(chunk)
        size += len(chunk)
        if size >= CHUNK:
            yield b"".join(held)
            held, size = [], 0
    if held:
        yield b"".join(held)


def regions(source: Source, header: Header) -> Iterator[Span]:
    """What is to be searched, each byte once."""
    try:
        unsearched = [*_tables(Image(source, header)), *_other_sections(source, header)]
    except ElfError:
        if is_separate_debug(source, header):
            return
        raise
    loaded = [
        (segment.offset, segment.offset + segment.size)
        for segment in header.segments
        if segment.type == gabi.PT_LOAD and not segment.flags & gabi.PF_W
    ]
    yield from difference(union(loaded), union(unsearched))


def _tables(image: Image) -> Iterator[Span]:
    """The table that holds symbols' names, and large ones that hold no strings."""
    segment = dynamic_segment(image)
    if segment is None:
        return
    dynamic = read_dynamic(image, segment)
    for address_tag, size_tag in (
        (gabi.DT_STRTAB, gabi.DT_STRSZ),
        (gabi.DT_RELA, gabi.DT_RELASZ),
        (gabi.DT_REL, gabi.DT_RELSZ),
        (gabi.DT_JMPREL, gabi.DT_PLTRELSZ),
    ):
        address, size = dynamic.get(address_tag), dynamic.get(size_tag)
        if address is not None and size:
            offset, _ = image.place(address)
            yield offset, offset + size


def _other_sections(source: Source, header: Header) -> Iterator[Span]:
    """Sections without strings: code, its unwinding, tables. Without section headers they are searched."""
    sections = read_sections(source, header)
    names = _section_names(source, header, sections)
    for section in sections:
        if (
            section.type in TABLES
            or section.flags & gabi.SHF_EXECINSTR
            or names.startswith(UNWINDING, section.name)
        ) and section.type != gabi.SHT_NOBITS:
            yield section.offset, section.offset + section.size


def _section_names(source: Source, header: Header, sections: tuple[Section, ...]) -> bytes:
    """The table of names, empty where there is none: nothing but the time of a search depends on it."""
    holder = sections[header.sections.names] if header.sections.names < len(sections) else None
    if holder is None or holder.offset + holder.size > source.size:
        return b""
    return source.take(holder.offset, holder.size)
