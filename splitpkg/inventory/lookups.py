"""Which names stand as strings in the files that a process is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from splitpkg.diagnostics import Diagnostic, Failed, Location, reason
from splitpkg.elf import read as elf
from splitpkg.inventory.headers import LARGEST_HEADER, declared, tokens

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def declared_in(root: Path, paths: Iterable[str], names: frozenset[str]) -> frozenset[str]:
    """Those of the names that headers of a tree declare. Raises `Failed` for one that is unreadable."""
    found, wanted = set[str](), tokens(names)
    for path in paths:
        try:
            found |= declared((root / path).read_bytes()[:LARGEST_HEADER], wanted)
        except OSError as error:
            text = f"cannot be read: {reason(error)}"
            hint = "make the tree readable for the user who runs splitpkg"
            raise Failed([Diagnostic("unreadable", Location(path), text, hint=hint)]) from error
    return frozenset(found)


def looked_up(root: Path, paths: Iterable[str], names: frozenset[str]) -> frozenset[str]:
    """Those of the names that one of the ELF files of a tree holds as a string, as for dlsym(3).

    Raises `Failed` with all files that cannot be read.
    """
    found, findings = set[str](), list[Diagnostic]()
    for path in paths:
        try:
            found |= elf.strings_present(root / path, names)
        except (elf.ElfError, OSError) as error:
            text = f"says it is ELF and cannot be read: {error}"
            findings.append(Diagnostic("elf-damaged", Location(path), text, hint="install the file anew"))
    if findings:
        raise Failed(findings)
    return frozenset(found)
