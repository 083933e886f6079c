"""Modules and hosts whose data or paths are of another build, and modules without a stamp."""

from __future__ import annotations

from typing import TYPE_CHECKING

from splitpkg.abi.model import CapabilityNames
from splitpkg.inventory.model import Constant, Inventory
from splitpkg.plan.make import make_plan
from splitpkg.plan.report import as_json, as_text
from tests.support.trees import inventory, manifest, program, shared
from tests.unit.plan.test_tags import SPLIT as WITH_LIBRARY

if TYPE_CHECKING:
    from splitpkg.diagnostics import Diagnostic
    from splitpkg.plan.model import Plan

SPLIT = WITH_LIBRARY.replace(', "usr/lib64/lib*"', "")
HOST = "usr/bin/demo"
DIR = "usr/lib64/demo"


def saying(said: dict[str, tuple[str, int | None]]) -> Inventory:
    """A tree of these files whose data say a value and a minor number of one interface."""
    files = {path: program() if path.startswith("usr/bin") else shared() for path in said}
    found = inventory(files)
    entries = []
    for entry in found.entries:
        value, minor = said.get(entry.path, ("", None))
        constants = (Constant("demo", value, minor, "demo_module", CapabilityNames()),) if value else ()
        entries.append(entry._replace(constants=constants))
    return Inventory("tree", tuple(entries), 1)


def planned(tree: Inventory, text: str = "") -> tuple[Plan | None, list[Diagnostic]]:
    plan, findings = make_plan(manifest(SPLIT + text), tree)
    return plan, [one for one in findings if one.slug != "tag-constant"]


def told(tree: Inventory, text: str = "") -> list[tuple[str, str, str]]:
    return [(one.slug, one.where.path, one.message) for one in planned(tree, text)[1]]


def modules(**values: tuple[str, int | None]) -> dict[str, tuple[str, int | None]]:
    return {f"{DIR}/block-{name}.so": said for name, said in values.items()}


def test_a_host_that_says_the_same_and_enough_is_fine() -> None:
    tree = saying({HOST: ("5", 3), **modules(a=("5", 3), b=("5", 1))})
    plan, findings = planned(tree)
    assert findings == []
    assert plan is not None
    (tag,) = as_json(plan)["tags"]
    assert (tag["value"], tag["minor"], tag["needs"]) == (
        "5",
        3,
        {f"{DIR}/block-a.so": 3, f"{DIR}/block-b.so": 1},
    )
    assert tag["strength"] == "interface"


def test_a_module_that_no_host_is_for_is_refused() -> None:
    assert told(saying({HOST: ("5", 3), **modules(a=("5", 3), b=("4", 1))})) == [
        ("tag-differs", f"{DIR}/block-b.so", f"carries tag `4`, {HOST} has `5`")
    ]
    assert told(saying({HOST: ("5", 3), **modules(a=("4", 3))})) == [
        ("tag-unprovided", f"{DIR}/block-a.so", "carries tag `4`, which no host has")
    ]


def test_a_module_that_needs_a_higher_minor_number_is_refused() -> None:
    assert told(saying({HOST: ("5", 3), **modules(a=("5", 3), b=("5", 4))})) == [
        (
            "tag-differs",
            f"{DIR}/block-b.so",
            "needs minor number 4 of tag `5`, but the hosts offer 3",
        )
    ]


TWO = SPLIT.replace('files = "usr/bin/demo"', 'files = ["usr/bin/demo", "usr/bin/other"]').replace(
    'files = ["usr/bin/demo",', 'files = ["usr/bin/demo", "usr/bin/other",'
)


def test_a_second_host_that_says_another_thing_is_refused() -> None:
    tree = saying({HOST: ("5", 3), "usr/bin/other": ("4", 3), **modules(a=("5", 3), b=("5", 3))})
    plan, findings = make_plan(manifest(TWO), tree)
    assert plan is None
    assert [(one.slug, one.where.path, one.message) for one in findings] == [
        ("tag-differs", "usr/bin/other", f"has tag `4`, {HOST} has `5`")
    ]


def test_what_no_host_proves_is_told_and_stands_for_nothing() -> None:
    plan, findings = planned(saying({HOST: ("", None), **modules(a=("5", 3), b=("5", 3))}))
    assert findings == []
    assert plan is not None
    assert plan.tags == ()
    assert [tag.value for tag in plan.doubtful] == ["5"]
    text = list(as_text(plan))
    assert "no tag: only packages of exactly the same version and release are known to fit" in text
    assert any(line.startswith("perhaps a tag, no relation stands on it: 5 (data-constant)") for line in text)
    assert [tag["value"] for tag in as_json(plan)["doubtful-tags"]] == ["5"]


def test_what_no_host_proves_differs_in_one_directory() -> None:
    tree = saying({HOST: ("", None), **modules(a=("5", 3), b=("5", 3), c=("4", 3))})
    assert told(tree) == [("tag-differs", f"{DIR}/block-c.so", f"carries tag `4`, {DIR}/block-a.so has `5`")]


def test_the_manifest_makes_it_sure() -> None:
    tree = saying({HOST: ("", None), **modules(a=("5", 3), b=("5", 3))})
    said = '[abi]\ntag = [{ constant = "demo", capability = { deb = "demo-api-{value}" } }]\n'
    plan, findings = planned(tree, said)
    assert findings == []
    assert plan is not None
    (tag,) = plan.tags
    assert (tag.providers, tag.names, tag.why.endswith("; said in [abi]")) == (
        (HOST,),
        CapabilityNames(deb="demo-api-{value}"),
        True,
    )


STAMPED = shared(needs="demo_init_1_6_1")


def test_a_module_without_the_stamp_of_all_others_is_refused() -> None:
    files = {HOST: program(defines="demo_init_1_6_1")}
    files |= {f"{DIR}/block-{name}.so": STAMPED for name in "abcd"}
    lacking = f"{DIR}/block-e.so"
    assert told(inventory(files | {lacking: shared(defines="demo_own")})) == [
        ("tag-missing", lacking, "carries no tag, 4 modules beside it carry `demo_init_1_6_1`")
    ]


def test_a_module_that_others_take_symbols_from_needs_no_stamp() -> None:
    files = {HOST: program(defines="demo_init_1_6_1")}
    files |= {f"{DIR}/block-{name}.so": shared(needs="demo_init_1_6_1 demo_own") for name in "abcd"}
    found = told(inventory(files | {f"{DIR}/block-e.so": shared(defines="demo_own")}))
    assert [slug for slug, *_ in found if slug == "tag-missing"] == []


def test_one_cause_is_told_once() -> None:
    files = {HOST: program(defines="demo_init_1_6_1")}
    files |= {f"{DIR}/block-{name}.so": STAMPED for name in "abc"}
    files[f"{DIR}/block-z.so"] = shared(needs="demo_init_1_6_0")
    assert [(slug, path) for slug, path, _ in told(inventory(files))] == [
        ("tag-differs", f"{DIR}/block-z.so")
    ]
