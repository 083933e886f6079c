"""The dynamic string table (gABI, "String Table")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from splitpkg.elf.errors import ElfError, corrupt

if TYPE_CHECKING:
    from collections.abc import Sequence

# Names may share their ends. All names of a real file together have about the size of their table, but a
# table with one NUL at its end makes every name nearly as long as itself. No real file comes near this
# many times the table, plus what small ones may take.
SHARING = 16
SMALL = 16 * 1024 * 1024


class Names:
    """The strings of one table by offset.

    `text` has one character for each byte, so that offsets hold; a slice of it is a name as it stands
    when `ascii` is true, else it is one after `decode`.
    """

    __slots__ = ("_allowance", "ascii", "text")

    def __init__(self, table: bytes) -> None:
        self.ascii = table.isascii()
        self.text = table.decode("latin-1")
        self._allowance = SMALL + SHARING * len(table)

    def at(self, offset: int) -> str:
        """The string at an offset. Raises ElfError."""
        end = self.text.find("\0", offset)
        if end < 0:
            raise self.endless(offset)
        self._spend(end - offset)
        name = self.text[offset:end]
        return name if self.ascii else decode(name)

    def reserve(self, offsets: Sequence[int]) -> None:
        """Make sure that the strings at the offsets are no more than memory can hold. Raises ElfError."""
        count = len(offsets)
        if count * len(self.text) <= self._allowance or self._all_shorter(self._allowance // count):
            return
        for offset in offsets:
            self._spend(max(0, self.text.find("\0", offset) - offset))

    def endless(self, offset: int) -> ElfError:
        """The error for a string that does not end in the table."""
        return corrupt(f"the string at {offset:#x} is beyond the string table of {len(self.text):#x} bytes")

    def _spend(self, size: int) -> None:
        self._allowance -= size
        if self._allowance < 0:
            raise corrupt(
                f"names share the string table of {len(self.text):#x} bytes more than {SHARING} times"
            )

    def _all_shorter(self, limit: int) -> bool:
        """True when no string has `limit` bytes: one look in each stretch of so many."""
        start = 0
        while start + limit <= len(self.text):
            last = self.text.rfind("\0", start, start + limit)
            if last < 0:
                return False
            start = last + 1
        return True


def decode(name: str) -> str:
    """A name of one character for each byte as text, undecodable bytes as surrogates."""
    return name.encode("latin-1").decode("utf-8", "surrogateescape")
