"""The line of each key, compared with what `tomllib` reads and with where the text was written."""

from __future__ import annotations

import random
import time
import tomllib
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from splitpkg.manifest.locate import DEPTH_LIMIT, DIGIT_LIMIT, Outline, OverLimitError, Repeated, locate
from tests.unit.manifest.documents import Document, Key, documents

if TYPE_CHECKING:
    from collections.abc import Iterator


def keys(values: Any, key: Key = ()) -> Iterator[Key]:
    """Every key, table and array item of what tomllib read."""
    items = (
        values.items() if isinstance(values, dict) else enumerate(values) if isinstance(values, list) else ()
    )
    for part, value in items:
        yield (*key, part)
        yield from keys(value, (*key, part))


@given(documents())
@settings(max_examples=150)
def test_every_key_is_found_where_it_was_written(document: Document) -> None:
    text = document.text
    assert set(keys(tomllib.loads(text))) == set(document.lines)
    assert locate(text) == Outline(document.lines)


@given(documents(), st.integers(0, 2**32))
@settings(max_examples=150)
def test_damaged_text_is_read_as_tomllib_reads_it_or_left(document: Document, seed: int) -> None:
    text = damaged(document.text, random.Random(seed))
    outline = locate(text)
    try:
        values = tomllib.loads(text)
    except ValueError:
        return
    assert (set(keys(values)), None) == (set(outline.lines), outline.stuck)


def damaged(text: str, chance: random.Random) -> str:
    """Characters dropped, doubled and exchanged."""
    pieces = list(text or " ")
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(pieces))
        pieces[at] = chance.choice(["", pieces[at] * 2, *"[]{}=,.\"'#\\\n a1"])
    return "".join(pieces)


@given(st.text(alphabet="[]{}=,.\"'#\\\n\r\t ab1-_é\0", max_size=60))
def test_any_text_is_read_or_left(text: str) -> None:
    outline = locate(text)
    try:
        values = tomllib.loads(text)
    except ValueError:
        return
    assert set(keys(values)) == set(outline.lines)


def test_what_only_looks_like_a_table_is_none() -> None:
    text = 'a = """\n[b]\nc = 1\n"""\n# [d]\ne = \'\'\'\n[[f]]\'\'\'\ng = "[h]" # ]\n'
    assert locate(text).lines == {("a",): 1, ("e",): 6, ("g",): 8}


def test_a_table_stands_where_its_own_header_does() -> None:
    assert locate("[a.b]\nx = 1\n[a]\n").lines == {("a",): 3, ("a", "b"): 1, ("a", "b", "x"): 2}


def test_tables_below_an_array_of_tables_belong_to_its_last_item() -> None:
    lines = locate("[[a]]\n[a.b]\n[[a.c]]\n[[a]]\n[a.b]\n[[a.c]]\n[[a.c]]\n").lines
    assert lines == {
        ("a",): 1,
        ("a", 0): 1,
        ("a", 0, "b"): 2,
        ("a", 0, "c"): 3,
        ("a", 0, "c", 0): 3,
        ("a", 1): 4,
        ("a", 1, "b"): 5,
        ("a", 1, "c"): 6,
        ("a", 1, "c", 0): 6,
        ("a", 1, "c", 1): 7,
    }


@pytest.mark.parametrize(
    ("text", "key", "lines"),
    [
        ("a = 1\nb = 2\na = 3\n", ("a",), (3, 1)),
        ("[t]\n[u]\n[t]\n", ("t",), (3, 1)),
        ("[t]\na = 1\n\n'a' = 2\n", ("t", "a"), (4, 2)),
        ("a.b = 1\na.b = 1\n", ("a", "b"), (2, 1)),
        ("a = []\n[[a]]\n", ("a",), (2, 1)),
        ("a = {b = 1, b = 2}\n", ("a", "b"), (1, 1)),
    ],
)
def test_what_is_written_twice_is_told_with_both_lines(text: str, key: Key, lines: tuple[int, int]) -> None:
    assert locate(text).repeated[0] == Repeated(key, *lines)
    with pytest.raises(tomllib.TOMLDecodeError):
        tomllib.loads(text)


@pytest.mark.parametrize(
    ("text", "line"),
    [("a = 1\nb = ", 2), ("a = 1\n\nb\n", 3), ("\n[a\n", 2), ("a = '''\n\n", 1), ("x = =", 1)],
)
def test_it_stops_where_it_cannot_go_on(text: str, line: int) -> None:
    assert locate(text).stuck == line


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * (DEPTH_LIMIT + 1) + "]" * (DEPTH_LIMIT + 1),
        "a = " + "{a = " * (DEPTH_LIMIT + 1) + "1" + "}" * (DEPTH_LIMIT + 1),
        ".".join("a" * (DEPTH_LIMIT + 1)) + " = 1",
        "[" + ".".join("a" * 100_000) + "]",
        "a = " + "[" * 500_000,
    ],
)
def test_depth_has_a_limit(text: str) -> None:
    with pytest.raises(OverLimitError, match=f"nests deeper than {DEPTH_LIMIT} levels") as caught:
        locate(f"\n\n{text}")
    assert caught.value.line == 3


def test_what_is_as_deep_as_the_limit_is_read_by_tomllib_too() -> None:
    text = ".".join("a" * DEPTH_LIMIT) + " = " + "[" * DEPTH_LIMIT + "]" * DEPTH_LIMIT
    assert set(keys(tomllib.loads(text))) == set(locate(text).lines)


@pytest.mark.parametrize("number", ["9" * 5000, "-" + "1" * 5000, "0x" + "f" * 5000, "1." + "5" * 5000])
def test_digits_have_a_limit(number: str) -> None:
    with pytest.raises(OverLimitError, match=f"at most {DIGIT_LIMIT} were expected") as caught:
        locate(f"x = 1\na = [1, {number} ]")
    assert caught.value.line == 2


def test_the_time_grows_with_the_length() -> None:
    """Inputs on which expressions that try again would take minutes."""
    started = time.process_time()
    for text in ('a = "' + "\\" * 200_000, 'a = """' + '"\\' * 100_000, "a = '''" + "''a" * 60_000):
        assert locate(text).stuck == 1
    assert locate("# " * 200_000 + "\n" * 200_000).lines == {}
    assert len(locate("a = [" + "\n1," * 50_000 + "]").lines) == 50_001
    assert len(locate("".join(f"[t{number}]\nx = 1\n" for number in range(20_000))).lines) == 40_000
    assert time.process_time() - started < 10
