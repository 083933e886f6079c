"""The sample program as RPM packages: built both ways, installed by dnf, and run where they are installed."""

from __future__ import annotations

import itertools
import subprocess
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest

from tests.support.dnf import Machine, possible
from tests.support.relay import MODULES, NEW, OLD, SOURCE, SPEC, Tree, tree
from tests.support.rpm import contents, relations, run

if TYPE_CHECKING:
    from collections.abc import Iterator

LINT = Path(__file__).parents[1] / "support/rpmlint.toml"
LIBDIR = "usr/lib64"
BUILD = """
[build]
system = "{system}"
source = "https://relay.example.org/relay-{version}.tar.gz"

[build.requires]
rpm = ["pkgconfig(zlib)", "bzip2-devel"]
"""
# A module and what its package brings: what it needs from others, as the program's README has it.
ALONE = {"block-raw": {"block-raw"}, "net-tap": {"net-tap", "net-tun"}, "ui-stat": {"ui-stat", "ui-text"}}


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with TemporaryDirectory(prefix="relay-rpm-") as name:
        yield Path(name)


@cache
def _packages(folder: Path, mode: str, version: str) -> dict[str, Path]:
    """The packages of a release by name, made by the command line: `prebuilt`, or by a build system."""
    out = folder / f"{mode}-{version}"
    out.mkdir()
    text = (SPEC / "splitpkg.toml").read_text().replace(f'version = "{NEW}"', f'version = "{version}"')
    if mode != "prebuilt":
        text += BUILD.format(system=mode, version=version)
        run("make", "--silent", "-C", SOURCE, "dist", f"DISTDIR={out}", f"VERSION={version}")
    (out / "splitpkg.toml").write_text(text)
    made_from = tree(version, LIBDIR if mode == "prebuilt" else None).root
    _build(made_from, out)
    return {path.name.rsplit("-", 2)[0]: path for path in out.glob("*.rpm")}


def _build(made_from: Path, out: Path) -> None:
    manifest = out / "splitpkg.toml"
    run(sys.executable, "-m", "splitpkg", "rpm", made_from, "-m", manifest, "-o", out, "--build")


def _machine(folder: Path, name: str, *packages: dict[str, Path]) -> Machine:
    machine = Machine(folder / name)
    for release in packages:
        machine.publish(release.values())
    return machine


def _loaded(machine: Machine, version: str) -> set[str]:
    """What the daemon in that root says it has loaded; it must complain of nothing."""
    done = Tree(machine.root, version, LIBDIR).run("relayd", "--all")
    assert done.status == 0, done.warnings
    assert done.warnings == ""
    return {line.removeprefix("loaded: ") for line in done.output.decode().splitlines() if "loaded: " in line}


@pytest.mark.parametrize("mode", ["prebuilt", "make", "meson"])
def test_one_module_installed_is_one_module_loaded(folder: Path, mode: str) -> None:
    packages = _packages(folder, mode, NEW)
    machine = _machine(folder, f"one-{mode}", packages)
    machine.install("relay-block-zlib")
    assert machine.installed() == {f"relay-{part}-{NEW}" for part in ("core", "libs", "block-zlib")}
    assert _loaded(machine, NEW) == {"block-zlib"}


@pytest.mark.parametrize("mode", ["prebuilt", "make", "meson"])
def test_the_metapackage_brings_all(folder: Path, mode: str) -> None:
    machine = _machine(folder, f"all-{mode}", _packages(folder, mode, NEW))
    machine.install("relay")
    assert _loaded(machine, NEW) == set(MODULES)
    parts = {"core", "libs", *MODULES}
    assert machine.installed() == {f"relay-{NEW}", *(f"relay-{part}-{NEW}" for part in parts)}


@pytest.mark.parametrize("module", ALONE)
def test_a_module_brings_the_modules_it_needs(folder: Path, module: str) -> None:
    machine = _machine(folder, f"alone-{module}", _packages(folder, "prebuilt", NEW))
    machine.install(f"relay-{module}")
    assert _loaded(machine, NEW) == ALONE[module]


def test_an_upgrade_is_complete(folder: Path) -> None:
    machine = _machine(folder, "upgrade", _packages(folder, "prebuilt", OLD))
    machine.install("relay", "relay-tools")
    before = machine.installed()
    machine.publish(_packages(folder, "prebuilt", NEW).values())
    status, said = machine.dnf("upgrade")
    assert (status, "Nothing to do" in said) == (0, False), said
    assert machine.installed() == {name.replace(OLD, NEW) for name in before}, said
    assert _loaded(machine, NEW) == set(MODULES)


def test_a_module_alone_is_not_upgraded(folder: Path) -> None:
    """The lock takes the whole build along, or nothing."""
    machine = _machine(folder, "single", _packages(folder, "prebuilt", OLD))
    machine.install("relay-block-zlib")
    machine.publish(_packages(folder, "prebuilt", NEW).values())
    status, said = machine.dnf("upgrade", "relay-block-zlib")
    assert (status, "Nothing to do" in said) == (0, False), said
    assert machine.installed() == {f"relay-{part}-{NEW}" for part in ("core", "libs", "block-zlib")}


def test_no_two_packages_of_different_builds_fit(folder: Path) -> None:
    """Every pair of packages, one of each release, asked of the solver; and every pair of one release."""
    releases = {version: _packages(folder, "prebuilt", version) for version in (OLD, NEW)}
    names = sorted(releases[NEW])
    pairs = [(f"{a}-{OLD}-1.x86_64", f"{b}-{NEW}-1.x86_64") for a in names for b in names]
    fitting = [(f"{a}-{NEW}-1.x86_64", f"{b}-{NEW}-1.x86_64") for a, b in itertools.combinations(names, 2)]
    packages = [path for release in releases.values() for path in release.values()]
    answers = possible(packages, [*pairs, *fitting])
    assert [pair for pair, fits in zip(pairs, answers[: len(pairs)], strict=True) if fits] == []
    assert [pair for pair, fits in zip(fitting, answers[len(pairs) :], strict=True) if not fits] == []


def test_prebuilt_packages_hold_the_tree_as_it_is(folder: Path) -> None:
    root = tree(NEW, LIBDIR).root
    found = {}
    for path in _packages(folder, "prebuilt", NEW).values():
        found.update({name: (one.mode, one.target) for name, one in contents(path).items()})
    for path in root.rglob("*"):
        name = str(path.relative_to(root))
        if path.is_symlink():
            assert found[name][1] == str(path.readlink())
        elif path.is_file() or name in found:
            assert found[name][0] == path.stat().st_mode & 0o7777


def test_private_library_is_nobody_s_capability(folder: Path) -> None:
    for path in _packages(folder, "prebuilt", NEW).values():
        for kind in ("requires", "provides"):
            assert not [one for one in relations(path, kind) if one.startswith("librelay-wire")]
    assert f"librelay.so.0(RELAY_PRIVATE_{NEW})(64bit)" in relations(
        _packages(folder, "prebuilt", NEW)["relay-block-zlib"], "requires"
    )


@pytest.mark.parametrize("mode", ["prebuilt", "meson"])
def test_rpmlint_finds_no_error(folder: Path, mode: str) -> None:
    out = _packages(folder, mode, NEW)["relay"].parent
    # What find-debuginfo makes is judged by Fedora's configuration of rpmlint alone.
    built = [path for path in sorted(out.glob("*.rpm")) if "-debug" not in path.name]
    judged = [*built, out / "relay.spec"]
    argv = ["rpmlint", f"--config={LINT}", f"--rpmlintrc={out}/relay.rpmlintrc", *map(str, judged)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    # A filter that one version of rpmlint needs is an error in another that does not complain.
    found = [line for line in done.stdout.splitlines() if ": E: " in line]
    errors = [line for line in found if "unused-rpmlintrc-filter" not in line]
    # Debian's brp-compress does not run, so that pages built afresh stay as they are.
    assert [line for line in errors if "bad-manual-page-folder" not in line or mode == "prebuilt"] == []
    assert "19 packages" in done.stdout or "18 packages" in done.stdout


def test_same_source_gives_the_same_packages(folder: Path) -> None:
    first = {name: path.read_bytes() for name, path in _packages(folder, "make", NEW).items()}
    out = _packages(folder, "make", NEW)["relay"].parent
    _build(tree(NEW).root, out)
    assert {
        name: (out / path.name).read_bytes() for name, path in _packages(folder, "make", NEW).items()
    } == first


def test_pages_may_be_compressed(folder: Path) -> None:
    """As on a distribution whose brp-compress works; bash stands in for Debian's sh."""
    out = _packages(folder, "make", NEW)["relay"].parent
    macros = folder / "macros"
    macros.write_text("%__brp_compress bash /usr/lib/rpm/brp-compress /usr\n")
    argv = ["--define", f"_topdir {folder}/pages", "--define", f"_dbpath {folder}/pages/db"]
    argv += ["--define", f"_sourcedir {out}", "--define", "_docdir /usr/share/doc", f"--load={macros}"]
    dirs = {"_unitdir": "systemd/system", "_sysusersdir": "sysusers.d", "_tmpfilesdir": "tmpfiles.d"}
    argv += [part for key, text in dirs.items() for part in ("--define", f"{key} /usr/lib/{text}")]
    run("rpmbuild", "-bb", "--nodeps", *argv, out / "relay.spec")
    (core,) = folder.glob("pages/RPMS/*/relay-core-*.rpm")
    assert "usr/share/man/man8/relayd.8.gz" in contents(core)
