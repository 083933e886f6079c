"""TOML text to plain values with the line of each key, or a finding about the first thing it is not."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from splitpkg.diagnostics import Diagnostic, Failed, Location
from splitpkg.manifest.fault import shown
from splitpkg.manifest.keys import table_title, title
from splitpkg.manifest.locate import Outline, OverLimitError, locate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from splitpkg.manifest.fault import Key


@dataclass(frozen=True, slots=True)
class Document:
    """What a TOML file says, and where: `lines` as in `splitpkg.manifest.locate.Outline`."""

    path: str
    values: dict[str, Any]
    lines: Mapping[Key, int]

    def where(self, key: Key) -> Location:
        """The place of a key; of the nearest table around it when it is not there."""
        while key and key not in self.lines:
            key = key[:-1]
        return Location(self.path, self.lines.get(key))


@dataclass(frozen=True, slots=True)
class _Fault:
    """How `tomllib` begins to name a fault, and how it is told here."""

    begins: str
    message: str
    hint: str | None = None


_FAULTS = (
    _Fault(
        "Invalid value",
        "expected a string in quotes, a number, `true`, `false`, an array or a table",
        'put text into quotes, as `name = "demo"`',
    ),
    _Fault("Invalid statement", "expected a key, a table as `[program]`, or a comment"),
    _Fault("Expected '=' after a key", "expected `=` and a value behind the key"),
    _Fault(
        "Expected newline or end of document",
        "there is more behind the value",
        "begin a new line, or put quotes around the whole text",
    ),
    _Fault("Unterminated string", "a string of several lines does not end", 'close it with `"""`'),
    _Fault("Expected \"'''\"", "a string of several lines does not end", "close it with `'''`"),
    _Fault(
        "Illegal character '\\n'",
        "a string does not end on its line",
        "close it, or use three quotes for several lines",
    ),
    _Fault("Illegal character", "a string holds a control character", "write it as an escape, as `\\t`"),
    _Fault("Found invalid character", "a comment holds a control character", "remove it"),
    _Fault(
        "Unescaped '\\'",
        "a string holds a backslash that begins no escape",
        "use single quotes, in which a backslash is plain",
    ),
    _Fault(
        "Invalid hex value", "an escape as `\\u00e9` lacks digits", "write four digits, or eight behind `\\U`"
    ),
    _Fault("Escaped character is not", "an escape as `\\u00e9` names no character"),
    _Fault("Unclosed array", "expected `,` or `]` in an array", "close it, or part its items by commas"),
    _Fault(
        "Unclosed inline table",
        "expected `,` or `}` on the same line",
        "close it, or write it as a table of its own",
    ),
    _Fault("Invalid date or datetime", "there is no such date"),
    _Fault(
        "Invalid initial character for a key",
        "expected a key of letters, digits, `-` and `_`, or one in quotes",
    ),
    _Fault("Expected ']' at the end", "expected `]` behind the table's name"),
    _Fault("Expected ']]' at the end", "expected `]]` behind the table's name"),
)
_PLACE = re.compile(r" \(at (?:line ([0-9]+), column [0-9]+|end of document)\)$")
_TWICE = re.compile("Cannot |Duplicate inline table key")


def parse(text: str, path: str) -> Document:
    """The document. Raises Failed where it is no TOML, or nests deeper than a manifest can."""
    try:
        outline = locate(text)
        return Document(path, tomllib.loads(text), outline.lines)
    except OverLimitError as error:
        raise Failed([Diagnostic("over-limit", Location(path, error.line), str(error))]) from None
    except tomllib.TOMLDecodeError as error:
        raise Failed([_finding(str(error), text, path, outline)]) from None


def _finding(said: str, text: str, path: str, outline: Outline) -> Diagnostic:
    found = _PLACE.search(said)
    line = int(found[1]) if found is not None and found[1] else None
    lines = text.split("\n")
    last = text.rstrip(" \t\r\n").count("\n") + 1
    if _TWICE.match(said):
        return _repeated(path, lines, line or last, outline)
    line = line or min(outline.stuck or last, last)
    place, content = Location(path, line), lines[line - 1].strip()
    note = f"the line is {shown(content)}"
    if said.startswith("Invalid value") and content.startswith("["):
        message = "expected a value or `]`; an array above this line is still open"
        return Diagnostic("toml-syntax", place, message, (note,), "close the array with `]`")
    for fault in _FAULTS:
        if said.startswith(fault.begins):
            return Diagnostic("toml-syntax", place, fault.message, (note,), fault.hint)
    words = _PLACE.sub("", said)
    return Diagnostic("toml-syntax", place, words[:1].lower() + words[1:], (note,))


def _repeated(path: str, lines: list[str], line: int, outline: Outline) -> Diagnostic:
    for one in outline.repeated:
        if one.line <= line:
            is_header = lines[one.line - 1].lstrip().startswith("[")
            name = table_title(one.key) if is_header else title(one.key)
            note = f"{Location(path, one.first)}: it is there for the first time"
            message = f"{name} is there for the second time"
            hint = "merge the two, or remove one"
            return Diagnostic("duplicate-key", Location(path, one.line), message, (note,), hint)
    message = "a key or table is there for the second time, or a value is made a table"
    return Diagnostic("duplicate-key", Location(path, line), message, hint="merge the two, or rename one")
