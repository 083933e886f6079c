"""Tags as capabilities: who provides them, who requires them, and what they leave of the locks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from splitpkg.abi.model import CapabilityNames
from splitpkg.inventory.model import Constant, Inventory
from splitpkg.plan.make import make_plan
from splitpkg.plan.model import Constraint, Reason, RelationKind
from splitpkg.plan.report import as_json, as_text
from tests.support.trees import inventory, manifest, program, shared, with_nodes
from tests.unit.plan.test_guard import FILES, MODULES, planned

if TYPE_CHECKING:
    from splitpkg.plan.model import Plan

INIT, NODE = "demo_init_1_0", "DEMO_PRIVATE_1.0"
MORE = Constant("more", "2012", None, "more_api", CapabilityNames())
TAG = '[lock]\npolicy = "tag"\n'


def capabilities(plan: Plan, kind: str) -> dict[str, set[str]]:
    """The tags that each package provides or requires as capabilities."""
    found = {
        package.name: {
            one.tag.value
            for one in package.relations
            if one.kind is RelationKind(kind) and one.tag is not None and one.reason is Reason.TAG
        }
        for package in plan.packages
    }
    return {name: tags for name, tags in found.items() if tags}


def locks(plan: Plan, name: str) -> dict[str, Constraint]:
    """The packages that one requires, and in which builds."""
    required = [one for one in plan.package(name).relations if one.kind is RelationKind.REQUIRES]
    return {one.target: one.constraint for one in required if one.tag is None}


def test_what_hosts_of_several_packages_have_the_hub_provides() -> None:
    plan = planned()
    assert capabilities(plan, "provides") == {"demo-core": {INIT}, "demo-libs": {NODE}}
    assert capabilities(plan, "requires") == {"demo-block-a": {INIT, NODE}, "demo-block-b": {INIT}}
    (provided,) = (one for one in plan.package("demo-core").relations if one.tag is not None)
    assert provided.target == "demo-abi"
    assert provided.evidence == ("usr/bin/demo and 1 more have it, all of one build with the hub",)
    (required,) = (one for one in plan.package("demo-block-b").relations if one.tag is not None)
    assert required.evidence == (f"{MODULES}/block-b.so carries it",)


def test_without_a_hub_each_host_provides_its_tag() -> None:
    plan = planned("[lock]\nhub = false\n")
    assert capabilities(plan, "provides") == {"demo-core": {INIT}, "demo-tools": {INIT}, "demo-libs": {NODE}}
    assert locks(plan, "demo-block-b") == dict.fromkeys(
        ("demo-core", "demo-tools"), Constraint.SAME_BUILD_IF_INSTALLED
    )
    assert locks(plan, "demo-tools") == {}
    assert plan.hub is None
    assert plan.lock[0] == (
        "hosts are in 2 packages, demo-core, demo-tools: each module fits those of its build, and none of "
        "another build can be beside it"
    )


def test_a_tag_that_is_not_offered_is_nobody_s_capability() -> None:
    plan = planned("[abi]\noffer = false\n")
    assert capabilities(plan, "provides") == capabilities(plan, "requires") == {}
    assert [tag.value for tag in plan.tags] == [INIT, NODE]


def test_by_policy_a_tag_takes_the_lock_s_place() -> None:
    plan = planned(TAG)
    assert locks(plan, "demo-block-b") == {"demo-core": Constraint.NONE}
    assert locks(plan, "demo-block-a") == {"demo-core": Constraint.NONE, "demo-libs": Constraint.NONE}
    assert locks(plan, "demo-tools") == {"demo-core": Constraint.SAME_BUILD}
    assert locks(plan, "demo-core") == {"demo-libs": Constraint.SAME_BUILD}
    assert plan.lock[1] == "the policy is `tag`: 2 of 2 packages of modules fit every build with their tags"


def test_a_module_without_a_tag_keeps_its_lock_and_the_plan_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FILES, f"{MODULES}/block-c.so", shared())
    plan = planned(TAG)
    assert locks(plan, "demo-block-c") == {"demo-core": Constraint.SAME_BUILD}
    assert plan.lock[2] == "no tag is enough to loosen the lock of demo-block-c"
    (lock,) = (one for one in plan.package("demo-block-c").relations if one.kind is RelationKind.REQUIRES)
    assert lock.evidence[0].endswith(f"the policy is `tag`, and no tag is enough for {MODULES}/block-c.so")


@pytest.mark.parametrize(
    ("name", "minor", "others", "constraint"),
    [
        ("demo-api = {value}", None, (), Constraint.NONE),
        ("demo-api = {value}", 3, (), Constraint.SAME_BUILD),
        ("demo-api = 2012", None, (), Constraint.SAME_BUILD),
        ("demo-api = 2012", None, (MORE,), Constraint.SAME_BUILD),
        ("demo-api = {value}", None, (MORE,), Constraint.NONE),
    ],
)
def test_a_custom_that_leaves_a_part_of_the_tag_out_keeps_the_lock(
    name: str, minor: int | None, others: tuple[Constant, ...], constraint: Constraint
) -> None:
    said = (Constant("demo", "2012-debug", minor, "demo_api", CapabilityNames(name)), *others)
    files = {"usr/bin/demo": program(), f"{MODULES}/block-a.so": shared()}
    entries = [
        entry._replace(constants=said) if entry.path in files else entry for entry in inventory(files).entries
    ]
    split = f"{TAG}[hosts]\nfiles = 'usr/bin/demo'\n[package.core]\nfiles = 'usr'\n"
    split += "[family.block]\nfiles = '{libdir}/demo/block-{name}.so'\npackage = 'block-{name}'\n"
    split += "summary = 'One'\n"
    plan, findings = make_plan(manifest(split), Inventory("tree", tuple(entries), 1_700_000_000))
    assert plan is not None, findings
    assert locks(plan, "demo-block-a") == {"demo-core": constraint}


@pytest.mark.parametrize(
    ("node", "constraint"),
    [("DEMO_PRIVATE_1.0", Constraint.NONE), ("DEMO_PRIVATE", Constraint.SAME_BUILD)],
)
def test_a_private_node_that_holds_no_release_keeps_the_lock(
    node: str, constraint: Constraint, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = with_nodes(shared(soname="libdemo.so.1", defines="demo_guts"), node)
    module = with_nodes(shared(needs="demo_guts", libraries="libdemo.so.1"), needed={"libdemo.so.1": node})
    monkeypatch.setitem(FILES, "usr/lib64/libdemo.so.1", library)
    monkeypatch.setitem(FILES, f"{MODULES}/block-a.so", module)
    plan = planned(TAG)
    assert locks(plan, "demo-block-a") == dict.fromkeys(("demo-core", "demo-libs"), constraint)
    for kind in ("provides", "requires"):
        named = {value for values in capabilities(plan, kind).values() for value in values}
        assert (node in named) is (constraint is Constraint.NONE)


def test_a_bundle_is_tied_by_tags_of_all_its_modules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FILES, f"{MODULES}/block-c.so", shared())
    bundle = TAG + "".join(f'[module.block-{one}]\nbundle = "bc"\n' for one in "bc")
    assert locks(planned(bundle), "demo-bc") == {"demo-core": Constraint.SAME_BUILD}


@pytest.mark.parametrize(
    ("nodes", "needed", "constraint"),
    [
        ("DEMO_1.0 DEMO_PRIVATE_1.0", "DEMO_1.0", Constraint.AT_LEAST),
        ("DEMO_1.0 DEMO_PRIVATE_1.0", "DEMO_1.0 DEMO_PRIVATE_1.0", Constraint.NONE),
        ("", "", Constraint.SAME_BUILD),
    ],
)
def test_by_policy_a_library_s_nodes_say_which_builds_of_it_fit(
    nodes: str, needed: str, constraint: Constraint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A module that a stamp ties to its host, and what it needs of the library."""
    library = with_nodes(shared(soname="libdemo.so.1", defines="demo_guts"), nodes)
    other = {"libdemo.so.1": needed} if needed else {}
    module = with_nodes(shared(needs=INIT, libraries="libdemo.so.1"), needed=other)
    monkeypatch.setitem(FILES, "usr/lib64/libdemo.so.1", library)
    monkeypatch.setitem(FILES, f"{MODULES}/block-b.so", module)
    if not nodes:
        monkeypatch.setitem(FILES, f"{MODULES}/block-a.so", shared(needs=INIT))
    assert locks(planned(TAG), "demo-block-b") == {"demo-core": Constraint.NONE, "demo-libs": constraint}


def test_an_edge_stays_exact_whatever_the_policy() -> None:
    plan = planned(TAG + '[module.block-b]\nrequires = "block-a"\n')
    assert locks(plan, "demo-block-b")["demo-block-a"] is Constraint.SAME_BUILD


def test_the_plan_shows_tags_in_text_and_json() -> None:
    plan = planned()
    text = list(as_text(plan))
    assert text[0].startswith("lock: hosts are in 2 packages, demo-core, demo-tools: they and all modules")
    assert f"  provides demo-abi `{INIT}` (tag)" in text
    assert "  breaks demo-plugin of any other build (lock)" in text
    shown = as_json(plan)
    assert shown["lock"] == list(plan.lock)
    (core,) = (one for one in shown["packages"] if one["name"] == "demo-core")
    assert {"family": "stamp-symbol", "value": INIT} in [one.get("tag") for one in core["relations"]]
