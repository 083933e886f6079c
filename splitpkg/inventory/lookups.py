"""Which names stand as strings in the files that a process is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from splitpkg.diagnostics import Diagnostic, Failed, Location
from splitpkg.elf import read as elf

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


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
