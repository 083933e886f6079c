"""Packing a tree: GNU tar is the judge of what is in the tarball."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from splitpkg.build.tarball import pack
from splitpkg.diagnostics import EnvironmentFailed, Failed
from splitpkg.inventory.model import Entry, EntryKind, Inventory
from splitpkg.inventory.scan import scan

if TYPE_CHECKING:
    from pathlib import Path

STAMP = 1_000_000_000
LONG = "d" * 120 + "/" + "f" * 140


def _tree(root: Path) -> Path:
    for path, mode in (("usr/bin/tool", 0o4755), ("usr/lib/data", 0o600), (LONG, 0o444), ("späße", 0o644)):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(path)
        (root / path).chmod(mode)
        os.utime(root / path, (1, 1_234_567_890.75))
    (root / "empty").mkdir(mode=0o700)
    (root / "usr/bin/link").symlink_to("./" * 80 + "tool")
    (root / "usr/bin/twin").hardlink_to(root / "usr/bin/tool")
    return root


def _pack(root: Path, target: Path) -> bytes:
    inventory, _findings = scan(root)
    pack(root, inventory, target, top="demo-1", timestamp=STAMP)
    return target.read_bytes()


def _listing(tarball: Path) -> list[str]:
    argv = [
        "tar",
        "--utc",
        "--full-time",
        "--numeric-owner",
        "--quoting-style=literal",
        "-tvzf",
        str(tarball),
    ]
    done = subprocess.run(argv, check=True, capture_output=True, text=True)
    return [" ".join(line.split()) for line in done.stdout.splitlines()]


def test_gnu_tar_finds_names_modes_times_and_owner(tmp_path: Path) -> None:
    _pack(_tree(tmp_path / "tree"), tmp_path / "t.tar.gz")
    up, then, long = "./" * 80, "2009-02-13 23:31:30", LONG[:120]
    assert _listing(tmp_path / "t.tar.gz") == [
        "drwxr-xr-x 0/0 0 2001-09-09 01:46:40 demo-1/",
        f"drwxr-xr-x 0/0 0 2001-09-09 01:46:40 demo-1/{long}/",
        f"-r--r--r-- 0/0 261 {then} demo-1/{LONG}",
        "drwx------ 0/0 0 2001-09-09 01:46:40 demo-1/empty/",
        f"-rw-r--r-- 0/0 7 {then} demo-1/späße",
        "drwxr-xr-x 0/0 0 2001-09-09 01:46:40 demo-1/usr/",
        "drwxr-xr-x 0/0 0 2001-09-09 01:46:40 demo-1/usr/bin/",
        f"lrwxrwxrwx 0/0 0 2001-09-09 01:46:40 demo-1/usr/bin/link -> {up}tool",
        f"-rwsr-xr-x 0/0 12 {then} demo-1/usr/bin/tool",
        f"-rwsr-xr-x 0/0 12 {then} demo-1/usr/bin/twin",
        "drwxr-xr-x 0/0 0 2001-09-09 01:46:40 demo-1/usr/lib/",
        f"-rw------- 0/0 12 {then} demo-1/usr/lib/data",
    ]


def test_unpacked_it_is_the_tree_again(tmp_path: Path) -> None:
    root = _tree(tmp_path / "tree")
    _pack(root, tmp_path / "t.tar.gz")
    subprocess.run(["tar", "-xpzf", str(tmp_path / "t.tar.gz"), "-C", str(tmp_path)], check=True)
    subprocess.run(["diff", "-r", "--no-dereference", str(root), str(tmp_path / "demo-1")], check=True)
    assert (tmp_path / "demo-1/usr/bin/tool").stat().st_mode & 0o7777 == 0o4755


def test_bytes_that_are_no_text_survive(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9")
    (tmp_path / name).write_text("x")
    inventory = Inventory("tree", (Entry(name, EntryKind.FILE, 0o644, 1),))
    pack(tmp_path, inventory, tmp_path / "t.tar.gz", top="demo-1", timestamp=STAMP)
    subprocess.run(["tar", "-xzf", str(tmp_path / "t.tar.gz"), "-C", str(tmp_path)], check=True)
    assert (tmp_path / "demo-1" / name).read_text() == "x"


def test_same_tree_gives_the_same_bytes(tmp_path: Path) -> None:
    root = _tree(tmp_path / "tree")
    first = _pack(root, tmp_path / "one.tar.gz")
    os.utime(root / "usr")
    assert first[4:8] == bytes(4), "time in the header of gzip (RFC 1952)"
    assert _pack(root, tmp_path / "two.tar.gz") == first


def test_changed_tree_is_told_and_leaves_the_former_tarball(tmp_path: Path) -> None:
    root, target = _tree(tmp_path / "tree"), tmp_path / "t.tar.gz"
    former = _pack(root, target)
    inventory, _findings = scan(root)
    (root / "usr/lib/data").write_text("longer than before")
    with pytest.raises(Failed, match=r"usr/lib/data: error\[tree-changed\]: has 18 bytes, had 12"):
        pack(root, inventory, target, top="demo-1", timestamp=STAMP)
    (root / "usr/lib/data").unlink()
    (root / "usr/lib/data").symlink_to("/etc/passwd")
    with pytest.raises(Failed, match=r"usr/lib/data: error\[tree-changed\]: was a file"):
        pack(root, inventory, target, top="demo-1", timestamp=STAMP)
    assert target.read_bytes() == former
    assert sorted(one.name for one in tmp_path.iterdir()) == ["t.tar.gz", "tree"]


def test_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    inventory, _findings = scan(_tree(tmp_path / "tree"))
    with pytest.raises(EnvironmentFailed, match="output-unwritable"):
        pack(tmp_path / "tree", inventory, tmp_path / "gone/t.tar.gz", top="demo-1", timestamp=STAMP)
