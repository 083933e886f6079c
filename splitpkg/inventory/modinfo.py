"""What unlinked objects of a build directory say of their modules, in the section .modinfo."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from splitpkg.diagnostics import Diagnostic, Failed, Location, Severity, printable, reason
from splitpkg.elf import archive
from splitpkg.elf import read as elf
from splitpkg.inventory.model import ModuleInfo

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SECTION = ".modinfo"
_START = len(archive.MAGIC)
_ELF = b"\x7fELF"
_PAIR = re.compile(r"([A-Za-z_][\w.-]*)=([ -~]*)")


def read_modinfo(root: Path) -> tuple[tuple[ModuleInfo, ...], tuple[Diagnostic, ...]]:
    """The statements below a build directory, by file, and what of it cannot be read.

    Objects, shared or not, and those of archives are looked at; links are not followed. Raises `Failed`
    when there is no such directory.
    """
    if not root.is_dir():
        text, hint = "is not a directory", "name the folder in which the program was built"
        raise Failed([Diagnostic("no-tree", Location(str(root)), text, hint=hint)])
    infos, findings = list[ModuleInfo](), list[Diagnostic]()
    for path in sorted(_files(root)):
        shown = printable(os.path.relpath(path, root))
        try:
            infos += (ModuleInfo(f"{shown}{member}", pairs) for member, pairs in _stated(path))
        except (elf.ElfError, OSError) as error:
            told = reason(error) if isinstance(error, OSError) else str(error)
            text, hint = f"cannot be read: {told}", "build the program anew"
            findings.append(Diagnostic("unreadable", Location(f"{root}/{shown}"), text, hint=hint))
    if not infos and not findings:
        findings.append(_nothing(root))
    return tuple(infos), tuple(findings)


def _files(root: Path) -> Iterator[str]:
    for folder, _, names in os.walk(root):
        for name in names:
            path = f"{folder}/{name}"
            if os.path.isfile(path) and not os.path.islink(path):  # noqa: PTH113, PTH114 - undecodable bytes
                yield path


def _stated(path: str) -> Iterator[tuple[str, tuple[tuple[str, str], ...]]]:
    """The pairs of a file, and of the members of an archive with `(MEMBER)`."""
    with open(path, "rb") as file:  # noqa: PTH123 - text, with undecodable bytes kept
        start = file.read(_START)
        if start[:4] != _ELF and start != archive.MAGIC:
            return
        data = start + file.read()
    if SECTION.encode() not in data:
        return
    if start[:4] == _ELF:
        found = [("", data)]
    else:
        found = [(f"({printable(name)})", content) for name, content in archive.members(data)]
    for member, content in found:
        section = elf.section(content, SECTION) if content[:4] == _ELF else None
        if pairs := tuple(_pairs(section or b"")):
            yield member, pairs


def _pairs(section: bytes) -> Iterator[tuple[str, str]]:
    for text in section.split(b"\0"):
        if pair := _PAIR.fullmatch(text.decode("latin-1")):
            yield pair[1], pair[2]


def _nothing(root: Path) -> Diagnostic:
    return Diagnostic(
        "modinfo-absent",
        Location(str(root)),
        f"has no object with a section `{SECTION}`",
        hint="name the folder in which the program was built, with its objects",
        severity=Severity.WARNING,
    )
