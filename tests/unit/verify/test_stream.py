"""Payloads unpacked piece by piece: all there is, never more than allowed, in little memory."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import random
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from splitpkg.verify.compression import CHUNK, Compression
from splitpkg.verify.fault import Fault
from splitpkg.verify.stream import Content, Stream

if TYPE_CHECKING:
    from collections.abc import Callable

PACKERS: dict[Compression, Callable[[bytes], bytes]] = {
    Compression.NONE: bytes,
    Compression.GZIP: gzip.compress,
    Compression.XZ: lzma.compress,
    Compression.LZMA: lambda data: lzma.compress(data, lzma.FORMAT_ALONE),
    Compression.BZIP2: bz2.compress,
    Compression.ZSTD: zstandard.compress,
}

PLAIN = b"".join(b"%d\n" % number for number in range(100000)) + random.Random(1).randbytes(3 * CHUNK)


def stream(packed: bytes, compression: Compression, limit: int = 1 << 40) -> Stream:
    return Stream(io.BytesIO(packed), compression, limit)


@pytest.mark.parametrize("compression", Compression)
def test_everything_comes_out(compression: Compression) -> None:
    packed = PACKERS[compression](PLAIN)
    assert stream(packed, compression).take(len(PLAIN)) == PLAIN
    whole = stream(packed, compression)
    pieces = [*whole.chunks(len(PLAIN) - 7), whole.take(7)]
    assert b"".join(pieces) == PLAIN
    assert max(map(len, pieces)) <= CHUNK
    whole.finish()
    with pytest.raises(Fault, match="ends too early"):
        whole.take(1)


@pytest.mark.parametrize("compression", [one for one in Compression if one is not Compression.NONE])
def test_streams_in_a_row_are_one(compression: Compression) -> None:
    pack = PACKERS[compression]
    packed = pack(PLAIN[:1000]) + pack(b"") + pack(PLAIN[1000:])
    assert stream(packed, compression).take(len(PLAIN)) == PLAIN


@pytest.mark.parametrize("compression", [Compression.GZIP, Compression.XZ, Compression.BZIP2])
def test_zeros_behind_are_padding(compression: Compression) -> None:
    padded = stream(PACKERS[compression](PLAIN) + bytes(3 * CHUNK), compression)
    assert padded.take(len(PLAIN)) == PLAIN
    padded.finish()


@pytest.mark.parametrize("compression", Compression)
def test_no_more_than_allowed(compression: Compression) -> None:
    packed = PACKERS[compression](PLAIN)
    allowed = stream(packed, compression, len(PLAIN))
    allowed.skip(len(PLAIN))
    allowed.finish()
    with pytest.raises(Fault, match=f"unpacks to more than {len(PLAIN) - 1} bytes"):
        stream(packed, compression, len(PLAIN) - 1).skip(len(PLAIN))


@pytest.mark.parametrize("compression", [one for one in Compression if one is not Compression.NONE])
@given(st.binary(max_size=200))
def test_garbage_is_a_fault(compression: Compression, data: bytes) -> None:
    with pytest.raises(Fault):
        stream(data, compression).take(1 << 20)


@given(
    data=st.binary(max_size=3000),
    sizes=st.lists(st.integers(-1, 1500), max_size=8),
)
def test_content_reads_as_a_file_does(data: bytes, sizes: list[int]) -> None:
    seen = bytearray()
    source = stream(gzip.compress(data + b"next"), Compression.GZIP)
    content, file = Content(source, len(data), seen.extend), io.BytesIO(data)
    for size in sizes:
        assert content.read(size) == file.read(size)
    content.skip()
    assert content.read() == b""
    assert bytes(seen) == data
    assert source.take(4) == b"next"


BOMB = """
import io, resource, sys
from splitpkg.verify.compression import Compression
from splitpkg.verify.fault import Fault
from splitpkg.verify.stream import Stream
packed = sys.stdin.buffer.read()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    Stream(io.BytesIO(packed), Compression(sys.argv[1]), 1 << 27).skip(1 << 40)
except Fault as fault:
    print(fault)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.parametrize("compression", [one for one in Compression if one is not Compression.NONE])
def test_a_bomb_takes_little_memory(compression: Compression) -> None:
    """256 MiB of zeros, packed in pieces to make it soon; half of it is allowed."""
    packed = PACKERS[compression](bytes(1 << 24)) * 16
    argv = [sys.executable, "-c", BOMB, compression]
    done = subprocess.run(argv, input=packed, capture_output=True, check=True, timeout=60)
    message, kibibytes = done.stdout.decode().splitlines()
    assert message == f"its payload unpacks to more than {1 << 27} bytes"
    assert int(kibibytes) < 32 * 1024
