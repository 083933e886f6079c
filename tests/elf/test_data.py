"""Structs in the modules of Debian's httpd, whose members httpd's http_config.h tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from splitpkg.elf.model import Field, FieldKind
from splitpkg.elf.read import data, read
from tests.elf import debian

if TYPE_CHECKING:
    from pathlib import Path

MODULE = (
    Field("version", FieldKind.U32),
    Field("minor_version", FieldKind.U32),
    Field("module_index", FieldKind.U32),
    Field("name", FieldKind.TEXT),
    Field("dynamic_load_handle", FieldKind.POINTER),
    Field("next", FieldKind.POINTER),
    Field("magic", FieldKind.LONG),
)
MAGIC = int.from_bytes(b"AP24", "big")
UNSET = 0xFFFFFFFF


def modules(path: Path) -> list[str]:
    facts = read(path)
    assert facts is not None
    return [symbol.name for symbol in facts.defined if symbol.name.endswith("_module")]


@pytest.mark.slow
@pytest.mark.parametrize("architecture", debian.ARCHITECTURES)
def test_modules_of_httpd_tell_the_same_on_every_architecture(architecture: str) -> None:
    files = [path for path in debian.elf_files(architecture) if path.name.startswith("mod_")]
    assert len(files) > 100
    for path in files:
        for name, record in data(path, dict.fromkeys(modules(path), MODULE)).items():
            source = f"{name.removesuffix('_module')}.c"
            assert record is not None
            names = {source, f"mod_{source}", f"util_{source}", source.removeprefix("mpm_")}
            assert record.pop("name") in names
            expected = {"version": 20120211, "minor_version": 142, "module_index": UNSET, "magic": MAGIC}
            assert record == expected
