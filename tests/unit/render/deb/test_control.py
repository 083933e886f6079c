"""debian/control and what stands beside it once for the source package, judged by Debian's own tools."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from debian.copyright import Copyright
from debian.deb822 import Deb822

from splitpkg.manifest.model import DebRelations
from splitpkg.plan.model import LibraryFact, Role
from splitpkg.render.deb.control import multi_arch
from splitpkg.render.deb.render import render
from splitpkg.render.deb.source import DebSource
from splitpkg.render.write import write
from tests.support.plans import file, link, manifest, package, plan, relation

if TYPE_CHECKING:
    from pathlib import Path

    from splitpkg.manifest.model import ManifestFile
    from splitpkg.plan.model import Plan, PlannedPackage

TRIPLET = "usr/lib/x86_64-linux-gnu"
BUILD = {
    "system": "meson",
    "source": "https://demo.example/demo-1.6.0.tar.xz",
    "requires": {"deb": ["zlib1g-dev|libz"]},
}


def sample() -> Plan:
    """One package of each role."""
    library = f"{TRIPLET}/libdemo.so.0"
    return plan(
        package(
            "core",
            [file("usr/bin/demod", needed=("libc.so.6",)), file("usr/lib/sysusers.d/demo.conf")],
            relations=(relation("requires", "demo-libs"), relation("requires", "demo-data")),
            deb=DebRelations.model_validate({"section": "net", "depends": ["adduser"]}),
        ),
        package(
            "libs", [file(library)], role=Role.LIBRARY, libraries=(LibraryFact(library, "libdemo.so.0"),)
        ),
        package(
            "devel",
            [link(f"{TRIPLET}/libdemo.so", "libdemo.so.0"), file("usr/include/demo.h")],
            role=Role.DEVELOPMENT,
            relations=(relation("requires", "demo-libs"),),
        ),
        package("data", [file("usr/share/demo/x")], role=Role.DATA, architecture_dependent=False),
        package(
            "docs", [file("usr/share/doc/demo/x")], role=Role.DOCUMENTATION, architecture_dependent=False
        ),
        package("", role=Role.META, relations=(relation("recommends", "demo-core"),)),
    )


def _texts(made: ManifestFile, planned: Plan) -> dict[str, str]:
    files, findings = render(made, planned)
    assert not [finding for finding in findings if finding.severity == "error"]
    return {one.path.removeprefix("debian/"): one.text for one in files}


def _stanzas(made: ManifestFile, planned: Plan) -> dict[str, Deb822]:
    stanzas = list(Deb822.iter_paragraphs(_texts(made, planned)["control"]))
    return {stanza.get("Package", "source"): stanza for stanza in stanzas}


def test_every_package_has_its_stanza() -> None:
    found = _stanzas(manifest(), sample())
    assert [
        (name, one["Architecture"], one.get("Multi-Arch"), one.get("Section"))
        for name, one in found.items()
        if name != "source"
    ] == [
        ("demo", "any", None, None),
        ("demo-core", "any", None, "net"),
        ("demo-data", "all", "foreign", None),
        ("demo-docs", "all", "foreign", "doc"),
        ("libdemo-dev", "any", "same", "libdevel"),
        ("libdemo0", "any", "same", "libs"),
    ]
    assert found["demo"]["Description"].startswith("Part  of demo (metapackage)\n")


def test_the_source_stanza() -> None:
    found = _stanzas(manifest(build=BUILD, deb={"section": "net"}), sample())["source"]
    assert dict(found) == {
        "Source": "demo",
        "Section": "net",
        "Priority": "optional",
        "Maintainer": "Jo Doe <jo@demo.example>",
        "Build-Depends": (
            "\n debhelper-compat (= 13),\n dh-sequence-installsysusers,\n meson,\n zlib1g-dev | libz,"
        ),
        "Standards-Version": "4.6.2",
        "Homepage": "https://demo.example/",
        "Rules-Requires-Root": "no",
    }


def test_the_manifest_s_architectures() -> None:
    found = _stanzas(manifest(program={"architectures": ["arm64", "amd64"]}), sample())
    assert found["demo-core"]["Architecture"] == "amd64 arm64"
    assert found["demo-data"]["Architecture"] == "all"


def _judged(part: PlannedPackage, build: dict[str, Any] | None = None) -> str | None:
    tables = {} if build is None else {"build": build}
    return multi_arch(DebSource(manifest(**tables), plan(part)), part)


def test_libraries_that_cannot_lie_together_do_not_say_so() -> None:
    assert _judged(package("libs", [file("usr/lib64/libx.so.1")], role=Role.LIBRARY)) is None
    assert _judged(package("libs", [file("usr/lib64/libx.so.1")], role=Role.LIBRARY), BUILD) == "same"
    assert _judged(package("libs", [file(f"{TRIPLET}/a"), file("usr/bin/x")], role=Role.LIBRARY)) is None


def test_what_needs_a_package_that_cannot_lie_together_does_not_say_so() -> None:
    header = [file("usr/include/demo.h")]
    library = package("libs", [file(f"{TRIPLET}/libx.so.1")], role=Role.LIBRARY)
    devel: dict[str, Any] = {"role": Role.DEVELOPMENT}
    beside = package("devel", header, relations=(relation("requires", "demo-libs"),), **devel)
    above = package("devel", header, relations=(relation("requires", "demo-core"),), **devel)
    made = plan(package("core", [file("usr/bin/demod")]), library, beside)
    assert multi_arch(DebSource(manifest(), made), beside) == "same"
    made = plan(package("core", [file("usr/bin/demod")]), library, above)
    assert multi_arch(DebSource(manifest(), made), above) is None
    circle = [
        package(
            a,
            [file(f"{TRIPLET}/lib{a}.so.1")],
            relations=(relation("requires", f"demo-{b}"),),
            role=Role.LIBRARY,
        )
        for a, b in ("ab", "ba")
    ]
    assert multi_arch(DebSource(manifest(), plan(*circle)), circle[0]) == "same"


def test_what_may_satisfy_another_architecture_asks_for_nothing() -> None:
    data: dict[str, Any] = {"role": Role.DATA, "architecture_dependent": False}
    assert _judged(package("data", **data)) == "foreign"
    assert _judged(package("core", **data)) is None
    assert _judged(package("data", relations=(relation("suggests", "demo-x"),), **data)) is None
    asking = DebRelations.model_validate({"depends": ["perl"]})
    assert _judged(package("data", deb=asking, **data)) is None
    assert _judged(package("x", [file("usr/bin/x")])) is None


@pytest.mark.parametrize("tables", [{}, {"build": BUILD}])
def test_it_is_sorted_and_wrapped_as_debian_s_tool_does(tables: dict[str, Any], tmp_path: Path) -> None:
    files, _ = render(manifest(**tables), sample())
    write(files, tmp_path)
    argv = ["wrap-and-sort", "--wrap-always", "--short-indent", "--trailing-comma", "--sort-binary-packages"]
    subprocess.run(argv, cwd=tmp_path, check=True)
    assert write(files, tmp_path) == ()
    control = tmp_path / "debian/control"
    control.write_text(control.read_text().replace(" adduser,\n", ""))
    assert write(files, tmp_path) == ("debian/control",)


def test_the_changelog_is_read_back(tmp_path: Path) -> None:
    made = manifest(program={"epoch": 2, "version": "1.6.0~rc1"})
    (tmp_path / "changelog").write_text(_texts(made, sample())["changelog"])
    argv = ["dpkg-parsechangelog", "--file", str(tmp_path / "changelog"), "--show-field"]
    said = {
        field: subprocess.run([*argv, field], check=True, capture_output=True, text=True).stdout.strip()
        for field in ("Source", "Version", "Timestamp", "Maintainer", "Distribution")
    }
    assert said == {
        "Source": "demo",
        "Version": "2:1.6.0~rc1-2",
        "Timestamp": "1732233600",
        "Maintainer": "Jo Doe <jo@demo.example>",
        "Distribution": "unstable",
    }


@pytest.mark.parametrize(
    ("spdx", "licences"),
    [
        ("MIT", {"Expat": "Permission is hereby granted"}),
        ("GPL-2.0-or-later", {"GPL-2+": "/usr/share/common-licenses/GPL-2."}),
        ("BSD-2-Clause AND ISC", {"BSD-2-clause": "Redistribution and use", "ISC": "Permission to use"}),
        ("BSD-3-Clause OR Zlib", {"BSD-3-clause": "Neither the name", "Zlib": "'as-is'"}),
        ("GPL-3.0-only WITH GCC-exception-3.1", {"GPL-3 with GCC-3.1 exception": "GCC-exception-3.1"}),
    ],
)
def test_the_copyright_file_is_machine_readable(spdx: str, licences: dict[str, str]) -> None:
    text = _texts(manifest(program={"license": spdx}), sample())["copyright"]
    read: Any = Copyright(text.splitlines(keepends=True), strict=True)
    assert read.header.format.endswith("copyright-format/1.0/")
    assert [one.files for one in read.all_files_paragraphs()] == [("*",), ("debian/*",)]
    texts = {one.license.synopsis: one.license.text for one in read.all_license_paragraphs()}
    assert texts.keys() == licences.keys()
    assert all(part in texts[name] for name, part in licences.items())


def test_a_licence_without_text_is_told_until_the_user_gives_it(tmp_path: Path) -> None:
    made = manifest(program={"license": "Artistic-2.0"})
    files, findings = render(made, sample())
    assert [(one.slug, str(one.severity)) for one in findings] == [("licence-text-missing", "warning")]
    assert files
    (tmp_path / "deb/licence").mkdir(parents=True)
    (tmp_path / "deb/licence/Artistic-2.0").write_text(" The text.\n .\n Of two parts.\n")
    files, findings = render(made, sample(), templates=tmp_path)
    text = next(one.text for one in files if one.path == "debian/copyright")
    assert findings == ()
    assert text.endswith("License: Artistic-2.0\n The text.\n .\n Of two parts.\n")


def test_the_same_plan_gives_the_same_files() -> None:
    assert render(manifest(), sample()) == render(manifest(), sample())
    first, _ = render(manifest(), sample())
    assert [one.path for one in first if one.executable] == ["debian/rules"]
    assert all(one.text.endswith("\n") and not one.text.endswith("\n\n") for one in first)
