"""Texts that pointers in a file's data lead to: what a module registers, as names of types or commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from splitpkg.elf.dynamic import dynamic_segment, read_dynamic
from splitpkg.elf.image import Image
from splitpkg.elf.pointers import Pointers
from splitpkg.elf.texts import Texts

if TYPE_CHECKING:
    from splitpkg.elf.header import Header
    from splitpkg.elf.source import Source


def registered_texts(source: Source, header: Header) -> frozenset[str]:
    """The printable texts that relocated words lead to. Raises ElfError."""
    image = Image(source, header)
    segment = dynamic_segment(image)
    if segment is None:
        return frozenset()
    texts = Texts(image)
    targets = set(Pointers(image, read_dynamic(image, segment)).targets().values())
    return frozenset(text for target in targets if (text := texts.at(target)) is not None)
