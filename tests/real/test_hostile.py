"""Hostile texts, names and links in a manifest and a tree: in packages as they were, or refused; never run.

What is in the packages is read with the formats' own tools.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support import debs
from tests.support.canary import COMMAND, Canary, canary

if TYPE_CHECKING:
    from collections.abc import Mapping

REPOSITORY = Path(__file__).resolve().parents[2]

WAYS = (
    f"%({COMMAND})",
    f"%%({COMMAND})",
    f"%{{lua:os.execute('{COMMAND}')}}",
    f"%{{expand:%({COMMAND})}}",
    f"%{{!?x:%({COMMAND})}}",
    f"%[ %({COMMAND}) ]",
    f"$({COMMAND})",
    f"$(shell {COMMAND})",
    f"`{COMMAND}`",
    f"${{{COMMAND}}}",
    f"${{env:{COMMAND}}}",
)
"""Everything that runs a command somewhere, or expands to what is elsewhere."""

NAMES = (
    *WAYS,
    *("%", "%%", "%{name}", "%files", "%post", "%dir x", "Depends: x", "Name: x", "#", "# x", "#!x"),
    *(" ", " x", "x ", "two  words", '"', '"x"', "'", "'x'", "\\", "\\x", "x\\", "*", "?", "[a-z]", "{a,b}"),
    *(
        "-",
        "-n x",
        "--help",
        "~",
        "!",
        "&&x",
        "|x",
        ";x",
        ">x",
        "<x",
        "(x)",
        "x=y",
        "@x",
        "+x",
        "$",
        "$$",
        "$x",
    ),
    *(
        "${Space}",
        "${shlibs:Depends}",
        "${Newline}",
        "$(CURDIR)",
        "...",
        "..x",
        "ünï",
        "\u202ex",
        "\U0001f642",
    ),
    "x" * 255,
)
SUMMARY = f"Costs 5% {' '.join(WAYS)} ${{Space}} ${{shlibs:Depends}} # \"q\" 'q' * ? [a] {{b}} \\"
DESCRIPTION = f"""It says {" ".join(WAYS)} and more, at length, so that its lines have to be broken somewhere.

Further: ${{Space}} ${{shlibs:Depends}} ${{Newline}} * ? [a] {{b}} \\

.dots begin this line
Depends: libc6
Name: other
 set in by a space"""
REASON = f"nobody asks for it: {' '.join(WAYS)}"
HOMEPAGE = f"https://x.example/%({COMMAND})$({COMMAND})%7B*?#x"

MANIFEST = """
[program]
name = "demo"
version = "1.0"
summary = {summary}
description = {description}
license = "MIT"
homepage = {homepage}
maintainer = {maintainer}
date = 2024-11-22

[hosts]
files = "usr/bin/demo"

[package.core]
files = ["usr/bin", "usr/share/demo"]
summary = {summary}
description = {description}

[package.more]
files = ["usr/share/more"]

[[exclude]]
files = ["srv"]
reason = {reason}

[rpm]
group = {summary}
"""


def _text(**other: str) -> str:
    words = {
        "summary": SUMMARY,
        "description": DESCRIPTION,
        "homepage": HOMEPAGE,
        "maintainer": f"Jo %({COMMAND}) $({COMMAND}) `{COMMAND}` <jo@demo.example>",
        "reason": REASON,
        **other,
    }
    return MANIFEST.format(**{key: json.dumps(word) for key, word in words.items()})


def _tree(root: Path) -> Path:
    """Each name as a file, a folder, a link and a link's target, in two packages; modes of all kinds."""
    for path in ("usr/bin", "usr/share/demo", "usr/share/more", "srv"):
        (root / path).mkdir(parents=True)
    (root / "usr/bin/demo").write_text("#!/bin/sh\n")
    (root / f"srv/$({COMMAND})").write_text("left out\n")
    share = root / "usr/share/demo"
    for number, name in enumerate(NAMES):
        # A folder of its own for each: one that holds several would list names that look alike.
        home = share / f"{number}"
        home.mkdir()
        (home / name).write_text(name)
        (home / f"in{number}").mkdir()
        (home / f"in{number}" / name).mkdir()
        (home / f"in{number}" / name / name).write_text(name)
        (home / f"to{number}").symlink_to(name)
        (home / f"nowhere{number}").symlink_to(f"../{name}/{name}")
        more = root / f"usr/share/more/{number}"
        more.mkdir()
        (more / name).symlink_to(f"/{name}")
    deep = share / "/".join(["y" * 250] * 8)
    deep.mkdir(parents=True)
    (deep / "deep").write_text("deep")
    os.link(share / "0" / NAMES[0], share / "linked")
    for name, mode in {"suid": 0o4755, "sgid": 0o2755, "none": 0o000, "world": 0o666, "own": 0o700}.items():
        (share / name).write_text(name)
        (share / name).chmod(mode)
    (share / "sticky").mkdir()
    (share / "sticky").chmod(0o1777)
    (root / "usr/bin/demo").chmod(0o755)
    return root


def _splitpkg(*arguments: str | Path, cwd: Path, bird: Canary) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-m", "splitpkg", *arguments]
    return subprocess.run(
        argv, capture_output=True, text=True, check=False, timeout=300, cwd=cwd, env=bird.environment
    )


def _ask(*argv: str | Path, bird: Canary) -> str:
    done = subprocess.run(argv, capture_output=True, check=False, timeout=300, env=bird.environment)
    return done.stdout.decode("utf-8", "surrogateescape")


@pytest.fixture(scope="module")
def bird(tmp_path_factory: pytest.TempPathFactory) -> Canary:
    return canary(tmp_path_factory.mktemp("bird") / "bin")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A manifest and a tree that both formats can carry."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "splitpkg.toml").write_text(_text())
    _tree(folder / "tree")
    return folder


@pytest.fixture(scope="module")
def rpms(place: Path, bird: Canary) -> dict[str, Path]:
    done = _splitpkg("rpm", "tree", "--build", "-o", "rpm", cwd=place, bird=bird)
    assert done.returncode == 0, done.stderr
    return {path.name.rsplit("-", 2)[0]: path for path in (place / "rpm").glob("*.rpm")}


@pytest.fixture(scope="module")
def packages(place: Path, bird: Canary) -> dict[str, Path]:
    done = _splitpkg("deb", "tree", "--build", "-o", "deb", cwd=place, bird=bird)
    assert done.returncode == 0, done.stderr
    return {path.name.partition("_")[0]: path for path in (place / "deb").glob("*.deb")}


def _wanted(place: Path) -> Mapping[str, debs.Member]:
    found = debs.on_disk(place / "tree")
    return {path: member for path, member in found.items() if path.partition("/")[0] != "srv"}


def _is_ours(path: str) -> bool:
    """Of a Debian package: its changelog and copyright."""
    return path in ("usr/share/doc", "usr/share/doc/demo-core", "usr/share/doc/demo-more") or path.endswith(
        ("/changelog.Debian.gz", "/copyright")
    )


def test_rpm_packages_hold_the_tree_as_it_is(place: Path, rpms: dict[str, Path], tmp_path: Path) -> None:
    for package in rpms.values():
        archive = subprocess.run(["rpm2cpio", package], check=True, capture_output=True).stdout
        argv = ["cpio", "--extract", "--quiet", "--make-directories", "--preserve-modification-time"]
        subprocess.run([*argv, "--unconditional"], input=archive, check=True, cwd=tmp_path)
    listed = _wanted(place)
    found = debs.on_disk(tmp_path)
    # Parents that no package owns get the umask's mode from cpio.
    assert {path: found.get(path) for path in listed if path.count("/") > 1} == {
        path: member for path, member in listed.items() if path.count("/") > 1
    }
    assert found.keys() == listed.keys()


def test_debian_packages_hold_the_tree_as_it_is(place: Path, packages: dict[str, Path]) -> None:
    found = {path: one for package in packages.values() for path, one in debs.payload(package).items()}
    assert {path: one for path, one in found.items() if not _is_ours(path)} == _wanted(place)


def test_texts_arrive(rpms: dict[str, Path], packages: dict[str, Path], bird: Canary) -> None:
    core = rpms["demo-core"]
    ask = "%{SUMMARY}\x1f%{URL}\x1f%{GROUP}\x1f%{DESCRIPTION}\x1f"
    summary, url, group, text, _ = _ask("rpm", "-qp", "--qf", ask, core, bird=bird).split("\x1f")
    assert (summary, url, group) == (SUMMARY, HOMEPAGE, SUMMARY)
    assert text.split() == [*DESCRIPTION.split(), *DESCRIPTION.split()]
    field = debs.field(packages["demo-core"], "Description")
    synopsis, _, extended = field.partition("\n")
    assert synopsis == SUMMARY
    words = [word for line in extended.splitlines() if line != " ." for word in line.split()]
    assert words == [*DESCRIPTION.split(), *DESCRIPTION.split()]
    assert debs.field(packages["demo-core"], "Homepage") == HOMEPAGE
    assert debs.field(packages["demo-core"], "Depends") == ""


def test_nothing_has_been_run(
    place: Path, rpms: dict[str, Path], packages: dict[str, Path], bird: Canary
) -> None:
    """After both builds, and after everything that people do with specs and packages."""
    assert not bird.was_run
    spec = place / "rpm/demo.spec"
    commands: tuple[tuple[str | Path, ...], ...] = (
        ("rpmspec", "-q", spec),
        ("rpmspec", "-P", spec),
        ("rpmlint", "--ignore-unused-rpmlintrc", "-r", place / "rpm/demo.rpmlintrc", spec, *rpms.values()),
        ("lintian", "--allow-root", *packages.values()),
    )
    for argv in commands:
        _ask(*argv, bird=bird)
        assert not bird.was_run, argv[0]


SPEC = """Name: demo
Version: 1
Release: 1
Summary: {summary}
License: MIT
%description
x
%install
%files
"""
RULES = "#!/usr/bin/make -f\nX := $(shell {command})\n%:\n\tdh $@\n"


def test_the_watch_notices_a_spec_that_runs_something(tmp_path: Path, bird: Canary) -> None:
    assert not bird.was_run
    spec = tmp_path / "demo.spec"
    for way in (f"%({COMMAND})", f'%{{lua:os.execute("{COMMAND}")}}'):
        spec.write_text(SPEC.format(summary=way))
        build = ("rpmbuild", "-bb", "--nodeps", "--define", f"_topdir {tmp_path}", spec)
        for argv in (("rpmspec", "-q", spec), ("rpmspec", "-P", spec), build, ("rpmlint", spec)):
            _ask(*argv, bird=bird)
            assert bird.was_run, (argv[0], way)


def test_the_watch_notices_a_debian_build_that_runs_something(
    place: Path, tmp_path: Path, bird: Canary, packages: dict[str, Path]
) -> None:
    assert packages
    assert not bird.was_run
    shutil.copytree(place / "deb/debian", tmp_path / "demo/debian", symlinks=True)
    (tmp_path / "demo/debian/rules").write_text(RULES.format(command=COMMAND))
    argv = ["dpkg-buildpackage", "--build=binary", "-us", "-uc"]
    subprocess.run(argv, cwd=tmp_path / "demo", env=bird.environment, capture_output=True, check=False)
    assert bird.was_run


def test_options_of_a_build_from_source_are_not_expanded(tmp_path: Path, bird: Canary) -> None:
    options = json.dumps([f"-Dx={way}" for way in WAYS])
    build = f'[build]\nsystem = "meson"\nsource = "demo-1.0.tar.gz"\noptions = {options}\n'
    (tmp_path / "splitpkg.toml").write_text(_text() + build)
    (tmp_path / "tree/usr/bin").mkdir(parents=True)
    (tmp_path / "tree/usr/bin/demo").write_text("#!/bin/sh\n")
    for path in ("usr/share/demo/x", "usr/share/more/x", f"srv/$({COMMAND})"):
        (tmp_path / "tree" / path).parent.mkdir(parents=True)
        (tmp_path / "tree" / path).touch()
    for form in ("rpm", "deb"):
        done = _splitpkg(form, "tree", "-o", form, cwd=tmp_path, bird=bird)
        assert done.returncode == 0, done.stderr
    assert len(_ask("rpmspec", "-P", tmp_path / "rpm/demo.spec", bird=bird)) > 1000
    argv = ["make", "-n", "-f", "debian/rules", "override_dh_auto_configure"]
    said = subprocess.run(argv, cwd=tmp_path / "deb", env=bird.environment, capture_output=True, check=True)
    assert b"dh_auto_configure" in said.stdout
    assert not bird.was_run


REFUSED = {
    "a control character": (b"tab\there", "name-control"),
    "a line break": (b"%post\nDepends: x", "name-control"),
    "no UTF-8": (b"caf\xe9", "name-not-utf8"),
}


@pytest.mark.parametrize("case", REFUSED)
@pytest.mark.parametrize("form", ["rpm", "deb"])
def test_names_that_no_format_carries_are_refused(case: str, form: str, tmp_path: Path, bird: Canary) -> None:
    name, slug = REFUSED[case]
    share = _plain(tmp_path)
    (share / os.fsdecode(name)).touch()
    done = _splitpkg(form, "tree", cwd=tmp_path, bird=bird)
    assert done.returncode == 1
    shown = os.fsdecode(name).encode("unicode_escape", "surrogatepass").decode()
    assert f"usr/share/demo/{shown}: error[{slug}]: " in done.stderr
    assert not list(tmp_path.glob("*.spec"))


def _plain(folder: Path) -> Path:
    """A manifest and a tree without anything odd; gives the folder to put that in."""
    (folder / "splitpkg.toml").write_text(_text())
    share = folder / "tree/usr/share/demo"
    for path in ("usr/bin/demo", "usr/share/more/x", f"srv/$({COMMAND})", "usr/share/demo/words"):
        (folder / "tree" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "tree" / path).write_text("x\n")
    return share


@pytest.mark.parametrize(("target", "slug"), [
    (b"caf\xe9", "target-unspeakable"),
    (b"two\nlines", "target-unspeakable"),
    (b"tab\there", "target-unspeakable"),
    (b"../../../../etc/passwd", "symlink-escapes"),
    (b"odd", "symlink-loop"),
])  # fmt: skip
@pytest.mark.parametrize("form", ["rpm", "deb"])
def test_links_that_no_format_carries_are_refused(
    target: bytes, slug: str, form: str, tmp_path: Path, bird: Canary
) -> None:
    (_plain(tmp_path) / "odd").symlink_to(os.fsdecode(target))
    done = _splitpkg(form, "tree", cwd=tmp_path, bird=bird)
    assert done.returncode == 1
    assert f"usr/share/demo/odd: error[{slug}]: " in done.stderr
    assert len(done.stderr.splitlines()) <= 2


def test_what_is_no_file_is_refused_and_may_be_left_out(tmp_path: Path, bird: Canary) -> None:
    share = _plain(tmp_path)
    os.mkfifo(share / "pipe")
    os.mknod(share / "device", 0o600 | 0o020000, os.makedev(1, 3))
    done = _splitpkg("rpm", "tree", cwd=tmp_path, bird=bird)
    assert done.returncode == 1
    assert done.stderr.count("error[special-file]") == 2
    left_out = '[[exclude]]\nfiles = ["usr/share/demo/pipe", "usr/share/demo/device"]\nreason = "none"\n'
    (tmp_path / "splitpkg.toml").write_text(_text() + left_out)
    for form in ("rpm", "deb"):
        done = _splitpkg(form, "tree", cwd=tmp_path, bird=bird)
        assert done.returncode == 0, done.stderr


def test_capabilities_of_a_file_are_not_lost_in_silence(tmp_path: Path, bird: Canary) -> None:
    tool = _plain(tmp_path).parents[1] / "bin/demo"
    tool.chmod(0o755)
    # cap_net_raw=ep as the kernel keeps it (VFS_CAP_REVISION_2, linux/capability.h).
    os.setxattr(tool, "security.capability", bytes.fromhex("0100000200200000000000000000000000000000"))
    for form in ("rpm", "deb"):
        done = _splitpkg(form, "tree", cwd=tmp_path, bird=bird)
        assert done.returncode == 1
        assert "usr/bin/demo: error[file-capability]: " in done.stderr
    (tmp_path / "splitpkg.toml").write_text(
        _text() + '[[waiver]]\nslug = "file-capability"\nreason = "none"\n'
    )
    assert _splitpkg("rpm", "tree", cwd=tmp_path, bird=bird).returncode == 0


def test_paths_that_leave_no_room_are_refused(tmp_path: Path, bird: Canary) -> None:
    here = os.open(_plain(tmp_path), os.O_RDONLY)
    for _ in range(14):
        os.mkdir("z" * 250, dir_fd=here)
        below = os.open("z" * 250, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)
    for form in ("rpm", "deb"):
        done = _splitpkg(form, "tree", cwd=tmp_path, bird=bird)
        assert done.returncode == 1
        assert "error[path-too-long]: " in done.stderr


@pytest.mark.parametrize(
    ("line", "slug"),
    [
        ("%post", "line-is-directive"),
        ("%files -n x", "line-is-directive"),
        ("%if 1", "line-is-directive"),
        (f"%({COMMAND})", "line-is-directive"),
        ("# x", "line-is-directive"),
        ("a\tb", "bad-text"),
        ("a\x1b[2Jb", "bad-text"),
    ],
)
def test_lines_that_a_spec_would_take_for_its_own_are_refused(
    line: str, slug: str, tmp_path: Path, bird: Canary
) -> None:
    _plain(tmp_path)
    (tmp_path / "splitpkg.toml").write_text(_text(description=f"It shows.\n\n{line}\n\nMore."))
    done = _splitpkg("rpm", "tree", cwd=tmp_path, bird=bird)
    assert done.returncode == 1
    assert f"splitpkg.toml:6: error[{slug}]: " in done.stderr
    assert not bird.was_run


@pytest.mark.parametrize("form", ["rpm", "deb"])
def test_names_that_become_one_are_refused(form: str, tmp_path: Path, bird: Canary) -> None:
    _plain(tmp_path)
    family = (
        '[family.block]\nfiles = "usr/lib/demo/block-{name}.so"\n'
        'package = "block-{name}"\nsummary = "Block driver {name}"\n'
    )
    (tmp_path / "splitpkg.toml").write_text(_text() + family)
    for name in ("Net_Raw", "net-raw"):
        target = tmp_path / f"tree/usr/lib/demo/block-{name}.so"
        target.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["gcc", "-shared", "-o", target, "-x", "c", "/dev/null"], check=True)
    done = _splitpkg(form, "tree", cwd=tmp_path, bird=bird)
    assert done.returncode == 1
    assert "error[suffix-collides]: " in done.stderr


@pytest.mark.slow
def test_all_of_this_with_the_tools_of_the_next_debian() -> None:
    """rpm 4.20, dpkg 1.22, debhelper 13.24: the same tests, as committed, in a root of Debian 13."""
    tests = f"tests/real/{Path(__file__).name}"
    command = f".ci/setup test && rpm --version && .venv/bin/python -m pytest {tests}"
    argv = [str(REPOSITORY / ".ci/fresh-root"), "--suite", "trixie", "sh", "-c", command]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
    assert "RPM version 4.20" in done.stdout
    assert " passed" in done.stdout
