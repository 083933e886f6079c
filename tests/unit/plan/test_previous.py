"""Another build's tree beside the plan's: private symbols that change under a tag that does not."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from splitpkg.abi.model import Strength
from splitpkg.plan.make import make_plan
from tests.support.trees import inventory, manifest, program, shared, symbols, with_nodes
from tests.unit.plan.test_tags import SPLIT

if TYPE_CHECKING:
    from splitpkg.diagnostics import Diagnostic
    from splitpkg.inventory.model import Inventory

LIBRARY = "usr/lib64/libdemo.so.0"


def build(exports: str, node: str = "DEMO_PRIVATE_1", soname: str = "libdemo.so.0") -> Inventory:
    """A library with these symbols in its private node, and a module that needs the node."""
    library = with_nodes(shared(soname=soname), f"DEMO {node}")
    library = replace(library, defined=(*symbols("demo_public", "DEMO"), *symbols(exports, node)))
    module = with_nodes(shared(libraries=soname), needed={soname: node})
    path = f"usr/lib64/{soname}"
    return inventory({"usr/bin/demo": program(), path: library, "usr/lib64/demo/block-a.so": module})


def findings(now: Inventory, before: Inventory) -> list[Diagnostic]:
    _, found = make_plan(manifest(SPLIT), now, previous=before)
    return [one for one in found if one.slug == "tag-unchanged"]


def test_symbols_that_came_and_went_are_told() -> None:
    (finding,) = findings(build("a b c d e f"), build("a b z"))
    assert finding.where.path == LIBRARY
    assert finding.message == (
        "has tag `DEMO_PRIVATE_1` as the previous build has, whose private symbols are others"
    )
    assert finding.notes == ("`c`, `d`, `e` and 1 more are new", "`z` is gone")


@pytest.mark.parametrize(
    "before",
    [
        build("a b"),
        build("a z", node="DEMO_PRIVATE_0"),
        # Nobody takes a library of another name for this one.
        build("a z", soname="libdemo.so.9"),
    ],
)
def test_the_same_symbols_or_another_tag_are_fine(before: Inventory) -> None:
    assert findings(build("a b"), before) == []


def test_the_strength_says_what_the_other_build_has() -> None:
    plan, _ = make_plan(manifest(SPLIT), build("a"), previous=build("a", node="DEMO_PRIVATE_0"))
    assert plan is not None
    (tag,) = plan.tags
    assert tag.strength is Strength.INTERFACE
    assert tag.judged.endswith("`DEMO_PRIVATE_0` in the previous build")


@pytest.mark.parametrize(
    ("before", "told"),
    [
        (build("a", node="DEMO_PRIVATE_0"), []),
        (build("a", node="OTHER_PRIVATE_1"), ["tree"]),
        (inventory({"usr/share/words": None}), ["tree"]),
    ],
)
def test_a_tree_without_such_tags_is_told_to_be_no_comparison(before: Inventory, told: list[str]) -> None:
    _, found = make_plan(manifest(SPLIT), build("a"), previous=before)
    assert [one.where.path for one in found if one.slug == "previous-unlike"] == told
