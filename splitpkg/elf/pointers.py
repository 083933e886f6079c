"""Which words of a file are addresses of the file itself, once the loader has relocated it."""

from __future__ import annotations

from functools import cached_property
from itertools import compress
from typing import TYPE_CHECKING

from splitpkg.elf import gabi
from splitpkg.elf.relocations import columns, packed_places
from splitpkg.elf.symbol_table import read_table

if TYPE_CHECKING:
    from array import array
    from collections.abc import Container, Iterable, Iterator

    from splitpkg.elf.dynamic import Dynamic
    from splitpkg.elf.image import Image
    from splitpkg.elf.relocations import Table

ELSEWHERE = 0
"""Stands for what leads to another file."""


class Pointers:
    """The words of a file that the loader relocates. Raises ElfError, also when it is made.

    In a program that is linked to fixed addresses (ET_EXEC) pointers have no relocations: there, every word
    counts that is an address of the file.
    """

    __slots__ = ("_dynamic", "_image", "_packed", "_tables", "_words")

    def __init__(self, image: Image, dynamic: Dynamic) -> None:
        self._image, self._dynamic = image, dynamic
        self._words = _Words(image)
        self._tables = tuple(columns(image, dynamic))
        self._packed = tuple(packed_places(image, dynamic))

    def leading_to(self, targets: Container[int]) -> list[int]:
        """The addresses of words that lead to one of the targets, by no symbol; sorted."""
        return sorted({place for found in self._plain() for place, target in found if target in targets})

    def targets(self) -> dict[int, int]:
        """What each relocated word leads to, by the address of the word: ELSEWHERE for another file."""
        found: dict[int, int] = {}
        for plain in self._plain():
            found.update(plain)
        for table in self._tables:
            if any(table.symbols):
                entries = zip(table.places, table.symbols, self._addends(table), strict=True)
                found.update(self._symbolic(compress(entries, table.symbols)))
        return found

    def _plain(self) -> Iterator[Iterable[tuple[int, int]]]:
        """The words, table by table, each with its addend."""
        if self._image.header.type == gabi.ET_EXEC:
            yield self._words.addresses()
        for table in self._tables:
            yield zip(table.places, self._addends(table), strict=True)
        yield ((place, self._words.at(place)) for place in self._packed)

    def _addends(self, table: Table) -> Iterable[int]:
        return table.addends if table.addends is not None else map(self._words.at, table.places)

    def _symbolic(self, entries: Iterable[tuple[int, int, int]]) -> Iterator[tuple[int, int]]:
        symbols, end = read_table(self._image, self._dynamic), 1 << self._image.layout.bits
        for place, symbol, addend in entries:
            here = symbols.defined(symbol)
            yield place, (symbols.values[symbol] + addend) % end if here else ELSEWHERE


class _Words:
    """The words of the loaded segments, as they stand in the file."""

    def __init__(self, image: Image) -> None:
        self._image, self._size = image, image.layout.bits // 8
        loaded = [one for one in image.header.segments if one.type == gabi.PT_LOAD and one.size]
        self._segments = [(one.address + -one.address % self._size, one.address + one.size) for one in loaded]

    @cached_property
    def _aligned(self) -> list[tuple[int, array[int]]]:
        """The aligned words of each segment, with the address of the first."""
        image, size = self._image, self._size
        return [
            (start, image.layout.addresses(image.at(start, (end - start) // size * size)))
            for start, end in self._segments
            if end - start >= size
        ]

    def at(self, place: int) -> int:
        """The word at an address. Raises ElfError where none is."""
        for start, words in self._aligned:
            index, rest = divmod(place - start, self._size)
            if 0 <= index < len(words) and not rest:
                return words[index]
        return int.from_bytes(self._image.at(place, self._size), self._image.layout.byteorder)

    def addresses(self) -> Iterator[tuple[int, int]]:
        """The aligned words that are addresses of the file, each with its own."""
        places = [place for segment in self._segments for place in segment]
        bounds = range(min(places, default=0), max(places, default=0))
        for start, words in self._aligned:
            for index, value in enumerate(words):
                if value in bounds:
                    yield start + index * self._size, value
