"""Files whose section headers are gone, as with `strip --strip-section-headers`."""

from __future__ import annotations


def without_sections(data: bytes) -> bytes:
    """The same file with e_shoff, e_shnum and e_shstrndx zero; what they led to stays in place."""
    wide = data[4] == 2
    offset, counts = (0x28, 0x3C) if wide else (0x20, 0x30)
    size = 8 if wide else 4
    return b"".join([data[:offset], bytes(size), data[offset + size : counts], bytes(4), data[counts + 4 :]])
