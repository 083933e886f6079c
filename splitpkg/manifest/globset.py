"""Sets of characters in patterns: `[a-z]`, `[!0-9]` (glob(7))."""

from __future__ import annotations

import re

_ITEM = re.compile(r"(\\.|.)(?:-(\\.|.))?", re.DOTALL)


def set_regex(token: str) -> str:
    """The regular expression of a set, which is given with its brackets. It never matches a slash.

    ValueError for a set that is empty, or a range that runs backwards.
    """
    inner = token[1:-1]
    negated = inner.startswith("!")
    inner = inner.removeprefix("!")
    if not inner:
        raise ValueError(f"holds the empty set `{token}`")
    if inner.startswith("^"):
        raise ValueError(f"holds the set `{token}`; expected `[!...]` for all other characters, or `\\^`")
    items = "".join(_item(token, found) for found in _ITEM.finditer(inner))
    return f"(?!/)[{'^' if negated else ''}{items}]"


def _item(token: str, found: re.Match[str]) -> str:
    first, last = found[1][-1], (found[2] or found[1])[-1]
    if first > last:
        raise ValueError(f"holds the set `{token}`, whose range `{first}-{last}` runs backwards")
    return re.escape(first) if first == last else f"{re.escape(first)}-{re.escape(last)}"
