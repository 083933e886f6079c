"""The sample program as Debian packages, built from its tree: lintian, dpkg and apt judge them."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from splitpkg.inventory.scan import scan
from splitpkg.manifest.load import load
from splitpkg.plan.make import make_plan
from splitpkg.render.deb.expect import expected
from splitpkg.verify.compare import compare
from splitpkg.verify.model import PackageFormat
from splitpkg.verify.read import read
from splitpkg.verify.read_tree import digests
from tests.support import debs
from tests.support.mixtures.builds import NEW_RELEASE, packages
from tests.support.relay import MODULES, NEW, SPEC, Tree, tree

if TYPE_CHECKING:
    from pathlib import Path

    from splitpkg.manifest.model import ManifestFile
    from splitpkg.plan.model import Plan

STUBS = "libc6 libbz2-1.0 zlib1g systemd init-system-helpers"
"""What relay's packages need of the distribution."""


@pytest.fixture(scope="module")
def planned() -> tuple[ManifestFile, Plan]:
    manifest = load(SPEC / "splitpkg.toml")
    plan, findings = make_plan(manifest, scan(tree().root)[0])
    assert plan is not None, findings
    return manifest, plan


@pytest.fixture(scope="module")
def built() -> dict[str, Path]:
    return packages(PackageFormat.DEB, NEW_RELEASE)


def test_each_module_has_its_package(built: dict[str, Path]) -> None:
    names = {f"relay-{name}" for name in MODULES}
    assert names < set(built)
    assert set(built) - names == {"librelay-dev", "librelay0", "relay", "relay-core", "relay-tools"}


def test_it_is_what_was_planned(built: dict[str, Path], planned: tuple[ManifestFile, Plan]) -> None:
    packed = digests(tree().root, (file.path for file in planned[1].files))
    assert compare(read(built.values()), expected(*planned), packed) == ()


def test_lintian_has_nothing_to_say(built: dict[str, Path]) -> None:
    """But that a first upload should close a bug; of overrides that nothing needs it would tell."""
    judged = "librelay-dev librelay0 relay relay-block-raw relay-block-rot13 relay-core relay-net-tun"
    said = debs.lintian((built[name] for name in judged.split()), "--display-info", "--pedantic")
    known = "initial-upload-closes-no-bugs"
    assert [line for line in said if line.startswith(("E:", "W:")) and known not in line] == []
    assert [line for line in said if "override" in line] == []
    assert [line for line in said if known in line]


def test_lintian_takes_the_source_package(planned: tuple[ManifestFile, Plan], tmp_path: Path) -> None:
    debs.lay_out(*planned, tree().root, tmp_path)
    said = debs.lintian([debs.source_package(tmp_path, f"relay-{NEW}")])
    assert [line for line in said if line.startswith(("E:", "W:"))] == []


def test_the_overrides_are_needed(built: dict[str, Path], tmp_path: Path) -> None:
    name = "relay-block-raw"
    root = tmp_path / name
    subprocess.run(["dpkg-deb", "--raw-extract", built[name], root], check=True)
    (root / "usr/share/lintian/overrides" / name).unlink()
    subprocess.run(["dpkg-deb", "--root-owner-group", "--build", root], check=True, capture_output=True)
    said = debs.lintian([root.with_name(f"{name}.deb")])
    assert [line for line in said if "shared-library-lacks-prerequisites" in line]


def test_dependencies_come_from_the_generators_too(built: dict[str, Path]) -> None:
    version = f"{NEW}-1"
    stamp = "relay-abi-register-module-init-1-6-1"
    assert debs.relations(built["relay-block-raw"], "Depends") == {f"relay-core (= {version})", stamp}
    bzip2 = debs.relations(built["relay-block-bzip2"], "Depends")
    assert {"libbz2-1.0", f"relay-core (= {version})", f"librelay0 (= {version})"} <= bzip2
    assert any(one.startswith("libc6 (>=") for one in debs.relations(built["relay-core"], "Depends"))
    assert f"relay-net-tun (= {version})" in debs.relations(built["relay-net-tap"], "Depends")


def test_private_symbols_ask_for_the_very_version(built: dict[str, Path]) -> None:
    symbols = debs.control_file(built["librelay0"], "symbols")
    assert f"\n| librelay0 #MINVER#, librelay0-private-abi (= {NEW})\n" in symbols
    assert f"librelay0-private-abi (= {NEW})" in debs.relations(built["librelay0"], "Provides")
    users = {
        deb for deb in built if f"librelay0-private-abi (= {NEW})" in debs.relations(built[deb], "Depends")
    }
    assert {"relay-core", "relay-block-bzip2"} <= users
    assert "relay-block-hex" not in users
    assert f" relay_load@RELAY_PRIVATE_{NEW} 0 1\n" in symbols
    assert f" relay_message_new@RELAY_1.0 {NEW}\n" in symbols


def test_only_the_public_library_is_offered_to_others(built: dict[str, Path]) -> None:
    offering = {name for name, deb in built.items() if debs.control_file(deb, "shlibs")}
    assert offering == {"librelay0"}
    assert debs.control_file(built["librelay0"], "triggers").endswith("activate-noawait ldconfig\n")
    assert debs.field(built["librelay0"], "Multi-Arch") == "same"


def test_the_scripts_make_accounts_then_start_the_service(built: dict[str, Path]) -> None:
    script = debs.control_file(built["relay-core"], "postinst")
    steps = ["systemd-sysusers", "systemd-tmpfiles", "deb-systemd-helper enable 'relay.service'"]
    places = [script.find(step) for step in steps]
    assert places == sorted(places)
    assert places[0] > 0
    assert {name for name, deb in built.items() if debs.control_file(deb, "postinst")} == {"relay-core"}


def test_all_packages_are_unpacked_beside_each_other(built: dict[str, Path], tmp_path: Path) -> None:
    debs.unpack(tmp_path / "root", built.values())
    found = debs.on_disk(tmp_path / "root")
    assert {path: found.get(path) for path in debs.on_disk(tree().root)} == debs.on_disk(tree().root)


def test_the_daemon_loads_just_the_module_that_is_installed(built: dict[str, Path], tmp_path: Path) -> None:
    root = tmp_path / "root"
    debs.unpack(root, [built[name] for name in ("librelay0", "relay-core", "relay-block-zlib")])
    installed = Tree(root, NEW, tree().libdir)
    assert [path.name for path in installed.module_dir.iterdir()] == ["block-zlib.so"]
    assert installed.run("relayd", "--load", "block-zlib").status == 0
    assert installed.run("relayd", "--load", "block-hex").status != 0


def test_apt_brings_what_a_module_needs_and_no_more(built: dict[str, Path], tmp_path: Path) -> None:
    assert debs.apt_install(tmp_path, built.values(), STUBS, "relay-net-tap") == {
        "librelay0",
        "relay-core",
        "relay-net-tap",
        "relay-net-tun",
    }
    assert debs.apt_install(tmp_path, built.values(), STUBS, "relay") == set(built) - {
        "librelay-dev",
        "relay-tools",
    }


def test_it_is_the_same_each_time(
    built: dict[str, Path], planned: tuple[ManifestFile, Plan], tmp_path: Path
) -> None:
    debs.lay_out(*planned, tree().root, tmp_path / "odd folder")
    first = next(iter(built.values())).parent
    again, before = (debs.on_disk(path / "debian") for path in (tmp_path / "odd folder", first))
    assert again == before
    name = f"relay_{NEW}.orig.tar.gz"
    assert (tmp_path / "odd folder" / name).read_bytes() == (first / name).read_bytes()
