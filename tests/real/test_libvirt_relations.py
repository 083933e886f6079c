"""libvirt's private node as rpm and dpkg-shlibdeps see it: in its drivers, and in programs of others."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.support import debs, rpm, worked
from tests.support.consumers import consumer, deb_depends, rpm_requires, symbols

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.worked import Case

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("case", worked.cases("libvirt"), ids=str)]
PUBLIC = "LIBVIRT_0.0.3"
RPM = {"libvirt-daemon-driver-storage": "libvirt-daemon-driver-storage-core"}
DEBIAN = {"libvirt-daemon-driver-libxl": "libvirt-daemon-driver-xen"}
"""Names of a format that are not the neutral ones."""

LIBDIR = "usr/lib/x86_64-linux-gnu"


def _carriers(case: Case) -> set[str]:
    """The packages, by neutral names, that need the private node and are not the library's."""
    return {
        package["name"]
        for package in case.plan["packages"]
        for one in package["relations"]
        if one["kind"] == "requires" and "tag" in one
    }


def _node(case: Case) -> str:
    (tag,) = case.plan["tags"]
    return str(tag["value"])


def test_rpm_s_own_capability_ties_the_drivers(case: Case) -> None:
    out, capability = worked.rpms(case), f"libvirt.so.0({_node(case)})(64bit)"
    built = {path.name.rsplit("-", 2)[0]: path for path in out.glob("*.rpm")}
    providers = {name for name, path in built.items() if capability in rpm.relations(path, "provides")}
    assert providers == {"libvirt-libs"}
    for name in _carriers(case):
        path = built[RPM.get(name, name)]
        assert rpm.relations(path, "requires").count(capability) == 1, name
    said = [one for path in built.values() for one in rpm.relations(path, "provides")]
    assert [one for one in said if one.startswith("libvirt-abi(")] == []


def test_the_symbols_file_ties_debian_s_drivers(case: Case) -> None:
    built = {path.name.partition("_")[0]: path for path in worked.debs(case).glob("*.deb")}
    version = _node(case).rpartition("_")[2]
    private = f"libvirt0-private-abi (= {version})"
    assert private in debs.relations(built["libvirt0"], "Provides")
    complete = debs.field(built["libvirt0"], "Version")
    for name in _carriers(case):
        depends = debs.relations(built[DEBIAN.get(name, name)], "Depends")
        assert {private, f"libvirt0 (= {complete})"} <= depends, name


def test_others_get_what_the_symbols_that_they_use_need(case: Case, tmp_path: Path) -> None:
    (deb,) = worked.debs(case).glob("libvirt0_*.deb")
    subprocess.run(["dpkg-deb", "-x", deb, tmp_path / "root"], check=True)
    library, node = tmp_path / "root" / LIBDIR / "libvirt.so.0", _node(case)
    version = node.rpartition("_")[2]
    said = {}
    for name in (PUBLIC, node):
        program = consumer(tmp_path / name, library, symbols(library, name)[0])
        said[name] = deb_depends(program, deb, library)
        assert rpm_requires(program) == {f"libvirt.so.0({name})(64bit)", "libvirt.so.0()(64bit)"}
    assert said[PUBLIC] == {f"libvirt0 (>= {version})"}
    assert said[node] == {f"libvirt0 (>= {version})", f"libvirt0-private-abi (= {version})"}
