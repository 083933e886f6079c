from __future__ import annotations

from struct import pack
from typing import TYPE_CHECKING, Literal

import pytest

from splitpkg.elf.read import ElfError, parse
from tests.elf.writer import Spec, Written, write

if TYPE_CHECKING:
    from splitpkg.elf.model import ElfFile

IDENTITY = bytes(range(20))


def facts(written: Written) -> ElfFile:
    found = parse(bytes(written.data))
    assert found is not None
    return found


@pytest.mark.parametrize("bits", [32, 64])
@pytest.mark.parametrize("byteorder", ["little", "big"])
def test_the_build_id(bits: Literal[32, 64], byteorder: Literal["little", "big"]) -> None:
    assert facts(write(Spec(bits, byteorder, build_id=IDENTITY))).build_id == IDENTITY.hex()


def test_no_build_id() -> None:
    assert facts(write(Spec())).build_id is None


def segment(written: Written) -> int:
    return written.at["phdr"] + 4 * 56


def test_a_build_id_that_only_section_headers_lead_to() -> None:
    assert facts(written := write(Spec(build_id=IDENTITY))).build_id == IDENTITY.hex()
    assert facts(written.put(segment(written), "I", 0x6474E551)).build_id == IDENTITY.hex()
    assert facts(written.without_sections()).build_id is None


@pytest.mark.parametrize("align", [4, 8])
def test_other_notes_before_it(align: int) -> None:
    def note(owner: bytes, kind: int, value: bytes) -> bytes:
        head = pack("<III", len(owner), len(value), kind) + owner
        head += bytes(-len(head) % align)
        return head + value + bytes(-len(value) % align)

    notes = (
        note(b"GNU\0", 5, bytes(12))
        + note(b"Go\0\0", 3, b"x")
        + note(b"", 3, b"")
        + note(b"GNU\0", 3, IDENTITY)
    )
    written = write(Spec(rodata=notes, build_id=b"none"))
    written.put(segment(written) + 8, "Q", written.at[".rodata"]).put(
        segment(written) + 32, "QQQ", len(notes), 0, align
    )
    assert facts(written).build_id == IDENTITY.hex()


@pytest.mark.parametrize("field", [0, 4])
def test_a_note_beyond_its_segment_is_corrupt(field: int) -> None:
    written = write(Spec(build_id=IDENTITY))
    with pytest.raises(ElfError, match="is beyond the end of its segment"):
        facts(written.put(written.at[".note.gnu.build-id"] + field, "I", 0xFFFFFFFF))


def test_notes_beyond_measure_are_corrupt() -> None:
    written = write(Spec(build_id=IDENTITY, rodata=bytes(2 << 20)))
    written.put(segment(written) + 8, "Q", written.at[".rodata"]).put(
        segment(written) + 32, "Q", (1 << 20) + 1
    )
    with pytest.raises(ElfError, match="more than 0x100000 bytes together"):
        facts(written)
