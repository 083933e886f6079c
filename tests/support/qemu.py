"""The worked program specs/qemu, and what QEMU itself says of its modules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from elftools.elf.elffile import ELFFile
from elftools.elf.relocation import RelocationSection

from tests.support import worked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MODULES = "usr/lib/x86_64-linux-gnu/qemu"
RELATIVE = 8
"""R_X86_64_RELATIVE (System V ABI, AMD64 supplement, 4.4.1)."""

ROW, DEPS = 40, 24
"""Size of a row of QEMU's table, and where in it the pointer to the array of needs is."""


CASES = worked.cases("qemu")
EMULATOR = "usr/bin/qemu-system-x86_64"
"""The host that holds the table of all modules."""


def declared(program: Path, names: frozenset[str]) -> dict[str, tuple[str, ...]]:
    """What modules need of others by the table `qemu_modinfo` of a program, for modules of those names.

    The program is stripped; its table is a row of {name, arch, objs, deps, opts}, each a pointer that
    the dynamic loader relocates (include/qemu/module.h of QEMU). Modules without needs are left out.
    """
    with program.open("rb") as file:
        elf = ELFFile(file)
        segments = [segment for segment in elf.iter_segments() if segment["p_type"] == "PT_LOAD"]
        section = elf.get_section_by_name(".rela.dyn")
        assert isinstance(section, RelocationSection)
        relocations = [one for one in section.iter_relocations() if one["r_info_type"] == RELATIVE]
        pointers = {one["r_offset"]: one["r_addend"] for one in relocations}
        texts = _Texts(program.read_bytes(), [(s["p_vaddr"], s["p_filesz"], s["p_offset"]) for s in segments])
    rows = {at: text for at, to in pointers.items() if (text := texts.at(to)) in names}
    table = {at: name for at, name in rows.items() if at + ROW in rows or at - ROW in rows}
    found = ((name, tuple(_row(pointers, texts, pointers.get(at + DEPS)))) for at, name in table.items())
    return {name: needs for name, needs in found if needs}


@dataclass(frozen=True, slots=True)
class _Texts:
    """The zero-terminated texts of a program, by the address they are loaded at."""

    data: bytes
    segments: list[tuple[int, int, int]]

    def at(self, address: int) -> str | None:
        for start, size, offset in self.segments:
            if start <= address < start + size:
                first = offset + address - start
                return self.data[first : self.data.index(0, first)].decode("latin-1")
        return None


def _row(pointers: dict[int, int], texts: _Texts, at: int | None) -> Iterator[str]:
    """The texts of an array of pointers that ends with a null pointer, which has no relocation."""
    while at in pointers:
        text = texts.at(pointers[at])
        assert text is not None
        yield text
        at += 8
