"""The descriptors of widely used module interfaces that come with the program."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from splitpkg.abi.descriptor import from_table

if TYPE_CHECKING:
    from splitpkg.abi.descriptor import Descriptor

FOLDER = Path(__file__).parent / "descriptors"


@cache
def shipped() -> tuple[Descriptor, ...]:
    """All of them, by name."""
    import tomllib  # noqa: PLC0415 - only where a tree has modules

    texts = (path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.toml")))
    return tuple(from_table(tomllib.loads(text)) for text in texts)
