"""Upgrades as people make them: of the hub, of a module, of all; from whole and from half repositories."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest

from splitpkg.verify.model import PackageFormat
from tests.support.dnf import AS_ROOT, Machine
from tests.support.mixtures import deb
from tests.support.mixtures.builds import NAMED, package_name, pair
from tests.support.mixtures.dpkg import Root, without_scripts
from tests.support.rpm import by_rpm_itself

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.support.mixtures.model import Built

RPM, DEB = PackageFormat
OLD, NEW = "1.6.0-1", "1.6.1-1"
HUB = ("core", "libs", "tools")
MODULES = ("block-raw", "net-tun", "net-tap")
INSTALLED = HUB + MODULES
HALVES = {"hub": HUB, "modules": MODULES}


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with TemporaryDirectory(prefix="rounds-") as name:
        yield Path(name)


def _index(version: str, name: str) -> int:
    return NAMED.index(name) + len(NAMED) * (version == NEW)


def _paths(form: PackageFormat, version: str, names: Iterable[str]) -> list[Path]:
    return [pair(form).paths[_index(version, name)] for name in names]


def _machine(folder: Path, label: str, offered: Iterable[str]) -> Machine:
    """Has the old build; the repository has those of the new one besides."""
    machine = Machine(folder / label)
    machine.publish(_paths(RPM, OLD, NAMED))
    machine.install(*(f"relay-{name}" for name in INSTALLED))
    machine.publish(_paths(RPM, NEW, offered))
    return machine


def _has(machine: Machine) -> set[str]:
    return machine.installed("%{NAME}-%{EVR}")


def _whole(version: str) -> set[str]:
    return {f"relay-{name}-{version}" for name in INSTALLED}


def _dnf_takes_all(folder: Path, label: str, *asked: str) -> None:
    machine = _machine(folder, label, NAMED)
    status, said = machine.dnf("upgrade", *asked)
    assert status == 0, said
    assert _has(machine) == _whole(NEW)


def test_dnf_takes_the_whole_build_for_the_hub(folder: Path) -> None:
    _dnf_takes_all(folder, "hub", "relay-core")


@pytest.mark.slow
def test_dnf_takes_the_whole_build_for_a_module_and_for_all(folder: Path) -> None:
    _dnf_takes_all(folder, "module", "relay-block-raw")
    _dnf_takes_all(folder, "all")


DNF_SAYS = {
    ("hub", ""): "cannot install ",  # both builds of the hub, or the best candidate for a module
    ("hub", "relay-core"): "cannot install the best update candidate for package relay-core-1.6.0-1.x86_64",
    ("hub", "relay-block-raw"): "Nothing to do",
    ("modules", ""): "nothing provides relay-core(x86-64) = 1.6.1-1 needed by relay-block-raw-1.6.1-1.x86_64",
    ("modules", "relay-core"): "Nothing to do",
    ("modules", "relay-block-raw"): "nothing provides relay-core(x86-64) = 1.6.1-1 needed by",
}


@pytest.mark.parametrize("half", HALVES)
def test_dnf_takes_nothing_of_half_a_build(folder: Path, half: str) -> None:
    machine = _machine(folder, f"half-{half}", HALVES[half])
    for asked in ("", "relay-core", "relay-block-raw"):
        status, said = machine.dnf("upgrade", *asked.split())
        assert DNF_SAYS[half, asked] in said
        assert status == (0 if DNF_SAYS[half, asked] == "Nothing to do" else 1)
    status, said = machine.dnf("--setopt=best=0", "upgrade")
    assert (status, "Nothing to do" in said) == (0, True), said
    assert _has(machine) == _whole(OLD)


def test_rpm_takes_nothing_of_half_a_build(folder: Path) -> None:
    machine = _machine(folder, "rpm", ())
    argv = [
        *AS_ROOT,
        *by_rpm_itself(),
        f"--root={machine.root}",
        "--dbpath=/var/lib/rpm",
        "--noscripts",
        "-U",
    ]
    for names in (("core",), ("libs",), HUB, ("block-raw",), MODULES):
        command = [*argv, *map(str, _paths(RPM, NEW, names))]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (done.returncode != 0, "Failed dependencies" in done.stderr) == (True, True), names
    assert _has(machine) == _whole(OLD)
    subprocess.run([*argv, *map(str, _paths(RPM, NEW, INSTALLED))], check=True, capture_output=True)
    assert _has(machine) == _whole(NEW)


def _apt(folder: Path, offered: Iterable[str], *argv: str) -> tuple[int, str]:
    def built(version: str, names: Iterable[str]) -> list[Built]:
        return [pair(DEB).packages[_index(version, name)] for name in names]

    done = deb.apt(folder / "apt", built(OLD, INSTALLED), built(NEW, offered), "--simulate", *argv)
    return done.returncode, done.stdout + done.stderr


ALL_NEW = sorted(f"Inst {package_name(DEB, name)} {NEW}" for name in INSTALLED)


@pytest.mark.parametrize(
    "argv", [("install", "relay-core"), ("install", "relay-block-raw"), ("dist-upgrade",), ("upgrade",)]
)
def test_apt_takes_the_whole_build(folder: Path, argv: tuple[str, ...]) -> None:
    status, said = _apt(folder, NAMED, *argv)
    assert (status, deb.changes(said)) == (0, ALL_NEW), said


def test_apt_takes_no_hub_without_its_modules(folder: Path) -> None:
    """`upgrade` keeps all as it is. Who asks for the hub itself is told that the modules will go."""
    status, said = _apt(folder, HUB, "upgrade")
    assert (status, deb.changes(said)) == (0, [])
    status, said = _apt(folder, HUB, "install", "relay-core")
    gone = [f"Remv relay-{name}" for name in MODULES]
    assert deb.changes(said) == sorted([f"Inst {package_name(DEB, name)} {NEW}" for name in HUB] + gone)
    status, said = _apt(folder, HUB, "--no-remove", "install", "relay-core")
    assert (status, "Packages need to be removed but remove is disabled." in said) == (100, True)


def test_apt_takes_no_module_without_its_hub(folder: Path) -> None:
    for argv in (("upgrade",), ("dist-upgrade",), ("install", "relay-core")):
        status, said = _apt(folder, MODULES, *argv)
        assert (status, deb.changes(said)) == (0, [])
    status, said = _apt(folder, MODULES, "install", "relay-block-raw")
    assert status == 100
    assert f"Depends: relay-core (= {NEW}) but it is not going to be installed" in said


def _debs(folder: Path, version: str, names: Iterable[str]) -> list[Path]:
    return [without_scripts(path, folder / "bare") for path in _paths(DEB, version, names)]


@cache
def _root(folder: Path, version: str) -> Root:
    """A system with that build, all configured."""
    root = Root(folder / f"root-{version}").make()
    status, said = root.install(_debs(folder, version, INSTALLED))
    assert status == 0, said
    return root


@pytest.mark.parametrize(("before", "after"), [(OLD, NEW), (NEW, OLD)], ids=["newer", "older"])
@pytest.mark.parametrize("names", [("core",), ("libs",), HUB], ids="-".join)
def test_dpkg_puts_no_host_beside_foreign_modules(
    folder: Path, before: str, after: str, names: tuple[str, ...], tmp_path: Path
) -> None:
    """It does not look at what depends on a package: the hub's Breaks say it instead."""
    root = _root(folder, before).copy(tmp_path / "root")
    status, said = root.install(_debs(folder, after, names))
    assert (status, "would break existing software" in said) == (1, True), said
    hosts = {package_name(DEB, name) for name in HUB}
    assert {version for name, version in root.installed().items() if name in hosts} == {before}


@pytest.mark.parametrize(
    ("before", "after", "side"), [(OLD, NEW, "<<"), (NEW, OLD, ">>")], ids=["newer", "older"]
)
def test_dpkg_needs_each_side_of_the_guard(
    folder: Path, before: str, after: str, side: str, tmp_path: Path
) -> None:
    root = _root(folder, before).copy(tmp_path / "root")
    (path,) = _paths(DEB, after, ["libs"])
    status, said = root.install([without_scripts(path, tmp_path / "unguarded", unguarded=side)])
    assert status == 0, said
    assert root.installed()["librelay0"] == after


@pytest.mark.parametrize(("before", "after"), [(OLD, NEW), (NEW, OLD)], ids=["newer", "older"])
def test_dpkg_configures_no_foreign_module(folder: Path, before: str, after: str, tmp_path: Path) -> None:
    root = _root(folder, before).copy(tmp_path / "root")
    status, said = root.install(_debs(folder, after, MODULES))
    assert (status, "dependency problems" in said) == (1, True), said
    assert set(root.installed().values()) == {before}


@pytest.mark.parametrize(("before", "after"), [(OLD, NEW), (NEW, OLD)], ids=["newer", "older"])
def test_dpkg_takes_the_whole_build(folder: Path, before: str, after: str, tmp_path: Path) -> None:
    """Modules go first, or dpkg is told to deconfigure them for the while."""
    root = _root(folder, before).copy(tmp_path / "root")
    status, said = root.install(_debs(folder, after, [*MODULES, "tools", "core", "libs"]), "-B")
    assert status == 0, said
    assert root.installed() == {package_name(DEB, name): after for name in INSTALLED}
