"""TOML text to values and lines, and the one finding about what is no TOML."""

from __future__ import annotations

import random
import re
import tomllib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from splitpkg.diagnostics import Failed, Location
from splitpkg.manifest.document import parse
from tests.unit.manifest.documents import documents
from tests.unit.manifest.test_locate import damaged

if TYPE_CHECKING:
    from splitpkg.diagnostics import Diagnostic
    from tests.unit.manifest.documents import Document, Key


def finding(text: str) -> Diagnostic:
    with pytest.raises(Failed) as caught:
        parse(text, "m.toml")
    (one,) = caught.value.diagnostics
    return one


@given(documents())
@settings(max_examples=50)
def test_values_are_tomllibs_and_lines_are_where_they_were_written(document: Document) -> None:
    found = parse(document.text, "m.toml")
    assert repr(found.values) == repr(tomllib.loads(document.text))
    assert all(found.where(key) == Location("m.toml", line) for key, line in document.lines.items())


@pytest.mark.parametrize(
    ("key", "line"),
    [(("a", "b", "c", 5), 3), (("a", "b", "x", "y"), 2), (("a", "x"), 2), (("x",), None), ((), None)],
)
def test_what_is_not_there_stands_where_its_table_does(key: Key, line: int | None) -> None:
    assert parse("\n[a.b]\nc = [1]\n", "m.toml").where(key).line == line


@given(documents(), st.integers(0, 2**32))
@settings(max_examples=300)
def test_damaged_text_is_parsed_or_answered_with_one_finding_on_a_line_that_it_has(
    document: Document, seed: int
) -> None:
    text = damaged(document.text, random.Random(seed))
    try:
        parse(text, "m.toml")
    except Failed as failed:
        (one,) = failed.diagnostics
        assert one.slug in ("toml-syntax", "duplicate-key")
        assert 1 <= (one.where.line or 0) <= text.count("\n") + 1
        assert not re.match("[A-Z]", one.message), "a message of tomllib's"
        assert "(at " not in one.message


@pytest.mark.parametrize(
    ("text", "slug", "line"),
    [
        ("a = 1\nb\n", "toml-syntax", 2),
        ("a = [1,\n2,\n\n\n", "toml-syntax", 2),
        ("a = 1\n\na = 2\n\nb = 1\n", "duplicate-key", 3),
        ("a = [\n1,\n]\na = [\n1,\n]\n", "duplicate-key", 4),
        ("[a]\n[b]\n[a]\n[b]\n", "duplicate-key", 3),
        ("[[a]]\n[a]\n", "duplicate-key", 2),
        ("a = {b = 1}\na.c = 1\n", "duplicate-key", 2),
        ("a.b = 1\n[a]\n", "duplicate-key", 2),
        ("a = '''\n\n\n", "toml-syntax", 1),
        ('b = 1\na = """\n\n', "toml-syntax", 2),
        ("a = 1\r\nb = \r\n", "toml-syntax", 2),
        ("a = \r1", "toml-syntax", 1),
        ("a = " + "[" * 99, "over-limit", 1),
        ("a = " + "1" * 9999, "over-limit", 1),
        ("a = 1_0" + "_0" * 3000, "over-limit", 1),
    ],
)
def test_the_line_of_a_fault(text: str, slug: str, line: int) -> None:
    one = finding(text)
    assert (one.slug, one.where) == (slug, Location("m.toml", line))


def test_what_shuts_tomllib_out_is_told_before_it_is_asked() -> None:
    """Else: a stack overflow, an integer it refuses to convert, and time that grows with the square."""
    for text in ("a = " + "{a=" * 5000, "a = " + "9" * 5000, ".".join("a" * 100_000) + " = 1"):
        assert finding(text).slug == "over-limit"


def test_a_long_line_is_shown_in_part() -> None:
    assert max(len(note) for note in finding("a = x" + "y" * 500).notes) < 100
