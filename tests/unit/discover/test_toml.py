"""What is written as TOML is read back as it was, by the standard library's reader."""

from __future__ import annotations

import tomllib

from hypothesis import example, given
from hypothesis import strategies as st

from splitpkg.discover import toml

TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@given(TEXT)
@example("")
@example("a\\b")
@example("a\\'b")
@example("a\\\"b'\n\t\x00\x7f\u2028\U000e0001")
def test_strings(text: str) -> None:
    assert tomllib.loads(f"key = {toml.string(text)}") == {"key": text}


@given(st.lists(TEXT))
@example(["x" * 60, "y" * 60])
def test_arrays(texts: list[str]) -> None:
    assert tomllib.loads(f"key = {toml.array(texts)}") == {"key": texts}


@given(st.lists(TEXT, min_size=1, max_size=3))
def test_tables(keys: list[str]) -> None:
    found = tomllib.loads(toml.table(*keys))
    for key in keys:
        found = found[key]
    assert found == {}


@given(TEXT)
@example("a\nb = 1")
@example("a\rb\x85c\x0bd")
def test_comments_are_comments(text: str) -> None:
    assert tomllib.loads(toml.comment(text)) == {}
