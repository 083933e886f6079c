"""Payloads read as streams: in order, never more than was allowed, files one after the other."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Protocol

from splitpkg.verify.compression import CHUNK, unpacker
from splitpkg.verify.fault import Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from _typeshed import WriteableBuffer

    from splitpkg.verify.compression import Compression, Source

RATIO = 1024
"""How many times the size of its file a package may unpack to."""

ALLOWANCE = 16 * 1024 * 1024 * 1024
"""How many bytes it may unpack to whatever its size: images of disks are mostly zeros."""


class Part(Protocol):
    """One file's content, in order; none at the end."""

    size: int

    def read(self, size: int = -1, /) -> bytes: ...


class Stream:
    """The unpacked bytes of one payload. `limit` bounds how many there may be."""

    def __init__(self, source: Source, compression: Compression, limit: int) -> None:
        self._bytes = io.BufferedReader(_Unpacked(unpacker(source, compression), limit), CHUNK)

    def take(self, size: int) -> bytes:
        """The next `size` bytes; Fault when there are fewer."""
        data = self._bytes.read(size)
        if len(data) != size:
            raise Fault("its payload ends too early")
        return data

    def chunks(self, size: int) -> Iterator[bytes]:
        """The next `size` bytes in pieces; Fault when there are fewer."""
        while size > 0:
            yield (data := self.take(min(size, CHUNK)))
            size -= len(data)

    def skip(self, size: int) -> None:
        """Passes over the next `size` bytes; Fault when there are fewer."""
        for _ in self.chunks(size):
            pass

    def finish(self) -> None:
        """Reads on to the end, so that the checksums that stand there are looked at."""
        while self._bytes.read(CHUNK):
            pass


class Content:
    """One file's content within a stream: has to be read, or skipped, before the stream goes on."""

    def __init__(self, stream: Stream, size: int, *watchers: Callable[[bytes], object]) -> None:
        self.size = size
        self._stream, self._left, self._watchers = stream, size, watchers

    def read(self, size: int = -1, /) -> bytes:
        """Up to `size` bytes, all that is left if negative; none at the end."""
        wanted = self._left if size < 0 else min(size, self._left)
        return b"".join(self._watched(wanted)) if wanted > CHUNK else self._next(wanted)

    def skip(self) -> None:
        """Passes over what has not been read; it is watched all the same."""
        for _ in self._watched(self._left):
            pass

    def _watched(self, size: int) -> Iterator[bytes]:
        while size > 0:
            yield (data := self._next(min(size, CHUNK)))
            size -= len(data)

    def _next(self, size: int) -> bytes:
        data = self._stream.take(size)
        self._left -= size
        for watch in self._watchers:
            watch(data)
        return data


class _Unpacked(io.RawIOBase):
    """What the standard library's buffering wants to read from."""

    def __init__(self, read: Callable[[int], bytes], limit: int) -> None:
        self._read, self._limit, self._left = read, limit, limit

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer).cast("B")
        data = self._read(len(view))
        self._left -= len(data)
        if self._left < 0:
            raise Fault(f"its payload unpacks to more than {self._limit} bytes")
        view[: len(data)] = data
        return len(data)


def limit_of(packed: int) -> int:
    """How many bytes a package of that many bytes may unpack to: more is a decompression bomb."""
    return max(ALLOWANCE, RATIO * packed)
