"""The kinds of text a manifest holds, each with what it must not hold."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field

_FORBIDDEN = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def _one_line(text: str) -> str:
    if "\n" in text or _FORBIDDEN.search(text):
        raise ValueError("holds a line break or control character; one line of text is expected")
    if text != text.strip() or not text:
        raise ValueError("is empty or begins or ends with a space")
    return text


def _paragraphs(text: str) -> str:
    if _FORBIDDEN.search(text):
        raise ValueError("holds a control character")
    lines = [line.rstrip() for line in text.strip("\n").splitlines()]
    if not any(lines):
        raise ValueError("is empty")
    return "\n".join(lines)


Line = Annotated[str, AfterValidator(_one_line)]
Paragraphs = Annotated[str, AfterValidator(_paragraphs)]
Template = Line
PackageName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9+.-]+$")]
Suffix = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9+.-]*$")]
Version = Annotated[str, Field(pattern=r"^[0-9][A-Za-z0-9.+~^]*$")]
