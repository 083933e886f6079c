"""Which files are modules, and what goes with them when another rule takes the module itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from splitpkg.plan.make import make_plan
from tests.support.trees import inventory, manifest, program, shared

if TYPE_CHECKING:
    from splitpkg.diagnostics import Diagnostic
    from splitpkg.plan.model import Plan

MODULES = "usr/lib64/demo"
SPLIT = """
[hosts]
files = "usr/bin/demo"

[package.core]
files = ["usr/bin/demo", "usr/lib64/demo"]

[family.block]
files = "{libdir}/demo/block-{name}.so"
package = "block-{name}"
summary = "Demonstration of {name}"
"""
BESIDE = 'beside = "usr/share/demo/{name}.so"\n'
EXCLUDED = '[[exclude]]\nfiles = "{libdir}/demo/block-raw.so"\nreason = "is not ready"\n'
FILES = {
    "usr/bin/demo": program(defines="demo_register"),
    f"{MODULES}/block-raw.so": shared(needs="demo_register"),
    f"{MODULES}/block-tap.so": shared(needs="demo_register"),
}


def planned(text: str, *more: str) -> tuple[Plan | None, tuple[Diagnostic, ...]]:
    """The plan of the tree with shared objects of these paths in it, too."""
    return make_plan(manifest(text), inventory(FILES | {path: shared() for path in more}))


def said(findings: tuple[Diagnostic, ...]) -> list[tuple[str, str]]:
    return [(one.where.path, one.slug) for one in findings]


@pytest.mark.parametrize("kind", ["files", "beside"])
def test_what_goes_with_a_module_goes_nowhere_without_it(kind: str) -> None:
    """The module is left out, or the table is of no module; what is beside it must not vanish."""
    text = (
        SPLIT
        + {
            "files": '[module.nothing]\nfiles = "usr/share/demo/raw.so"\n',
            "beside": BESIDE + EXCLUDED,
        }[kind]
    )
    more = ["usr/share/demo/raw.so"] + (["usr/share/demo/tap.so"] if kind == "beside" else [])
    plan, findings = planned(text, *more)
    assert plan is None
    assert ("usr/share/demo/raw.so", "unowned") in said(findings)
    assert {slug for _, slug in said(findings)} == {"unowned", *(["module-unknown"] * (kind == "files"))}


def test_what_is_beside_a_module_that_is_left_out_can_be_owned() -> None:
    text = SPLIT.replace('"usr/lib64/demo"]', '"usr/lib64/demo", "usr/share/demo"]') + BESIDE + EXCLUDED
    plan, findings = planned(text, "usr/share/demo/raw.so", "usr/share/demo/tap.so")
    assert plan is not None, findings
    assert [file.path for file in plan.package("demo-core").files] == [
        "usr/bin/demo",
        "usr/share/demo/raw.so",
    ]
    assert plan.package("demo-block-tap").files[-1].path == "usr/share/demo/tap.so"


def test_modules_that_take_each_other_are_refused() -> None:
    text = SPLIT + (
        '[module.block-raw]\nfiles = "{libdir}/demo/block-tap.so"\n'
        '[module.block-tap]\nfiles = "{libdir}/demo/block-raw.so"\n'
    )
    plan, findings = planned(text)
    assert plan is None
    assert {slug for _, slug in said(findings)} == {"rule-unused"}


@pytest.mark.parametrize("package", ["other-{type}", "block-{type}"])
def test_two_families_that_take_a_module_alike_are_refused(package: str) -> None:
    other = (
        f'[family.other]\nfiles = "{{libdir}}/demo/block-{{type}}.so"\npackage = "{package}"\nsummary = "x"\n'
    )
    plan, findings = planned(SPLIT + other)
    assert plan is None
    slug = "contested" if package == "other-{type}" else "suffix-collides"
    assert said(findings) == [(f"{MODULES}/block-raw.so", slug), (f"{MODULES}/block-tap.so", slug)]
    assert "block" in str(findings[0].notes)


def test_families_of_one_bundle_may_share_what_is_beside() -> None:
    text = (
        SPLIT
        + BESIDE
        + '[family.net]\nfiles = "{libdir}/demo/net-{name}.so"\npackage = "net-{name}"\nsummary = "x"\n'
        + BESIDE
        + '[module.block-raw]\nbundle = "raw"\n[module.net-raw]\nbundle = "raw"\n'
    )
    plan, findings = planned(text, f"{MODULES}/net-raw.so", "usr/share/demo/raw.so")
    assert plan is not None, findings
    assert "usr/share/demo/raw.so" in [file.path for file in plan.package("demo-raw").files]
