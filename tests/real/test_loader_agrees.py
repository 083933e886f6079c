"""The lookup of symbols against ld.so itself, on the programs and shared objects of the machine."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from tests.bench.elf_facts import elf_files
from tests.support.loader_oracle import Answer, by_loader, by_splitpkg, is_readable, only_traces
from tests.support.relay import multiarch_libdir

FOLDERS = ["/usr/bin", "/usr/sbin", "/usr/lib", "/usr/libexec"]


def compared(paths: list[str]) -> tuple[list[str], list[str]]:
    """The files of which both say the same, and those of which they don't."""
    ours = by_splitpkg(paths)
    same = {path: ours[path].told == by_loader(path).told for path in paths}
    return [path for path in paths if same[path]], [path for path in paths if not same[path]]


@pytest.fixture(autouse=True)
def harmless(tmp_path: Path) -> None:
    """Nothing of the machine is given to ld.so before it is seen that it starts nothing."""
    assert only_traces(tmp_path)


def test_some_dozens_of_files() -> None:
    """Shared objects with the lowest digests, and modules of an interpreter: they lack what it has."""
    shared = [path for path in Path("/", multiarch_libdir()).rglob("*.so*") if not path.is_symlink()]
    shared.sort(key=lambda path: hashlib.sha256(bytes(path)).digest())
    extensions = sorted(Path("/usr/lib").glob("python3*/lib-dynload/*.so"))[:10]
    paths = [str(path) for path in (*shared[:60], *extensions) if is_readable(str(path))]
    assert len(paths) >= 40
    assert compared(paths) == (paths, [])


@pytest.mark.slow
def test_all_files_of_the_machine() -> None:
    paths = [path for path in elf_files(FOLDERS) if is_readable(path)]
    same, differing = compared(paths)
    assert differing == []
    assert len(same) >= 1000
    lacking = [path for path, answer in by_splitpkg(paths).items() if answer != NOTHING]
    assert len(lacking) >= 10, "there are modules that need their host"


NOTHING = Answer(frozenset(), frozenset())
