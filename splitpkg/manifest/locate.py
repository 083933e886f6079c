"""Finds the line of each key of a TOML document (TOML 1.0.0), which `tomllib` does not tell.

It reads keys and skips values. It does not check: where it cannot go on, it stops, and leaves it to
`tomllib` to say what is wrong.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from splitpkg.manifest.fault import Key

DEPTH_LIMIT = 32
"""How deep arrays, inline tables and the parts of a key may nest; a manifest needs six."""

DIGIT_LIMIT = 100
"""How many characters a number may have; the largest that TOML asks for has 66."""

_BLANK = re.compile(r"[ \t]*")
_GAP = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BARE = r"[A-Za-z0-9_-]+"
_BASIC = r'"(?:[^"\\\n]|\\.)*"'
_LITERAL = r"'[^'\n]*'"
_KEY_PART = re.compile(rf"{_BARE}|{_BASIC}|{_LITERAL}")
# The longest delimiter comes first: one or two quotes may stand right before the closing three.
_LONG_BASIC = r'"""(?:[^"\\]|\\.|"(?!""))*"{3,5}'
_LONG_LITERAL = r"'''(?:[^']|'(?!''))*'{3,5}"
_STRING = re.compile(f"{_LONG_BASIC}|{_LONG_LITERAL}|{_BASIC}|{_LITERAL}", re.DOTALL)
_SCALAR = re.compile(r"[^\s,\[\]{}#\"'=][^,\[\]{}#\n]*")
_NUMBER = re.compile(r"[+-]?[0-9][0-9A-Za-z_.+-]*")


@dataclass(frozen=True, slots=True)
class Repeated:
    """A key or table that is written a second time, with both lines."""

    key: Key
    line: int
    first: int


@dataclass(frozen=True, slots=True)
class Outline:
    """Where the keys of a document stand.

    `lines` has each table, key and array item; lines count from 1. A table that only the keys below
    it make stands where the first of them does. `stuck` is the line where reading had to stop.
    """

    lines: dict[Key, int]
    repeated: tuple[Repeated, ...] = ()
    stuck: int | None = None


class OverLimitError(Exception):
    """A document that would take the parser unreasonable time or stack."""

    def __init__(self, line: int, message: str) -> None:
        self.line = line
        super().__init__(message)


def locate(text: str) -> Outline:
    """The lines of a document's keys, up to where it can be read. OverLimitError where it nests too deep."""
    scanner = _Scanner(text)
    try:
        scanner.document()
    except _Stuck:
        return Outline(scanner.lines, tuple(scanner.repeated), scanner.line())
    return Outline(scanner.lines, tuple(scanner.repeated))


class _Stuck(Exception):
    """What stands here is no TOML."""


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines: dict[Key, int] = {}
        self.repeated: list[Repeated] = []
        self._breaks = [found.start() for found in re.finditer("\n", text)]
        self._implied: set[Key] = set()
        self._items: dict[Key, int] = {}

    def document(self) -> None:
        """All statements, each header's table being that of the keys below it."""
        table: Key = ()
        self._take(_GAP)
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                table = self._header()
            else:
                self._pair(table, 0)
            self._take(_GAP)

    def line(self) -> int:
        """The line of what comes next."""
        return bisect_right(self._breaks, self.at - 1) + 1

    def _header(self) -> Key:
        line, mark = self.line(), "[[" if self.text.startswith("[[", self.at) else "["
        self.at += len(mark)
        *parents, last = self._key()
        self._expect("]" * len(mark))
        table: Key = ()
        for part in parents:
            table = self._latest((*table, part))
            self._imply(table, line)
        return self._item((*table, last), line) if mark == "[[" else self._define((*table, last), line)

    def _latest(self, table: Key) -> Key:
        """The table itself, or the last one of an array of tables (TOML 1.0.0, "Array of Tables")."""
        return (*table, self._items[table] - 1) if table in self._items else table

    def _item(self, array: Key, line: int) -> Key:
        if array in self.lines and array not in self._implied:
            self.repeated.append(Repeated(array, line, self.lines[array]))
        self._imply(array, line)
        number = self._items.get(array, 0)
        self._items[array] = number + 1
        return self._define((*array, number), line)

    def _pair(self, table: Key, depth: int) -> None:
        line = self.line()
        parts = self._key()
        self._expect("=")
        for part in parts[:-1]:
            table = (*table, part)
            self._imply(table, line)
        self._value(self._define((*table, parts[-1]), line), depth)

    def _key(self) -> list[str]:
        parts = []
        while True:
            self._take(_BLANK)
            parts.append(_unquoted(self._take(_KEY_PART)))
            self._check_depth(len(parts))
            self._take(_BLANK)
            if not self.text.startswith(".", self.at):
                return parts
            self.at += 1

    def _value(self, key: Key, depth: int) -> None:
        self._take(_BLANK)
        match self.text[self.at : self.at + 1]:
            case "[":
                self._array(key, depth + 1)
            case "{":
                self._inline_table(key, depth + 1)
            case '"' | "'":
                self._take(_STRING)
            case _:
                self._scalar()

    def _array(self, key: Key, depth: int) -> None:
        self._check_depth(depth)
        self.at += 1
        number = 0
        while not self._closed("]"):
            item = self._define((*key, number), self.line())
            self._value(item, depth)
            number += 1

    def _inline_table(self, key: Key, depth: int) -> None:
        self._check_depth(depth)
        self.at += 1
        while not self._closed("}"):
            self._pair(key, depth)

    def _closed(self, bracket: str) -> bool:
        """Whether the bracket comes next, after at most one comma; it is passed by then."""
        self._take(_GAP)
        if self.text.startswith(",", self.at):
            self.at += 1
            self._take(_GAP)
        if not self.text.startswith(bracket, self.at):
            return False
        self.at += 1
        return True

    def _scalar(self) -> None:
        word = self._take(_SCALAR)
        if len(word) > DIGIT_LIMIT and _NUMBER.fullmatch(word.rstrip()):
            raise OverLimitError(
                self.line(),
                f"a number of {len(word.rstrip())} characters; at most {DIGIT_LIMIT} were expected",
            )

    def _define(self, key: Key, line: int) -> Key:
        if key in self.lines and key not in self._implied:
            self.repeated.append(Repeated(key, line, self.lines[key]))
        else:
            self.lines[key] = line
            self._implied.discard(key)
        return key

    def _imply(self, key: Key, line: int) -> None:
        if key not in self.lines:
            self.lines[key] = line
            self._implied.add(key)

    def _check_depth(self, depth: int) -> None:
        if depth > DEPTH_LIMIT:
            raise OverLimitError(
                self.line(), f"nests deeper than {DEPTH_LIMIT} levels; a manifest needs six at most"
            )

    def _take(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self.text, self.at)
        if found is None:
            raise _Stuck
        self.at = found.end()
        return found[0]

    def _expect(self, word: str) -> None:
        if not self.text.startswith(word, self.at):
            raise _Stuck
        self.at += len(word)


def _unquoted(part: str) -> str:
    if part[0] not in "\"'":
        return part
    if part[0] == "'" or "\\" not in part:
        return part[1:-1]
    import tomllib  # noqa: PLC0415 - keys with escapes are rare

    try:
        return next(iter(tomllib.loads(f"{part}=0")))
    except ValueError:
        raise _Stuck from None
