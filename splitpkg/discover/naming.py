"""Names of packages for modules, as the people of the program would choose them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_SUFFIX = re.compile(r"[a-z0-9][a-z0-9+.-]*")
_WORDS = re.compile(r"[A-Za-z0-9]+")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_SAYING_NOTHING = frozenset(
    (
        "lib",
        "mod",
        "mods",
        "module",
        "modules",
        "plugin",
        "plugins",
        "so",
        "extension",
        "extensions",
        "dynamic",
        "",
    )
)


def is_suffix(text: str) -> bool:
    """Whether the text can be a package's suffix."""
    return _SUFFIX.fullmatch(text) is not None


def safe_suffix(text: str, taken: Iterable[str]) -> str:
    """A suffix as near to the text as it can be, that is not taken yet."""
    base = re.sub(r"[^a-z0-9+.-]+", "-", text.lower()).strip("-.+") or "module"
    used, candidate, number = set(taken), base, 2
    while candidate in used:
        candidate, number = f"{base}-{number}", number + 1
    return candidate


def telling_words(text: str, program: str) -> list[str]:
    """The words of a file's or directory's name that say more than the program's name does.

    `demoGenerator` is two words where one of them is the program's name.
    """
    own = {*_WORDS.findall(program.lower()), program.lower(), re.sub(r"\W", "", program.lower())}
    found = []
    for whole in _WORDS.findall(text):
        parts = [part.lower() for part in _HUMP.split(whole)]
        for word in parts if not own.isdisjoint(parts) else [whole.lower()]:
            bare = word.removeprefix("lib")
            if not {word, bare} & (own | _SAYING_NOTHING) and not bare.isdigit():
                found.append(bare if len(bare) > 1 else word)
    return found
