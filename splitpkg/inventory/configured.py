"""The directories of ld.so.conf (ldconfig(8); glibc, elf/ldconfig.c)."""

from __future__ import annotations

import posixpath
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_DEEPEST = 8
"""So deep may files of ld.so.conf include others; ldconfig itself has no limit."""


def configured_directories(
    text: Callable[[str], str], names: Callable[[str], Iterable[str]]
) -> tuple[str, ...]:
    """The directories, absolute and without the first slash, each once.

    `text` gives the text of a file, `names` those in a directory.
    """
    return tuple(dict.fromkeys(_directories("etc/ld.so.conf", text, names, _DEEPEST)))


def _directories(
    path: str, text: Callable[[str], str], names: Callable[[str], Iterable[str]], depth: int
) -> Iterator[str]:
    for line in text(path).splitlines():
        words = line.partition("#")[0].split()
        if words[:1] == ["include"]:
            for pattern in words[1:]:
                found = _matching(posixpath.join("/etc", pattern).lstrip("/"), names) if depth else ()
                for one in found:
                    yield from _directories(one, text, names, depth - 1)
        elif words and words[0].startswith("/"):
            # Before libc6's time a directory could be followed by `=` and a type.
            yield posixpath.normpath(words[0].partition("=")[0]).lstrip("/")


def _matching(pattern: str, names: Callable[[str], Iterable[str]]) -> Iterator[str]:
    """The files that a pattern of the last part of a path matches, in the order of their names."""
    directory, last = posixpath.split(pattern)
    found = (name for name in sorted(names(directory)) if fnmatchcase(name, last))
    return (f"{directory}/{name}" for name in found if not name.startswith("."))
