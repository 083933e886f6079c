"""Symbol versions (LSB Core, "Symbol Versioning"; Drepper, "ELF Symbol Versioning")."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from splitpkg.elf import gabi
from splitpkg.elf.errors import corrupt
from splitpkg.elf.model import VersionDefinition, VersionNeed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from struct import Struct

    from splitpkg.elf.dynamic import Dynamic
    from splitpkg.elf.image import Image
    from splitpkg.elf.names import Names

# DT_VERSYM numbers versions with 15 bits; definitions name their parents besides.
MOST = 2 * gabi.VERSYM_VERSION


class Versions(NamedTuple):
    """Both tables; `by_number` is what the numbers of DT_VERSYM stand for, None for no version."""

    definitions: tuple[VersionDefinition, ...]
    needs: tuple[VersionNeed, ...]
    by_number: dict[int, str | None]


def read_versions(image: Image, dynamic: Dynamic, names: Names) -> Versions:
    """The version definitions and needs. Raises ElfError."""
    tables = _Tables(image, names)
    needs: tuple[VersionNeed, ...] = ()
    definitions: tuple[VersionDefinition, ...] = ()
    if (address := dynamic.get(gabi.DT_VERNEED)) is not None:
        needs = tables.needs(address, dynamic.require(gabi.DT_VERNEEDNUM, "DT_VERNEEDNUM"))
    if (address := dynamic.get(gabi.DT_VERDEF)) is not None:
        definitions = tables.definitions(address, dynamic.require(gabi.DT_VERDEFNUM, "DT_VERDEFNUM"))
    return Versions(definitions, needs, tables.by_number)


class _Tables:
    """Entries linked to each other; `_left` bounds them all, as many may link to the same ones."""

    def __init__(self, image: Image, names: Names) -> None:
        self.by_number: dict[int, str | None] = {gabi.VER_NDX_LOCAL: None, gabi.VER_NDX_GLOBAL: None}
        self._image = image
        self._layout = image.layout
        self._names = names
        self._left = MOST

    def definitions(self, address: int, count: int) -> tuple[VersionDefinition, ...]:
        offset, end = self._image.place(address)
        found = []
        for at, (form, flags, number, parts, aux, _) in self._linked(self._layout.verdef, offset, end, count):
            _check(form, at)
            if not parts:
                raise corrupt(f"the version definition at offset {at:#x} has no name")
            chain = self._linked(self._layout.verdaux, at + aux, end, parts)
            name, *parents = [self._names.at(part[0]) for _, part in chain]
            base = bool(flags & gabi.VER_FLG_BASE)
            self._call(number, None if base else name)
            found.append(VersionDefinition(name, tuple(parents), base, bool(flags & gabi.VER_FLG_WEAK)))
        return tuple(found)

    def needs(self, address: int, count: int) -> tuple[VersionNeed, ...]:
        offset, end = self._image.place(address)
        found = []
        for at, (form, parts, file, aux, _) in self._linked(self._layout.verneed, offset, end, count):
            _check(form, at)
            nodes, weak = [], []
            for _, (flags, number, node, _) in self._linked(self._layout.vernaux, at + aux, end, parts):
                name = self._names.at(node)
                self._call(number, name)
                nodes.append(name)
                if flags & gabi.VER_FLG_WEAK:
                    weak.append(name)
            found.append(VersionNeed(self._names.at(file), tuple(nodes), tuple(weak)))
        return tuple(found)

    def _call(self, number: int, name: str | None) -> None:
        number &= gabi.VERSYM_VERSION
        if self.by_number.setdefault(number, name) != name:
            raise corrupt(f"version number {number} stands for {self.by_number[number]!r} and for {name!r}")

    def _linked(
        self, struct: Struct, offset: int, end: int, count: int
    ) -> Iterator[tuple[int, tuple[int, ...]]]:
        """Offset and fields of `count` entries; the last field is the way to the next entry."""
        take, size = self._image.source.take, struct.size
        for rest in range(count - 1, -1, -1):
            if offset + size > end:
                raise corrupt(f"the version entry at offset {offset:#x} is beyond the end of its segment")
            self._left -= 1
            if self._left < 0:
                raise corrupt(f"the version tables have more than {MOST} entries")
            fields = struct.unpack(take(offset, size))
            yield offset, fields
            if not fields[-1] and rest:
                raise corrupt(
                    f"the version entry at offset {offset:#x} is the last one, {rest} before the end"
                )
            offset += fields[-1]


def _check(form: int, offset: int) -> None:
    if form != 1:
        raise corrupt(f"the version entry at offset {offset:#x} has format {form}, not 1")
