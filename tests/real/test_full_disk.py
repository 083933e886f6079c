"""A disk that is full at some moment: exit status 3, the former output or the new one, nothing left over."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from tests.support.small import MANIFEST

AS_ROOT = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]

# Writes an output, leaves that many KiB of the disk free, and writes another one; keeps what is there.
SCRIPT = """
mount -t tmpfs -o size=32m tmpfs out
trap 'umount out' EXIT
"$PYTHON" -m splitpkg "$FORM" old -m old.toml -o out > said 2>&1 || exit 99
cp -a out/. before
room=$(df --output=avail -k out | tail -n 1)
dd if=/dev/zero of=out/ballast bs=1k count=$((room - FREE)) 2> /dev/null
status=0
"$PYTHON" -m splitpkg "$FORM" new -m new.toml -o out $BUILD > said 2>&1 || status=$?
rm out/ballast
cp -a out/. after
exit $status
"""


LATER = [pytest.param(free, marks=pytest.mark.slow) for free in (0, 40, 1000)]


def _tree(root: Path, seed: int) -> None:
    """A program with three megabytes that cannot be compressed."""
    for path in ("usr/bin", "usr/share/demo"):
        (root / path).mkdir(parents=True)
    (root / "usr/bin/demo").write_text("#!/bin/sh\n")
    (root / "usr/bin/demo").chmod(0o755)
    (root / "usr/share/demo/noise").write_bytes(bytes([seed]) + os.urandom(3_000_000))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("full")
    for name, text in {"old": "It demonstrates.", "new": "It shows. " * 400}.items():
        _tree(folder / name, len(name))
        (folder / f"{name}.toml").write_text(MANIFEST.format(description=text))
    for name in ("out", "before", "after"):
        (folder / name).mkdir()
    return folder


@cache
def _own_mounts() -> tuple[str, ...]:
    """Mounts of its own for a command; in a root that is no mount point they are seen outside, too."""
    private = ("unshare", "--mount")
    alone = subprocess.run([*private, *AS_ROOT, "true"], check=False, capture_output=True, timeout=60)
    return private if alone.returncode == 0 else (*private, "--propagation", "unchanged")


def _run(place: Path, form: str, free: int, *, build: bool) -> tuple[int, str]:
    for name in ("before", "after"):
        shutil.rmtree(place / name)
        (place / name).mkdir()
    variables = {
        "PYTHON": sys.executable,
        "FORM": form,
        "FREE": str(free),
        "BUILD": "--build" if build else "",
    }
    done = subprocess.run(
        [*_own_mounts(), *AS_ROOT, "sh", "-c", SCRIPT],
        cwd=place,
        env={**os.environ, **variables},
        check=False,
        timeout=300,
    )
    return done.returncode, (place / "said").read_text()


def _held(folder: Path) -> dict[str, bytes]:
    return {str(one.relative_to(folder)): one.read_bytes() for one in folder.rglob("*") if one.is_file()}


# The last one has room for the packed tree, and none for the texts.
@pytest.mark.parametrize("free", [4, *LATER, 2936])
@pytest.mark.parametrize("form", ["rpm", "deb"])
def test_the_former_output_stays(place: Path, form: str, free: int) -> None:
    status, said = _run(place, form, free, build=False)
    assert status == 3, said
    assert "error[output-unwritable]: " in said
    assert "no space left on device" in said
    assert len(said.splitlines()) == 1
    assert _held(place / "after") == _held(place / "before")
    assert {path.name for path in (place / "after").rglob("*")} == {
        path.name for path in (place / "before").rglob("*")
    }


@pytest.mark.slow
@pytest.mark.parametrize("free", [3800, 8000])
@pytest.mark.parametrize("form", ["rpm", "deb"])
def test_a_build_says_that_the_disk_was_full(place: Path, form: str, free: int) -> None:
    status, said = _run(place, form, free, build=True)
    assert status == 3, said
    assert "error[output-unwritable]: " in said
    assert "no space left on device" in said
    assert "hint: make room" in said or len(said.splitlines()) == 1
    left = {path.name for path in (place / "after").rglob("*") if ".splitpkg-" in path.name}
    assert left == set()
    assert not list((place / "after").glob("*.deb")) + list((place / "after").glob("*.rpm"))


@pytest.mark.parametrize("form", ["rpm", "deb"])
def test_with_room_enough_it_is_written(place: Path, form: str) -> None:
    """Else the tests above would prove nothing."""
    assert _run(place, form, 24_000, build=False)[0] == 0
    before, after = _held(place / "before"), _held(place / "after")
    assert before.keys() == after.keys()
    assert before != after


@pytest.mark.parametrize("command", [("plan",), ("plan", "--json"), ("scan",), ("schema",)])
def test_a_full_device_for_the_data_is_told(place: Path, command: tuple[str, ...]) -> None:
    tree = [] if command == ("schema",) else ["old"]
    manifest = ["-m", "old.toml"] if command[0] == "plan" else []
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "splitpkg", *command, *tree, *manifest],
            cwd=place,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 3
    assert done.stderr == "splitpkg: error: no space left on device\n"
