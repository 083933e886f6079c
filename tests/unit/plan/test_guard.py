"""What no package of another build is to be unpacked beside: virtual names, and who breaks them."""

from __future__ import annotations

from splitpkg.plan.make import make_plan
from splitpkg.plan.model import Constraint, Plan, Reason, RelationKind
from tests.support.trees import inventory, manifest, program, shared, with_nodes

MODULES = "usr/lib64/demo"
SPLIT = """
[hosts]
files = ["usr/bin/demo", "usr/bin/tool"]

[package.core]
files = ["usr/bin/demo", "usr/lib64/demo"]

[package.tools]
files = "usr/bin/tool"

[package.extra]
files = "usr/bin/extra"

[package.libs]
kind = "library"
files = "{libdir}/libdemo.so.1"

[family.block]
files = "{libdir}/demo/block-{name}.so"
package = "block-{name}"
summary = "Demonstration of {name}"
"""
LIBRARY = with_nodes(shared(soname="libdemo.so.1", defines="demo_guts"), "DEMO_PRIVATE_1.0")
USER = with_nodes(
    shared(needs="demo_guts demo_init_1_0", libraries="libdemo.so.1"),
    needed={"libdemo.so.1": "DEMO_PRIVATE_1.0"},
)
FILES = {
    "usr/bin/demo": program(defines="demo_init_1_0", libraries="libc.so.6 libdemo.so.1"),
    "usr/bin/tool": program(defines="demo_init_1_0"),
    "usr/bin/extra": program(),
    "usr/lib64/libdemo.so.1": LIBRARY,
    f"{MODULES}/block-a.so": USER,
    f"{MODULES}/block-b.so": shared(needs="demo_init_1_0"),
}


def planned(more: str = "", without: str = "none") -> Plan:
    files = {path: facts for path, facts in FILES.items() if path != without}
    plan, findings = make_plan(manifest(SPLIT + more), inventory(files))
    assert plan is not None, findings
    return plan


def guards(plan: Plan) -> dict[str, set[str]]:
    """What each package provides and breaks for the sake of a lock: `+NAME` and `-NAME`."""
    signs = {RelationKind.PROVIDES: "+", RelationKind.BREAKS: "-"}
    found = {
        package.name: {
            f"{signs[one.kind]}{one.target}{'' if one.tag is None else f' {one.tag.value}'}"
            for one in package.relations
            if one.kind in signs and one.reason is Reason.LOCK
        }
        for package in plan.packages
    }
    return {name: said for name, said in found.items() if said}


def test_hub_and_library_break_other_builds_of_what_needs_theirs() -> None:
    """A program that loads nothing may be of another build, as far as the loading goes."""
    assert guards(planned()) == {
        "demo-core": {"+demo-plugin", "-demo-plugin", "+demo-libs-plugin"},
        "demo-tools": {"+demo-plugin"},
        "demo-block-a": {"+demo-plugin", "+demo-libs-plugin"},
        "demo-block-b": {"+demo-plugin"},
        "demo-libs": {"-demo-libs-plugin"},
    }
    plan = planned()
    every = [one for package in plan.packages for one in package.relations if one.target.endswith("plugin")]
    assert {one.constraint for one in every} == {Constraint.SAME_BUILD}


def test_without_a_hub_only_the_library_breaks_other_builds() -> None:
    """A module breaks hosts by name; what breaks each other could not be upgraded."""
    assert guards(planned("[lock]\nhub = false\n")) == {
        "demo-core": {"+demo-libs-plugin"},
        "demo-block-a": {"+demo-libs-plugin"},
        "demo-libs": {"-demo-libs-plugin"},
    }


def test_a_hub_that_is_a_library_breaks_under_its_own_name() -> None:
    """Others may need it beside the one that takes its place when its SONAME changes."""
    found = guards(planned('[lock]\nhub = "libs"\n'))
    assert found["demo-libs"] == {"-demo-libs-plugin"}
    assert found["demo-block-b"] == {"+demo-libs-plugin"}


def test_modules_that_a_tag_ties_have_its_value_in_the_place_of_the_version() -> None:
    found = guards(planned('[lock]\npolicy = "tag"\n'))
    init, node = "demo-plugin-demo_init demo_init_1_0", "demo-plugin-DEMO_PRIVATE DEMO_PRIVATE_1.0"
    assert found["demo-block-a"] == {f"+{init}", f"+{node}"}
    assert found["demo-block-b"] == {f"+{init}"}
    assert found["demo-core"] == {f"-{init}", f"-{node}", "+demo-plugin", "-demo-plugin", "+demo-libs-plugin"}
    assert found["demo-tools"] == {"+demo-plugin"}


def test_the_virtual_name_is_no_package_s() -> None:
    more = '[module.block-b]\nbundle = "plugin"\n'
    assert "-demo-plugin-of-build" in guards(planned(more))["demo-core"]
