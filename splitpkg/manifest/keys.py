"""How findings name the keys and tables of the manifest, and what a key's neighbours are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from splitpkg.manifest.fault import Key

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def table_title(key: Key) -> str:
    """A table as its header is written: `[package.core]`, `[[exclude]]`; not the whole document."""
    parts = [_quoted(part) for part in key if isinstance(part, str)]
    name = ".".join(parts)
    return f"[[{name}]]" if isinstance(key[-1], int) else f"[{name}]"


def title(key: Key) -> str:
    """A key with the table it is in: "`files` in [package.core]"; items of an array go by its name."""
    while key and isinstance(key[-1], int):
        key = key[:-1]
    if len(key) < 2:
        return f"`{key[0]}`" if key else "the manifest"
    return f"`{key[-1]}` in {table_title(key[:-1])}"


def listed(names: Iterable[str]) -> str:
    """Names in backticks, in order."""
    return ", ".join(f"`{name}`" for name in sorted(names))


def nearest(name: str, names: Iterable[str]) -> str | None:
    """The name that was probably meant, if one is near."""
    from difflib import get_close_matches  # noqa: PLC0415 - only for what is wrong

    found = get_close_matches(name, sorted(names), 1, 0.7)
    return found[0] if found else None


def _quoted(part: str) -> str:
    return part if _BARE.fullmatch(part) else f'"{part}"'
