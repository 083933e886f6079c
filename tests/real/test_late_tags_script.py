"""debian/splitpkg-tags, which reads the tags of what was just built: right, and never silent."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from splitpkg.render.deb.render import render
from splitpkg.render.write import write
from tests.support.stamped import FIRST, SABOTAGE, SECOND, install, project, write_source

if TYPE_CHECKING:
    from tests.support.stamped import Project


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return project(tmp_path_factory.mktemp("planned"))


@pytest.fixture(scope="module")
def built(planned: Project, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sound build, only to be copied."""
    return laid_out(planned, tmp_path_factory.mktemp("built"), FIRST)


@pytest.fixture
def sound(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "sound"))


def laid_out(planned: Project, folder: Path, stamp: str, *changes: tuple[str, str]) -> Path:
    """A build of the source that has come to dh_gencontrol; gives its top folder."""
    write_source(folder, stamp, *changes)
    tree, top = install(folder), folder / "top"
    write(render(planned.manifest, planned.plan)[0], top)
    for package in planned.plan.packages:
        for file in package.files:
            target = top / "debian" / package.name / file.path
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(tree / file.path, target)
    return top


def run(top: Path, verb: str, path: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = os.environ | ({} if path is None else {"PATH": f"{path}:{os.environ['PATH']}"})
    argv = ["sh", "debian/splitpkg-tags", verb]
    return subprocess.run(argv, cwd=top, env=environment, capture_output=True, text=True, check=False)


def substvars(top: Path) -> dict[str, str]:
    return {path.stem: path.read_text() for path in (top / "debian").glob("*.substvars")}


@pytest.mark.parametrize("stamp", [FIRST, SECOND])
def test_each_package_says_the_tags_of_its_build(planned: Project, stamp: str, tmp_path: Path) -> None:
    top = laid_out(planned, tmp_path, stamp)
    done = run(top, "substvars")
    assert (done.returncode, done.stderr) == (0, "")
    stamps = f"demo-abi-demo-stamp-{stamp}"
    both = f"demo-abi-demo-entry-1-6-0-{stamp}, {stamps}"
    soname, node = "demo-abi-libdemo-wire-1.6.0.so", f"demo-abi-demo-private-{stamp}"
    assert substvars(top) == {
        "demo-core": f"splitpkg:Provides={soname}, {both}, {node}\n",
        "demo-block-zip": f"splitpkg:Depends={both}\n",
        "demo-block-tar": f"splitpkg:Depends={both}\n",
        "demo-ui-term": f"splitpkg:Depends={stamps}\n",
        "demo-net-tap": f"splitpkg:Depends={soname}, {node}\n",
    }


def test_a_second_run_replaces_what_the_first_wrote(sound: Path) -> None:
    other = sound / "debian/demo-core.substvars"
    other.write_text("shlibs:Depends=libc6 (>= 2.34)\nsplitpkg:Provides=demo-abi-of-old\n")
    assert [run(sound, "substvars").returncode for _ in range(2)] == [0, 0]
    assert other.read_text().count("splitpkg:Provides=") == 1
    assert other.read_text().startswith("shlibs:Depends=libc6 (>= 2.34)\n")
    assert "of-old" not in other.read_text()


@pytest.mark.parametrize("name", SABOTAGE)
def test_a_build_that_is_not_of_one_piece_is_stopped(planned: Project, name: str, tmp_path: Path) -> None:
    change, told = SABOTAGE[name]
    top = laid_out(planned, tmp_path, FIRST, change)
    done = run(top, "substvars")
    assert done.returncode == 1
    assert done.stderr.startswith("ABI tags: error: ")
    assert told in done.stderr
    assert substvars(top) == {}


def test_a_file_that_was_not_built_is_missed(sound: Path) -> None:
    next(sound.glob("debian/demo-ui-term/usr/lib/*/demo/ui-term.so")).unlink()
    done = run(sound, "substvars")
    assert (done.returncode, "is not in the build" in done.stderr) == (1, True)


@pytest.mark.parametrize("tool", ["readelf", "awk", "grep", "tr"])
@pytest.mark.parametrize("body", ["exit 3", "kill -9 $$", "exit 0"])
def test_a_tool_that_fails_stops_the_build(sound: Path, tool: str, body: str, tmp_path: Path) -> None:
    broken = tmp_path / tool
    broken.write_text(f"#!/bin/sh\n{body}\n")
    broken.chmod(0o755)
    done = run(sound, "substvars", tmp_path)
    assert done.returncode != 0
    assert "ABI tags: error: " in done.stderr
    assert substvars(sound) == {}


def test_what_the_packages_lack_afterwards_is_missed(sound: Path) -> None:
    stamp, entry = f"demo-abi-demo-stamp-{FIRST}", f"demo-abi-demo-entry-1-6-0-{FIRST}"
    wire = f"demo-abi-demo-private-{FIRST}, demo-abi-libdemo-wire-1.6.0.so"
    fields = {
        "demo-core": f"Provides: {entry}, {stamp}, {wire}",
        "demo-net-tap": f"Depends: {wire}",
        "demo-block-zip": f"Depends: demo-core (= 1), {entry}, {stamp}",
        "demo-block-tar": f"Depends: demo-core (= 1), {entry}, {stamp}",
        "demo-ui-term": f"Depends: demo-core (= 1), {stamp}",
    }
    for name, field in fields.items():
        control = sound / "debian" / name / "DEBIAN/control"
        control.parent.mkdir()
        control.write_text(f"Package: {name}\n{field}\nDescription: x\n")
    assert run(sound, "check").returncode == 0
    control.write_text("Package: demo-ui-term\nDepends: demo-core (= 1)\nDescription: x\n")
    done = run(sound, "check")
    assert done.returncode == 1
    assert done.stderr == f"ABI tags: error: package demo-ui-term lacks {stamp} in its field Depends\n"


def test_it_says_what_it_is_for(sound: Path) -> None:
    done = run(sound, "other")
    assert (done.returncode, "substvars or check" in done.stderr) == (1, True)
