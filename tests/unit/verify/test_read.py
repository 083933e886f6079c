"""Which files are read, how what fails is told, and what is imported for it."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from splitpkg.diagnostics import EnvironmentFailed, Failed
from splitpkg.verify.read import payload, read
from splitpkg.verify.read_tree import digests
from tests.support import deb_bytes, rpm_bytes

if TYPE_CHECKING:
    from pathlib import Path

    from splitpkg.diagnostics import Diagnostic


def refused(*paths: Path) -> tuple[Diagnostic, ...]:
    with pytest.raises(Failed) as caught:
        read(paths)
    assert isinstance(caught.value, EnvironmentFailed) == all(
        one.message.startswith(("cannot be read", "is packed with zstd")) for one in caught.value.diagnostics
    )
    return caught.value.diagnostics


def test_the_content_tells_the_format_and_not_the_name(tmp_path: Path) -> None:
    (tmp_path / "a.deb").write_bytes(rpm_bytes.package())
    (tmp_path / "b.rpm").write_bytes(deb_bytes.package())
    assert [one.format for one in read([tmp_path])] == ["rpm", "deb"]
    assert list(payload(tmp_path / "a.deb")) == list(payload(tmp_path / "b.rpm")) == []


def test_everything_that_fails_is_told(tmp_path: Path) -> None:
    (tmp_path / "text.rpm").write_text("no package")
    (tmp_path / "cut.rpm").write_bytes(rpm_bytes.package()[:50])
    (tmp_path / "empty.deb").touch()
    (tmp_path / "none").mkdir()
    (tmp_path / "sound.rpm").write_bytes(rpm_bytes.package())
    found = refused(tmp_path, tmp_path / "none", tmp_path / "missing.rpm")
    assert [(one.where.path.rpartition("/")[2], one.slug, one.message) for one in found] == [
        ("cut.rpm", "package-corrupt", "is cut short"),
        ("empty.deb", "package-unreadable", "is neither an RPM nor a Debian package"),
        ("missing.rpm", "package-unreadable", "cannot be read: no such file or directory"),
        ("none", "package-unreadable", "holds no .rpm and no .deb file"),
        ("text.rpm", "package-unreadable", "is neither an RPM nor a Debian package"),
    ]
    assert all(one.hint for one in found if not one.message.startswith("cannot be read"))


def test_what_is_the_machines_fault_is_told_apart(tmp_path: Path) -> None:
    [found] = refused(tmp_path / "missing.rpm")
    assert found.slug == "package-unreadable"


def test_a_fifo_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.rpm")
    [found] = refused(tmp_path)
    assert found.message == "is no regular file"


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="the standard library has zstd")
def test_a_missing_module_for_zstd_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "demo.rpm").write_bytes(rpm_bytes.package(payload=b"\x28\xb5\x2f\xfd" + bytes(20)))
    (tmp_path / "demo.deb").write_bytes(
        deb_bytes.package(b"\x28\xb5\x2f\xfd" + bytes(20), name="data.tar.zst")
    )
    monkeypatch.setitem(sys.modules, "zstandard", None)
    found = refused(tmp_path)
    assert [one.slug for one in found] == ["tool-missing"] * 2
    assert "Python 3.14 or the module `zstandard`" in found[0].message


@pytest.mark.parametrize(
    ("name", "data", "other"),
    [("a.rpm", rpm_bytes.package(), "debian"), ("a.deb", deb_bytes.package(), "rpmfile")],
)
def test_only_what_the_format_needs_is_imported(name: str, data: bytes, other: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(data)
    code = (
        "import sys; from pathlib import Path; from splitpkg.verify.read import read;"
        "assert not {'rpmfile', 'debian', 'zstandard'} & sys.modules.keys();"
        "read([Path(sys.argv[1])]); print(sys.argv[2] in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path, other], capture_output=True, check=True, timeout=60
    )
    assert done.stdout == b"False\n"


def test_the_digests_of_a_tree(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b/x").write_bytes(b"x")
    (tmp_path / "a").write_bytes(b"")
    (tmp_path / "link").symlink_to("b")
    (tmp_path / os.fsdecode(b"latin\xfc")).write_bytes(b"")
    os.mkfifo(tmp_path / "pipe")
    paths = ["a", "b", "b/x", "link", "link/x", os.fsdecode(b"latin\xfc"), "pipe", "missing"]
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert list(digests(tmp_path, paths).items()) == [
        ("a", empty),
        ("b/x", "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"),
        ("link/x", "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"),
        ("latin\udcfc", empty),
    ]
    with pytest.raises(EnvironmentFailed, match="not a directory"):
        digests(tmp_path, ["a/x"])
