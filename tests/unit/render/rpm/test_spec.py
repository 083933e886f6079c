"""Whole specs, as they were reviewed. A change of the template shows here as a maintainer would see it."""

from __future__ import annotations

from pathlib import Path

import pytest

from splitpkg.plan.model import Constraint, LibraryFact, Plan, Reason, Relation, RelationKind, Role
from splitpkg.render.rpm.spec import render
from tests.support.plans import demo_plan, manifest, module, package, plan

EXPECTED = Path(__file__).parent / "expected"
BUILD = {
    "system": "make",
    "source": "https://demo.example/v1.6.0/demo-1.6.0.tar.gz",
    "options": ["V=1"],
    "requires": {"rpm": ["pkgconfig(zlib) >= 1.2"]},
}


def _rendered(name: str, planned: Plan, **tables: object) -> str:
    files, findings = render(manifest(**tables), planned)
    assert findings == ()
    return next(file.text for file in files if file.path == name)


def _edge(target: str, *evidence: str) -> Relation:
    return Relation(RelationKind.REQUIRES, target, Constraint.SAME_BUILD, Reason.EDGE, evidence)


def _plan() -> Plan:
    """The demo, with an edge that has evidence and something left out."""
    edge = _edge("demo-ui-gl", "usr/lib64/demo/ui-term.so needs `gl_init`, which only ui-gl.so defines")
    parts = [part for part in demo_plan().packages if part.suffix != "ui-term"]
    return plan(*parts, module("ui", "term", edge), excluded=(("usr/lib64/libdemo.a", "static"),))


@pytest.mark.parametrize(("name", "tables"), [("prebuilt", {}), ("source", {"build": BUILD})])
def test_whole_spec(name: str, tables: dict[str, object]) -> None:
    assert (
        _rendered("demo.spec", _plan(), program={"epoch": 1}, **tables)
        == (EXPECTED / f"{name}.spec").read_text()
    )


def test_whole_filter() -> None:
    assert _rendered("demo.rpmlintrc", _plan()) == (EXPECTED / "demo.rpmlintrc").read_text()


def test_lines_end_as_they_should() -> None:
    text = _rendered("demo.spec", _plan())
    assert not [line for line in text.splitlines() if line != line.rstrip()]
    assert "\n\n\n" not in text
    assert text.endswith("\n")


def test_sonames_are_told_apart_from_patterns() -> None:
    part = module("ui", "gl", private_sonames=("libui+gl-1.0.so", "gl.so", "libodd%{x}.so", "ldgl.so.1"))
    text = _rendered("demo.spec", plan(package("core"), part))
    pattern = "^(ldgl[.]so[.]1|libodd...[.]so|libui[+]gl-1[.]0[.]so)([(]|$)"
    assert text.count(pattern.replace("...", "..x.")) == 2


def test_nothing_is_filtered_without_private_sonames() -> None:
    assert "_exclude" not in _rendered("demo.spec", plan(package("core")))


def test_main_package_of_files() -> None:
    part = package("", role=Role.PROGRAM, summary="not shown", description="Its own text.")
    text = _rendered("demo.spec", plan(part))
    assert "Summary:        Program that loads modules" in text
    assert "%description\nIts own text.\n" in text
    assert "%package" not in text


def test_ldconfig_where_a_library_is_public() -> None:
    facts = LibraryFact("usr/lib64/libdemo.so.0", "libdemo.so.0")
    parts = [package("core"), package("libs", libraries=(facts,))]
    text = _rendered("demo.spec", plan(*parts))
    assert text.count("ldconfig_scriptlets") == 2
    assert "%{?ldconfig_scriptlets:%ldconfig_scriptlets libs}" in text
