"""What tells whether two files are the same once loaded, whatever their build IDs and debug links."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from splitpkg.elf import gabi
from splitpkg.elf.header import LARGEST_HEADER
from splitpkg.elf.notes import build_id

if TYPE_CHECKING:
    from collections.abc import Iterator

    from splitpkg.elf.header import Header
    from splitpkg.elf.source import Source

_CHUNK = 1 << 20
_LEAST = 8
"""Bytes of a build ID below which the same bytes may stand elsewhere."""


def read_likeness(source: Source, header: Header) -> str:
    """The SHA-256, in hexadecimal, of the loaded segments without ELF header and build ID.

    Sections that are not loaded do not count: debug information, .gnu_debuglink, .comment. Raises
    ElfError.
    """
    digest = hashlib.sha256()
    identity = bytes.fromhex(build_id(source, header) or "")
    blank = len(identity) >= _LEAST
    for segment in header.segments:
        if segment.type == gabi.PT_LOAD:
            digest.update(b"%d %d %d\0" % (segment.flags, segment.address, segment.size))
            for chunk in _chunks(source, segment.offset, segment.size):
                digest.update(chunk.replace(identity, bytes(len(identity))) if blank else chunk)
    return digest.hexdigest()


def _chunks(source: Source, offset: int, size: int) -> Iterator[bytes]:
    """The bytes of a segment. The header and all notes are in the first chunk of the first one."""
    start = LARGEST_HEADER if offset == 0 and size > LARGEST_HEADER else 0
    for begin in range(offset + start, offset + size, _CHUNK):
        yield source.take(begin, min(_CHUNK, offset + size - begin))
