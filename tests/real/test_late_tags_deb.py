"""Tags that the build decides, in Debian packages: what they say, and what stops the build."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from splitpkg.abi.model import CapabilityNames
from splitpkg.build.deb import build_deb
from splitpkg.diagnostics import Failed
from splitpkg.render.deb.expect import expected as planned_packages
from splitpkg.verify.compare import compare
from splitpkg.verify.late_tags import late_values
from splitpkg.verify.read import read
from tests.support import debs
from tests.support.stamped import ANOTHER, FIRST, SECOND, customary, project, write_source

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.stamped import Project

RULE = "\nexecute_before_dh_gencontrol-arch:\n\tsh debian/splitpkg-tags substvars\n"
CHECK = "\nexecute_after_dh_gencontrol-arch:\n\tsh debian/splitpkg-tags check\n"


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return project(tmp_path_factory.mktemp("planned"))


def laid_out(planned: Project, folder: Path, stamp: str, *changes: tuple[str, str]) -> Path:
    """debian/ and the source with that stamp; gives their folder."""
    out = folder / "out"
    debs.lay_out(planned.manifest, planned.plan, planned.tree, out)
    write_source(folder, stamp, *changes)
    shutil.copy(folder / "demo-1.6.0.tar.gz", out / "demo_1.6.0.orig.tar.gz")
    return out


def built(planned: Project, out: Path, *select: str) -> dict[str, Path]:
    packages = build_deb(planned.manifest, planned.plan, out, select=select or ("--build=binary",))
    return {path.name.partition("_")[0]: path for path in packages if "-dbgsym_" not in path.name}


def said(planned: Project, out: Path) -> tuple[str, ...]:
    """What dpkg-buildpackage says when it does not succeed."""
    with pytest.raises(Failed) as caught:
        built(planned, out)
    assert [one.slug for one in caught.value.diagnostics] == ["build-failed"]
    return caught.value.diagnostics[0].notes


def tags(packages: dict[str, Path]) -> dict[str, set[str]]:
    found = {}
    for name, package in packages.items():
        entries = debs.relations(package, "Provides") | debs.relations(package, "Depends")
        found[name] = {entry for entry in entries if entry.startswith("demo-abi")}
    return found


def expected(stamp: str) -> dict[str, set[str]]:
    one = {f"demo-abi-demo-stamp-{stamp}"}
    both = {*one, f"demo-abi-demo-entry-1-6-0-{stamp}"}
    wire = {f"demo-abi-demo-private-{stamp}", "demo-abi-libdemo-wire-1.6.0.so"}
    return {
        "demo-core": both | wire,
        "demo-net-tap": wire,
        "demo-tools": set(),
        "demo-block-zip": both,
        "demo-block-tar": both,
        "demo-ui-term": one,
    }


def test_packages_say_the_tags_of_their_own_build(planned: Project, tmp_path: Path) -> None:
    """What both hosts have, the hub says; the others are locked to it."""
    packages = built(planned, laid_out(planned, tmp_path, SECOND))
    found, wanted = read(packages.values()), planned_packages(planned.manifest, planned.plan)
    values, lost = late_values(found, wanted)
    assert (lost, compare(found, wanted, None, values)) == ((), ())
    assert tags(packages) == {**expected(SECOND), "demo-data": set()}
    assert debs.relations(packages["demo-ui-term"], "Depends") >= {"demo-core (= 1.6.0-1)"}


@pytest.mark.slow
def test_a_module_of_another_build_stops_the_build(planned: Project, tmp_path: Path) -> None:
    notes = said(planned, laid_out(planned, tmp_path, FIRST, ANOTHER))
    assert any(note.startswith("ABI tags: error: ") and "block-zip.so" in note for note in notes), notes


@pytest.mark.slow
def test_names_as_is_the_custom(planned: Project, tmp_path: Path) -> None:
    own = customary(planned, CapabilityNames(deb="demo-api = 0+{value}"))
    packages = built(own, laid_out(own, tmp_path, SECOND))
    named = f"demo-api (= 0+demo-stamp-{SECOND})"
    assert named in debs.relations(packages["demo-core"], "Provides")
    assert named in debs.relations(packages["demo-ui-term"], "Depends")
    found, wanted = read(packages.values()), planned_packages(own.manifest, own.plan)
    values, lost = late_values(found, wanted)
    assert (lost, compare(found, wanted, None, values)) == ((), ())


@pytest.mark.slow
def test_without_its_script_the_build_stops(planned: Project, tmp_path: Path) -> None:
    out = laid_out(planned, tmp_path, FIRST)
    (out / "debian/splitpkg-tags").unlink()
    assert any("splitpkg-tags" in note for note in said(planned, out))


@pytest.mark.slow
def test_without_its_variables_the_build_stops(planned: Project, tmp_path: Path) -> None:
    """dpkg-gencontrol only warns of a variable that nobody has set: nobody but the check sees it."""
    out = laid_out(planned, tmp_path, FIRST)
    rules = out / "debian/rules"
    text = rules.read_text()
    assert RULE in text
    assert CHECK in text
    rules.write_text(text.replace(RULE, ""))
    assert any("lacks demo-abi-demo-" in note for note in said(planned, out))
    rules.write_text(text.replace(RULE, "").replace(CHECK, ""))
    assert not any(tags(built(planned, out)).values())


@pytest.mark.slow
@pytest.mark.parametrize("options", ["nocheck", "nostrip noopt parallel=4"])
def test_whatever_the_options(
    planned: Project, options: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEB_BUILD_OPTIONS", options)
    assert tags(built(planned, laid_out(planned, tmp_path, SECOND), "--build=any")) == expected(SECOND)


@pytest.mark.slow
def test_packages_for_all_architectures_are_built_alone(planned: Project, tmp_path: Path) -> None:
    """Nothing of the others is there then: the script must not be asked."""
    out = laid_out(planned, tmp_path, SECOND)
    assert set(built(planned, out, "--build=all")) == {"demo-data"}
    assert tags(built(planned, out, "--build=any")) == expected(SECOND)
