"""Writing output: whole or not at all, only what changed, nowhere else."""

from __future__ import annotations

import os
import resource
from pathlib import Path

import pytest

from splitpkg.diagnostics import EnvironmentFailed, Failed
from splitpkg.render.model import Rendered
from splitpkg.render.write import write


def _files(folder: Path) -> dict[str, str]:
    return {str(one.relative_to(folder)): one.read_text() for one in folder.rglob("*") if one.is_file()}


def test_gives_the_paths_that_changed_and_leaves_the_rest(tmp_path: Path) -> None:
    assert write([Rendered("b/c", "2"), Rendered("a", "1")], tmp_path / "new") == ("a", "b/c")
    old = (tmp_path / "new/a").stat()
    assert write([Rendered("b/c", "3"), Rendered("a", "1")], tmp_path / "new") == ("b/c",)
    assert (tmp_path / "new/a").stat().st_mtime_ns == old.st_mtime_ns
    assert (tmp_path / "new/a").stat().st_ino == old.st_ino
    assert _files(tmp_path / "new") == {"a": "1", "b/c": "3"}


@pytest.mark.parametrize("mask", [0o000, 0o077])
def test_modes_do_not_depend_on_the_umask(tmp_path: Path, mask: int) -> None:
    former = os.umask(mask)
    try:
        write([Rendered("d/text", "x"), Rendered("d/rules", "x", executable=True)], tmp_path)
    finally:
        os.umask(former)
    modes = {one.name: one.stat().st_mode & 0o777 for one in tmp_path.rglob("*")}
    assert modes == {"d": 0o755, "text": 0o644, "rules": 0o755}


def test_a_file_that_has_to_be_executable_is_made_so(tmp_path: Path) -> None:
    write([Rendered("rules", "x")], tmp_path)
    assert write([Rendered("rules", "x", executable=True)], tmp_path) == ("rules",)
    assert write([Rendered("rules", "x", executable=True)], tmp_path) == ()


def test_bytes_that_are_no_text_survive(tmp_path: Path) -> None:
    write([Rendered("a", "caf\udce9 ü\r\n")], tmp_path)
    assert (tmp_path / "a").read_bytes() == b"caf\xe9 \xc3\xbc\r\n"


@pytest.mark.parametrize("path", ["../away", "link/away", "/away", "leaf"])
def test_refuses_to_leave_the_folder(tmp_path: Path, path: str) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "link").symlink_to(tmp_path)
    (out / "leaf").symlink_to(tmp_path / "away")
    with pytest.raises(Failed, match=r"error\[output-blocked\]: leads out of the output folder"):
        write([Rendered("fine", "x"), Rendered(path, "x")], out)
    assert not (tmp_path / "away").exists()
    assert not (out / "fine").exists()


def test_writes_through_links_that_stay_inside(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("old")
    (tmp_path / "name").symlink_to("real")
    assert write([Rendered("name", "new")], tmp_path) == ("name",)
    assert (tmp_path / "name").is_symlink()
    assert (tmp_path / "real").read_text() == "new"


@pytest.mark.parametrize("path", ["folder", "text/below", "pipe"])
def test_refuses_what_is_no_file(tmp_path: Path, path: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "text").write_text("x")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(Failed, match="output-blocked"):
        write([Rendered(path, "x")], tmp_path)


def test_refuses_the_same_place_twice(tmp_path: Path) -> None:
    with pytest.raises(Failed, match="is written twice"):
        write([Rendered("a", "1"), Rendered("b/../a", "2")], tmp_path)


def _recorded(*paths: str) -> list[Rendered]:
    listed = "".join(f"{path}\n" for path in (*paths, "d/record"))
    return [Rendered("d/record", listed), *(Rendered(path, "x") for path in paths)]


def test_what_is_written_no_more_is_removed(tmp_path: Path) -> None:
    (tmp_path / "d/e").mkdir(parents=True)
    (tmp_path / "d/mine").write_text("mine")
    write(_recorded("d/a", "d/b", "d/e/c"), tmp_path, record="d/record")
    assert write(_recorded("d/b"), tmp_path, record="d/record") == ("d/a", "d/e/c", "d/record")
    assert _files(tmp_path) == {"d/b": "x", "d/mine": "mine", "d/record": "d/b\nd/record\n"}


def test_a_record_reaches_nothing_but_files_beside_and_below_it(tmp_path: Path) -> None:
    for path in ("away", "out/d/own", "out/other"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("x")
    (tmp_path / "out/d/link").symlink_to("own")
    (tmp_path / "out/d/up").symlink_to("../..")
    names = [
        str(tmp_path / "away"),
        *("../away", "d/up/away", "other", "d/../other", "d/link", "d/\0", "", "d", "."),
    ]
    (tmp_path / "out/d/record").write_text("\n".join(names))
    assert write(_recorded(), tmp_path / "out", record="d/record") == ("d/record",)
    assert (tmp_path / "away").exists()
    assert {path.name for path in (tmp_path / "out").rglob("*")} == {
        "d",
        "link",
        "up",
        "own",
        "other",
        "record",
    }


def test_full_disk_leaves_the_former_output(tmp_path: Path) -> None:
    """RLIMIT_FSIZE stands for the disk: the kernel refuses the last file in the middle."""
    write([Rendered("a", "old"), Rendered("b", "old")], tmp_path)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        with pytest.raises(
            EnvironmentFailed, match=r"error\[output-unwritable\]: cannot be written: file too"
        ):
            write([Rendered("a", "new"), Rendered("b", "n" * 9999), Rendered("c/d/e", "n" * 9999)], tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert {str(one.relative_to(tmp_path)) for one in tmp_path.rglob("*")} == {"a", "b"}
    assert _files(tmp_path) == {"a": "old", "b": "old"}


def test_error_between_two_renames_brings_the_former_output_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    former = {"a": "old", "aa": "old", "c": "old", "record": "aa\n"}
    write([Rendered(*one) for one in former.items()], tmp_path)
    rename = os.replace

    def refuse(source: str, target: str) -> None:
        if Path(source).name == ".c.splitpkg-new":
            raise OSError(16, "device or resource busy", source)
        rename(source, target)

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(EnvironmentFailed, match="device or resource busy"):
        write([Rendered(name, "new") for name in ("a", "b", "c", "record")], tmp_path, record="record")
    assert _files(tmp_path) == former
