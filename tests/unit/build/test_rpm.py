"""How rpmbuild is called; what it makes is looked at in tests/real."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from splitpkg.build.rpm import build_rpm, prepare
from splitpkg.diagnostics import EnvironmentFailed, Failed
from splitpkg.inventory.model import Inventory
from splitpkg.manifest.model import ManifestFile
from tests.support.plans import TIMESTAMP, manifest, plan

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NOTHING = Inventory("tree", ())
BUILD = {"system": "meson", "source": "https://demo.example/v1/demo-1.6.0.tar.gz"}


class _Recorder:
    """A runner that starts nothing: notes what it was asked, and leaves two packages."""

    def __init__(self) -> None:
        self.calls: list[tuple[tuple[str, ...], Path, dict[str, str]]] = []
        self.sources: list[str] = []

    def __call__(self, argv: Sequence[str], *, cwd: Path, env: Mapping[str, str], log: Path) -> int:
        self.calls.append((tuple(argv), cwd, dict(env)))
        log.write_text("")
        if argv[0] == "rpmbuild":
            self.sources = [str(one.readlink()) for one in (cwd / "SOURCES").iterdir()]
            for name in ("noarch/a.noarch.rpm", "x86_64/b.x86_64.rpm"):
                (cwd / "RPMS" / name).parent.mkdir(parents=True)
                (cwd / "RPMS" / name).write_text(name)
        return 0


def test_rpmbuild_works_in_a_folder_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "demo-1.6.0-tree.tar.gz").write_text("x")
    runner = _Recorder()
    found = build_rpm(manifest(), plan(), tmp_path, runner=runner)
    assert found == (tmp_path / "a.noarch.rpm", tmp_path / "b.x86_64.rpm")
    argv, cwd, environment = runner.calls[-1]
    top = tmp_path / ".splitpkg-rpmbuild"
    assert (cwd, environment) == (top, {"SOURCE_DATE_EPOCH": str(TIMESTAMP), "TZ": "UTC"})
    assert argv[:3] == ("rpmbuild", "-bb", "--nodeps")
    assert argv[-1] == str(tmp_path / "demo.spec")
    assert {f"_topdir {top}", f"_dbpath {top}/db", f"_tmppath {top}/tmp", "_buildhost localhost"} <= set(argv)
    assert "clamp_mtime_to_source_date_epoch 0" in argv
    assert runner.sources == [str(tmp_path / "demo-1.6.0-tree.tar.gz")]
    assert not top.exists()


def test_from_source_times_are_clamped(tmp_path: Path) -> None:
    (tmp_path / "demo-1.6.0.tar.gz").write_text("x")
    runner = _Recorder()
    build_rpm(manifest(build=BUILD), plan(), tmp_path, runner=runner)
    assert "clamp_mtime_to_source_date_epoch 1" in runner.calls[-1][0]


def test_source_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Failed) as caught:
        build_rpm(manifest(build=BUILD), plan(), tmp_path, runner=_Recorder())
    assert str(caught.value) == (
        f"splitpkg.toml: error[source-missing]: the source `demo-1.6.0.tar.gz` is not in {tmp_path}\n"
        "  hint: put https://demo.example/v1/demo-1.6.0.tar.gz there"
    )


def test_machine_without_rpm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "demo-1.6.0-tree.tar.gz").write_text("x")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EnvironmentFailed, match=r"rpm: error\[tool-missing\]: is not installed"):
        build_rpm(manifest(), plan(), tmp_path)


def test_upstream_s_tarball_is_taken_from_beside_the_manifest(tmp_path: Path) -> None:
    (tmp_path / "demo-1.6.0.tar.gz").write_text("x")
    (tmp_path / "out").mkdir()
    given = manifest(build={**BUILD, "source": "demo-1.6.0.tar.gz"})
    given = ManifestFile(str(tmp_path / "splitpkg.toml"), given.content, {})
    for expected in (("demo-1.6.0.tar.gz",), ("demo-1.6.0.tar.gz",)):
        assert prepare(Path("tree"), given, NOTHING, plan(), tmp_path / "out") == expected
    assert (tmp_path / "out/demo-1.6.0.tar.gz").read_text() == "x"
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["demo-1.6.0.tar.gz"]
    with pytest.raises(EnvironmentFailed, match="output-unwritable"):
        prepare(Path("tree"), given, NOTHING, plan(), tmp_path / "demo-1.6.0.tar.gz")
    assert prepare(Path("tree"), given, NOTHING, plan(), tmp_path) == ()
    assert prepare(Path("tree"), manifest(build=BUILD), NOTHING, plan(), tmp_path) == ()


def _tarball(folder: Path, top: str, name: str = "demo-1.6.0.tar.gz") -> Path:
    (folder / top).mkdir(parents=True)
    subprocess.run(["tar", "-C", folder, "-caf", folder / name, f"./{top}"], check=True)
    return folder / name


def test_tarball_with_another_folder_is_refused_with_its_name(tmp_path: Path) -> None:
    _tarball(tmp_path, "demo-release-1.6.0")
    given = ManifestFile("splitpkg.toml", manifest(build=BUILD).content, {("build", "source"): 7})
    with pytest.raises(Failed) as caught:
        prepare(tmp_path, given, NOTHING, plan(), tmp_path)
    (finding,) = caught.value.diagnostics
    assert str(finding) == (
        "splitpkg.toml:7: error[source-directory]: the tarball holds the folder `demo-release-1.6.0`,"
        " and `demo-1.6.0` was expected\n"
        f"  note: it is {tmp_path}/demo-1.6.0.tar.gz\n"
        '  hint: write `directory = "demo-release-1.6.0"` into [build]'
    )
    named = manifest(build={**BUILD, "directory": "demo-release-1.6.0"})
    assert prepare(tmp_path, named, NOTHING, plan(), tmp_path) == ()


@pytest.mark.parametrize("ending", ["gz", "bz2", "xz"])
def test_tarball_with_the_program_s_folder_is_fine(ending: str, tmp_path: Path) -> None:
    name = f"demo-1.6.0.tar.{ending}"
    _tarball(tmp_path, "demo-1.6.0", name)
    given = manifest(build={"system": "meson", "source": name})
    assert prepare(tmp_path, given, NOTHING, plan(), tmp_path) == ()


def test_what_is_no_tarball_is_left_to_rpmbuild(tmp_path: Path) -> None:
    (tmp_path / "demo-1.6.0.tar.gz").write_bytes(b"\x1f\x8b\x08broken")
    assert prepare(tmp_path, manifest(build=BUILD), NOTHING, plan(), tmp_path) == ()
