"""Run paths (DT_RPATH, DT_RUNPATH) that lead to where no package of the tree puts anything."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from typing import TYPE_CHECKING

from splitpkg.abi.directories import is_library_directory
from splitpkg.abi.linkage import abi_of
from splitpkg.abi.toolchain import is_toolchain
from splitpkg.diagnostics import Diagnostic, Location, Severity
from splitpkg.hygiene.subject import also

if TYPE_CHECKING:
    from collections.abc import Iterator

    from splitpkg.elf.model import ElfFile
    from splitpkg.hygiene.subject import Subject

_ORIGIN = re.compile(r"\$(?:ORIGIN\b|\{ORIGIN\})")
_WRITABLE = ("tmp", "var/tmp", "dev/shm", "run/shm", "run/lock", "var/lock")
"""Directories that every user may write into (FHS 3.0; tmpfiles.d of systemd)."""
_PACKAGED = re.compile(r"(?:usr(?!/(?:src|local|obj|tmp)(?:/|$))|lib[0-9a-z]*|opt)(?:/.*)?")
"""Where other packages may put libraries (FHS 3.0)."""


def run_paths(subject: Subject) -> Iterator[Diagnostic]:
    """A finding for each file with elements of that kind; those that are alike for the same files once."""
    ours = {abi_of(subject.linkage.facts(path)) for path in (*subject.hosts, *subject.modules)}
    found = defaultdict[tuple[tuple[str, str], ...], list[str]](list)
    for entry, facts in subject.inventory.elf_files:
        if abi_of(facts) in ours or not ours:
            faults = tuple(_faults(subject, entry.path, facts))
            if faults:
                found[faults].append(entry.path)
    for faults, paths in found.items():
        yield _finding(faults, paths)


def _faults(subject: Subject, path: str, facts: ElfFile) -> Iterator[tuple[str, str]]:
    """The elements that lead astray, each with the reason. A run path without a byte has no element."""
    text = facts.runpath if facts.runpath is not None else facts.rpath
    for element in dict.fromkeys(text.split(":")) if text else ():
        why = _fault(subject, path, element)
        if why is not None:
            yield element, why


def _fault(subject: Subject, path: str, element: str) -> str | None:
    place = _ORIGIN.sub(f"/{posixpath.dirname(path)}", element)
    if not place.startswith(("/", "$")):
        return "is the directory in which the program is started" if not place else "is relative to it"
    if "$" in place:
        return None
    if _climbs_out(place):
        return "is above the tree"
    directory = posixpath.normpath(place).lstrip("/")
    if any(directory == one or directory.startswith(f"{one}/") for one in _WRITABLE):
        return "is open to every user"
    if is_library_directory(directory) or subject.inventory.resolve(directory) is not None:
        return None
    if _PACKAGED.fullmatch(directory) and _needs_others(subject, path):
        return None
    return "is not in the tree"


def _climbs_out(place: str) -> bool:
    depth = 0
    for part in place.split("/"):
        depth += -1 if part == ".." else part not in ("", ".")
        if depth < 0:
            return True
    return False


def _needs_others(subject: Subject, path: str) -> bool:
    """Whether the file itself needs or opens libraries that other packages may have there."""
    needs = subject.linkage.needs(path)
    opens = any(symbol.name == "dlopen" for symbol in subject.linkage.facts(path).undefined)
    return opens or any(need.provider is None and not is_toolchain(need.name) for need in needs)


def _finding(faults: tuple[tuple[str, str], ...], paths: list[str]) -> Diagnostic:
    element, why = faults[0]
    return Diagnostic(
        "run-path-outside",
        Location(paths[0]),
        f"has the run path `{element}`, which {why}",
        (*(f"and `{one}`, which {reason}" for one, reason in faults[1:]), *also(paths)),
        "build without it, or remove it with `patchelf --remove-rpath` or `chrpath -d`",
        Severity.WARNING,
    )
