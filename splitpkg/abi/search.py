"""In which directories ld.so(8) looks for a library, and in which order (glibc, elf/dl-load.c)."""

from __future__ import annotations

import posixpath
import re
from itertools import product
from typing import TYPE_CHECKING

from splitpkg.abi.directories import TRIPLETS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from splitpkg.elf.model import ElfFile

DF_1_NODEFLIB = 0x00000800
_TOKEN = re.compile(r"\$(?:\{(ORIGIN|LIB|PLATFORM)\}|(ORIGIN|LIB|PLATFORM)(?![A-Za-z0-9_]))")
_PLATFORMS = {3: ("i686", "i586"), 62: ("haswell", "x86_64"), 183: ("aarch64",), 22: ("z13", "z14", "z15")}
"""What $PLATFORM may be by e_machine: AT_PLATFORM of the kernel, or a processor's level as glibc calls it."""
_CACHED = re.compile(r"(?:lib|ld-).*\.so(?:\..*)?|.*-\d[^/]*\.so")


def run_path(text: str | None, origin: str, facts: ElfFile) -> tuple[str, ...]:
    """The absolute directories that a DT_RPATH or DT_RUNPATH stands for, without the first slash.

    `origin` is the directory of the file, written likewise. $LIB and $PLATFORM are not the same on every
    system: each of their values is told. What is relative to where a program is started is left out.
    """
    return tuple(
        directory.lstrip("/")
        for element in (text or "").split(":")
        for directory in _expanded(element, origin, facts)
        if directory.startswith("/")
    )


def _expanded(element: str, origin: str, facts: ElfFile) -> Iterator[str]:
    pieces = _TOKEN.split(element)
    # Of each token there are two groups, one of them empty, after the text before it.
    texts, tokens = pieces[::3], [a or b for a, b in zip(pieces[1::3], pieces[2::3], strict=True)]
    for values in product(*(_values(token, origin, facts) for token in tokens)):
        yield texts[0] + "".join(value + text for value, text in zip(values, texts[1:], strict=True))


def _values(token: str, origin: str, facts: ElfFile) -> tuple[str, ...]:
    match token:
        case "ORIGIN":
            return (f"/{origin}",)
        case "LIB":
            return _system_names(facts)
        case _:
            return _PLATFORMS.get(facts.machine, ())


def default_directories(facts: ElfFile) -> tuple[str, ...]:
    """Where the loader looks for such a file's libraries unasked, whatever the distribution."""
    return tuple(f"{top}{name}" for name in _system_names(facts) for top in ("", "usr/"))


def _system_names(facts: ElfFile) -> tuple[str, ...]:
    triplet = TRIPLETS.get(facts.machine)
    return (*((f"lib/{triplet}",) if triplet else ()), f"lib{facts.bits}", "lib")


def in_cache(name: str) -> bool:
    """Whether ldconfig(8) takes a file of that name into its cache."""
    return _CACHED.fullmatch(posixpath.basename(name)) is not None
