"""Kinds of text: what each lets through, and what it refuses."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from splitpkg.manifest.template import can_make, filled, literals, places
from splitpkg.manifest.text import line_template, one_line, paragraphs, paragraphs_template

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize("text", ["Block driver", "é", "a" * 500, "100 % `$(id)` %{x} \\", "שלום", "{"])
def test_a_line(text: str) -> None:
    assert one_line(text) == text


FORBIDDEN = {
    "\n": "a line break",
    "\r": "U+000D",
    "\t": "U+0009",
    "\0": "U+0000",
    "\x1b": "U+001B",
    "\x7f": "U+007F",
    "\x85": "U+0085",
    "\x9b": "U+009B",
    "\u2028": "U+2028",
    "\u2029": "U+2029",
    "\u202e": "U+202E",
    "\u2066": "U+2066",
    "\ufeff": "U+FEFF",
    "\ud800": "U+D800",
}


@pytest.mark.parametrize("char", FORBIDDEN)
def test_no_line(char: str) -> None:
    for text in (f"a{char}b", f"a{char}", f"{char}b"):
        with pytest.raises(
            ValueError, match=re.escape(f"holds {FORBIDDEN[char]}".replace("U+", "the control character U+"))
        ):
            one_line(text)


@pytest.mark.parametrize("char", sorted(FORBIDDEN.keys() - {"\n"}))
def test_no_paragraph(char: str) -> None:
    with pytest.raises(ValueError, match="holds the control character"):
        paragraphs(f"a{char}b")


@pytest.mark.parametrize(
    ("text", "message"), [("", "is empty"), (" a", "begins or ends"), ("a ", "begins or ends")]
)
def test_no_spaces_around_a_line(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        one_line(text)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("\nfirst  \n\n  indented\nlast\n\n", "first\n\n  indented\nlast"),
        ("a\r\nb\r\n", "a\nb"),
        ("a\n   \nb", "a\n\nb"),
    ],
)
def test_paragraphs_lose_what_cannot_be_seen(text: str, kept: str) -> None:
    assert paragraphs(text) == kept


@pytest.mark.parametrize("text", ["", "\n", " \n ", "\r\n"])
def test_paragraphs_hold_something(text: str) -> None:
    with pytest.raises(ValueError, match="is empty"):
        paragraphs(text)


@given(st.text())
def test_what_is_let_through_has_no_control_character(text: str) -> None:
    for check in (one_line, paragraphs, line_template, paragraphs_template):
        try:
            kept = check(text)
        except ValueError:
            continue
        assert not {unicodedata.category(char) for char in kept.replace("\n", "")} & {"Cc", "Cs", "Zl", "Zp"}
        assert check(kept) == kept
        assert "\n" not in kept or check in (paragraphs, paragraphs_template)


@pytest.mark.parametrize("check", [line_template, paragraphs_template])
@pytest.mark.parametrize("text", ["{", "a}", "{A}", "{}", "{a b}", "{{a}", "{a}}", "{1}"])
def test_no_brace_is_left_in_a_template(check: Callable[[str], str], text: str) -> None:
    with pytest.raises(ValueError, match=r"to belong to a place as `\{name}`"):
        check(text)


def test_a_template_has_places_and_what_is_around_them() -> None:
    template = line_template("{a}-{b_1} of {a}")
    assert places(template) == ("a", "b_1")
    assert literals(template) == ("", "-", " of ", "")
    assert filled(template, {"a": "x", "b_1": "{a}"}) == "x-{a} of x"
    assert filled(template, {"a": "x"}) == "x-{b_1} of x"


@given(
    st.lists(st.sampled_from(["block-", "{a}", "{b}", ".", "*"]), min_size=1, max_size=5), st.text(min_size=1)
)
def test_a_template_can_make_what_it_is_filled_to(parts: list[str], name: str) -> None:
    template = "".join(parts)
    assert can_make(template, filled(template, {"a": name, "b": name[::-1]}))


@pytest.mark.parametrize("text", ["block-", "blockx", "net-x", ""])
def test_a_template_cannot_make_what_differs(text: str) -> None:
    assert not can_make("block-{a}", text)
