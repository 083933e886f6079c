"""Damaged and missing input, refusals of the system, and commands that are ended: what people are told."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from splitpkg.output import reserved
from splitpkg.render.switch import complete
from tests.support.small import MANIFEST

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

# Even root has no more rights than the modes of files give (capabilities(7)).
WITHOUT_RIGHTS = ("setpriv", "--inh-caps=-all", "--bounding-set=-all", "--no-new-privs")


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A manifest and a tree with a real program."""
    (tmp_path / "splitpkg.toml").write_text(MANIFEST.format(description="It demonstrates."))
    for path in ("usr/bin", "usr/share/demo"):
        (tmp_path / "tree" / path).mkdir(parents=True)
    shutil.copy("/usr/bin/true", tmp_path / "tree/usr/bin/demo")
    (tmp_path / "tree/usr/share/demo/words").write_text("words\n")
    return tmp_path


def _splitpkg(
    *arguments: str, cwd: Path, before: Sequence[str] = (), timeout: int = 60
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*before, sys.executable, "-m", "splitpkg", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        timeout=timeout,
        stdin=subprocess.DEVNULL,
    )


def _damaged(content: bytes, seed: int) -> bytes:
    """The file cut off somewhere, or with bytes of its tables overwritten."""
    chance = random.Random(seed)
    if seed % 2:
        return content[: chance.randrange(16, 4000)]
    edited = bytearray(content)
    for _ in range(20):
        edited[chance.randrange(4, 2000)] = chance.randrange(256)
    return bytes(edited)


def test_damaged_programs_are_named_and_never_our_bug(here: Path) -> None:
    """Two hundred at once: what is read at all is read the same in every run."""
    whole = (here / "tree/usr/bin/demo").read_bytes()
    for seed in range(200):
        (here / f"tree/usr/bin/demo-{seed}").write_bytes(_damaged(whole, seed))
    done = _splitpkg("rpm", "tree", cwd=here)
    assert done.returncode == 1
    findings = [line for line in done.stderr.splitlines() if ": error[" in line]
    assert len(findings) > 100
    assert all(line.startswith("usr/bin/demo-") for line in findings)
    assert {line.partition("[")[2].partition("]")[0] for line in findings} == {"elf-damaged"}
    assert not (here / "demo.spec").exists()


@pytest.mark.parametrize("path", ["usr/share/demo/words", "usr/bin/demo", "usr/share/demo"])
@pytest.mark.parametrize("command", ["plan", "rpm", "deb"])
def test_what_may_not_be_read_is_named(here: Path, command: str, path: str) -> None:
    (here / "tree" / path).chmod(0o000)
    try:
        done = _splitpkg(command, "tree", cwd=here, before=WITHOUT_RIGHTS)
    finally:
        (here / "tree" / path).chmod(0o755)
    assert done.returncode in (1, 3), done.stderr
    assert f"{path}: error[" in done.stderr
    assert "permission denied" in done.stderr
    assert not list(here.glob("*.spec")) + list(here.glob("debian")) + list(here.glob("*.tar.gz"))


@pytest.mark.parametrize("command", ["rpm", "deb", "init"])
def test_a_folder_that_may_not_be_written_to(here: Path, command: str) -> None:
    (here / "out").mkdir(mode=0o555)
    output = "out/new.toml" if command == "init" else "out"
    done = _splitpkg(command, "tree", "-o", output, cwd=here, before=WITHOUT_RIGHTS)
    assert done.returncode == 3, done.stderr
    assert done.stderr.startswith("out")
    assert "error[output-unwritable]: cannot be written: permission denied" in done.stderr
    assert list((here / "out").iterdir()) == []


@pytest.mark.parametrize("kind", ["folder", "pipe", "/dev/zero", "/dev/null", "binary", "huge", "loop"])
def test_a_manifest_that_is_none(here: Path, kind: str) -> None:
    given = here / "given"
    match kind:
        case "folder":
            given.mkdir()
        case "pipe":
            os.mkfifo(given)
        case "binary":
            shutil.copy("/usr/bin/true", given)
        case "huge":
            given.write_bytes(b"# \n" * 1_000_000)
        case "loop":
            given.symlink_to("given")
        case _:
            given.symlink_to(kind)
    done = _splitpkg("plan", "tree", "-m", "given", cwd=here, timeout=20)
    assert done.returncode in (1, 3), done.stderr
    assert done.stderr.startswith("given")
    assert ": error[" in done.stderr.splitlines()[0]


def test_a_reader_that_goes_away_is_no_error(here: Path) -> None:
    for number in range(3000):
        (here / f"tree/usr/share/demo/{number}").touch()
    argv = [sys.executable, "-m", "splitpkg", "plan", "tree", "--json"]
    with subprocess.Popen(argv, cwd=here, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(1)
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141


@pytest.mark.parametrize("form", ["rpm", "deb"])
def test_an_interrupted_build_leaves_nothing_behind(here: Path, form: str) -> None:
    for number in range(300):
        (here / f"tree/usr/share/demo/{number}").write_bytes(os.urandom(20_000))
    out = here / "out"
    argv = [sys.executable, "-m", "splitpkg", form, "tree", "--build", "-o", "out"]
    with subprocess.Popen(
        argv, cwd=here, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    ) as process:
        deadline = time.monotonic() + 60
        while not any(out.glob(".splitpkg-[rd]*/*")) and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(0.1)
        os.killpg(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert said == b""
    assert not [path for path in out.rglob("*") if path.name.startswith(".splitpkg")]
    assert not list(out.glob(f"*.{form}"))


def _state(out: Path) -> dict[str, bytes]:
    found = {str(one.relative_to(out)): one.read_bytes() for one in out.rglob("*") if one.is_file()}
    return {path: data for path, data in found.items() if ".splitpkg-" not in path}


@pytest.mark.slow
@pytest.mark.parametrize("form", ["rpm", "deb"])
def test_a_hundred_kills_leave_the_former_or_the_new_output(here: Path, form: str) -> None:
    """The whole command with its tarball, killed at a hundred moments of its life."""
    states = []
    for text in ("It demonstrates.", "It shows."):
        (here / "splitpkg.toml").write_text(MANIFEST.format(description=text))
        (here / "tree/usr/share/demo/words").write_text(text)
        begun = time.monotonic()
        assert _splitpkg(form, "tree", "-o", text, cwd=here).returncode == 0
        needed = time.monotonic() - begun
        states.append(_state(here / text))
    seen = []
    for moment in range(100):
        out = here / f"out{moment}"
        shutil.copytree(here / "It demonstrates.", out)
        argv = [sys.executable, "-m", "splitpkg", form, "tree", "-o", out.name]
        with subprocess.Popen(argv, cwd=here, stdout=subprocess.DEVNULL) as process:
            # The first half of its life is spent on imports.
            time.sleep(needed * (0.5 + moment / 150))
            process.send_signal(signal.SIGKILL)
        with reserved(out):
            seen.append(_state(out))
            complete(out)
            assert _state(out) in states
    assert all(one in states for one in seen)
    assert {one == states[1] for one in seen} == {True, False}, "none of them fell into its work"
