"""Printable texts of a file, by address."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from splitpkg.elf.errors import ElfError

if TYPE_CHECKING:
    from splitpkg.elf.image import Image

LONGEST = 256
_TEXT = re.compile(rb"[ -~]+(?=\0)")


class Texts:
    """The NUL-terminated texts of printable ASCII, of less than LONGEST bytes."""

    __slots__ = ("_image",)

    def __init__(self, image: Image) -> None:
        self._image = image

    def at(self, address: int) -> str | None:
        """The text that begins at an address of the file; None where there is no such text."""
        try:
            offset, end = self._image.place(address)
            found = _TEXT.match(self._image.source.take(offset, min(end - offset, LONGEST)))
        except ElfError:
            return None
        return found[0].decode("ascii") if found is not None else None
