"""Reading real trees from the disk: odd names and file types, links, damaged files."""

from __future__ import annotations

import os
import socket
import subprocess
from pathlib import Path

import pytest

from splitpkg.diagnostics import Failed
from splitpkg.inventory.model import Entry, EntryKind
from splitpkg.inventory.scan import scan


def slugs(root: Path) -> dict[str, str]:
    """The findings of a scan by path."""
    return {finding.where.path: finding.slug for finding in scan(root)[1]}


def compiled(path: Path, code: str, *options: str) -> None:
    """An ELF file made by the C compiler."""
    path.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["gcc", "-x", "c", "-", "-o", path, *options], input=code.encode(), check=True)


def test_every_type_mode_and_target_is_seen(tmp_path: Path) -> None:
    (tmp_path / "usr/bin").mkdir(parents=True)
    (tmp_path / "usr/bin/tool").write_text("#!/bin/sh\n")
    (tmp_path / "usr/bin/tool").chmod(0o4750)
    (tmp_path / "usr/bin/other").symlink_to("tool")
    inventory, findings = scan(tmp_path)
    assert findings == ()
    assert [
        (entry.path, str(entry.kind), entry.mode & 0o7777)
        for entry in inventory.entries
        if entry.target is None
    ] == [
        ("usr", "directory", (tmp_path / "usr").stat().st_mode & 0o7777),
        ("usr/bin", "directory", (tmp_path / "usr/bin").stat().st_mode & 0o7777),
        ("usr/bin/tool", "file", 0o4750),
    ]
    link = inventory.get("usr/bin/other")
    assert link is not None
    assert (link.kind, link.target) == (EntryKind.SYMLINK, "tool")
    assert inventory.resolve("usr/bin/other") == inventory.get("usr/bin/tool")
    assert inventory.newest == int((tmp_path / "usr/bin/tool").stat().st_mtime)


def test_what_no_package_carries_is_refused_and_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "socket"))
        os.mknod(tmp_path / "null", 0o600 | 0o020000, os.makedev(1, 3))
        assert slugs(tmp_path) == dict.fromkeys(["pipe", "socket", "null"], "special-file")


def test_names_that_formats_cannot_hold_are_refused(tmp_path: Path) -> None:
    for name in (b"latin-\xe9", b"two\nlines", b"tab\there"):
        (Path(os.fsdecode(bytes(tmp_path) + b"/" + name))).write_text("")
    assert sorted(slugs(tmp_path).values()) == ["name-control", "name-control", "name-not-utf8"]
    assert [entry.path for entry in scan(tmp_path)[0].entries] == []


def test_links_may_point_anywhere_but_above_the_tree(tmp_path: Path) -> None:
    (tmp_path / "usr").mkdir()
    (tmp_path / "usr/absolute").symlink_to("/etc/alternatives/x")
    for name, target in {"loop": "loop", "one": "/usr/two/x", "two": "./one", "into": "loop/x"}.items():
        (tmp_path / f"usr/{name}").symlink_to(target)
    (tmp_path / "usr/root").symlink_to("../etc")
    (tmp_path / "usr/out").symlink_to("../../etc/passwd")
    circles = dict.fromkeys(("usr/into", "usr/loop", "usr/one", "usr/two"), "symlink-loop")
    assert slugs(tmp_path) == {"usr/out": "symlink-escapes", **circles}
    inventory, _ = scan(tmp_path)
    assert inventory.resolve("usr/loop") is None
    assert inventory.resolve("usr/absolute") is None


def test_a_linked_folder_is_not_walked(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real/file").write_text("")
    (tmp_path / "link").symlink_to("real")
    inventory, _ = scan(tmp_path)
    assert [entry.path for entry in inventory.entries] == ["link", "real", "real/file"]
    assert inventory.resolve("link/file") == inventory.get("real/file")


def test_damaged_elf_is_told_from_text(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("ELF\n")
    (tmp_path / "cut").write_bytes(b"\x7fELF\x02\x01\x01" + bytes(9))
    assert slugs(tmp_path) == {"cut": "elf-damaged"}


def test_what_is_no_tree_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "empty/usr/lib").mkdir(parents=True)
    wrong = {"none": "does not exist", "file": "is not a directory", "empty": "holds no file"}
    for path, what in ((tmp_path / name, what) for name, what in wrong.items()):
        with pytest.raises(Failed) as caught:
            scan(path)
        assert [(one.slug, one.message) for one in caught.value.diagnostics] == [("no-tree", what)]


def test_a_host_mentions_the_symbols_it_looks_up(tmp_path: Path) -> None:
    compiled(
        tmp_path / "usr/lib/demo/one.so", "int demo_entry_point; int demo_unasked;", "-shared", "-nostdlib"
    )
    look_up = '#include <dlfcn.h>\nint main(void) { return !dlsym(0, "demo_entry_point"); }'
    compiled(tmp_path / "usr/bin/demo", look_up)
    compiled(tmp_path / "usr/bin/idle", "int main(void) { return 0; }")
    telling = '#include <stdio.h>\nint main(void) { return puts("demo_entry_point"); }'
    compiled(tmp_path / "usr/bin/talk", telling)
    compiled(tmp_path / "usr/bin/with-library", telling, "-Wl,--no-as-needed", "-lz")
    inventory, _ = scan(tmp_path)
    mentions = {entry.path: entry.mentions for entry in inventory.entries if entry.mentions}
    assert mentions == {
        "usr/bin/demo": frozenset({"demo_entry_point"}),
        "usr/bin/with-library": frozenset({"demo_entry_point"}),
    }


def test_the_order_of_the_directory_does_not_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in "dbca":
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text(name)
    expected = scan(tmp_path)
    assert isinstance(expected[0].entries[0], Entry)
    real = os.scandir

    class Backwards:
        def __init__(self, path: str) -> None:
            with real(path) as found:
                self.children = list(found)[::-1]

        def __enter__(self) -> list[os.DirEntry[str]]:
            return self.children

        def __exit__(self, *_: object) -> None:
            pass

    monkeypatch.setattr(os, "scandir", Backwards)
    assert scan(tmp_path) == expected
