"""Text for a spec, in which `%` begins a macro, `#` a comment, and a line's first word may be a section.

rpm expands the macros of a line before it looks for what begins there, so that no escape helps at
the beginning of a line: `%%files` is the section %files. Such lines are avoided or refused.
"""

from __future__ import annotations

import re
import shlex
import textwrap
from functools import lru_cache

WIDTH = 79
"""Columns of a description (rpmlint: description-line-too-long)."""

_ACTIVE = re.compile(r"\s*(#|%[A-Za-z{(\[])")
_LISTED = re.compile(r"\s|[-*+•] |\d+[.)] ")
_BEFORE_ACTIVE = re.compile(r" +(?=#|%[A-Za-z{(\[])")
_GLUE = "\0"

# The categories Cc, Cs, Zl and Zp of Unicode.
_UNPRINTED = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def value(text: str) -> str:
    """A tag's value, or any other text inside a line."""
    return text.replace("%", "%%")


def comment(text: str) -> tuple[str, ...]:
    """The lines of a comment, each with its `#`; rpm expands macros even there."""
    lines = textwrap.wrap(text, WIDTH - 2, break_long_words=False, break_on_hyphens=False)
    return tuple(f"# {value(line)}" for line in lines)


def argument(text: str) -> str:
    """One argument of a command in a shell section."""
    return value(shlex.quote(text))


def within_quotes(text: str) -> str:
    """Text inside double quotes of a shell."""
    return re.sub(r'[\\"$`]', r"\\\g<0>", text)


def is_one_line(text: str) -> bool:
    """Whether the text has no character that ends a line, steers a terminal, or is no UTF-8."""
    return _UNPRINTED.search(text) is None


def is_active(line: str) -> bool:
    """Whether rpm would take the line for a section, a condition or a comment."""
    return _ACTIVE.match(line) is not None


def description(text: str) -> tuple[str, ...]:
    """The lines of a description: paragraphs filled anew, lists and indented text as they are.

    A line is never broken before a word that is active at the beginning of one; what `is_active`
    already where it stands comes out so, for the caller to refuse.
    """
    lines: list[str] = []
    for block in re.split(r"\n{2,}", text.strip("\n")):
        lines += ["", *_filled(block)]
    return tuple(lines[1:])


def escaped_description(lines: tuple[str, ...]) -> str:
    """The lines of a description as the spec has them."""
    return "\n".join(value(line) for line in lines)


@lru_cache
def _filled(block: str) -> tuple[str, ...]:
    """The lines of one paragraph. Those on the program stand in every package."""
    lines = block.split("\n")
    if any(_LISTED.match(line) for line in lines):
        return tuple(lines)
    text = _BEFORE_ACTIVE.sub(_GLUE, " ".join(lines))
    broken = textwrap.wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False)
    return tuple(line.replace(_GLUE, " ") for line in broken)
