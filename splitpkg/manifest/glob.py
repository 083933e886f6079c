"""Patterns of paths: `*` stops at a slash, as in an RPM spec's %files; `{name}` captures."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise, takewhile
from typing import TYPE_CHECKING, Any

from splitpkg.manifest.fault import Fault, Refused, shown
from splitpkg.manifest.globset import set_regex

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler

LIBDIR = r"(?:usr/)?lib64|(?:usr/)?lib/[a-z0-9_]+-(?:linux|kfreebsd|gnu)[a-z0-9_-]*|(?:usr/)?lib"
"""Directories for libraries: Fedora's, Debian's (one for each triplet), and the plain one."""

WILD_LIMIT = 6
"""How many captures, `**` and `*` a pattern may hold where each can lead to another match.

The time to find no match grows with their power; `*` in a pattern without captures is not counted.
"""

SCHEMA_PATTERN = r"^(?!/)(?!(.*/)?\.{0,2}/)(?!(.*/)?\.{1,2}$)[^\u0000-\u001f\u007f]+$"
"""What a JSON Schema can say of a pattern: necessary, not sufficient."""

_LIBDIR = re.compile(LIBDIR)
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_TOKEN = re.compile(
    r"""
    (?:^|(?<=/))\*\*/           # any number of whole components
    | \*\* | \* | \?
    | \[!?\]?(?:\\[^/]|[^\]\\/])*\]
    | \{[a-z][a-z0-9_]*(?::dashes)?\}
    | \\.
    | [^*?\[\]{}\\]+
    """,
    re.DOTALL | re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Match:
    """A path that fits: the captured names, and how much of it the pattern's head says literally."""

    captures: tuple[tuple[str, str], ...]
    literal: int


@dataclass(frozen=True)
class Glob:
    """A pattern of tree-relative paths.

    `*` and `?` stop at a slash, `**` does not, `[a-z]` and `[!a-z]` are sets, a backslash takes the
    next character literally. `{name}` matches one character or more up to a slash and keeps what it
    matched; the same name again must match the same text. `{name:dashes}`, for a pattern that is filled
    in, is what was captured with `-` for each `_`. `{libdir}` is the directory for libraries
    (`LIBDIR`). Where several matches are possible, the wildcards on the left take as much as they can.
    ValueError (`Refused`) when the pattern cannot be read.
    """

    text: str

    def __post_init__(self) -> None:
        fault = _path_fault(self.text)
        if fault is not None:
            raise _refused(self.text, *fault)
        _ = self._regex

    @cached_property
    def _tokens(self) -> tuple[str, ...]:
        return _tokens(self.text)

    @cached_property
    def _regex(self) -> re.Pattern[str]:
        return _compiled(self.text, self._tokens)

    def match(self, path: str) -> Match | None:
        """What the path's parts are, or None when it does not fit."""
        found = self._regex.fullmatch(path)
        if found is None:
            return None
        names = found.groupdict()
        literal = len(names.pop("_literal"))
        return Match(tuple(sorted(names.items())), literal)

    def heads(self, libdirs: Iterable[str]) -> tuple[str, ...]:
        """What every matching path begins with; several when the pattern begins with `{libdir}`."""
        tokens = self._tokens
        starts: tuple[str, ...] = ("",)
        if tokens[0] == "{libdir}":
            starts, tokens = tuple(libdirs), tokens[1:]
        literal = "".join(_unescaped(token) for token in takewhile(_is_literal, tokens))
        return tuple(start + literal for start in starts)

    @property
    def captures(self) -> tuple[str, ...]:
        """The names that a match captures."""
        return tuple(name for name in self._regex.groupindex if name != "_literal")

    def filled(self, captures: Mapping[str, str]) -> Glob:
        """The pattern with captures replaced by what they caught; those unknown stay."""
        return Glob("".join(_filled(token, captures) for token in self._tokens))

    def __str__(self) -> str:
        return self.text

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: GetCoreSchemaHandler) -> Any:
        from pydantic_core import core_schema  # noqa: PLC0415 - patterns serve without it as well

        return core_schema.no_info_after_validator_function(
            cls, core_schema.str_schema(), serialization=core_schema.to_string_ser_schema()
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, _schema: Any, _handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "string", "pattern": SCHEMA_PATTERN}


def libdirs(paths: Iterable[str]) -> tuple[str, ...]:
    """Those of the paths that `{libdir}` can stand for."""
    return tuple(path for path in paths if _LIBDIR.fullmatch(path))


def escaped(text: str) -> str:
    """The pattern that matches just this text."""
    return re.sub(r"([*?\[\]{}\\])", r"\\\1", text)


def _refused(text: str, message: str, hint: str | None = None) -> Refused:
    what = f"the pattern {shown(text)}" if text else "an empty pattern"
    return Refused(Fault("bad-glob", f"holds {what}, which {message}", hint))


def _path_fault(text: str) -> tuple[str, str | None] | None:
    if not text.strip("/"):
        return "names nothing in the tree", "write a path relative to the tree, as `usr/bin/*`"
    if text.startswith("/"):
        return "begins with a slash", f"write {shown(text.lstrip('/'))}; paths are relative to the tree"
    if _UNPRINTABLE.search(text):
        return "holds a control character", "match the character with `?`"
    if any(part in (".", "..", "") for part in text.removesuffix("/").split("/")):
        return "holds an empty, `.` or `..` component", "write the path without it"
    return None


def _tokens(text: str) -> tuple[str, ...]:
    tokens, at, end = [], 0, len(text.removesuffix("/"))
    while at < end:
        found = _TOKEN.match(text, at, end)
        if found is None:
            raise _refused(text, *_unreadable(text[at:end]))
        tokens.append(found[0])
        at = found.end()
    return tuple(tokens)


def _unreadable(rest: str) -> tuple[str, str]:
    match rest[0]:
        case "{":
            return (
                f"has {shown(rest, 20)} where a capture as `{{name}}` was expected",
                "write a name of lower-case letters, digits and `_`, or escape the brace as `\\{`",
            )
        case "[":
            return f"has no `]` that ends {shown(rest, 20)}", "close the set, or escape the bracket as `\\[`"
        case "\\":
            return "ends with a backslash", "put the character that it escapes behind it"
        case char:
            return f"has a `{char}` that closes nothing", f"escape it as `\\{char}`"


def _compiled(text: str, tokens: tuple[str, ...]) -> re.Pattern[str]:
    """The pattern as a regular expression; its group `_literal` is the head without wildcards."""
    size = sum(1 for _ in takewhile(_is_head, tokens))
    seen = set[str]()
    head = "".join(_regex_of(text, token, seen) for token in tokens[:size])
    tail = _tail(text, tokens[size:], seen)
    return re.compile(f"(?P<_literal>{head}){tail}", re.DOTALL)


def _tail(text: str, tokens: tuple[str, ...], seen: set[str]) -> str:
    captures = any(token[0] == "{" for token in tokens)
    costly = [token for token in tokens if token[:2] == "**" or (captures and token[0] in "*{")]
    if len(costly) > WILD_LIMIT:
        message = f"holds {len(costly)} wildcards; at most {WILD_LIMIT} were expected"
        raise _refused(text, message, "split it into two patterns")
    parts = [_regex_of(text, token, seen) for token in tokens]
    return "".join(parts if captures else _decided(tokens, parts))


def _decided(tokens: tuple[str, ...], parts: list[str]) -> Iterator[str]:
    """Runs that begin with `*` take their first fit for good: no other serves better. The last is free."""
    starts = [index for index, token in enumerate(tokens) if token[0] == "*"]
    for start, end in pairwise([0, *starts]):
        run = "".join(parts[start:end])
        yield f"(?>{run.replace('*', '*?', 1)})" if tokens[start] == "*" and end > start else run
    yield "".join(parts[starts[-1] if starts else 0 :])


def _is_literal(token: str) -> bool:
    return token[0] not in "*?[{"


def _is_head(token: str) -> bool:
    return token == "{libdir}" or _is_literal(token)


def _filled(token: str, captures: Mapping[str, str]) -> str:
    if token[0] != "{":
        return token
    name, _, dashes = token[1:-1].partition(":")
    text = captures.get(name)
    return token if text is None else escaped(text.replace("_", "-") if dashes else text)


def _unescaped(token: str) -> str:
    return token[1:] if token[0] == "\\" else token


def _regex_of(text: str, token: str, seen: set[str]) -> str:
    match token[0]:
        case "*" if token == "**/":
            return "(?:.*/)?"
        case "*":
            return ".*" if token == "**" else "[^/]*"
        case "?":
            return "[^/]"
        case "[":
            try:
                return set_regex(token)
            except ValueError as error:
                raise _refused(text, str(error)) from None
        case "{":
            return _capture(token[1:-1].partition(":")[0], seen)
        case _:
            return re.escape(_unescaped(token))


def _capture(name: str, seen: set[str]) -> str:
    if name in seen:
        return f"(?P={name})"
    seen.add(name)
    return f"(?P<{name}>{LIBDIR if name == 'libdir' else '[^/]+'})"
