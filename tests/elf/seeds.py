"""What is mutated: small files of many shapes, with what our reader looks at in each."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from splitpkg.elf.facts import read_facts
from splitpkg.elf.source import Buffer
from tests.elf.sectionless import without_sections
from tests.elf.shapes import build
from tests.elf.writer import (
    ALPHA,
    ARM,
    I386,
    MIPS,
    PPC64,
    S390,
    SPARCV9,
    X86_64,
    Need,
    Node,
    Spec,
    Sym,
    write,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Literal

    from splitpkg.elf.model import ElfFile

# What the linker adds to a static program is large and adds nothing.
LARGEST = 64 * 1024
MACHINES: tuple[tuple[Literal[32, 64], Literal["little", "big"], int, int], ...] = (
    (64, "little", X86_64, 5),
    (32, "little", I386, 5),
    (32, "big", MIPS, 126),
    (64, "little", MIPS, 126),
    (64, "big", S390, 9),
    (64, "big", PPC64, 19),
    (64, "big", SPARCV9, 19),
    (64, "little", ALPHA, 24),
    (32, "big", ARM, 20),
)


class Recorder:
    """A source that notes each piece taken from it, and refuses what lies outside."""

    def __init__(self, data: bytes) -> None:
        self._buffer = Buffer(data)
        self.size = len(data)
        self.taken: list[tuple[int, int]] = []

    def take(self, offset: int, size: int) -> bytes:
        self.taken.append((offset, size))
        piece = self._buffer.take(offset, size)
        assert offset >= 0
        assert len(piece) == size
        return piece


@dataclass(frozen=True)
class Seed:
    """A file, its facts, and the pieces (offset, size) that they were read from."""

    name: str
    data: bytes
    facts: ElfFile
    pieces: tuple[tuple[int, int], ...]
    read: bytes  # one byte for each of the file's: 1 where it is in a piece


def seeds() -> list[Seed]:
    """All seeds, in a stable order."""
    return [_seed(name, data) for name, data in [*_written(), *_built()]]


def _seed(name: str, data: bytes) -> Seed:
    recorder = Recorder(data)
    facts = read_facts(recorder)
    assert facts is not None, name
    read = bytearray(len(data))
    for offset, size in recorder.taken:
        read[offset : offset + size] = b"\1" * size
    return Seed(name, data, facts, tuple(piece for piece in recorder.taken if piece[1]), bytes(read))


def _written() -> Iterator[tuple[str, bytes]]:
    for bits, byteorder, machine, copy in MACHINES:
        for hashes in (("sysv",), ("gnu",), ("gnu", "sysv")):
            written = write(_spec(bits, byteorder, machine, copy, hashes))
            name = f"{machine}-{bits}-{byteorder}-{'-'.join(hashes)}"
            yield name, bytes(written.data)
            yield f"{name}-bare", without_sections(bytes(written.data))


def _spec(
    bits: Literal[32, 64],
    byteorder: Literal["little", "big"],
    machine: int,
    copy: int,
    hashes: tuple[Literal["sysv", "gnu"], ...],
) -> Spec:
    return Spec(
        bits=bits,
        byteorder=byteorder,
        machine=machine,
        interpreter=b"/lib/ld.so.1\0",
        build_id=bytes(range(20)),
        soname="libx.so.1",
        needed=("liby.so.1", "libc.so.6"),
        symbols=(
            Sym("printf", version=4),
            Sym("optional", binding=2),
            Sym("x_call", section=5, version=2),
            Sym("x_call", section=5, version=0x8003),
            Sym("x_data\u00e9", section=6, kind=1, version=2, value=0x200),
            Sym("environ", section=6, kind=1, version=4, value=0x300),
            Sym("X_1", section=0xFFF1, kind=1, version=2),
            Sym("x_hidden", section=5, visibility=2),
            Sym("y_call", version=5),
        ),
        nodes=(Node(1, ("libx.so.1",), 1), Node(2, ("X_1",)), Node(3, ("X_2", "X_1"))),
        needs=(Need("libc.so.6", ((4, "C_1", 0),)), Need("liby.so.1", ((5, "Y_1", 2), (6, "Y_2", 0)))),
        relocations=((1, copy + 1), (6, copy), (9, copy + 2)),
        hashes=hashes,
        rodata=b"\0stamp_0123456789\0" + bytes(200),
    )


def _built() -> Iterator[tuple[str, bytes]]:
    with tempfile.TemporaryDirectory() as folder:
        for path in build(Path(folder)):
            if path.stat().st_size <= LARGEST:
                yield path.name, path.read_bytes()
