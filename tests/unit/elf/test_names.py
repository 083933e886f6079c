from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from splitpkg.elf.names import SHARING, SMALL, Names
from splitpkg.elf.read import ElfError, Reason

TABLES = st.lists(st.binary(max_size=5).map(lambda text: text.replace(b"\0", b"")), max_size=8).map(
    lambda strings: b"\0".join([b"", *strings, b""])
)


@given(TABLES, st.integers(0, 60))
def test_a_string_reaches_to_the_next_nul(table: bytes, offset: int) -> None:
    if offset < len(table):
        expected = table[offset : table.index(b"\0", offset)]
        assert Names(table).at(offset).encode("utf-8", "surrogateescape") == expected
    else:
        with pytest.raises(ElfError):
            Names(table).at(offset)


@pytest.mark.parametrize(("table", "offset"), [(b"", 0), (b"abc", 1), (b"abc\0", 4), (b"\0abc", 1 << 70)])
def test_a_string_that_does_not_end_is_corrupt(table: bytes, offset: int) -> None:
    with pytest.raises(
        ElfError, match=f"{offset:#x} is beyond the string table of {len(table):#x} bytes"
    ) as caught:
        Names(table).at(offset)
    assert caught.value.reason is Reason.CORRUPT


def test_strings_are_given_out_until_they_exceed_any_real_table() -> None:
    size = 1 << 20
    names = Names(b"a" * size + b"\0")
    for _ in range(SMALL // size + SHARING):
        assert len(names.at(0)) == size
    with pytest.raises(ElfError, match="share the string table"):
        names.at(0)


@given(TABLES, st.integers(1, 8))
def test_the_quick_look_never_promises_too_much(table: bytes, limit: int) -> None:
    shorter = all(len(string) < limit for string in table.split(b"\0"))
    assert Names(table)._all_shorter(limit) <= shorter
    assert Names(table)._all_shorter(2 * limit) >= shorter


def test_many_names_are_reserved_at_once() -> None:
    count = SMALL // 16
    Names(b"a" * 15 + b"\0").reserve([0] * count)
    long = Names(b"a" * (1 << 20) + b"\0")
    with pytest.raises(ElfError, match="share the string table"):
        long.reserve([0] * count)


def test_one_long_name_among_many_short_ones_is_fine() -> None:
    table = b"\0" + b"a" * (1 << 20) + b"\0"
    offsets = [1, *[0] * 100_000]
    Names(table).reserve(offsets)
