from __future__ import annotations

import pytest

from splitpkg.elf.read import ElfError, Reason, parse
from tests.elf.writer import DATA_ADDRESS, Spec, Sym, Written, write

NEEDED, STRTAB, SYMTAB, STRSZ, SYMENT, SONAME, RPATH, RUNPATH, FLAGS_1, UNKNOWN = (
    *(1, 5, 6, 10, 11, 14, 15, 29),
    *(0x6FFFFFFB, 0x60000123),
)
LIBRARY = Spec(soname="libx.so.1", needed=("libb.so", "liba.so"), symbols=(Sym("f", section=5),))
SEGMENT_SIZE = 56


def fails(written: Written) -> ElfError:
    with pytest.raises(ElfError) as caught:
        parse(bytes(written.data))
    return caught.value


def segment(written: Written, index: int) -> int:
    return written.at["phdr"] + index * SEGMENT_SIZE


def test_strings_of_the_dynamic_table() -> None:
    facts = parse(bytes(write(LIBRARY).data))
    assert facts is not None
    assert facts.dynamic
    assert facts.soname == "libx.so.1"
    assert facts.needed == ("libb.so", "liba.so")
    assert (facts.rpath, facts.runpath, facts.flags_1) == (None, None, 0)


def test_search_paths_and_flags() -> None:
    names = write(LIBRARY)
    offset = names.data.index(b"liba.so\0", names.at[".dynstr"]) - names.at[".dynstr"]
    facts = parse(
        bytes(write(Spec(**{**vars(LIBRARY), "tags": ((RPATH, offset), (RUNPATH, 0), (FLAGS_1, 1))})).data)
    )
    assert facts is not None
    assert (facts.rpath, facts.runpath, facts.flags_1) == ("liba.so", "", 1)


def test_names_that_are_not_utf8_come_with_surrogates() -> None:
    odd = "lib\udcff\u00e9\udce9.so"
    facts = parse(
        bytes(write(Spec(soname=odd, needed=(odd,), symbols=(Sym(odd, section=5), Sym("f", section=5)))).data)
    )
    assert facts is not None
    assert facts.soname == odd
    assert facts.needed == (odd,)
    assert [symbol.name for symbol in facts.defined] == [odd, "f"]


@pytest.mark.parametrize("tag", [STRTAB, STRSZ, SYMTAB])
def test_a_table_without_what_is_mandatory_is_corrupt(tag: int) -> None:
    written = write(LIBRARY)
    value = {STRTAB: written.at[".dynstr"], STRSZ: written.size[".dynstr"], SYMTAB: written.at[".dynsym"]}[
        tag
    ]
    entry = written.data.index(
        tag.to_bytes(8, "little") + value.to_bytes(8, "little"), written.at[".dynamic"]
    )
    error = fails(written.put(entry, "Q", UNKNOWN))
    assert error.reason is Reason.CORRUPT
    assert "the dynamic table has no DT_S" in str(error)


def test_a_table_without_end_is_corrupt() -> None:
    written = write(LIBRARY)
    last = written.at[".dynamic"] + written.size[".dynamic"] - 16
    assert "has no end" in str(fails(written.put(last, "Q", UNKNOWN)))


def test_symbols_of_another_size_are_corrupt() -> None:
    assert str(fails(write(LIBRARY).tag(SYMENT, 16))) == "symbols have 16 bytes each, not 24"


@pytest.mark.parametrize("tag", [STRTAB, SYMTAB])
@pytest.mark.parametrize("address", [0x30000, DATA_ADDRESS - 1, (1 << 64) - 1])
def test_an_address_outside_all_segments_is_corrupt(tag: int, address: int) -> None:
    error = fails(write(LIBRARY).tag(tag, address))
    assert error.reason is Reason.CORRUPT
    assert str(error) == f"address {address:#x} is in no loaded segment"


def test_a_table_beyond_the_end_of_its_segment_is_corrupt() -> None:
    written = write(LIBRARY)
    error = fails(written.tag(STRSZ, len(written.data)))
    assert "beyond the end of their segment" in str(error)


def test_a_string_beyond_the_table_is_corrupt() -> None:
    error = fails(write(LIBRARY).tag(SONAME, 1 << 40))
    assert error.reason is Reason.CORRUPT
    assert "0x10000000000" in str(error)


def test_a_table_whose_last_string_does_not_end_is_corrupt() -> None:
    written = write(LIBRARY)
    end = written.at[".dynstr"] + written.size[".dynstr"] - 1
    assert "is beyond the string table" in str(fails(written.put(end, "B", 0x41)))


def test_two_dynamic_segments_are_corrupt() -> None:
    written = write(LIBRARY)
    written.data[segment(written, 3) : segment(written, 4)] = written.data[
        segment(written, 2) : segment(written, 3)
    ]
    assert str(fails(written)) == "there are 2 dynamic segments"


def test_a_dynamic_segment_that_its_address_does_not_lead_to_is_corrupt() -> None:
    written = write(LIBRARY)
    written.put(segment(written, 2) + 8, "Q", written.at[".dynamic"] - 16)
    assert "is not what its address maps" in str(fails(written))


def test_an_empty_dynamic_segment_is_not_an_empty_answer() -> None:
    written = write(LIBRARY)
    assert fails(written.put(segment(written, 2) + 32, "Q", 0)).reason is Reason.CORRUPT


def test_segments_that_overlap_are_corrupt() -> None:
    written = write(LIBRARY)
    written.put(segment(written, 1) + 16, "Q", 0x10)
    assert str(fails(written)).startswith("the segment at address 0x10 overlaps one up to ")


def test_a_static_file_has_no_dynamic_facts() -> None:
    written = write(LIBRARY)
    facts = parse(bytes(written.put(segment(written, 2), "I", 0x6474E551).data))
    assert facts is not None
    assert not facts.dynamic
    assert (facts.soname, facts.needed, facts.defined, facts.undefined) == (None, (), (), ())


def test_the_interpreter() -> None:
    facts = parse(bytes(write(Spec(interpreter=b"/lib/ld.so.1\0")).data))
    assert facts is not None
    assert facts.interpreter == "/lib/ld.so.1"
    assert facts.is_program


@pytest.mark.parametrize("name", [b"/lib/ld.so.1", b"/" * 4096 + b"\0"])
def test_an_interpreter_that_no_kernel_takes_is_corrupt(name: bytes) -> None:
    assert "interpreter" in str(fails(write(Spec(interpreter=name))))
