"""The dynamic table (gABI, "Dynamic Section") and the strings it refers to."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile
from operator import itemgetter
from typing import TYPE_CHECKING

from splitpkg.elf import gabi
from splitpkg.elf.errors import corrupt

if TYPE_CHECKING:
    from splitpkg.elf.header import Segment
    from splitpkg.elf.image import Image


@dataclass(frozen=True, slots=True)
class Dynamic:
    """Values by tag, the last one of a tag that is repeated, as the loader has it; all of DT_NEEDED."""

    values: dict[int, int]
    needed: tuple[int, ...]

    def get(self, tag: int) -> int | None:
        return self.values.get(tag)

    def require(self, tag: int, name: str) -> int:
        """The value of a tag that the others present make mandatory. Raises ElfError."""
        value = self.values.get(tag)
        if value is None:
            raise corrupt(f"the dynamic table has no {name}")
        return value


def dynamic_segment(image: Image) -> Segment | None:
    """The program header of the dynamic table, None for a static file. Raises ElfError."""
    found = [segment for segment in image.header.segments if segment.type == gabi.PT_DYNAMIC]
    if len(found) > 1:
        raise corrupt(f"there are {len(found)} dynamic segments")
    return found[0] if found else None


def read_dynamic(image: Image, segment: Segment) -> Dynamic:
    """The table up to DT_NULL, found by its address as the loader does. Raises ElfError."""
    table = image.at(segment.address, segment.size)
    if not segment.size or image.place(segment.address)[0] != segment.offset:
        raise corrupt(f"the dynamic segment at offset {segment.offset:#x} is not what its address maps")
    struct = image.layout.dynamic
    whole = len(table) // struct.size * struct.size
    entries = list(takewhile(itemgetter(0), struct.iter_unpack(table[:whole])))
    if len(entries) * struct.size == whole:
        raise corrupt(f"the dynamic table at offset {segment.offset:#x} has no end")
    needed = tuple(value for tag, value in entries if tag == gabi.DT_NEEDED)
    dynamic = Dynamic(dict(entries), needed)
    for tag, name in (
        (gabi.DT_STRTAB, "DT_STRTAB"),
        (gabi.DT_STRSZ, "DT_STRSZ"),
        (gabi.DT_SYMTAB, "DT_SYMTAB"),
    ):
        dynamic.require(tag, name)
    if dynamic.values.get(gabi.DT_SYMENT, image.layout.symbol_size) != image.layout.symbol_size:
        raise corrupt(
            f"symbols have {dynamic.values[gabi.DT_SYMENT]} bytes each, not {image.layout.symbol_size}"
        )
    return dynamic
