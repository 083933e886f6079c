"""The same input gives the same bytes, wherever, whenever and for whom: output, tarballs, packages."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support import relay

if TYPE_CHECKING:
    from collections.abc import Iterator

REPOSITORY = Path(__file__).resolve().parents[2]
MANIFEST = relay.SPEC / "splitpkg.toml"


@pytest.fixture(scope="module")
def locales(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Languages in which letters and numbers are not as in English (LOCPATH, locale(7))."""
    folder = tmp_path_factory.mktemp("locales")
    for name in ("tr_TR", "de_DE"):
        subprocess.run(["localedef", "-i", name, "-f", "UTF-8", folder / f"{name}.UTF-8"], check=True)
    return folder


@pytest.fixture(scope="module")
def places() -> Iterator[tuple[Path, Path]]:
    """Two folders in memory, where a folder's order is that in which it was filled."""
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        near, far = Path(folder, "a"), Path(folder, "b/deeper ünd/down")
        near.mkdir()
        far.mkdir(parents=True)
        yield near, far


@pytest.fixture(scope="module")
def trees(places: tuple[Path, Path]) -> tuple[Path, Path]:
    made = relay.tree().root
    near, far = places[0] / "tree", places[1] / "other"
    _copy(made, near, backwards=False)
    _copy(made, far, backwards=True)
    assert os.listdir(near / "usr/bin") != os.listdir(far / "usr/bin")  # noqa: PTH208 - the order counts
    return near, far


def _copy(source: Path, target: Path, *, backwards: bool) -> None:
    """Fills each folder in order, or in the opposite one; times and modes go with it."""
    target.mkdir()
    for one in sorted(source.iterdir(), reverse=backwards):
        if one.is_dir() and not one.is_symlink():
            _copy(one, target / one.name, backwards=backwards)
        else:
            shutil.copy2(one, target / one.name, follow_symlinks=False)
    shutil.copystat(source, target)


def _runs(places: tuple[Path, Path], locales: Path) -> list[tuple[Path, int, dict[str, str]]]:
    """Working directory, umask and environment of two people who have nothing in common."""
    plain = {"LC_ALL": "C", "TZ": "UTC", "PYTHONHASHSEED": "0", "HOME": "/nonexistent"}
    other = {
        "LOCPATH": str(locales),
        "LC_ALL": "tr_TR.UTF-8",
        "LANGUAGE": "tr:de",
        "TZ": "XYZ-13:45",
        "PYTHONHASHSEED": "4242",
        "HOME": str(places[1]),
        "USER": "somebody",
        "COLUMNS": "20",
    }
    return [(places[0], 0o022, plain), (Path("/"), 0o077, other)]


def _outputs(
    places: tuple[Path, Path], trees: tuple[Path, Path], locales: Path, *arguments: str
) -> list[dict[str, tuple[int, bytes]]]:
    """What each of the two gets, by path: mode and bytes."""
    found = []
    for place, tree, (cwd, umask, variables) in zip(places, trees, _runs(places, locales), strict=True):
        out = Path(tempfile.mkdtemp(dir=place, prefix="out"))
        told = [arguments[0], str(tree), "-m", str(MANIFEST), "-o", str(out), *arguments[1:]]
        done = subprocess.run(
            [sys.executable, "-m", "splitpkg", *told],
            cwd=cwd,
            umask=umask,
            env={**os.environ, "PYTHONPATH": str(REPOSITORY), **variables},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        held = {str(one.relative_to(out)): one for one in out.rglob("*") if one.is_file()}
        found.append({path: (one.stat().st_mode, one.read_bytes()) for path, one in held.items()})
    return found


@pytest.mark.parametrize("form", ["rpm", "deb"])
def test_output_is_the_same(
    form: str, places: tuple[Path, Path], trees: tuple[Path, Path], locales: Path
) -> None:
    one, other = _outputs(places, trees, locales, form)
    assert any(path.endswith(".tar.gz") for path in one)
    assert one == other


@pytest.mark.parametrize("command", ["plan", "scan", "init"])
def test_reports_and_drafts_are_the_same(
    command: str, places: tuple[Path, Path], trees: tuple[Path, Path], locales: Path
) -> None:
    answers = []
    for place, tree, (_, umask, variables) in zip(places, trees, _runs(places, locales), strict=True):
        draft = place / "draft.toml"
        ending = {
            "plan": ["--json", "-m", str(MANIFEST)],
            "scan": ["--json"],
            "init": ["--name", "relay", "--version", relay.NEW, "-o", str(draft)],
        }
        done = subprocess.run(
            [sys.executable, "-m", "splitpkg", command, tree.name, *ending[command]],
            cwd=tree.parent,
            umask=umask,
            env={**os.environ, **variables},
            capture_output=True,
            check=True,
        )
        answers.append(
            draft.read_bytes() if command == "init" else done.stdout.replace(b'"other"', b'"tree"')
        )
    assert answers[0] == answers[1]


@pytest.mark.slow
@pytest.mark.parametrize("form", ["rpm", "deb"])
def test_packages_are_the_same(
    form: str, places: tuple[Path, Path], trees: tuple[Path, Path], locales: Path
) -> None:
    one, other = _outputs(places, trees, locales, form, "--build")
    assert len([path for path in one if path.endswith(f".{form}")]) > 3
    assert one == other


@pytest.mark.slow
@pytest.mark.parametrize("form", ["rpm", "deb"])
@pytest.mark.parametrize("mode", ["prebuilt", "source"])
def test_reprotest_finds_no_difference(mode: str, form: str, tmp_path: Path) -> None:
    """Also another path of the build, exec path, number of processors, and memory layout.

    The build-id of a program is computed before debugedit(1) takes the path of the build out of its
    debugging information, and so depends on that path; RPM's build systems have one path for all.
    """
    here = tmp_path / "here"
    here.mkdir()
    shutil.copytree(relay.tree().root, here / "tree", symlinks=True)
    text = MANIFEST.read_text()
    if mode == "source":
        subprocess.run(
            ["make", "-C", relay.SOURCE, "dist", f"DISTDIR={here}"], check=True, capture_output=True
        )
        text += '\n[build]\nsystem = "meson"\nsource = "relay-1.6.1.tar.gz"\n'
        text += 'requires.deb = ["zlib1g-dev", "libbz2-dev"]\n'
    (here / "splitpkg.toml").write_text(text)
    splitpkg = f"PYTHONPATH={REPOSITORY} {sys.executable} -m splitpkg"
    build = f"{splitpkg} {form} tree --build -o out"
    # Clocks and accounts are another machine's matter; order of folders: see above.
    varied = "environment,exec_path,locales,timezone,umask,home,aslr,num_cpus"
    if (mode, form) != ("source", "rpm"):
        varied += ",build_path"
    argv = ["reprotest", "--no-diffoscope", f"--variations={varied}"]
    done = subprocess.run(
        [*argv, "-c", build, ".", f"out/*.{form}", "--", "null"],
        cwd=here,
        capture_output=True,
        text=True,
        check=False,
        env={key: word for key, word in os.environ.items() if key != "LC_ALL"},
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert done.stdout.count(f".{form}") > 10, done.stdout
