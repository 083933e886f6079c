"""A mark of the build in its binaries. Found by `splitpkg.abi.tags`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

_PRIVATE = re.compile(r"(?:^|_)(?:PRIVATE|INTERNAL)(?:_|$)", re.IGNORECASE)


def says_private(name: str) -> bool:
    """Whether the name of a version node, or such a part of a SONAME, calls itself private."""
    return _PRIVATE.search(name) is not None


class TagFamily(StrEnum):
    """Where in the binaries a tag stands."""

    NODE = "version-node"
    SONAME = "private-soname"
    STAMP = "stamp-symbol"


@dataclass(frozen=True, slots=True, order=True)
class Tag:
    """A mark of the build: its value, the files that provide it and the modules that carry it."""

    family: TagFamily
    value: str
    providers: tuple[str, ...]
    carriers: tuple[str, ...]
    why: str
