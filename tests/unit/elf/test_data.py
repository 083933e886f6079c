from __future__ import annotations

import ctypes
import subprocess
from typing import TYPE_CHECKING

import pytest

from splitpkg.elf.model import Field, FieldKind, Record
from splitpkg.elf.read import ElfError, data

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = """
const char version[] = "2.4.ABIv1";
static const char name[] = "alpha";
extern const char elsewhere[] __attribute__((weak));
struct descriptor {
    unsigned char tiny; unsigned short small; unsigned int number; unsigned long long large;
    unsigned long word; void *handle; const char *name, *version, *none, *foreign; char inline_text[7];
    unsigned short last;
};
struct descriptor module_entry = {
    250, 65000, 20120211, 0x1122334455667788ull, 77, &module_entry, name, version, 0, elsewhere, "bc", 513,
};
struct descriptor unset;
int function(void) { return 1; }
"""
FIELDS = (
    Field("tiny", FieldKind.U8),
    Field("small", FieldKind.U16),
    Field("number", FieldKind.U32),
    Field("large", FieldKind.U64),
    Field("word", FieldKind.LONG),
    Field("handle", FieldKind.POINTER),
    Field("name", FieldKind.TEXT),
    Field("version", FieldKind.TEXT),
    Field("none", FieldKind.TEXT),
    Field("foreign", FieldKind.TEXT),
    Field("inline", FieldKind.CHARS, 7),
    Field("last", FieldKind.U16),
)


class Descriptor(ctypes.Structure):
    _fields_ = (
        ("tiny", ctypes.c_uint8),
        ("small", ctypes.c_uint16),
        ("number", ctypes.c_uint32),
        ("large", ctypes.c_uint64),
        ("word", ctypes.c_ulong),
        ("handle", ctypes.c_void_p),
        ("name", ctypes.c_char_p),
        ("version", ctypes.c_char_p),
        ("none", ctypes.c_char_p),
        ("foreign", ctypes.c_char_p),
        ("inline", ctypes.c_char * 7),
        ("last", ctypes.c_uint16),
    )


def build(folder: Path, *options: str) -> Path:
    path = folder / "module.so"
    command = ["gcc", "-x", "c", "-shared", "-fPIC", "-o", str(path), *options, "-"]
    subprocess.run(command, input=SOURCE, text=True, check=True)
    return path


def loaded(path: Path) -> Record:
    """The same fields as the loader made them."""
    found = Descriptor.in_dll(ctypes.CDLL(str(path), ctypes.RTLD_LOCAL), "module_entry")
    values = {name: getattr(found, name) for name, *_ in Descriptor._fields_ if name != "handle"}
    return {name: one.decode() if isinstance(one, bytes) else one for name, one in values.items()}


@pytest.mark.parametrize("options", [(), ("-Wl,-z,pack-relative-relocs",), ("-Wl,-Bsymbolic", "-O2")])
def test_data_are_those_that_the_loader_makes(tmp_path: Path, options: tuple[str, ...]) -> None:
    path = build(tmp_path, *options)
    assert data(path, {"module_entry": FIELDS}) == {"module_entry": loaded(path)}


def test_data_without_section_headers(tmp_path: Path) -> None:
    path = build(tmp_path)
    whole = bytearray(path.read_bytes())
    whole[0x28:0x30] = bytes(8)
    whole[0x3C:0x40] = bytes(4)
    assert data(bytes(whole), {"module_entry": FIELDS}) == data(path, {"module_entry": FIELDS})


def test_data_of_the_bss_are_none(tmp_path: Path) -> None:
    assert data(build(tmp_path), {"unset": FIELDS}) == {"unset": None}


def test_symbols_of_other_files_have_no_data(tmp_path: Path) -> None:
    assert data(build(tmp_path), {"elsewhere": FIELDS, "nowhere": FIELDS}) == {}


def test_a_file_cut_short_is_an_error(tmp_path: Path) -> None:
    whole = build(tmp_path).read_bytes()
    with pytest.raises(ElfError):
        data(whole[: len(whole) // 3], {"module_entry": FIELDS})
