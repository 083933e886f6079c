"""What a program may call a module by: names that its file name tells."""

from __future__ import annotations

import re

_ENDING = re.compile(r"\.(?:so|dll|dylib|la)(?:\.|$).*")


def names_of(path: str) -> tuple[str, ...]:
    """The file name, that without its ending, and that without `lib`, each once."""
    name = path.rpartition("/")[2]
    stem = _ENDING.sub("", name)
    return tuple(dict.fromkeys((name, stem, stem.removeprefix("lib") or stem)))
