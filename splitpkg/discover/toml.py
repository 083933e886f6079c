"""Values as TOML spells them (TOML 1.0.0). The standard library reads TOML and does not write it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from splitpkg.diagnostics import printable

if TYPE_CHECKING:
    from collections.abc import Iterable

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPES = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
_WIDTH = 100


def string(text: str) -> str:
    """A string; a literal one where that spares backslashes."""
    if "\\" in text and "'" not in text and text.isprintable():
        return f"'{text}'"
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(char: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    if char.isprintable():
        return char
    return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}"


def array(texts: Iterable[str]) -> str:
    """Strings in one line, or one on each where they are many."""
    parts = [string(text) for text in texts]
    line = f"[{', '.join(parts)}]"
    if len(line) <= _WIDTH:
        return line
    return "[\n" + "".join(f"    {part},\n" for part in parts) + "]"


def table(*keys: str) -> str:
    """The head of a table."""
    return f"[{'.'.join(key if _BARE_KEY.fullmatch(key) else string(key) for key in keys)}]"


def comment(text: str) -> str:
    """Lines of comment; what could end one is escaped."""
    return "\n".join(f"# {printable(line)}".rstrip() for line in text.split("\n"))
