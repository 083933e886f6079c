from __future__ import annotations

from struct import calcsize
from typing import Literal

import pytest

from splitpkg.elf.model import ElfType
from splitpkg.elf.read import ElfError, Reason, parse
from tests.elf.writer import Spec, Sym, write

LAYOUTS: list[tuple[Literal[32, 64], Literal["little", "big"]]] = [
    (32, "little"),
    (32, "big"),
    (64, "little"),
    (64, "big"),
]
LIBRARY = Spec(soname="libx.so", symbols=(Sym("f", section=5),))
SHNUM, PHENTSIZE, PHNUM, SHENTSIZE, SHSTRNDX = 0x3C, 0x36, 0x38, 0x3A, 0x3E


def reason(data: bytes | bytearray) -> Reason:
    with pytest.raises(ElfError) as caught:
        parse(bytes(data))
    return caught.value.reason


@pytest.mark.parametrize(
    "data", [b"", b"\x7f", b"\x7fEL", b"#!/bin/sh\n", b"\x7fELG" + bytes(100), b"!<arch>\n"]
)
def test_what_does_not_begin_as_elf_is_not_elf(data: bytes) -> None:
    assert parse(data) is None


@pytest.mark.parametrize(("bits", "byteorder"), LAYOUTS)
def test_class_and_byte_order(bits: Literal[32, 64], byteorder: Literal["little", "big"]) -> None:
    facts = parse(bytes(write(Spec(bits=bits, byteorder=byteorder, machine=8, soname="libx.so")).data))
    assert facts is not None
    assert (facts.bits, facts.byteorder, facts.machine, facts.soname) == (bits, byteorder, 8, "libx.so")
    assert facts.type == ElfType.DYN
    assert facts.is_shared_object
    assert not facts.is_program


@pytest.mark.parametrize(("bits", "size"), [(32, 52), (64, 64)])
def test_less_than_a_header_is_truncated(bits: Literal[32, 64], size: int) -> None:
    data = write(Spec(bits=bits, machine=3)).data
    for length in range(4, size):
        assert reason(data[:length]) in {Reason.TRUNCATED, Reason.UNSUPPORTED}
        assert length < 7 or reason(data[:length]) is Reason.TRUNCATED


@pytest.mark.parametrize(("offset", "value"), [(4, 0), (4, 3), (5, 0), (5, 3), (6, 0), (6, 2)])
def test_an_unknown_class_byte_order_or_version_is_unsupported(offset: int, value: int) -> None:
    assert reason(write(LIBRARY).put(offset, "B", value).data) is Reason.UNSUPPORTED


@pytest.mark.parametrize("sections", [True, False])
def test_every_shorter_file_is_truncated(*, sections: bool) -> None:
    data = write(Spec(soname="libx.so", symbols=(Sym("f", section=5),), sections=sections)).data
    for length in range(64, len(data)):
        assert reason(data[:length]) is Reason.TRUNCATED
    assert parse(bytes(data)) is not None


def test_program_headers_of_another_size_are_corrupt() -> None:
    assert reason(write(LIBRARY).put(PHENTSIZE, "H", 57).data) is Reason.CORRUPT


def test_section_headers_of_another_size_are_corrupt() -> None:
    assert reason(write(LIBRARY).put(SHENTSIZE, "H", 40).data) is Reason.CORRUPT


def test_counts_that_do_not_fit_are_in_the_first_section_header() -> None:
    plain = write(LIBRARY)
    expected = parse(bytes(plain.data))
    count = len(plain.data[plain.at["shdr"] :]) // 64
    first = plain.at["shdr"]
    names, segments = count - 1, 4
    plain.put(first + 0x20, "Q", count).put(first + 0x28, "II", names, segments)
    plain.put(SHNUM, "H", 0).put(PHNUM, "H", 0xFFFF).put(SHSTRNDX, "H", 0xFFFF)
    assert parse(bytes(plain.data)) == expected


def test_more_program_headers_than_bytes_are_truncated() -> None:
    plain = write(LIBRARY)
    plain.put(plain.at["shdr"] + 0x28, "II", 1, 0xFFFFFFFF).put(PHNUM, "H", 0xFFFF)
    assert reason(plain.data) is Reason.TRUNCATED


def test_a_core_file_has_nothing_to_link_however_short_it_is() -> None:
    written = write(Spec(type=4, soname="libx.so", sections=False))
    facts = parse(bytes(written.data[: written.at[".dynsym"]]))
    assert facts is not None
    assert facts.type == ElfType.CORE
    assert not facts.dynamic
    assert not facts.is_program
    assert not facts.is_shared_object


def test_no_program_headers_is_no_dynamic_file() -> None:
    facts = parse(bytes(write(LIBRARY).put(0x20, "Q", 1 << 63).put(PHNUM, "H", 0).data))
    assert facts is not None
    assert not facts.dynamic
    assert facts.soname is None


def test_huge_offsets_do_not_overflow() -> None:
    assert calcsize("Q") == 8
    assert reason(write(LIBRARY).put(0x20, "Q", (1 << 64) - 1).data) is Reason.TRUNCATED
    assert reason(write(LIBRARY).put(0x28, "Q", (1 << 64) - 64).data) is Reason.TRUNCATED
