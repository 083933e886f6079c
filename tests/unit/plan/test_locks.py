"""Which packages are locked to the hub, and which own the directory of the modules."""

from __future__ import annotations

from splitpkg.plan.make import make_plan
from splitpkg.plan.model import Plan, PlannedPackage, RelationKind
from tests.support.trees import inventory, manifest, program, shared

SPLIT = """
[hosts]
files = "usr/bin/demo"

[package.core]
files = ["usr/bin/demo"]

[package.agent]
files = ["usr/bin/agent"]

[family.block]
files = "{libdir}/demo/block-{name}.so"
package = "block-{name}"
summary = "Demonstration of {name}"
"""
FILES = {
    "usr/bin/agent": program(),
    "usr/bin/demo": program(defines="demo_register"),
    "usr/lib64/demo/block-raw.so": shared(needs="demo_register"),
    "usr/lib64/demo/block-tap.so": shared(needs="demo_register"),
}


def _planned(text: str) -> Plan:
    plan, findings = make_plan(manifest(text), inventory(FILES))
    assert plan is not None, findings
    return plan


def _required(package: PlannedPackage) -> list[str]:
    return [one.target for one in package.relations if one.kind is RelationKind.REQUIRES]


def test_a_program_is_locked_unless_the_manifest_leaves_it_free() -> None:
    assert _required(_planned(SPLIT).package("demo-agent")) == ["demo-core"]
    free = SPLIT.replace("[package.agent]", "[package.agent]\nlocked = false")
    assert _required(_planned(free).package("demo-agent")) == []
    assert _required(_planned(free).package("demo-block-raw")) == ["demo-core"]


def test_the_package_of_a_host_must_be_locked() -> None:
    text = SPLIT.replace('files = "usr/bin/demo"', 'files = "usr/bin/*"')
    plan, findings = make_plan(
        manifest(text.replace("[package.agent]", "[package.agent]\nlocked = false")), inventory(FILES)
    )
    assert plan is None
    assert [(one.slug, one.message) for one in findings] == [
        ("host-unlocked", "package `agent` has no lock and holds a host: usr/bin/agent")
    ]


def test_the_hub_owns_the_directory_that_all_who_need_it_share() -> None:
    plan = _planned(SPLIT)
    owners = [(package.name, folder.path) for package in plan.packages for folder in package.directories]
    assert owners == [("demo-core", "usr/lib64/demo")]


def test_a_directory_of_one_package_stays_with_it() -> None:
    files = {path: facts for path, facts in FILES.items() if not path.endswith("tap.so")}
    plan, _ = make_plan(manifest(SPLIT), inventory(files))
    assert plan is not None
    assert [folder.path for folder in plan.package("demo-block-raw").directories] == ["usr/lib64/demo"]
    assert plan.package("demo-core").directories == ()
