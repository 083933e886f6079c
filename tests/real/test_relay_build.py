"""The sample program builds as distributions build, in two build systems, to the same bytes each time."""

from __future__ import annotations

import os
import re
import subprocess
import tarfile
from typing import TYPE_CHECKING

import pytest

from tests.support.relay import GET_TREE, HOSTS, MODULES, NEW, OLD, SOURCE, SPEC, Tree, paths, tree

if TYPE_CHECKING:
    from pathlib import Path

STRICT = "-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wmissing-prototypes -Wstrict-prototypes -Werror"
# What Fedora's %build_cflags and %build_ldflags say, without the spec files of its own gcc and -m64.
FEDORA = {
    "CFLAGS": "-O2 -flto=auto -ffat-lto-objects -fexceptions -g -grecord-gcc-switches -pipe -Wall"
    " -Werror=format-security -Wp,-U_FORTIFY_SOURCE,-D_FORTIFY_SOURCE=3 -Wp,-D_GLIBCXX_ASSERTIONS"
    " -fstack-protector-strong -fasynchronous-unwind-tables -fno-omit-frame-pointer",
    "LDFLAGS": "-Wl,-z,relro -Wl,--as-needed -Wl,-z,pack-relative-relocs -Wl,-z,now -Wl,--build-id=sha1",
}


def debian_flags() -> dict[str, str]:
    environment = os.environ | {"DEB_BUILD_MAINT_OPTIONS": "hardening=+all"}
    done = subprocess.run(
        ["dpkg-buildflags"], env=environment, capture_output=True, text=True, check=True, timeout=60
    )
    return dict(line.split("=", 1) for line in done.stdout.splitlines())


def run(*command: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
    own = {name: value for name, value in os.environ.items() if name not in {"MAKEFLAGS", "MAKELEVEL"}}
    return subprocess.run(
        command, env=own | variables, capture_output=True, text=True, check=False, timeout=120
    )


def make(build: Path, *arguments: str, **variables: str) -> str:
    """Runs the sample's Makefile; returns what it printed, errors and warnings of the compiler too."""
    done = run("make", "-j2", "-C", SOURCE, f"BUILD={build}", *arguments, **variables)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


@pytest.mark.parametrize("flags", ["debian", "fedora"])
def test_builds_with_a_distribution_s_flags(flags: str, tmp_path: Path) -> None:
    variables = debian_flags() if flags == "debian" else FEDORA
    variables = variables | {"CFLAGS": f"{variables['CFLAGS']} {STRICT}"}
    printed = make(tmp_path, "all", "check", **variables)
    assert "warning" not in printed
    assert [f"loaded: {module}" in printed for module in MODULES] == [True] * len(MODULES)
    assert "(NEEDED)" not in run("readelf", "-d", tmp_path / "lib/relay/block-raw.so").stdout


def test_other_version_is_built_afresh_and_the_same_is_not(tmp_path: Path) -> None:
    make(tmp_path / "build", f"VERSION={OLD}")
    make(tmp_path / "build", f"VERSION={NEW}")
    make(tmp_path / "build", "install", f"VERSION={NEW}", f"DESTDIR={tmp_path}/tree", CC="false")
    local = tmp_path / "tree/usr/local"
    assert f"RELAY_PRIVATE_{NEW}" in run("readelf", "-V", local / "lib/librelay.so").stdout
    done = run(local / "sbin/relayd", "--version", LD_LIBRARY_PATH=str(local / "lib"))
    assert done.stdout == f"relayd {NEW} (librelay {NEW})\n"
    assert (local / "etc/relay/relay.conf").is_file()


def test_version_must_be_of_three_numbers(tmp_path: Path) -> None:
    done = run("make", "-C", SOURCE, f"BUILD={tmp_path}", "VERSION=1.6")
    assert done.returncode != 0
    assert "VERSION is `1.6', not MAJOR.MINOR.MICRO" in done.stderr


def content(root: Path) -> dict[str, tuple[int, bytes | str]]:
    """Mode, and bytes or link target, of each path that is not a directory."""
    found: dict[str, tuple[int, bytes | str]] = {}
    for name in paths(root):
        path = root / name
        what = str(path.readlink()) if path.is_symlink() else path.read_bytes()
        found[name] = (path.lstat().st_mode, what)
    return found


def test_tree_is_the_same_each_time(tmp_path: Path) -> None:
    previous = os.umask(0o077)
    try:
        done = run(GET_TREE, tmp_path / "tree", TMPDIR=str(tmp_path))
    finally:
        os.umask(previous)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert content(tmp_path / "tree") == content(tree().root)


def test_tree_names_no_place_of_the_build() -> None:
    places = [os.fsencode(SPEC.parent.parent), b"/tmp/", b"/dev/shm"]
    for path in map(tree().root.joinpath, paths(tree().root)):
        assert not [place for place in places if place in path.read_bytes()], path


def test_get_tree_refuses_a_full_directory_and_wrong_use(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = run(GET_TREE, tmp_path)
    assert (done.returncode, done.stderr) == (1, f"get-tree: {tmp_path} is not empty\n")
    for arguments in ("", "--nope x y", f"--version {OLD}", f"--version {OLD} --libdir usr/lib64"):
        assert run(GET_TREE, *arguments.split()).returncode == 2


def test_lib64_differs_in_the_directory_alone() -> None:
    lib64, multiarch = tree(OLD, "usr/lib64"), tree(OLD)
    renamed = [name.replace("usr/lib64/", f"{multiarch.libdir}/") for name in paths(lib64.root)]
    assert sorted(renamed) == paths(multiarch.root)
    assert lib64.run("relayd", "--all").status == 0


def dist(target: Path, version: str, build: Path) -> Path:
    make(build, "dist", f"DISTDIR={target}", f"VERSION={version}", SOURCE_DATE_EPOCH="1400000000")
    return target / f"relay-{version}.tar.gz"


def test_dist_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = (dist(tmp_path / name, NEW, tmp_path / f"build-{name}") for name in ("a", "b"))
    assert first.read_bytes() == second.read_bytes()
    with tarfile.open(first) as archive:
        members = archive.getmembers()
    assert {(member.mtime, member.uid, member.gid) for member in members} == {(1400000000, 0, 0)}
    packed = {member.name.removeprefix(f"relay-{NEW}/") for member in members if member.isfile()}
    built = re.compile(r"build/|relay-.*\.tar\.gz")
    assert packed == {name for name in paths(SOURCE) if not built.match(name)}


def facts(path: Path) -> list[str]:
    """What a file needs, is called and has for symbols, without addresses, order and sizes."""
    dynamic = run("readelf", "-dW", path).stdout
    symbols = run("readelf", "--dyn-syms", "-W", path).stdout.splitlines()
    rows = [line.split()[4:] for line in symbols[4:]]
    return [
        *sorted(re.findall(r"\((?:NEEDED|SONAME|RUNPATH)\).*", dynamic)),
        *sorted(f"{row[0]} {row[2] == 'UND'} {row[3]}" for row in rows if row[3:]),
    ]


def meson_tree(tmp_path: Path, version: str) -> Tree:
    """Builds a release's tarball with meson, tests it and installs it."""
    assert run("tar", "-C", tmp_path, "-xf", dist(tmp_path, version, tmp_path / "dist")).returncode == 0
    source, build, root = tmp_path / f"relay-{version}", tmp_path / "build", tmp_path / "tree"
    options = ["--prefix=/usr", "--libdir=lib64", "--sysconfdir=/etc", "--werror", "--buildtype=plain"]
    setup: list[str | Path] = ["setup", *options, build, source]
    steps = (
        setup,
        ["compile", "-C", build],
        ["test", "-C", build],
        ["install", "-C", build, "--destdir", root],
    )
    for arguments in steps:
        done = run("meson", *arguments, CFLAGS="-O2", LDFLAGS="-s")
        assert done.returncode == 0, done.stdout + done.stderr
    return Tree(root, version, "usr/lib64")


def test_meson_builds_the_same_program_from_the_tarball(tmp_path: Path) -> None:
    by_meson, by_make = meson_tree(tmp_path, OLD), tree(OLD, "usr/lib64")
    assert by_meson.run("relayd", "--all") == by_make.run("relayd", "--all")
    ours, theirs = content(by_meson.root), content(by_make.root)
    assert [(name, mode) for name, (mode, _) in ours.items()] == [
        (name, mode) for name, (mode, _) in theirs.items()
    ]
    for name, (_, what) in theirs.items():
        if isinstance(what, bytes) and what.startswith(b"\x7fELF"):
            assert facts(by_meson.root / name) == facts(by_make.root / name), name
        else:
            assert ours[name][1] == what, name


def test_example_module_builds_with_the_installed_files(tmp_path: Path) -> None:
    example = tree().root / "usr/share/doc/relay/examples"
    pkgconfig = {
        "PKG_CONFIG_SYSROOT_DIR": str(tree().root),
        "PKG_CONFIG_PATH": str(tree().library_dir / "pkgconfig"),
    }
    done = run("make", "-C", tmp_path, "-f", example / "Makefile", f"VPATH={example}", **pkgconfig)
    assert done.returncode == 0, done.stderr
    run_ = tree().run("relayctl", "block-upper", modules=tmp_path, stdin=b"hello\n")
    assert (run_.status, run_.output, run_.warnings) == (0, b"HELLO\n", "")
    foreign = tree(OLD).run("relayctl", "block-upper", modules=tmp_path)
    assert "undefined symbol: register_module_init_1_6_1" in foreign.warnings


PUBLIC_PROGRAM = """
#include <relay/relay.h>
#include <stdio.h>
int main(void)
{
    struct relay_message *message = relay_message_new();
    relay_message_set(message, "hello", 5);
    printf("%s %s %s", RELAY_VERSION, relay_version(), relay_message_data(message));
    relay_message_free(message);
}
"""


def test_program_of_the_public_node_runs_with_both_releases(tmp_path: Path) -> None:
    (tmp_path / "program.c").write_text(PUBLIC_PROGRAM)
    old = tree(OLD)
    where = [f"-I{old.root}/usr/include", f"-L{old.library_dir}"]
    subprocess.run(["cc", *where, "program.c", "-lrelay", "-o", "program"], cwd=tmp_path, check=True)
    for version in (OLD, NEW):
        done = run(tmp_path / "program", LD_LIBRARY_PATH=str(tree(version).library_dir))
        assert (done.returncode, done.stdout) == (0, f"{OLD} {version} hello")


def test_makefile_knows_every_module() -> None:
    sources = {path.stem for path in (SOURCE / "modules").glob("*-*.c")}
    assert sources == set(MODULES)
    assert {path.stem for path in (SOURCE / "hosts").glob("relay*.c")} == set(HOSTS)
