"""How packages of a plan relate: what the files ask for, what the manifest says, and what cannot be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from splitpkg.plan.make import make_plan
from splitpkg.plan.model import Reason, RelationKind
from tests.support.trees import inventory, manifest, program, shared

if TYPE_CHECKING:
    from splitpkg.diagnostics import Diagnostic
    from splitpkg.elf.model import ElfFile
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
B_REQUIRES_C = '[module.block-b]\nrequires = "block-c"\n'
META = '[metapackage]\nmodules = "requires"\n'

Files = dict[str, "ElfFile | str | None"]


def tree(**modules: ElfFile | str) -> Files:
    """A host, and modules by their names."""
    host: Files = {"usr/bin/demo": program(defines="demo_register")}
    return host | {f"{MODULES}/block-{name}.so": facts for name, facts in modules.items()}


def planned(text: str, files: Files) -> tuple[Plan, list[Diagnostic]]:
    plan, findings = make_plan(manifest(text), inventory(files))
    assert plan is not None, findings
    return plan, list(findings)


def refused(text: str, files: Files) -> list[str]:
    """The messages of all findings; there is no plan."""
    plan, findings = make_plan(manifest(text), inventory(files))
    assert plan is None
    return [finding.message for finding in findings]


def edges(plan: Plan, name: str) -> dict[str, tuple[str, ...]]:
    """The targets of edges, with the evidence."""
    relations = plan.package(f"demo-{name}").relations
    return {one.target: one.evidence for one in relations if one.reason is Reason.EDGE}


def test_a_symbol_that_two_files_of_one_package_define_is_an_edge_to_it() -> None:
    bundles = '[module.block-a]\nbundle = "ab"\n[module.block-b]\nbundle = "ab"\n'
    files = tree(a=shared(defines="gl_init"), b=shared(defines="gl_init"), c=shared(needs="gl_init"))
    plan, _ = planned(SPLIT + bundles, files)
    told = f"{MODULES}/block-c.so needs `gl_init`, which {MODULES}/block-a.so and {MODULES}/block-b.so define"
    assert edges(plan, "block-c") == {"demo-ab": (told,)}


def test_a_link_to_the_module_of_another_package_is_an_edge_to_it() -> None:
    plan, _ = planned(SPLIT, tree(raw=shared(), bare="block-raw.so", gone="nothing.so"))
    told = f"{MODULES}/block-bare.so is a link to {MODULES}/block-raw.so"
    assert edges(plan, "block-bare") == {"demo-block-raw": (told,)}
    assert edges(plan, "block-raw") == edges(plan, "block-gone") == {}


def test_a_library_that_loads_modules_is_locked_to_the_hub() -> None:
    text = SPLIT.replace('files = "usr/bin/demo"\n', 'files = "{libdir}/libdemo.so.0"\n') + (
        '[package.libs]\nkind = "library"\nfiles = "{libdir}/libdemo.so.0"\n'
        '[package.other]\nkind = "library"\nfiles = "{libdir}/libother.so.0"\n'
    )
    files = tree(raw=shared(needs="demo_register"))
    files["usr/lib64/libdemo.so.0"] = shared(soname="libdemo.so.0", defines="demo_register")
    files["usr/lib64/libother.so.0"] = shared(soname="libother.so.0")
    plan, _ = planned(text, files)
    (lock,) = (one for one in plan.package("demo-libs").relations if one.kind is not RelationKind.PROVIDES)
    assert (lock.kind, lock.target, lock.reason) == (RelationKind.REQUIRES, "demo-core", Reason.LOCK)
    assert plan.package("demo-other").relations == ()


@pytest.mark.parametrize("kind", ["data", "documentation", "development"])
def test_a_host_in_a_package_without_a_lock_is_refused(kind: str) -> None:
    text = SPLIT.replace('files = "usr/bin/demo"\n', 'files = "usr/share/demo/run"\n') + (
        f'[package.more]\nkind = "{kind}"\nfiles = "usr/share/demo"\n'
    )
    files = tree(raw=shared()) | {"usr/share/demo/run": None}
    plan, (finding,) = make_plan(manifest(text), inventory(files))
    assert (plan, finding.slug) == (None, "host-unlocked")
    assert finding.hint == 'set `kind = "program"` in [package.more], or give the host to another package'


def test_a_circle_of_modules_is_one_warning() -> None:
    requires = "".join(
        f'[module.block-{one}]\nrequires = "block-{two}"\n' for one, two in ("ab", "bc", "ca", "dc")
    )
    plan, (finding,) = planned(SPLIT + requires, tree(**dict.fromkeys("abcd", shared())))
    assert plan.package("demo-block-a").relations
    assert (finding.slug, finding.message) == (
        "edge-cycle",
        "modules `block-a`, `block-b` and `block-c` require each other",
    )


@pytest.mark.parametrize(
    ("relations", "told"),
    [
        (
            B_REQUIRES_C + '[module.block-a]\nrequires = "block-b"\nconflicts = "block-c"\n',
            "`block-a` conflicts with `block-c`, which it requires",
        ),
        (
            '[module.block-a]\nconflicts = "block-b"\n[module.block-b]\nrequires = "block-a"\n',
            "`block-a` conflicts with `block-b`, which requires it",
        ),
        (
            '[module.block-a]\nconflicts = "block-b"\n' + META,
            "`block-a` conflicts with `block-b`, and both are required by `demo`",
        ),
        (
            '[module.block-a]\nconflicts = "block-b"\n[module.block-c]\nrequires = ["block-a", "block-b"]\n',
            "`block-a` conflicts with `block-b`, and both are required by `demo-block-c`",
        ),
    ],
)
def test_no_package_requires_two_that_conflict(relations: str, told: str) -> None:
    files = tree(a=shared(), b=shared(), c=shared())
    assert refused(SPLIT + relations, files) == [told]
    allowed = relations.replace("conflicts", "suggests").replace('"requires"', '"recommends"')
    planned(SPLIT + allowed, files)


def test_modules_that_conflict_may_both_be_recommended() -> None:
    text = SPLIT + '[module.block-a]\nconflicts = "block-b"\n' + META.replace('"requires"', '"recommends"')
    planned(text, tree(a=shared(), b=shared()))


def test_what_a_family_names_and_the_tree_lacks_is_told_once() -> None:
    files = tree(a=shared(), b=shared())
    assert refused(SPLIT + 'requires = "block-gone"\n', files) == [
        "`requires` in [family.block] names `block-gone`, which is no package of the plan"
    ]


def test_where_the_hub_is_a_library_the_metapackage_brings_the_programs() -> None:
    """All but those without a lock, and nothing that is no program."""
    text = """
[hosts]
files = "usr/lib64/libdemo.so.1"

[lock]
hub = "libs"

[package.libs]
kind = "library"
files = "usr/lib64/libdemo.so.1"

[package.daemon]
files = "usr/sbin/demod"

[package.extra]
locked = false
files = "usr/bin/extra"

[package.data]
kind = "data"
files = "usr/share/demo"

[family.block]
files = "{libdir}/demo/block-{name}.so"
package = "block-{name}"
summary = "Demonstration of {name}"

[metapackage]
"""
    files: Files = {
        "usr/lib64/libdemo.so.1": shared(soname="libdemo.so.1", defines="demo_register"),
        "usr/sbin/demod": program(libraries="libdemo.so.1", needs="demo_register"),
        "usr/bin/extra": None,
        "usr/share/demo/x": None,
        f"{MODULES}/block-a.so": shared(needs="demo_register", libraries="libdemo.so.1"),
    }
    plan, _ = planned(text, files)
    brought = {one.target for one in plan.package("demo").relations}
    assert brought == {"demo-libs", "demo-daemon", "demo-block-a"}
