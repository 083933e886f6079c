"""Names of Debian's binary packages."""

from __future__ import annotations

import subprocess
from typing import Any

import pytest

from splitpkg.manifest.model import FormatNames
from splitpkg.plan.model import LibraryFact, Role
from splitpkg.render.deb.names import VALID, by_soname, debian_names, linker_names
from tests.support.plans import demo_plan, file, link, package, plan

POLICY = r"""sed -r -e 's/([0-9])\.so\./\1-/; s/\.so(\.|$)//; y/_/-/; s/(.*)/\L&/'"""
"""The footnote to section 8.1 of the Debian policy."""


def _library(suffix: str, *sonames: str, public: bool = True) -> dict[str, Any]:
    facts = [LibraryFact(f"usr/lib64/{name}.0", name, (), public) for name in sonames]
    return {"suffix": suffix, "role": Role.LIBRARY, "libraries": tuple(facts)}


@pytest.mark.parametrize(
    ("soname", "name"),
    [
        ("librelay.so.0", "librelay0"),
        ("libdemo-1.2.so.3", "libdemo-1.2-3"),
        ("libdb-5.3.so", "libdb-5.3"),
        ("libQt6Core.so.6", "libqt6core6"),
        ("lib_under_score.so.10", "lib-under-score10"),
        ("libc++.so.1", "libc++1"),
        ("libx2.so.1.4", "libx2-1.4"),
    ],
)
def test_libraries_are_called_by_their_sonames(soname: str, name: str) -> None:
    assert by_soname(soname) == name
    policy = subprocess.run(POLICY, input=soname, capture_output=True, text=True, check=True, shell=True)
    assert policy.stdout == name
    part = package(**_library("libs", soname))
    assert debian_names(plan(part)) == {"demo-libs": name}


def test_a_package_of_several_libraries_keeps_the_neutral_name() -> None:
    part = package(**_library("libs", "liba.so.1", "libb.so.1"))
    assert debian_names(plan(part)) == {"demo-libs": "demo-libs"}


def test_a_soname_that_is_no_name_is_not_taken() -> None:
    part = package(**_library("libs", "libodd name.so.1"))
    assert debian_names(plan(part)) == {"demo-libs": "demo-libs"}


def test_private_libraries_name_nothing() -> None:
    part = package(**_library("libs", "libhidden.so.1", public=False))
    assert debian_names(plan(part)) == {"demo-libs": "demo-libs"}


def test_development_packages_are_called_by_what_a_linker_finds() -> None:
    library = package(**_library("libs", "libdemo.so.0"))
    headers = file("usr/include/demo.h")
    with_link = package(
        "devel", [headers, link("usr/lib64/libdemo.so", "libdemo.so.0")], role=Role.DEVELOPMENT
    )
    without = package("extra-devel", [headers], role=Role.DEVELOPMENT)
    assert debian_names(plan(library, with_link, without)) == {
        "demo-libs": "libdemo0",
        "demo-devel": "libdemo-dev",
        "demo-extra-devel": "demo-extra-dev",
    }


def test_a_development_package_for_several_libraries_has_the_program_s_name() -> None:
    library = package(**_library("libs", "liba.so.1", "libb.so.1"))
    links = [link("usr/lib64/liba.so", "liba.so.1"), link("usr/lib64/libb.so", "libb.so.1.0")]
    part = package("devel", links, role=Role.DEVELOPMENT)
    assert debian_names(plan(library, part))["demo-devel"] == "demo-dev"
    assert [name for name, _ in linker_names(part, library.libraries)] == ["liba.so", "libb.so"]


def test_the_manifest_s_name_comes_first() -> None:
    part = package(names=FormatNames(deb="other"), **_library("libs", "libdemo.so.0"))
    assert debian_names(plan(part)) == {"demo-libs": "other"}


def test_all_names_of_the_sample_are_valid() -> None:
    names = debian_names(demo_plan())
    assert all(VALID.fullmatch(name) for name in names.values())
    assert len(set(names.values())) == len(names)
