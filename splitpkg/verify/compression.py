"""Unpacks what programs packed: a piece at a time, in memory that does not depend on what is packed."""

from __future__ import annotations

import bz2
import lzma
import sys
import zlib
from enum import StrEnum
from typing import IO, TYPE_CHECKING, Protocol, cast

from splitpkg.verify.fault import Fault, Lacking

if TYPE_CHECKING:
    from collections.abc import Callable

CHUNK = 128 * 1024
"""Bytes that are read, unpacked and hashed at a time."""

DICTIONARY = 128 * 1024 * 1024
"""The largest window that is accepted: that of `zstd --ultra -22`; `xz -9` needs half of it."""


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


class _Inflater(Protocol):
    """What bz2 and lzma offer."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int) -> bytes: ...


def unpacker(source: Source, compression: Compression) -> Callable[[int], bytes]:
    """Gives, of what is packed, between 1 and as many bytes as it is asked for; none at the end.

    It raises Fault where that is damaged. Raises Lacking without the module that the packing takes.
    """
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
