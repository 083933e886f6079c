"""Real files: our reader against pyelftools and readelf, which agree with it but for what is told here."""

from __future__ import annotations

import os
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from splitpkg.elf.model import ElfFile
from splitpkg.elf.read import parse, read
from tests.elf import by_pyelftools, by_readelf, debian
from tests.elf.agreement import differences
from tests.elf.sectionless import without_sections

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# Larger files have nothing that the others lack, and pyelftools needs a minute for some.
LARGEST = 4_000_000
LARGEST_OF_SAMPLE = 200_000
SPARC = {2, 18, 43}


def all_files_here() -> list[Path]:
    """The ELF files of this machine, in a stable order; each once."""
    folders = [folder for top in ("/usr/bin", "/usr/lib") for folder, _, _ in os.walk(top)]
    return [path for folder in sorted(folders) for path in _elf_files(Path(folder), LARGEST)]


def sample_of_files_here() -> list[Path]:
    """About 150 programs and libraries of this machine."""
    folders = [Path("/usr/bin"), *sorted(Path("/usr/lib").glob("*-linux-gnu*"))]
    found = [path for folder in folders for path in _elf_files(folder, LARGEST_OF_SAMPLE)]
    return found[:: max(1, len(found) // 150)]


def _elf_files(folder: Path, largest: int) -> list[Path]:
    return [path for path in sorted(folder.iterdir()) if _is_elf(path) and path.stat().st_size <= largest]


def _is_elf(path: Path) -> bool:
    if path.is_symlink() or not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def disagreements(paths: Iterable[Path]) -> Iterator[str]:
    """One line for each file in which another reader, or ours without section headers, sees other facts."""
    chosen = {path: facts for path in paths if (facts := read(path)) is not None and not facts.separate_debug}
    for path, ours in chosen.items():
        theirs = by_pyelftools.read(path)
        if ours != _as_pyelftools_can(ours, theirs):
            yield f"{path}: pyelftools: {_fields(ours, theirs)}"
        bare = parse(without_sections(path.read_bytes()))
        if bare is None or bare != _as_without_sections(ours, bare):
            yield f"{path}: without section headers"
    for path, printed in by_readelf.read_all(chosen):
        for difference in differences(chosen[path], printed):
            yield f"{path}: readelf: {difference}"


def _as_pyelftools_can(ours: ElfFile, theirs: ElfFile) -> ElfFile:
    # It does not know the relocations of SPARC.
    return replace(theirs, copied=ours.copied) if ours.machine in SPARC else theirs


def _as_without_sections(ours: ElfFile, bare: ElfFile) -> ElfFile:
    # Go leads to its own note by a program header, and to the GNU build ID by a section only.
    return replace(ours, build_id=None) if bare.build_id is None else ours


def _fields(ours: ElfFile, theirs: ElfFile) -> list[str]:
    return [one.name for one in fields(ElfFile) if getattr(ours, one.name) != getattr(theirs, one.name)]


def test_files_of_this_machine() -> None:
    sample = sample_of_files_here()
    assert len(sample) >= 100
    assert list(disagreements(sample)) == []


@pytest.mark.slow
def test_all_files_of_this_machine() -> None:
    assert list(disagreements(all_files_here())) == []


@pytest.mark.slow
@pytest.mark.parametrize("architecture", [*debian.ARCHITECTURES, debian.PORTS])
def test_files_of_another_architecture(architecture: str) -> None:
    found = debian.elf_files(architecture)
    assert len(found) > 200
    assert list(disagreements(found)) == []
