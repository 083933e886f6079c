"""SPDX licence expressions (SPDX 2.3, annex D): the grammar; which identifiers exist is not checked."""

from __future__ import annotations

import re
from typing import Annotated, NoReturn

from splitpkg.manifest.fault import Fault, Refused, shown
from splitpkg.manifest.text import Text, one_line

_IDENTIFIER = re.compile(r"(DocumentRef-[A-Za-z0-9.-]+:)?[A-Za-z0-9][A-Za-z0-9.-]*\+?")
_OPERATORS = ("AND", "OR", "WITH")

_FORMER = {
    "Apache": "Apache-2.0",
    "ASL": "Apache-2.0",
    "BSD": "BSD-3-Clause",
    "GPL": "GPL-2.0-or-later",
    "GPLv2": "GPL-2.0-only",
    "GPLv2+": "GPL-2.0-or-later",
    "GPLv3": "GPL-3.0-only",
    "GPLv3+": "GPL-3.0-or-later",
    "LGPL": "LGPL-2.1-or-later",
    "LGPLv2": "LGPL-2.0-only",
    "LGPLv2+": "LGPL-2.0-or-later",
    "LGPLv3": "LGPL-3.0-only",
    "LGPLv3+": "LGPL-3.0-or-later",
    "MPLv2.0": "MPL-2.0",
}
"""Abbreviations that distributions used before SPDX, and what is most often meant."""


def license_expression(text: str) -> str:
    """The expression, if it can be read as one."""
    rest = iter(re.findall(r"[()]|[^\s()]+", one_line(text)))
    depth, before = 0, "AND"
    for token in rest:
        operand_next = before in ("AND", "OR", "(")
        match token:
            case "(" if operand_next:
                depth += 1
            case ")" if depth and not operand_next:
                depth -= 1
            case "AND" | "OR" if not operand_next:
                pass
            case "WITH" if before == "licence":
                _check_identifier(text, next(rest, ""))
            case _ if operand_next:
                _check_identifier(text, token)
            case _:
                _refuse(text, token, operand_next)
        before = _kind(token)
    if before in ("AND", "OR", "(") or depth:
        _refuse(text, "", before in ("AND", "OR", "("))
    return text


def _kind(token: str) -> str:
    return token if token in ("(", ")", "AND", "OR", "WITH") else "licence"


def _check_identifier(text: str, token: str) -> None:
    if token in _FORMER:
        hint = f"write `{_FORMER[token]}` if that is meant"
        raise Refused(Fault("bad-license", f"holds `{token}`; expected an SPDX identifier", hint))
    if token in _OPERATORS or not _IDENTIFIER.fullmatch(token):
        _refuse(text, token, operand_next=True)


def _refuse(text: str, token: str, operand_next: bool) -> NoReturn:
    wanted = "a licence" if operand_next else "`AND`, `OR`, `WITH` or the end"
    found = f"has {shown(token)}" if token else "ends"
    is_lowered = token not in _OPERATORS and token.upper() in _OPERATORS
    hint = f"write `{token.upper()}`" if is_lowered and not operand_next else None
    message = f"is {shown(text)}, which {found} where {wanted} was expected"
    raise Refused(Fault("bad-license", message, hint))


License = Annotated[str, Text(license_expression, r"^[A-Za-z0-9(][A-Za-z0-9.+:() -]*$")]
