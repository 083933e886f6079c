from __future__ import annotations

import mmap
import os
import pickle
from pathlib import Path

import pytest

from splitpkg.elf import source
from splitpkg.elf.errors import corrupt
from splitpkg.elf.read import ElfError, Reason, parse, read
from splitpkg.elf.source import OpenFile
from tests.elf.writer import Spec, Sym, write

LARGE = Spec(
    soname="libx.so", symbols=tuple(Sym(f"symbol_{i}", section=5) for i in range(5000)), rodata=bytes(100_000)
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "libx.so"
    path.write_bytes(write(LARGE).data)
    return path


def test_a_file_and_its_bytes_say_the_same(file: Path) -> None:
    facts = read(file)
    assert facts is not None
    assert facts == parse(file.read_bytes()) == read(str(file)) == read(os.fsencode(file).decode())
    assert len(facts.defined) == 5000
    with file.open("rb") as stream, mmap.mmap(stream.fileno(), 0, prot=mmap.PROT_READ) as mapped:
        assert parse(mapped) == facts


def test_a_link_is_followed(file: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(file)
    assert read(tmp_path / "link") == read(file)


def test_an_empty_file_is_not_elf(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    assert read(tmp_path / "empty") is None
    assert read("/dev/null") is None


def test_what_cannot_be_opened_is_no_elf_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read(tmp_path / "absent")
    with pytest.raises(IsADirectoryError):
        read(tmp_path)


def test_a_fifo_does_not_hold_the_reader_up(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(OSError, match="Illegal seek"):
        read(tmp_path / "fifo")


def test_the_file_is_closed_whatever_happens(file: Path, tmp_path: Path) -> None:
    (tmp_path / "cut").write_bytes(file.read_bytes()[:5000])
    before = sorted(Path("/proc/self/fd").iterdir())
    read(file)
    with pytest.raises(ElfError):
        read(tmp_path / "cut")
    with pytest.raises(IsADirectoryError):
        read(tmp_path)
    assert sorted(Path("/proc/self/fd").iterdir()) == before


def test_a_started_program_does_not_inherit_the_file(file: Path) -> None:
    with OpenFile(file) as opened:
        assert not os.get_inheritable(opened._descriptor)


def test_a_file_that_is_cut_while_it_is_read_is_truncated(file: Path) -> None:
    with OpenFile(file) as opened:
        assert opened.size > source.HEAD + 1000
        os.truncate(file, source.HEAD + 100)
        with pytest.raises(ElfError, match="ended at 0x8064 while it was read") as caught:
            opened.take(source.HEAD, 1000)
    assert caught.value.reason is Reason.TRUNCATED


def test_a_table_of_a_sparse_file_does_not_fill_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "sparse"
    path.touch()
    os.truncate(path, 1 << 40)
    with OpenFile(path) as opened, pytest.raises(ElfError, match="is too large") as caught:
        opened.take(0, 1 << 39)
    assert caught.value.reason is Reason.UNSUPPORTED


@pytest.mark.parametrize("head", [4, 100, 4096])
def test_what_the_first_read_does_not_reach_is_read_too(
    head: int, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = read(file)
    monkeypatch.setattr(source, "HEAD", head)
    assert read(file) == facts


def test_errors_travel_between_processes() -> None:
    error = pickle.loads(pickle.dumps(corrupt("a table at offset 0x40 has no end")))
    assert isinstance(error, ElfError)
    assert (error.reason, str(error)) == (Reason.CORRUPT, "a table at offset 0x40 has no end")
