"""Tags that the build decides, in RPM packages: what they say, and that nothing that goes wrong passes."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from splitpkg.abi.model import CapabilityNames
from splitpkg.build.rpm import build_rpm
from splitpkg.diagnostics import Failed
from splitpkg.render.rpm.expect import expected
from splitpkg.render.rpm.spec import render
from splitpkg.render.write import write
from splitpkg.verify.compare import compare
from splitpkg.verify.late_tags import late_values
from splitpkg.verify.read import read
from tests.support.rpm import query, relations, run
from tests.support.stamped import FIRST, SABOTAGE, SECOND, WITHOUT_HOSTS, customary, project, write_source

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.stamped import Project

GENERATOR = '%define __splitpkg_requires() %{lua: splitpkg_tags(arg[1], "requires")}'
CHECK = "%define _build_pkgcheck_set "


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return project(tmp_path_factory.mktemp("planned"))


def spec_of(planned: Project, folder: Path, stamp: str = FIRST, *changes: tuple[str, str]) -> Path:
    """The spec with a source that has that stamp beside it."""
    out = folder / "out"
    files, findings = render(planned.manifest, planned.plan)
    assert findings == ()
    write(files, out)
    write_source(folder, stamp, *changes)
    shutil.copy(folder / "demo-1.6.0.tar.gz", out)
    return out / "demo.spec"


def built(planned: Project, spec: Path) -> dict[str, Path]:
    """The packages by name, those for debuggers left out."""
    packages = {
        query(path, "%{NAME}\x1f")[0]: path for path in build_rpm(planned.manifest, planned.plan, spec.parent)
    }
    return {name: path for name, path in packages.items() if "-debug" not in name}


def said(planned: Project, spec: Path) -> tuple[str, ...]:
    """What rpmbuild says when it does not succeed."""
    with pytest.raises(Failed) as caught:
        built(planned, spec)
    assert [one.slug for one in caught.value.diagnostics] == ["build-failed"]
    assert not list(spec.parent.glob("*.rpm"))
    return caught.value.diagnostics[0].notes


def verified(planned: Project, packages: dict[str, Path]) -> list[str]:
    """What `splitpkg verify` finds."""
    built, wanted = read(packages.values()), expected(planned.manifest, planned.plan)
    values, lost = late_values(built, wanted)
    return [f"{one.slug}: {one.message}" for one in (*lost, *compare(built, wanted, None, values))]


def change(spec: Path, old: str, new: str) -> None:
    text = spec.read_text()
    assert old in text
    spec.write_text(text.replace(old, new))


def stated(package: Path, kind: str) -> set[str]:
    """The tags that the package names."""
    return {line for line in relations(package, kind) if line.startswith(("demo-abi", "demo-api"))}


def capabilities(tags: set[str]) -> set[str]:
    return {f"demo-abi({tag})(x86-64)" for tag in tags}


def by_readelf(package: Path, folder: Path) -> set[str]:
    """The stamps in the package's files, as symbols or as text."""
    folder.mkdir()
    payload = subprocess.run(["rpm2cpio", package], check=True, capture_output=True).stdout
    subprocess.run(["cpio", "--quiet", "-id"], input=payload, check=True, cwd=folder)
    files = [path for path in folder.rglob("*") if path.is_file() and ".build-id" not in str(path)]
    text = "".join(run("readelf", "-W", "--dyn-syms", "-d", "-p", ".rodata", path) for path in files)
    tags = r"\bdemo_(?:stamp|entry)_\w+|\bDEMO_PRIVATE_\w+|\blibdemo-wire[\w.-]+"
    return set(re.findall(tags, text))


@pytest.mark.parametrize("stamp", [pytest.param(FIRST, marks=pytest.mark.slow), SECOND])
def test_packages_say_what_readelf_says(planned: Project, stamp: str, tmp_path: Path) -> None:
    packages = built(planned, spec_of(planned, tmp_path, stamp))
    assert verified(planned, packages) == []
    assert len(packages) == 7
    packages.pop("demo-data")
    found = {name: by_readelf(package, tmp_path / name) for name, package in packages.items()}
    wire = {f"DEMO_PRIVATE_{stamp}", "libdemo-wire-1.6.0.so"}
    assert found["demo-tools"] == {f"demo_stamp_{stamp}"}
    assert found["demo-core"] == {f"demo_stamp_{stamp}", f"demo_entry_1_6_0_{stamp}", *wire}
    assert found["demo-net-tap"] == wire
    assert stated(packages["demo-tools"], "provides") == set()
    assert stated(packages["demo-core"], "provides") == capabilities(found["demo-core"])
    for name in ("demo-block-tar", "demo-block-zip", "demo-ui-term", "demo-net-tap"):
        assert stated(packages[name], "requires") == capabilities(found[name])
        assert found[name]
    core = relations(packages["demo-core"], "requires")
    assert "libc.so.6()(64bit)" in core


@pytest.mark.slow
def test_a_hub_without_hosts_says_what_they_have(tmp_path: Path) -> None:
    own = project(tmp_path / "planned", WITHOUT_HOSTS)
    packages = built(own, spec_of(own, tmp_path, SECOND))
    assert verified(own, packages) == []
    said = {name for name in packages if stated(packages[name], "provides")}
    assert said == {"demo-common", "demo-core"}
    assert stated(packages["demo-common"], "provides") == {f"demo-abi(demo_stamp_{SECOND})(x86-64)"}


@pytest.mark.slow
def test_names_as_is_the_custom(planned: Project, tmp_path: Path) -> None:
    own = customary(planned, CapabilityNames(rpm="demo-api = {value}"))
    packages = built(own, spec_of(own, tmp_path, SECOND))
    assert verified(own, packages) == []
    assert f"demo-api = demo_stamp_{SECOND}" in stated(packages["demo-core"], "provides")
    assert stated(packages["demo-ui-term"], "requires") == {f"demo-api = demo_stamp_{SECOND}"}


def test_the_spec_can_be_read_without_building(planned: Project, tmp_path: Path) -> None:
    spec = spec_of(planned, tmp_path)
    names = run("rpmspec", "-q", "--qf", "%{NAME} ", spec).split()
    assert set(names) >= {"demo-core", "demo-tools", "demo-block-zip"}
    assert not list(tmp_path.rglob("capabilities"))


@pytest.mark.slow
@pytest.mark.parametrize("name", SABOTAGE)
def test_a_build_that_is_not_of_one_piece_is_stopped(planned: Project, name: str, tmp_path: Path) -> None:
    change, told = SABOTAGE[name]
    notes = said(planned, spec_of(planned, tmp_path, FIRST, change))
    assert any(note.startswith("ABI tags: error: ") and told in note for note in notes), notes


DEATHS = {
    "a script of the generator that fails": '%define __splitpkg_requires() %{lua: error("no more")}',
    "a generator that exits with 3": "%global __splitpkg_requires sh -c 'cat > /dev/null; exit 3'",
    "a generator that is killed": "%global __splitpkg_requires sh -c 'cat > /dev/null; kill -9 $$'",
    "no generator": "",
}


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=() if "killed" in name else pytest.mark.slow) for name in DEATHS],
)
def test_a_generator_that_dies_does_not_pass(planned: Project, name: str, tmp_path: Path) -> None:
    spec = spec_of(planned, tmp_path)
    change(spec, GENERATOR, DEATHS[name])
    notes = said(planned, spec)
    told = "ABI tags: error: package demo-net-tap lacks: requires "
    assert any(note.startswith(told) for note in notes), notes


def test_nobody_but_the_check_sees_that_a_generator_died(planned: Project, tmp_path: Path) -> None:
    """rpmbuild takes no notice (rpm issue 1183): without the check the tags would be missing silently."""
    spec = spec_of(planned, tmp_path)
    change(spec, GENERATOR, DEATHS["a generator that is killed"])
    change(spec, CHECK, "%define unused ")
    packages = built(planned, spec)
    assert not any(line.startswith("demo-abi") for line in relations(packages["demo-ui-term"], "requires"))
    entry, stamp = f"demo-abi(demo_entry_1_6_0_{FIRST})(x86-64)", f"demo-abi(demo_stamp_{FIRST})(x86-64)"
    wire = ["demo-abi(libdemo-wire-1.6.0.so)(x86-64)", f"demo-abi(DEMO_PRIVATE_{FIRST})(x86-64)"]
    missing = [
        f"relation-missing: no `Requires: {name}`" for name in (entry, stamp, entry, stamp, *wire, stamp)
    ]
    assert sorted(verified(planned, packages)) == sorted(missing)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("a module without a stamp", "tag-lost: `usr/lib64/demo/ui-term.so` carries no tag; expected one as"),
        ("a module of another build", "tag-differs: `usr/lib64/demo/block-zip.so` carries tag `demo_entry_"),
        ("a module with two stamps", "tag-lost: `usr/lib64/demo/ui-term.so` carries tags `demo_stamp_01234"),
        ("a module that is no ELF file", "tag-lost: `usr/lib64/demo/ui-term.so` carries no tag; expected"),
        ("a library of another build", "tag-lost: `usr/lib64/demo/libdemo-wire-1.6.0.so` does not have tag"),
        ("a host of another build", "tag-lost: `usr/bin/demod` does not have tag `demo_entry_1_6_0_a1f3"),
        (
            "a host without its export",
            "tag-lost: `usr/bin/democtl` does not have tag `demo_stamp_a1f3",
        ),
        ("a host that looks nothing up", "tag-lost: `usr/bin/demod` does not have tag `demo_entry_1_6_0_"),
    ],
)
def test_verify_reads_the_tags_itself(planned: Project, name: str, told: str, tmp_path: Path) -> None:
    spec = spec_of(planned, tmp_path, FIRST, SABOTAGE[name][0])
    change(spec, "sh %{tags_directory}/tags find %{buildroot}\n", "")
    change(spec, "%define __splitpkg_", "%define unused_")
    change(spec, CHECK, "%define unused ")
    assert any(finding.startswith(told) for finding in verified(planned, built(planned, spec)))


@pytest.mark.slow
def test_without_the_values_nothing_is_sound(planned: Project, tmp_path: Path) -> None:
    packages = read(built(planned, spec_of(planned, tmp_path)).values())
    found = compare(packages, expected(planned.manifest, planned.plan), None)
    assert {(one.slug, one.message.partition(" `")[2][-37:]) for one in found} == {
        ("relation-missing", "Provides: demo-abi({value})(x86-64)`"),
        ("relation-missing", "Requires: demo-abi({value})(x86-64)`"),
    }
    assert len({one.where.path for one in found}) == 5


def test_without_the_list_of_tags_the_generator_stops_the_build(planned: Project, tmp_path: Path) -> None:
    spec = spec_of(planned, tmp_path)
    change(spec, "sh %{tags_directory}/tags find %{buildroot}\n", "")
    assert any("*no-ABI-tags-were-read*" in note for note in said(planned, spec))


@pytest.mark.slow
def test_a_generator_that_rpm_is_not_told_of_is_missed(planned: Project, tmp_path: Path) -> None:
    spec = spec_of(planned, tmp_path)
    change(spec, ": > %{tags_directory}/splitpkg.attr\n", "")
    change(spec, "%global _local_file_attrs ", "%global unused ")
    assert any("demo-core lacks: provides demo-abi(" in note for note in said(planned, spec))


@pytest.mark.slow
@pytest.mark.parametrize("body", ["exit 0", "exit 3", "kill -9 $$"])
def test_a_readelf_that_does_not_work_stops_the_build(
    planned: Project, body: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "bin/readelf"
    broken.parent.mkdir()
    broken.write_text(f"#!/bin/sh\n{body}\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{broken.parent}:{os.environ['PATH']}")
    notes = said(planned, spec_of(planned, tmp_path))
    assert any(note.startswith("ABI tags: error: ") for note in notes)


@pytest.mark.slow
def test_a_check_that_fails_stops_the_build(planned: Project, tmp_path: Path) -> None:
    spec = spec_of(planned, tmp_path)
    change(spec, "rpm -qp --nosignature", "false -qp --nosignature")
    assert any("rpm cannot read the packages" in note for note in said(planned, spec))


def test_a_check_that_is_killed_stops_the_build(planned: Project, tmp_path: Path) -> None:
    spec = spec_of(planned, tmp_path)
    change(spec, "rpm -qp --nosignature", "kill -9 $$; rpm -qp --nosignature")
    assert any("Package check" in note and "failed" in note for note in said(planned, spec))
