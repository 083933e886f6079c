"""The symbol table that the linker leaves for debuggers (gABI, SHT_SYMTAB); the loader never reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from splitpkg.elf import gabi
from splitpkg.elf.errors import corrupt
from splitpkg.elf.names import Names
from splitpkg.elf.sections import read_sections

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from splitpkg.elf.header import Header
    from splitpkg.elf.layout import Layout
    from splitpkg.elf.sections import Section
    from splitpkg.elf.source import Source

_BINDINGS = (gabi.STB_GLOBAL, gabi.STB_WEAK, gabi.STB_GNU_UNIQUE)


def find_global(source: Source, header: Header, names: Collection[str]) -> frozenset[str]:
    """Those of the names that the file defines as global symbols of default visibility.

    These are what `ld --export-dynamic` exports; whether they are exported is not asked here. None of a
    stripped file. Raises ElfError.
    """
    sections = read_sections(source, header)
    table = next((section for section in sections if section.type == gabi.SHT_SYMTAB), None)
    if table is None or not names:
        return frozenset()
    if table.link >= len(sections):
        raise corrupt(f"the symbols' names are in section {table.link} of {len(sections)}")
    texts = source.take(sections[table.link].offset, sections[table.link].size)
    if frozenset(names).isdisjoint(texts.decode("utf-8", "surrogateescape").split("\0")):
        return frozenset()
    return frozenset(name for name in _defined(source, header.layout, table, texts) if name in names)


def _defined(source: Source, layout: Layout, table: Section, texts: bytes) -> Iterator[str]:
    size = table.size - table.size % layout.symbol_size
    starts, words, _ = layout.symbol_columns(source.take(table.offset, size))
    names = Names(texts)
    fit: dict[int, bool] = {}
    for start, word in zip(starts, words, strict=True):
        if word not in fit:
            fit[word] = _is_exportable(*layout.symbol_word.unpack(layout.word.pack(word)))
        if fit[word]:
            yield names.at(start)


def _is_exportable(info: int, other: int, section: int) -> bool:
    visible = other & 3 not in (gabi.STV_INTERNAL, gabi.STV_HIDDEN)
    return section != gabi.SHN_UNDEF and visible and info >> 4 in _BINDINGS
