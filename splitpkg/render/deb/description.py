"""The Description field: a synopsis, and paragraphs folded at 80 columns (Debian policy 5.6.13)."""

from __future__ import annotations

import re
import textwrap
from functools import lru_cache
from typing import TYPE_CHECKING

from splitpkg.render.deb.quote import prose

if TYPE_CHECKING:
    from collections.abc import Iterator

WIDTH = 79
"""Columns of a line, its leading space included."""

_ITEM = re.compile(r"[-*•] ")


def synopsis(summary: str) -> str:
    """The first line of the field."""
    return prose(summary)


def extended(description: str) -> tuple[str, ...]:
    """The further lines of the field, without their leading space.

    Paragraphs are folded; list items too, set in; lines that are set in stay as they are. A line
    that begins with a full stop would mean something else: it is set in.
    """
    lines: list[str] = []
    for number, paragraph in enumerate(re.split(r"\n\s*\n", description.strip("\n"))):
        lines += ["."] if number else []
        lines += _lines(paragraph)
    return tuple(lines)


@lru_cache
def _lines(paragraph: str) -> tuple[str, ...]:
    """The lines of one paragraph. Those on the program stand in every package."""
    folded = (line for block in _blocks(paragraph) for line in _folded(block))
    return tuple(prose(f" {line}" if line.startswith(".") else line) for line in folded)


def _blocks(paragraph: str) -> Iterator[str]:
    """Lines that belong together: an item with what continues it, plain text, or one line that is set in."""
    block: list[str] = []
    for line in paragraph.split("\n"):
        if block and (_ITEM.match(line) or line[:1].isspace() or block[-1][:1].isspace()):
            yield "\n".join(block)
            block = []
        block.append(line)
    yield "\n".join(block)


def _folded(block: str) -> list[str]:
    if block[:1].isspace():
        return [block.rstrip()]
    first, further = (" ", "   ") if _ITEM.match(block) else ("", "")
    return textwrap.wrap(
        block,
        WIDTH - 1,
        initial_indent=first,
        subsequent_indent=further,
        break_long_words=False,
        break_on_hyphens=False,
    )
