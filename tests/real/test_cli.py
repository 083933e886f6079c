"""The command line end to end, as a maintainer and a program use it: real processes, exit status, streams."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support import relay, small

MANIFEST = small.MANIFEST.format(description="It demonstrates.")

Done = subprocess.CompletedProcess[str]


def splitpkg(*arguments: str | Path, cwd: Path, umask: int = 0o022, **environment: str) -> Done:
    return subprocess.run(
        [sys.executable, "-m", "splitpkg", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        stdin=subprocess.DEVNULL,
        cwd=cwd,
        umask=umask,
        env={**os.environ, **environment},
    )


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A folder with a manifest and a small tree."""
    (tmp_path / "splitpkg.toml").write_text(MANIFEST)
    for path in ("tree/usr/bin/demo", "tree/usr/share/demo/words"):
        (tmp_path / path).parent.mkdir(parents=True)
        (tmp_path / path).write_text("#!/bin/sh\n")
    return tmp_path


def slugs(text: str) -> list[str]:
    return [finding["slug"] for finding in json.loads(text)["findings"]]


REPORTS = [
    ("scan", "tree"),
    ("plan", "tree"),
    ("rpm", "tree", "-o", "out"),
    ("deb", "tree", "-o", "out"),
]


@pytest.mark.parametrize("command", REPORTS, ids=lambda command: command[0])
def test_results_go_to_standard_output(here: Path, command: tuple[str, ...]) -> None:
    done = splitpkg(*command, cwd=here)
    assert (done.returncode, done.stderr) == (0, "")
    assert "demo" in done.stdout
    as_json = splitpkg(*command, "--json", cwd=here)
    assert (as_json.returncode, as_json.stderr, slugs(as_json.stdout)) == (0, "", [])


@pytest.mark.parametrize("command", REPORTS[1:], ids=lambda command: command[0])
def test_findings_go_to_standard_error(here: Path, command: tuple[str, ...]) -> None:
    (here / "tree/stray").touch()
    done = splitpkg(*command, cwd=here)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines() == [
        "stray: error[unowned]: belongs to no package",
        "  hint: add it to `files` of a package, or to [[exclude]] with the reason",
    ]
    as_json = splitpkg(*command, "--json", cwd=here)
    assert (as_json.returncode, as_json.stderr) == (1, "")
    assert json.loads(as_json.stdout) == {
        "findings": [
            {
                "slug": "unowned",
                "severity": "error",
                "path": "stray",
                "line": None,
                "message": "belongs to no package",
                "notes": [],
                "hint": "add it to `files` of a package, or to [[exclude]] with the reason",
            }
        ]
    }
    assert not (here / "out").exists()


def test_warnings_leave_the_exit_status_alone(here: Path) -> None:
    waiver = '[[waiver]]\nslug = "unmet-symbol"\nreason = "none"\n'
    (here / "splitpkg.toml").write_text(MANIFEST + waiver)
    done = splitpkg("plan", "tree", cwd=here)
    assert done.returncode == 0
    assert "demo-core" in done.stdout
    assert "splitpkg.toml:16: warning[waiver-unused]" in done.stderr
    assert slugs(splitpkg("plan", "tree", "--json", cwd=here).stdout) == ["waiver-unused"]


@pytest.mark.parametrize("command", REPORTS[1:], ids=lambda command: command[0])
def test_without_a_manifest(here: Path, command: tuple[str, ...]) -> None:
    done = splitpkg(*command, "-m", "other.toml", cwd=here)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("other.toml: error[manifest-missing]: no such file")


@pytest.mark.parametrize("command", [*REPORTS, ("init", "tree")], ids=lambda command: command[0])
def test_without_a_tree(here: Path, command: tuple[str, ...]) -> None:
    done = splitpkg(command[0], "nowhere", *command[2:], cwd=here)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("nowhere: error[no-tree]: does not exist")


def test_every_way_to_name_a_tree(here: Path) -> None:
    (here / "link").symlink_to("tree")
    (here / "deep").mkdir()
    shutil.copy(here / "splitpkg.toml", here / "deep")
    wanted = splitpkg("plan", "tree", "--json", cwd=here).stdout
    for tree in ("tree/", "./tree", "link", "link/", "tree/usr/..", here / "tree"):
        assert splitpkg("plan", tree, "--json", cwd=here).stdout == wanted
    assert splitpkg("plan", ".", "-m", "../splitpkg.toml", "--json", cwd=here / "tree").stdout == wanted
    assert splitpkg("plan", "tree", "-m", "deep/splitpkg.toml", "--json", cwd=here).stdout == wanted


USAGE = [
    (),
    ("plan",),
    ("plan", "tree", "tree"),
    ("plan", "tree", "--jsn"),
    ("frobnicate", "tree"),
    ("verify", "x.rpm"),
    ("init", "tree", "--name", "Bad Name", "-o", "new.toml"),
    ("init", "tree", "--version", "1-2", "-o", "new.toml"),
    ("plan", ""),
    ("rpm", "tree", "-o", ""),
    ("rpm", "tree", "--output="),
]


@pytest.mark.parametrize("arguments", USAGE, ids=" ".join)
def test_wrong_usage(here: Path, arguments: tuple[str, ...]) -> None:
    """An empty argument is a variable that is not set: it must not mean this folder."""
    before = sorted(here.rglob("*"))
    done = splitpkg(*arguments, cwd=here)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert done.stderr or not arguments, "only the help goes to standard output"
    assert sorted(here.rglob("*")) == before


def test_a_name_that_a_manifest_would_refuse(here: Path) -> None:
    done = splitpkg("init", "tree", "--name", "Bad Name", "-o", "new.toml", cwd=here)
    assert "'--name': is `Bad Name`; expected two or more lower-case letters" in done.stderr


@pytest.mark.parametrize("output", ["tree", "tree/usr/share/demo/out"])
@pytest.mark.parametrize("command", ["rpm", "deb", "init"])
def test_no_output_in_the_tree(here: Path, command: str, output: str) -> None:
    """It would be packed the next time."""
    before = sorted(here.rglob("*"))
    done = splitpkg(command, "tree", "-o", output if command != "init" else f"{output}/new.toml", cwd=here)
    assert (done.returncode, done.stdout) == (1, "")
    assert "error[output-in-tree]: lies in the tree" in done.stderr
    assert sorted(here.rglob("*")) == before


def test_a_drafted_manifest_is_not_written_over(here: Path) -> None:
    done = splitpkg("init", "tree", cwd=here)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("splitpkg.toml: error[output-exists]: is there already")
    assert (here / "splitpkg.toml").read_text() == MANIFEST


@pytest.mark.parametrize("output", ["tree", ".", "/dev/null"])
def test_a_manifest_where_none_can_be(here: Path, output: str) -> None:
    done = splitpkg("init", "tree", "-o", output, cwd=here)
    assert (done.returncode, done.stdout) == (1, "")


def test_output_where_none_can_be(here: Path) -> None:
    done = splitpkg("rpm", "tree", "-o", "splitpkg.toml", cwd=here)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == "splitpkg.toml: error[output-unwritable]: is no folder\n"


def test_tools_that_are_not_there(here: Path) -> None:
    (here / "empty").mkdir()
    for command in ("rpm", "deb"):
        done = splitpkg(command, "tree", "-o", "out", "--build", "--json", cwd=here, PATH=str(here / "empty"))
        assert (done.returncode, slugs(done.stdout)[-1:]) == (3, ["tool-missing"])


def test_what_cannot_be_read(here: Path) -> None:
    """As another user than root, who can read everything."""
    words = here / "tree/usr/share/demo/words"
    words.chmod(0)
    if os.geteuid() == 0:
        for folder in (here, *here.parents):
            folder.chmod(folder.stat().st_mode | stat.S_IXOTH | stat.S_IROTH)
    user = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.geteuid() == 0 else []

    def asked(*arguments: str) -> Done:
        argv = [*user, sys.executable, "-m", "splitpkg", *arguments]
        return subprocess.run(argv, capture_output=True, text=True, check=False, cwd=here, timeout=60)

    done = asked("plan", "tree")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(
        "usr/share/demo/words: error[unreadable]: cannot be read: permission denied"
    )
    words.chmod(0o644)
    (here / "splitpkg.toml").chmod(0)
    done = asked("plan", "tree", "--json")
    assert (done.returncode, slugs(done.stdout)) == (3, ["manifest-unreadable"])
    (here / "tree").chmod(0)
    done = asked("scan", "tree", "--json")
    assert (done.returncode, slugs(done.stdout)) == (3, ["unreadable"])
    (here / "tree").chmod(0o755)


def test_same_bytes_in_every_environment(tmp_path: Path) -> None:
    """Locale, time zone, umask, hash seed; spec, debian/ and tarballs, of the sample with odd names."""
    root = relay.tree().copy(tmp_path / "tree").root
    (root / "usr/share/relay/\u00fcn\u00efcode %{name} $(x)").write_text("x")
    environments: list[dict[str, str]] = [
        {},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "TZ": "Asia/Kathmandu"},
        {"PYTHONHASHSEED": "1", "TZ": "America/St_Johns", "HOME": "/nonexistent", "LANGUAGE": "de"},
    ]
    for number, environment in enumerate(environments):
        for command in ("rpm", "deb"):
            argv = (command, root, "-m", relay.SPEC / "splitpkg.toml", "-o", str(number))
            done = splitpkg(*argv, cwd=tmp_path, umask=0o077 if number else 0o022, **environment)
            assert done.returncode == 0, done.stderr
    first, *others = (_contents(tmp_path / str(number)) for number in range(len(environments)))
    assert len(first) == 41
    assert all(other == first for other in others)


def _contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_what_belongs_to_a_former_manifest_is_removed(here: Path) -> None:
    """Else debhelper would go on to pack it. What others put there stays."""
    attribute = '[[attribute]]\nfiles = "usr/share/demo"\ngroup = "games"\n'
    (here / "splitpkg.toml").write_text(MANIFEST + attribute)
    said = _json("deb", "tree", "-o", "out", "--json", cwd=here)
    assert "out/debian/demo-core.postinst" in said["written"]
    (here / "out/debian/demo-core.prerm").write_text("#!/bin/sh\n")
    (here / "splitpkg.toml").write_text(MANIFEST)
    said = _json("deb", "tree", "-o", "out", "--json", cwd=here)
    assert said["removed"] == ["out/debian/demo-core.postinst"]
    assert not (here / "out/debian/demo-core.postinst").exists()
    assert (here / "out/debian/demo-core.prerm").exists()
    assert _json("deb", "tree", "-o", "out", "--json", cwd=here)["removed"] == []


def test_the_whole_way_of_the_sample(tmp_path: Path) -> None:
    """init, plan, rpm, deb and verify, without an edit; then one byte is changed."""
    root = relay.tree().copy(tmp_path / "tree").root
    assert splitpkg("init", "tree", cwd=tmp_path).stdout == "wrote splitpkg.toml\n"
    planned = _json("plan", "tree", "--json", cwd=tmp_path)
    names = {package["name"] for package in planned["packages"]}
    for command, end in (("rpm", ".rpm"), ("deb", ".deb")):
        said = _json(command, "tree", "-o", command, "--build", "--json", cwd=tmp_path)
        assert len(said["built"]) == len(names)
        assert all((tmp_path / path).is_file() for path in (*said["written"], *said["built"]))
        assert {Path(path).suffix for path in said["built"]} == {end}
    verified = _json("verify", "rpm", "deb", "--tree", "tree", "--json", cwd=tmp_path)
    assert len(verified["packages"]) == 2 * len(names)
    with (root / "usr/share/relay/relay.conf").open("a") as changed:
        changed.write("#")
    done = splitpkg("verify", "rpm", "deb", "--tree", "tree", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.count("error[file-differs]") == 2
    done = splitpkg("verify", "rpm", "deb", "--tree", "tree", "--json", cwd=tmp_path)
    assert (done.returncode, done.stderr, slugs(done.stdout)) == (1, "", ["file-differs", "file-differs"])


def _json(*arguments: str, cwd: Path) -> dict[str, Any]:
    done = splitpkg(*arguments, cwd=cwd)
    assert done.returncode == 0, done.stdout
    said: dict[str, Any] = json.loads(done.stdout)
    return said


@pytest.mark.parametrize("arguments", [("explain",), ("explain", "unowned"), ("schema",), ("--help",)])
def test_what_needs_neither_tree_nor_manifest(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = splitpkg(*arguments, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "unowned" in done.stdout or "splitpkg" in done.stdout
