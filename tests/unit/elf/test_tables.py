"""Tables of names in programs that gcc and ld make in the ways that distributions do."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from splitpkg.elf.read import ElfError, Search, names_tables, registered

if TYPE_CHECKING:
    from pathlib import Path

    from splitpkg.elf.model import NamesTable

SOURCE = """
typedef const char *text;
struct row { text name; text arch; text *objects; text *needs; unsigned long order; };
static text gl_objects[] = {"gl-context", "gl-surface", 0};
static text on_gl[] = {"ui-gl", 0};
static text on_both[] = {"ui-gl", "ui-dbus", 0};
static const struct row modules[] = {
    {"ui-gl", 0, gl_objects, 0, 1},
    {"ui-gtk", "x86_64", 0, on_gl, 2},
    {"ui-dbus", 0, 0, on_gl, 0},
    {"elsewhere", 0, 0, on_both, 0},
    {"audio-dbus", 0, 0, on_both, 7},
    {0},
};
static text plain[] = {"ui-gl", "ui-gtk", "ui-dbus", "audio-dbus", 0};
static const struct { text word; int number; } options[] = {
    {"help", 1}, {"ui-gl", 2}, {"version", 3}, {"verbose", 4}, {"output", 5}, {"ui-gtk", 6}, {"force", 7},
    {"debug", 8}, {"trace", 9}, {"level", 10}, {"ui-dbus", 11}, {"a-word", 12}, {"the-end", 13},
};
const void *entry(unsigned at) {
    return at > 100 ? (void *)&options[at] : at > 50 ? (void *)&plain[at] : (void *)&modules[at];
}
"""
NAMES = ("ui-gl", "ui-gtk", "ui-dbus", "audio-dbus", "ui-none")
ROWS = ["ui-gl", "ui-gtk", "ui-dbus", "elsewhere", "audio-dbus"]
SHAPES = {
    "shared": ("-shared", "-fPIC"),
    "packed": ("-shared", "-fPIC", "-Wl,-z,pack-relative-relocs"),
    "unsorted": ("-shared", "-fPIC", "-Wl,-z,nocombreloc"),
    "gold": ("-shared", "-fPIC", "-fuse-ld=gold"),
    "pie": ("-pie", "-fPIE", "-Wl,-e,entry"),
    "fixed": ("-no-pie", "-fno-pie", "-Wl,-e,entry", "-Wl,--export-dynamic"),
    "one segment": ("-no-pie", "-fno-pie", "-Wl,-e,entry", "-Wl,-z,noseparate-code"),
    "32 bits": ("-m32", "-shared", "-fPIC"),
    "32 bits, packed": ("-m32", "-shared", "-fPIC", "-Wl,-z,pack-relative-relocs"),
}


def build(folder: Path, *options: str) -> Path:
    path = folder / "host"
    # A library to need is what makes the linker write a dynamic table into a program for fixed addresses.
    command = ["gcc", "-x", "c", "-O2", "-s", "-nostdlib", "-o", str(path), "-", *options]
    if "-no-pie" in options:
        library = folder / "libnone.so"
        subprocess.run(
            ["gcc", "-shared", "-nostdlib", "-x", "c", "-", "-o", library], input="", text=True, check=True
        )
        command += ["-x", "none", "-Wl,--no-as-needed", str(library)]
    subprocess.run(command, input=SOURCE, text=True, check=True)
    return path


def column(table: NamesTable, words: int, size: int) -> list[tuple[str, ...] | None]:
    return [dict(row.cells).get(words * size) for row in table.rows]


@pytest.mark.parametrize("shape", SHAPES)
def test_a_table_is_found_however_the_program_is_linked(tmp_path: Path, shape: str) -> None:
    size = 4 if shape.startswith("32") else 8
    (table,) = names_tables(build(tmp_path, *SHAPES[shape]), NAMES)
    assert (table.stride, [row.name for row in table.rows]) == (5 * size, ROWS)
    addresses = [row.address for row in table.rows]
    assert addresses == list(range(addresses[0], addresses[0] + 25 * size, 5 * size))
    assert column(table, 1, size) == [(), ("x86_64",), (), (), ()]
    assert column(table, 2, size) == [("gl-context", "gl-surface"), (), (), (), ()]
    both = ("ui-gl", "ui-dbus")
    assert column(table, 3, size) == [(), ("ui-gl",), ("ui-gl",), both, both]
    assert column(table, 4, size) == [None] * 5, "numbers are no texts"


def test_a_table_is_found_without_section_headers(tmp_path: Path) -> None:
    path = build(tmp_path, *SHAPES["pie"])
    whole = bytearray(path.read_bytes())
    whole[0x28:0x30] = bytes(8)
    whole[0x3C:0x40] = bytes(4)
    assert names_tables(bytes(whole), NAMES) == names_tables(path, Search(NAMES))


@pytest.mark.parametrize("names", [(), ("ui-gl", "ui-gtk"), ("help", "nothing", "of this")])
def test_fewer_than_three_names_make_no_table(tmp_path: Path, names: tuple[str, ...]) -> None:
    assert names_tables(build(tmp_path, *SHAPES["shared"]), names) == ()


def test_names_among_many_other_words_make_no_table(tmp_path: Path) -> None:
    """Three of thirteen options have names of modules."""
    path = build(tmp_path, *SHAPES["shared"])
    strides = {table.stride for table in names_tables(path, NAMES)}
    assert strides == {40}
    words = ("help", "version", "verbose", "output")
    assert [len(table.rows) for table in names_tables(path, words)] == [5]


def test_texts_that_pointers_lead_to_are_registered(tmp_path: Path) -> None:
    found = registered(build(tmp_path, *SHAPES["packed"]))
    assert found >= {"gl-context", "ui-gtk", "x86_64", "verbose"}
    assert "entry" not in found


def test_a_file_cut_short_is_an_error(tmp_path: Path) -> None:
    whole = build(tmp_path, *SHAPES["pie"]).read_bytes()
    with pytest.raises(ElfError):
        names_tables(whole[: len(whole) // 3], NAMES)
