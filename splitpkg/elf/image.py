"""The parts of a file that the loader maps, by address (gABI, "Program Loading")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from splitpkg.elf import gabi
from splitpkg.elf.errors import ElfError, Reason, corrupt

if TYPE_CHECKING:
    from splitpkg.elf.header import Header
    from splitpkg.elf.layout import Layout
    from splitpkg.elf.source import Source


class Image:
    """The loaded segments of one file.

    Raises ElfError when the file is shorter than they say, or when they claim the same addresses.
    """

    __slots__ = ("_loads", "header", "layout", "source")

    def __init__(self, source: Source, header: Header) -> None:
        self.source = source
        self.header = header
        self.layout: Layout = header.layout
        self._loads = sorted(
            (segment.address, segment.size, segment.offset)
            for segment in header.segments
            if segment.type == gabi.PT_LOAD and segment.size
        )
        reached = 0
        for address, size, offset in self._loads:
            if offset + size > source.size:
                raise ElfError(
                    Reason.TRUNCATED,
                    f"the segment of {size:#x} bytes at offset {offset:#x} is beyond the end of the file",
                )
            if address < reached:
                raise corrupt(f"the segment at address {address:#x} overlaps one up to {reached:#x}")
            reached = address + size

    def place(self, address: int) -> tuple[int, int]:
        """The offset of an address in the file, and where its segment ends there."""
        for start, size, offset in self._loads:
            if start <= address < start + size:
                return offset + address - start, offset + size
        raise corrupt(f"address {address:#x} is in no loaded segment")

    def address(self, offset: int) -> int:
        """Where what stands at an offset in the file is loaded; the first place, should it be several."""
        for start, size, first in self._loads:
            if first <= offset < first + size:
                return start + offset - first
        raise corrupt(f"offset {offset:#x} is in no loaded segment")

    def at(self, address: int, size: int) -> bytes:
        """The `size` bytes at an address; all of them are in one segment."""
        offset, end = self.place(address)
        if offset + size > end:
            raise corrupt(f"{size:#x} bytes at address {address:#x} are beyond the end of their segment")
        return self.source.take(offset, size)
