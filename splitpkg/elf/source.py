"""The bytes of a file, by offset and checked against its size.

Files are read, never mapped: a mapped file that somebody cuts short kills the reader with SIGBUS.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Protocol

from splitpkg.elf.errors import ElfError, Reason

if TYPE_CHECKING:
    from mmap import mmap
    from types import TracebackType

# Most ELF files keep all that is wanted of them below HEAD, so that three reads do; the first one tells
# which files are ELF.
START, HEAD = 64, 32 * 1024
# No table of a real file comes near it; one that claims more (in a sparse file) must not fill the memory.
LARGEST = 256 * 1024 * 1024


class Source(Protocol):
    """Something that has a size and gives out its bytes."""

    @property
    def size(self) -> int:
        """The size in bytes."""

    def take(self, offset: int, size: int) -> bytes:
        """The `size` bytes at `offset`; raises ElfError where the file does not have them."""


class Buffer:
    """A file that is in memory already."""

    __slots__ = ("_data", "size")

    def __init__(self, data: bytes | mmap) -> None:
        self._data = data
        self.size = len(data)

    def take(self, offset: int, size: int) -> bytes:
        _check(offset, size, self.size)
        return self._data[offset : offset + size]


class OpenFile:
    """A file that is read piece by piece; a context manager. Raises OSError as open(2) and pread(2) do."""

    __slots__ = ("_descriptor", "_head", "_size")

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        self._size = -1
        try:
            self._head = os.pread(self._descriptor, START, 0)
        except BaseException:
            os.close(self._descriptor)
            raise

    @property
    def size(self) -> int:
        """The file's size when it was first asked for."""
        if self._size < 0:
            self._size = os.fstat(self._descriptor).st_size
        return self._size

    def starts_with(self, magic: bytes) -> bool:
        """Whether the file's first bytes are these, START at most."""
        return self._head.startswith(magic)

    def __enter__(self) -> OpenFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._descriptor)

    def take(self, offset: int, size: int) -> bytes:
        if START < offset + size <= HEAD and len(self._head) <= START:
            self._head = os.pread(self._descriptor, HEAD, 0)
        if offset + size <= len(self._head):
            return self._head[offset : offset + size]
        _check(offset, size, self.size)
        data = os.pread(self._descriptor, size, offset)
        if len(data) != size:
            raise ElfError(Reason.TRUNCATED, f"the file ended at {offset + len(data):#x} while it was read")
        return data


def _check(offset: int, size: int, file_size: int) -> None:
    if offset + size > file_size:
        raise ElfError(
            Reason.TRUNCATED,
            f"{size:#x} bytes at offset {offset:#x} are beyond the file's {file_size:#x} bytes",
        )
    if size > LARGEST:
        raise ElfError(Reason.UNSUPPORTED, f"a table of {size:#x} bytes at offset {offset:#x} is too large")
