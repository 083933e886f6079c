from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from splitpkg.elf.read import ElfError, Reason, section
from tests.elf.writer import Spec, Written, write

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Literal

INFO = b"license=GPL\0alias=pci:*\0"
NOBITS, COMPRESSED = 8, 0x800


def header(written: Written, name: str) -> int:
    """The offset of a section's header."""
    named = [name for name in written.at if name.startswith(".")]
    return written.at["shdr"] + 64 * (1 + named.index(name))


@pytest.mark.parametrize("bits", [32, 64])
@pytest.mark.parametrize("byteorder", ["little", "big"])
def test_a_named_section(bits: Literal[32, 64], byteorder: Literal["little", "big"], tmp_path: Path) -> None:
    data = bytes(write(Spec(bits, byteorder, rodata=INFO)).data)
    assert section(data, ".rodata") == INFO
    assert section(data, ".rodat") is None
    assert section(data, ".modinfo") is None
    (tmp_path / "file").write_bytes(data)
    assert section(tmp_path / "file", ".rodata") == section(str(tmp_path / "file"), ".rodata") == INFO


def test_without_section_headers_there_is_none() -> None:
    assert section(bytes(write(Spec(rodata=INFO)).without_sections().data), ".rodata") is None


def test_a_section_without_bytes_in_the_file_is_none() -> None:
    written = write(Spec(rodata=INFO))
    assert section(bytes(written.put(header(written, ".rodata") + 4, "I", NOBITS).data), ".rodata") is None


def test_a_compressed_section_is_unsupported() -> None:
    written = write(Spec(rodata=INFO))
    with pytest.raises(ElfError, match="is compressed") as caught:
        section(bytes(written.put(header(written, ".rodata") + 8, "Q", COMPRESSED).data), ".rodata")
    assert caught.value.reason is Reason.UNSUPPORTED


@pytest.mark.parametrize("field", [0x18, 0x20])
def test_a_section_beyond_the_file_is_truncated(field: int) -> None:
    written = write(Spec(rodata=INFO))
    with pytest.raises(ElfError) as caught:
        section(bytes(written.put(header(written, ".rodata") + field, "Q", 1 << 62).data), ".rodata")
    assert caught.value.reason is Reason.TRUNCATED


def test_names_in_no_section_are_corrupt() -> None:
    with pytest.raises(ElfError, match="section names are in section 99 of "):
        section(bytes(write(Spec()).put(0x3E, "H", 99).data), ".rodata")


def test_what_is_not_elf_has_no_sections_to_miss() -> None:
    with pytest.raises(ElfError) as caught:
        section(b"#!/bin/sh\n", ".rodata")
    assert caught.value.reason is Reason.NOT_ELF
