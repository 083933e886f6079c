"""What the names of C and C++ headers say."""

from __future__ import annotations

import re

_HEADER = re.compile(r"\.(?:h|hh|hpp|hxx|h\+\+)$")
_PRIVATE = re.compile(r"/(?:private|internal)/|(?:[-_](?:private|internal)|_p)\.[^./]+$")


def is_header(path: str) -> bool:
    """Whether the path has the name of a C or C++ header."""
    return _HEADER.search(path) is not None


def is_private_header(path: str) -> bool:
    """Whether the path calls the header private: `x/private/y.h`, `y-private.h`, `y_p.h`."""
    return is_header(path) and _PRIVATE.search(path) is not None
