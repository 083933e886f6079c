from __future__ import annotations

import mmap
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from splitpkg.elf import strings
from splitpkg.elf.read import ElfError, Reason, Search, strings_present
from tests.elf.writer import Spec, Sym, write

if TYPE_CHECKING:
    from pathlib import Path

    from hypothesis.strategies import SearchStrategy


def present(rodata: bytes, *names: str) -> set[str]:
    return set(strings_present(bytes(write(Spec(rodata=rodata)).data), names))


def test_whole_strings() -> None:
    assert present(b"\0one\0two words\0\xc3\xa9t\xc3\xa9\0", "one", "two words", "été", "three") == {
        "one",
        "two words",
        "été",
    }


def test_a_search_serves_many_files() -> None:
    search = Search(["one", "two", "a_long_name", "another_long_name", "b", ""])
    files = (b"\0one\0my_a_long_name\0", b"\0two\0another_long_name\0", b"\0b\0one_long_name\0")
    assert [set(strings_present(bytes(write(Spec(rodata=one)).data), search)) for one in files] == [
        {"one", "a_long_name"},
        {"two", "another_long_name"},
        {"b"},
    ]


def test_a_string_must_end() -> None:
    assert present(b"\0alone", "alone") == set()
    assert present(b"\0alone_but_more\0", "alone") == set()


def test_the_end_of_another_string_counts_for_long_names_only() -> None:
    rodata = b"\0my_module_register\0print\0"
    assert present(rodata, "module_register", "register", "egister", "int", "print") == {
        "module_register",
        "register",
        "print",
    }


def test_white_space_is_told_apart() -> None:
    assert present(
        b"\0a b\0c\td\0e\x01f\0 \0", "a b", "a\x01b", "a\tb", "c\td", "c\x02d", "e f", "e\x01f"
    ) == {
        "a b",
        "c\td",
        "e\x01f",
    }


def test_names_of_dynamic_symbols_do_not_count() -> None:
    spec = Spec(
        symbols=(Sym("qemu_stamp_0", section=5), Sym("both_places", section=5)), rodata=b"\0both_places\0"
    )
    names = ["qemu_stamp_0", "both_places"]
    assert strings_present(bytes(write(spec).data), names) == {"both_places"}


def test_writable_segments_do_not_count() -> None:
    written = write(Spec(rodata=b"\0in_the_file\0"))
    assert strings_present(bytes(written.data), ["in_the_file"]) == {"in_the_file"}
    written.put(written.at["phdr"] + 4, "I", 6)
    assert strings_present(bytes(written.data), ["in_the_file"]) == frozenset()


def test_code_does_not_count_where_sections_tell_it() -> None:
    written = write(Spec(rodata=b"\0in_the_code\0"))
    named = [name for name in written.at if name.startswith(".")]
    flags = written.at["shdr"] + 64 * (1 + named.index(".rodata")) + 8
    assert strings_present(bytes(written.put(flags, "Q", 6).data), ["in_the_code"]) == frozenset()
    assert strings_present(bytes(written.without_sections().data), ["in_the_code"]) == {"in_the_code"}


def test_names_that_are_not_utf8() -> None:
    assert present(b"\0caf\xe9\0", "caf\udce9", "café") == {"caf\udce9"}


def test_nothing_is_asked_for() -> None:
    assert present(b"\0one\0") == set()


def test_from_a_file_and_from_memory_that_is_mapped(tmp_path: Path) -> None:
    path = tmp_path / "host"
    path.write_bytes(write(Spec(rodata=b"\0one\0")).data)
    assert strings_present(path, ["one"]) == strings_present(str(path), ["one"]) == {"one"}
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ) as mapped:
        assert strings_present(mapped, ["one"]) == {"one"}


def test_what_is_not_elf_has_no_strings_to_miss() -> None:
    with pytest.raises(ElfError) as caught:
        strings_present(b"module_register\0", ["module_register"])
    assert caught.value.reason is Reason.NOT_ELF


WORDS: SearchStrategy[str] = st.text("ab ", min_size=1, max_size=11)


@given(st.lists(WORDS, max_size=6), st.lists(WORDS, max_size=6), st.integers(1, 40))
def test_chunks_make_no_difference(held: list[str], wanted: list[str], size: int) -> None:
    rodata = "\0".join(["", *held, "without end"]).encode()
    expected = {
        name
        for name in wanted
        if name in held or (len(name) >= 8 and any(text.endswith(name) for text in held))
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(strings, "CHUNK", size)
        assert present(rodata, *wanted) == expected


def test_a_string_that_is_longer_than_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strings, "CHUNK", 16)
    assert present(b"\0" + b"x" * 100 + b"the_name_itself\0", "the_name_itself", "f", "xx") == {
        "the_name_itself"
    }
