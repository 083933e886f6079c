"""Payloads unpacked as streams: in order, a piece at a time, never more than was allowed."""

from __future__ import annotations

import bz2
import io
import lzma
import sys
import zlib
from enum import StrEnum
from typing import IO, TYPE_CHECKING, Protocol, cast

from splitpkg.verify.fault import Fault, Lacking

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from _typeshed import WriteableBuffer

CHUNK = 128 * 1024
"""Bytes that are read, unpacked and hashed at a time."""

DICTIONARY = 128 * 1024 * 1024
"""The largest window that is accepted: that of `zstd --ultra -22`; `xz -9` needs half of it."""

RATIO = 1024
"""How many times the size of its file a package may unpack to."""

ALLOWANCE = 16 * 1024 * 1024 * 1024
"""How many bytes it may unpack to whatever its size: images of disks are mostly zeros."""


class Compression(StrEnum):
    """How a payload is packed."""

    NONE = "none"
    GZIP = "gzip"
    XZ = "xz"
    LZMA = "lzma"
    BZIP2 = "bzip2"
    ZSTD = "zstd"


class Source(Protocol):
    """Packed bytes, in order; none at the end."""

    def read(self, size: int, /) -> bytes: ...


class Part(Protocol):
    """One file's content, in order; none at the end."""

    size: int

    def read(self, size: int = -1, /) -> bytes: ...


class _Inflater(Protocol):
    """What bz2 and lzma offer."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int) -> bytes: ...


class Stream:
    """The unpacked bytes of one payload. `limit` bounds how many there may be."""

    def __init__(self, source: Source, compression: Compression, limit: int) -> None:
        self._bytes = io.BufferedReader(_Unpacked(_unpacker(source, compression), limit), CHUNK)

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


def _unpacker(source: Source, compression: Compression) -> Callable[[int], bytes]:
    match compression:
        case Compression.NONE:
            return source.read
        case Compression.GZIP:
            return _Members(source, _Gzip).read
        case Compression.XZ:
            return _Members(source, lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, 2 * DICTIONARY)).read
        case Compression.LZMA:
            return _Members(source, lambda: lzma.LZMADecompressor(lzma.FORMAT_ALONE, 2 * DICTIONARY)).read
        case Compression.BZIP2:
            return _Members(source, bz2.BZ2Decompressor).read
        case Compression.ZSTD:
            return _zstd(source)


class _Members:
    """Unpacks one packed stream after the other, as their programs do; zeros between them are padding."""

    def __init__(self, source: Source, make: Callable[[], _Inflater]) -> None:
        self._source, self._make, self._inflater = source, make, make()

    def read(self, size: int) -> bytes:
        """Between 1 and `size` bytes; none at the end. Fault when the packed data is damaged."""
        while (data := self._input()) is not None:
            if unpacked := self._unpacked(data, size):
                return unpacked
        return b""

    def _unpacked(self, data: bytes, size: int) -> bytes:
        try:
            return self._inflater.decompress(data, size)
        except (zlib.error, lzma.LZMAError, OSError, ValueError, MemoryError) as error:
            raise Fault(f"its payload cannot be unpacked: {error}") from error

    def _input(self) -> bytes | None:
        """What to give the inflater next; None at the end."""
        if self._inflater.eof:
            rest = self._inflater.unused_data.lstrip(b"\0")
            while not rest:
                more = self._source.read(CHUNK)
                if not more:
                    return None
                rest = more.lstrip(b"\0")
            self._inflater = self._make()
            return rest
        if not self._inflater.needs_input:
            return b""
        data = self._source.read(CHUNK)
        if not data:
            raise Fault("its payload is cut short")
        return data


class _Gzip:
    """zlib in the form of the other two (RFC 1952)."""

    def __init__(self) -> None:
        self._zlib = zlib.decompressobj(wbits=31)
        self.needs_input = True

    @property
    def eof(self) -> bool:
        return self._zlib.eof

    @property
    def unused_data(self) -> bytes:
        return self._zlib.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        unpacked = self._zlib.decompress(self._zlib.unconsumed_tail + data, max_length)
        self.needs_input = len(unpacked) < max_length and not self._zlib.unconsumed_tail
        return unpacked


if sys.version_info >= (3, 14):

    def _zstd(source: Source) -> Callable[[int], bytes]:
        from compression import zstd  # noqa: PLC0415 - few packages need it

        window = {zstd.DecompressionParameter.window_log_max: DICTIONARY.bit_length() - 1}
        members = _Members(source, lambda: zstd.ZstdDecompressor(options=window))

        def read(size: int) -> bytes:
            try:
                return members.read(size)
            except zstd.ZstdError as error:
                raise Fault(f"its payload cannot be unpacked: {error}") from error

        return read

else:

    def _zstd(source: Source) -> Callable[[int], bytes]:
        try:
            import zstandard  # noqa: PLC0415 - few packages need it, and it may be missing
        except ImportError as error:
            raise Lacking("is packed with zstd, which takes Python 3.14 or the module `zstandard`") from error
        unpacker = zstandard.ZstdDecompressor(max_window_size=DICTIONARY)
        reader = unpacker.stream_reader(cast("IO[bytes]", source), read_size=CHUNK, read_across_frames=True)

        def read(size: int) -> bytes:
            try:
                return reader.read(size)
            except (zstandard.ZstdError, MemoryError) as error:
                raise Fault(f"its payload cannot be unpacked: {error}") from error

        return read
