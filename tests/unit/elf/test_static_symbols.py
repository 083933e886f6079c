"""Symbols that only .symtab has, beside what nm(1) says."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from splitpkg.elf.read import ElfError, global_symbols
from tests.support.programs import compiled

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = """
int open_function(void) { return 1; }
int open_data = 1;
__attribute__((weak)) int weak_function(void) { return 2; }
__attribute__((visibility("hidden"))) int hidden_function(void) { return 3; }
static int local_function(void) { return 4; }
int main(void) { return open_function() + weak_function() + hidden_function() + local_function(); }
"""
NAMES = frozenset(
    ("open_function", "open_data", "weak_function", "hidden_function", "local_function", "printf", "absent")
)


def test_global_symbols_are_those_that_the_linker_would_export(tmp_path: Path) -> None:
    file, exporting = tmp_path / "demo", tmp_path / "exporting"
    file.write_bytes(compiled(SOURCE, "-fno-inline"))
    exporting.write_bytes(compiled(SOURCE, "-fno-inline", "-rdynamic"))
    argv: list[str | Path] = ["nm", "--dynamic", "--defined-only", "--format=just-symbols", exporting]
    oracle = subprocess.run(argv, capture_output=True, text=True, check=True).stdout.split()
    found = global_symbols(file, NAMES)
    assert found == NAMES.intersection(oracle) == {"open_function", "open_data", "weak_function"}
    subprocess.run(["strip", file], check=True)
    assert global_symbols(file, NAMES) == frozenset()


def test_nothing_is_asked_of_no_names() -> None:
    assert global_symbols(compiled(SOURCE), ()) == frozenset()


def test_names_that_are_beyond_the_file_are_an_error(tmp_path: Path) -> None:
    """The section header of .strtab is found as readelf(1) numbers it, and made to lie."""
    data, file = bytearray(compiled(SOURCE)), tmp_path / "demo"
    file.write_bytes(data)
    listed = subprocess.run(["readelf", "-SW", file], capture_output=True, text=True, check=True).stdout
    rows = [line.replace("[ ", "[").split() for line in listed.splitlines() if " .strtab " in line]
    offset = int.from_bytes(data[40:48], "little") + 64 * int(rows[0][0].strip("[]")) + 24
    data[offset : offset + 8] = (len(data) + 1).to_bytes(8, "little")
    with pytest.raises(ElfError):
        global_symbols(bytes(data), NAMES)
