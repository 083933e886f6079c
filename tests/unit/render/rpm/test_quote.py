"""Escaping; whether rpm agrees is asked in tests/real."""

from __future__ import annotations

import pytest

from splitpkg.render.rpm import quote

LONG = "word " * 30


@pytest.mark.parametrize(
    ("text", "expected"),
    [("100% %{x} %%", "100%% %%{x} %%%%"), ("a \\", "a \\"), ("", "")],
)
def test_value(text: str, expected: str) -> None:
    assert quote.value(text) == expected


def test_comment_is_wrapped() -> None:
    assert quote.comment("50%") == ("# 50%%",)
    assert [len(line) <= 79 and line.startswith("# ") for line in quote.comment(LONG)] == [True, True]


def test_argument_is_one_word_for_the_shell() -> None:
    assert quote.argument("-Da=b") == "-Da=b"
    assert quote.argument("it's 5% $x") == "'it'\"'\"'s 5%% $x'"


@pytest.mark.parametrize("line", ["%files", " %if 1", "# x", "\t#", "%{nil}x", "%(id)", "%[1]", "#!x"])
def test_active_lines(line: str) -> None:
    assert quote.is_active(line)


@pytest.mark.parametrize("line", ["files", "100 %files", "%", "% x", "%5", "a # b", "", "%%"])
def test_inactive_lines(line: str) -> None:
    assert not quote.is_active(line)


def test_paragraphs_are_filled_and_lists_are_kept() -> None:
    text = f"{LONG}\n\nshort\nlines\n\n\n * a\n * b\n\n1. one\n2. two\n\n    code"
    lines = quote.description(text)
    assert lines[:5] == (("word " * 16).strip(), ("word " * 14).strip(), "", "short lines", "")
    assert lines[5:] == (" * a", " * b", "", "1. one", "2. two", "", "    code")


def test_no_line_is_broken_before_an_active_word() -> None:
    for count in range(60, 90):
        for word in ("%files core", "#hash", "%{nil}", "# x"):
            lines = quote.description(f"{'x' * count} {word} more words after it")
            assert not any(quote.is_active(line) for line in lines)
    assert quote.is_active(quote.description("%files at once")[0])
