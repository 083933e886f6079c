"""The reviewed plans of libvirt: they say what is known of it from elsewhere, and from Debian's own split."""

from __future__ import annotations

import subprocess
import tomllib
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.worked import cases

if TYPE_CHECKING:
    from tests.support.worked import Case

CASES = cases("libvirt")
MODULES = "usr/lib/x86_64-linux-gnu/libvirt"
STORAGE = f"{MODULES}/connection-driver/libvirt_driver_storage.so"
DEBIAN = {
    "libvirt-libs": "libvirt0",
    "libvirt-nss": "libnss-libvirt",
    "libvirt-daemon-driver-libxl": "libvirt-daemon-driver-xen",
}
"""Debian's names where they are not the neutral ones."""

pytestmark = pytest.mark.parametrize("case", CASES, ids=str)


def packages(case: Case) -> dict[str, Any]:
    return {package["name"]: package for package in case.plan["packages"]}


def required(package: Any) -> set[str]:
    relations = (one for one in package["relations"] if one["kind"] == "requires" and "tag" not in one)
    return {one["target"] for one in relations}


def test_every_module_is_locked_to_the_libraries_and_needs_their_private_node(case: Case) -> None:
    plan, found = case.plan, packages(case)
    (tag,) = plan["tags"]
    modules = {path for package in found.values() for path in package["modules"]}
    assert plan["hub"] == "libvirt-libs"
    assert [path.rpartition("/")[2].rpartition(".so")[0] for path in tag["providers"]] == ["libvirt"]
    assert modules == set(tag["carriers"])
    assert len(modules) == {"bookworm": 24, "trixie": 23}[case.suite]
    assert all("libvirt-libs" in required(one) for one in found.values() if one["modules"])


def test_the_metapackage_brings_the_daemons_and_all_drivers(case: Case) -> None:
    found = packages(case)
    brought = required(found["libvirt-modules"])
    assert {"libvirt-daemon", "libvirt-daemon-lock", "libvirt-daemon-log", "libvirt-clients"} <= brought
    assert {name for name, package in found.items() if package["role"] == "module"} <= brought
    assert not {"libvirt-nss", "libvirt-wireshark", "libvirt-dev", "libvirt-doc"} & brought


@pytest.mark.slow
def test_the_edges_are_the_symbols_that_the_storage_driver_alone_defines(case: Case) -> None:
    """By nm(1): what a backend leaves undefined and the driver defines."""
    driver = _symbols(case, STORAGE, "--defined-only")
    for name, package in packages(case).items():
        edges = {one["target"] for one in package["relations"] if one["reason"] == "edge"}
        wanted = any(_symbols(case, path, "--undefined-only") & driver for path in package["modules"])
        expected = {"libvirt-daemon-driver-storage"} if wanted and STORAGE not in package["files"] else set()
        assert edges == expected, name


def _symbols(case: Case, path: str, which: str) -> set[str]:
    done = subprocess.run(
        ["nm", "-D", which, case.tree / path], check=True, capture_output=True, text=True, encoding="utf-8"
    )
    return {line.split()[-1].partition("@")[0] for line in done.stdout.splitlines()} - {"_init", "_fini"}


@pytest.mark.slow
def test_what_leaves_a_package_of_debians_may_be_taken_from_it(case: Case) -> None:
    """Breaks and Replaces for each (Debian policy 7.6.1); in Debian 13 it is next to nothing."""
    content = tomllib.loads(case.manifest.read_text(encoding="utf-8"))
    moved: dict[str, set[str]] = {}
    for name, package in packages(case).items():
        ours = DEBIAN.get(name, name)
        former = {case.owners[path] for path in package["files"]} - {ours}
        if former:
            moved[name] = former
            said = _replaced(content, name.removeprefix("libvirt-"))
            assert former <= said["replaces"], name
            assert former <= said["breaks"], name
    if case.suite == "trixie":
        assert moved == {"libvirt-daemon-common": {"libvirt-common"}}


def _replaced(content: Any, suffix: str) -> dict[str, set[str]]:
    """The packages that the table of a package, or of its family, breaks and replaces."""
    tables = [content["package"].get(suffix, {}), content["module"].get(suffix, {})]
    family = {
        "daemon-driver-storage-": "storage-backend",
        "daemon-driver-": "driver",
        "daemon-plugin-": "plugin",
    }
    tables += [content["family"][name] for start, name in family.items() if suffix.startswith(start)]
    return {
        field: {text.split()[0] for table in tables for text in table.get("deb", {}).get(field, ())}
        for field in ("breaks", "replaces")
    }
