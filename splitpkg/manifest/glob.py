"""Patterns of paths: `*` stops at a slash, as in an RPM spec's %files; `{name}` captures."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from pydantic_core import core_schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pydantic import GetCoreSchemaHandler

LIBDIR = r"(?:usr/)?lib64|(?:usr/)?lib/[a-z0-9_]+-(?:linux|kfreebsd|gnu)[a-z0-9_-]*|(?:usr/)?lib"
"""Directories for libraries: Fedora's, Debian's (one for each triplet), and the plain one."""

_LIBDIR = re.compile(LIBDIR)
_TOKEN = re.compile(r"\*\*/|\*\*|\*|\?|\[!?\]?[^\]/]*\]|\{[a-z][a-z0-9_]*\}|\\.|[^*?\[\]{}\\]+", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Match:
    """A path that fits: the captured names, and how much of it the pattern's head says literally."""

    captures: tuple[tuple[str, str], ...]
    literal: int


@dataclass(frozen=True)
class Glob:
    """A pattern of tree-relative paths.

    `*` and `?` stop at a slash, `**` does not, `[a-z]` and `[!a-z]` are sets, a backslash takes the
    next character literally. `{name}` matches as `*` does and keeps what it matched; the same name
    again must match the same text. `{libdir}` is the directory for libraries (`LIBDIR`).
    ValueError when the pattern cannot be read.
    """

    text: str

    def __post_init__(self) -> None:
        if self.text.startswith("/"):
            raise ValueError("begins with a slash; paths are relative to the tree")
        if not self.text.strip("/"):
            raise ValueError("is empty")
        if any(part in (".", "..", "") for part in self.text.rstrip("/").split("/")):
            raise ValueError("holds an empty, `.` or `..` component")
        _ = self._regex

    @cached_property
    def _regex(self) -> re.Pattern[str]:
        source, seen, literal = "", set[str](), True
        for token in _tokens(self.text.rstrip("/")):
            text = _regex_of(token, seen)
            if literal and not (token == "{libdir}" or _is_literal(token)):
                source, literal = f"(?P<_literal>{source})", False
            source += text
        return re.compile(f"(?P<_literal>{source})" if literal else source, re.DOTALL)

    def match(self, path: str) -> Match | None:
        """What the path's parts are, or None when it does not fit."""
        found = self._regex.fullmatch(path)
        if found is None:
            return None
        names = found.groupdict()
        return Match(tuple(sorted(names.items() - {("_literal", names["_literal"])})), len(names["_literal"]))

    def heads(self, libdirs: Iterable[str]) -> tuple[str, ...]:
        """What every matching path begins with; several when the pattern begins with `{libdir}`."""
        tokens = _tokens(self.text.rstrip("/"))
        starts: tuple[str, ...] = ("",)
        if tokens[0] == "{libdir}":
            starts, tokens = tuple(libdirs), tokens[1:]
        literal = "".join(
            token[1:] if token[0] == "\\" else token for token in takewhile(_is_literal, tokens)
        )
        return tuple(start + literal for start in starts)

    @property
    def captures(self) -> tuple[str, ...]:
        """The names that a match captures, without `_literal`."""
        return tuple(name for name in self._regex.groupindex if name != "_literal")

    def filled(self, captures: Mapping[str, str]) -> Glob:
        """The pattern with captures replaced by what they caught; those unknown stay."""
        parts = [
            escaped(captures[token[1:-1]]) if token[0] == "{" and token[1:-1] in captures else token
            for token in _tokens(self.text)
        ]
        return Glob("".join(parts))

    def __str__(self) -> str:
        return self.text

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: GetCoreSchemaHandler) -> Any:
        return core_schema.no_info_after_validator_function(
            cls, core_schema.str_schema(), serialization=core_schema.to_string_ser_schema()
        )


def libdirs(paths: Iterable[str]) -> tuple[str, ...]:
    """Those of the paths that `{libdir}` can stand for."""
    return tuple(path for path in paths if _LIBDIR.fullmatch(path))


def escaped(text: str) -> str:
    """The pattern that matches just this text."""
    return re.sub(r"([*?\[\]{}\\])", r"\\\1", text)


def _tokens(text: str) -> list[str]:
    tokens, at = [], 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise ValueError(f"cannot be read from `{text[at:]}` on")
        tokens.append(found[0])
        at = found.end()
    return tokens


def _is_literal(token: str) -> bool:
    return token[0] == "\\" or token[0] not in "*?[{"


def _regex_of(token: str, seen: set[str]) -> str:
    match token[0]:
        case "*" if token == "**/":
            return "(?:.*/)?"
        case "*":
            return ".*" if token == "**" else "[^/]*"
        case "?":
            return "[^/]"
        case "[":
            inner = token[1:-1].replace("\\", "\\\\").replace("[", "\\[")
            return f"(?!/)[{'^' + inner[1:] if inner.startswith('!') else inner}]"
        case "{":
            return _capture(token[1:-1], seen)
        case "\\":
            return re.escape(token[1:])
        case _:
            return re.escape(token)


def _capture(name: str, seen: set[str]) -> str:
    if name in seen:
        return f"(?P={name})"
    seen.add(name)
    return f"(?P<{name}>{LIBDIR if name == 'libdir' else '[^/]+'})"
