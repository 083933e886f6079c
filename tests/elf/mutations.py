"""Ways to damage a file, from a single bit to tables that overlap each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from tests.elf.seeds import Seed

    Mutation = Callable[[Random, bytearray, Seed], None]

COUNTS = (0, 1, 2, 3, 4, 7, 8, 16, 20, 0x7FFF, 0x8000, 0xFFFE, 0xFFFF, 0x10000, 0x7FFFFFFF, 0xFFFFFFF0)
SIGNED_LIMITS = (1 << 63, (1 << 64) - 1, (1 << 64) - 16, 1 << 32, (1 << 32) - 1, (1 << 31) - 1)


def mutated(random: Random, seed: Seed) -> bytes:
    """The seed after one to three mutations."""
    data = bytearray(seed.data)
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        random.choice(MUTATIONS)(random, data, seed)
    return bytes(data)


def flip_anywhere(random: Random, data: bytearray, _seed: Seed) -> None:
    for _ in range(random.choice((1, 1, 2, 8, 64))):
        if data:
            data[random.randrange(len(data))] ^= 1 << random.randrange(8)


def flip_in_piece(random: Random, data: bytearray, seed: Seed) -> None:
    offset, size = random.choice(seed.pieces)
    at = offset + random.randrange(size)
    if at < len(data):
        data[at] ^= 1 << random.randrange(8)


def truncate(random: Random, data: bytearray, _seed: Seed) -> None:
    del data[random.randrange(len(data) + 1) :]


def grow(random: Random, data: bytearray, _seed: Seed) -> None:
    data += random.randbytes(random.choice((1, 16, 5000)))


def put_number(random: Random, data: bytearray, seed: Seed) -> None:
    """A count, a size or an offset that is too large, too small, or that of another table."""
    offset, size = random.choice(seed.pieces)
    width = random.choice((2, 4, 8))
    at = offset + random.randrange(max(1, size // width)) * width
    places = (len(seed.data), random.choice(seed.pieces)[0], random.choice(seed.pieces)[1])
    value = random.choice((*COUNTS, *SIGNED_LIMITS, *places)) + random.choice((0, 0, -1, 1))
    if at + width <= len(data):
        data[at : at + width] = (value % (1 << 8 * width)).to_bytes(width, seed.facts.byteorder)


def copy_piece(random: Random, data: bytearray, seed: Seed) -> None:
    """One table written over another, or over a part of itself."""
    source, size = random.choice(seed.pieces)
    target = random.choice(seed.pieces)[0] + random.choice((0, 0, 4, 8, 24))
    length = min(random.choice((size, 4, 8, 16, 24)), len(data) - target, len(data) - source)
    if length > 0:
        data[target : target + length] = data[source : source + length]


def exchange_values(random: Random, data: bytearray, seed: Seed) -> None:
    """Two numbers of the same table exchanged: in the dynamic table, addresses with sizes or addresses."""
    offset, size = random.choice(seed.pieces)
    width = seed.facts.bits // 8
    if size < 2 * width:
        return
    one, two = (offset + random.randrange(size // width) * width for _ in range(2))
    if max(one, two) + width <= len(data):
        data[one : one + width], data[two : two + width] = data[two : two + width], data[one : one + width]


def blank(random: Random, data: bytearray, seed: Seed) -> None:
    offset, size = random.choice(seed.pieces)
    byte = random.choice((b"\0", b"\xff", b"A"))
    length = max(0, min(size, len(data) - offset))
    data[offset : offset + length] = byte * length


MUTATIONS: tuple[Mutation, ...] = (
    *(flip_anywhere, flip_in_piece, flip_in_piece, flip_in_piece, truncate, grow),
    *(put_number, put_number, put_number, put_number, copy_piece, exchange_values, blank),
)
