"""The kinds of text a manifest holds, each with what it must not hold."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from splitpkg.manifest.fault import Fault, Refused, shown
from splitpkg.manifest.template import literals

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler

# Control characters but the line feed, line separators, surrogates, and what turns the direction of
# the text around it (Unicode TR 36, 2.10), so that a reader sees something else than a program.
_FORBIDDEN = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Text:
    """Marks a string type: `check` returns the text as it is kept, or raises `Refused`.

    `pattern` is what a JSON Schema says of it.
    """

    check: Callable[[str], str]
    pattern: str | None = None

    def __get_pydantic_core_schema__(self, _source: Any, _handler: GetCoreSchemaHandler) -> Any:
        from pydantic_core import core_schema  # noqa: PLC0415 - the checks serve without it as well

        return core_schema.no_info_after_validator_function(self.check, core_schema.str_schema())

    def __get_pydantic_json_schema__(self, _schema: Any, _handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "string"} if self.pattern is None else {"type": "string", "pattern": self.pattern}


def one_line(text: str) -> str:
    """Text without line breaks and control characters, and without spaces around it."""
    if not text:
        raise Refused(Fault("bad-text", "is empty; expected one line of text"))
    found = re.search("\n", text) or _FORBIDDEN.search(text)
    if found is not None:
        raise Refused(Fault("bad-text", f"holds {_named(found[0])}; expected one line of text"))
    if text != text.strip():
        raise Refused(Fault("bad-text", "begins or ends with a space; expected none", "remove it"))
    return text


def paragraphs(text: str) -> str:
    """Paragraphs parted by empty lines: without control characters, and spaces at the ends of lines cut."""
    text = text.replace("\r\n", "\n")
    found = _FORBIDDEN.search(text)
    if found is not None:
        raise Refused(Fault("bad-text", f"holds {_named(found[0])}; expected lines of text"))
    lines = [line.rstrip() for line in text.strip("\n").split("\n")]
    if not any(lines):
        raise Refused(Fault("bad-text", "is empty; expected lines of text"))
    return "\n".join(lines)


def line_template(text: str) -> str:
    """One line with places as `{name}`."""
    return _template(one_line(text))


def paragraphs_template(text: str) -> str:
    """Paragraphs with places as `{name}`."""
    return _template(paragraphs(text))


def _template(text: str) -> str:
    odd = re.search(r"[{}]", "".join(literals(text)))
    if odd is not None:
        message = f"is {shown(text)}; expected each `{odd[0]}` to belong to a place as `{{name}}`"
        hint = "name a capture of `files` in lower-case letters, digits and `_`, or remove the brace"
        raise Refused(Fault("bad-template", message, hint))
    return text


def _named(char: str) -> str:
    return "a line break" if char == "\n" else f"the control character U+{ord(char):04X}"


Line = Annotated[str, Text(one_line, r"^\S(.*\S)?$")]
Paragraphs = Annotated[str, Text(paragraphs, r"\S")]
Template = Annotated[str, Text(line_template, r"^\S(.*\S)?$")]
ParagraphsTemplate = Annotated[str, Text(paragraphs_template, r"\S")]
