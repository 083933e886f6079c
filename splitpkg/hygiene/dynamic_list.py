"""The list of symbols that a program has to export, as `ld --dynamic-list` reads it (ld(1), VERSION)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from splitpkg.abi.exports import exported
from splitpkg.diagnostics import Diagnostic, Failed, Location
from splitpkg.hygiene.exports import used_names

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from splitpkg.hygiene.subject import Subject

_UNSPEAKABLE = re.compile(r"[^\w.$]+|^[0-9]", re.ASCII)


def offered(subject: Subject, host: str) -> frozenset[str]:
    """What a program of the tree exports. Raises `Failed` when the path is no program, or exports nothing."""
    names = exported(subject.linkage.facts(host)) if subject.linkage.is_elf(host) else frozenset[str]()
    if not names or not subject.linkage.facts(host).is_program:
        raise Failed(
            [
                Diagnostic(
                    "not-exporting",
                    Location(host),
                    "is no program of the tree that exports symbols",
                    hint="name one by its path in the tree, as `splitpkg scan` lists the hosts",
                )
            ]
        )
    return names


def needed_exports(subject: Subject, host: str, mentioned: Collection[str]) -> tuple[str, ...]:
    """Those of a program's exports that must stay, sorted.

    They are what shared objects of the tree need or define too, what its headers declare, and
    `mentioned`: what stands as a string in files of the process, as for dlsym(3).
    """
    return tuple(sorted(offered(subject, host) & (used_names(subject) | frozenset(mentioned))))


def dynamic_list(names: Iterable[str]) -> str:
    """The text of the list. What the linker's patterns cannot spell becomes `*`, which matches anything."""
    lines = "".join(f"  {_UNSPEAKABLE.sub('*', name)};\n" for name in names)
    return f"{{\n{lines}}};\n"
