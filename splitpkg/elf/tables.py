"""Tables of names in data: arrays of structs with pointers to texts, such as a program has of its modules.

No symbol tells of them. They are found by their contents: at equal distances stand pointers to some of the
names that are asked for.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from splitpkg.elf.dynamic import dynamic_segment, read_dynamic
from splitpkg.elf.errors import ElfError
from splitpkg.elf.image import Image
from splitpkg.elf.model import NamesRow, NamesTable
from splitpkg.elf.pointers import Pointers
from splitpkg.elf.strings import find_offsets
from splitpkg.elf.texts import Texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from splitpkg.elf.header import Header
    from splitpkg.elf.source import Source
    from splitpkg.elf.strings import Search

LEAST_ROWS = 3
MOST_WORDS = 32
"""Of a struct: of larger ones nobody makes a table of names."""

MOST_TEXTS = 1024
_NAME = re.compile(r"[!-~]+")

Row = tuple[int, str]


def find_tables(source: Source, header: Header, search: Search) -> tuple[NamesTable, ...]:
    """The tables with at least LEAST_ROWS of the names, in every fourth row, by address. Raises ElfError.

    Of their columns those are told that lead to texts, or nowhere, in every row.
    """
    image = Image(source, header)
    segment = dynamic_segment(image)
    seeds = find_offsets(source, header, search) if segment is not None else {}
    if segment is None or len(set(seeds.values())) < LEAST_ROWS:
        return ()
    pointers = Pointers(image, read_dynamic(image, segment))
    anchors = pointers.leading_to({image.address(offset) for offset in seeds})
    near = 2 * MOST_WORDS * image.layout.bits // 8
    if not any(last - first <= near for first, last in zip(anchors, anchors[2:], strict=False)):
        return ()
    data = _Data(image, pointers.targets())
    names = frozenset(name for found in search.names.values() for name, _ in found)
    return tuple(sorted(_tables(data, anchors, names), key=lambda table: table.rows[0].address))


def _tables(data: _Data, anchors: Sequence[int], names: frozenset[str]) -> Iterator[NamesTable]:
    """The tables, that with the most names first: of those that share pointers there is one."""
    found = list(_candidates(data, anchors, names))
    found.sort(key=lambda one: (-sum(name in names for _, name in one[1]), one[0], one[1]))
    for stride, rows in found:
        if data.taken.isdisjoint(place for place, _ in rows):
            data.taken.update(place for place, _ in rows)
            yield NamesTable(stride, data.rows(rows, stride))


def _candidates(
    data: _Data, anchors: Sequence[int], names: frozenset[str]
) -> Iterator[tuple[int, list[Row]]]:
    seen, word = set[tuple[int, int]](), data.word
    for index, place in enumerate(anchors):
        for other in anchors[index + 1 :]:
            stride = other - place
            if stride > MOST_WORDS * word:
                break
            if stride % word or stride == word or (place, stride) in seen:
                continue
            rows = _rows(data, place, stride, names)
            seen.update((at, stride) for at, _ in rows)
            number = sum(name in names for _, name in rows)
            if number >= LEAST_ROWS and 4 * number >= len(rows):
                yield stride, rows


def _rows(data: _Data, place: int, stride: int, names: frozenset[str]) -> list[Row]:
    """The rows around that one, as far as they have names of their own."""
    behind = _trimmed(data.named(place, stride), names)
    before = _trimmed(data.named(place, -stride), names)[:0:-1]
    own = {name for _, name in behind}
    return behind if any(name in own for _, name in before) else [*before, *behind]


def _trimmed(rows: Iterator[Row], names: frozenset[str]) -> list[Row]:
    """The rows up to the last one with a name that was asked for."""
    found = list(rows)
    while found and found[-1][1] not in names:
        found.pop()
    return found


class _Data:
    """What the pointers of a file lead to; `taken` are the addresses of those that are in a table."""

    def __init__(self, image: Image, pointers: dict[int, int]) -> None:
        self.word = image.layout.bits // 8
        self.pointers = pointers
        self.taken = set[int]()
        self._image = image
        self._text_at = Texts(image).at

    def named(self, place: int, stride: int) -> Iterator[Row]:
        """The rows from that one on, as long as each has a name of its own."""
        seen = set[str]()
        while place in self.pointers:
            name = self._text_at(self.pointers[place])
            if name is None or name in seen or not _NAME.fullmatch(name):
                return
            seen.add(name)
            yield place, name
            place += stride

    def rows(self, rows: Sequence[Row], stride: int) -> tuple[NamesRow, ...]:
        """The rows with those of their columns that hold texts."""
        distances = [one for one in range(self.word - stride, stride, self.word) if one]
        columns = {one: self._column([place + one for place, _ in rows]) for one in distances}
        return tuple(
            NamesRow(place, name, tuple((one, column[index]) for one, column in columns.items() if column))
            for index, (place, name) in enumerate(rows)
        )

    def _column(self, places: Sequence[int]) -> tuple[tuple[str, ...], ...]:
        """The texts at each of the places; nothing where one has something else or all are null."""
        found = []
        for place in places:
            texts = self._texts(place)
            if texts is None:
                return ()
            found.append(texts)
        return tuple(found) if any(found) else ()

    def _texts(self, place: int) -> tuple[str, ...] | None:
        """What the pointer at an address leads to; nothing for a null pointer, None if it is not texts."""
        if place not in self.pointers:
            return () if self._is_null(place) else None
        target = self.pointers[place]
        if target not in self.pointers:
            text = self._text_at(target)
            return None if text is None else (text,)
        texts = list[str]()
        while target in self.pointers:
            text = self._text_at(self.pointers[target])
            if text is None or len(texts) == MOST_TEXTS:
                return None
            texts.append(text)
            self.taken.add(target)
            target += self.word
        return tuple(texts) if self._is_null(target) else None

    def _is_null(self, place: int) -> bool:
        try:
            return not any(self._image.at(place, self.word))
        except ElfError:
            return False
