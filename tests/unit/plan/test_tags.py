"""The tags of a plan, and modules that carry those of another build."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from splitpkg.abi.model import TagFamily
from splitpkg.diagnostics import errors
from splitpkg.inventory.scan import scan
from splitpkg.manifest.load import load
from splitpkg.plan.make import make_plan
from tests.support import relay
from tests.support.trees import inventory, manifest, program, shared, with_nodes

if TYPE_CHECKING:
    from pathlib import Path

    from splitpkg.diagnostics import Diagnostic
    from splitpkg.elf.model import ElfFile

SPLIT = """
[hosts]
files = "usr/bin/demo"
[package.core]
files = ["usr/bin/demo", "usr/lib64/demo", "usr/lib64/lib*"]
[family.block]
files = "{libdir}/demo/block-{name}.so"
package = "block-{name}"
summary = "Demonstration of {name}"
"""
"""A split of one host and one family."""


def tree(*modules: ElfFile, host: ElfFile | None = None) -> dict[str, ElfFile | str | None]:
    """A host, a library and modules."""
    files: dict[str, ElfFile | str | None] = {
        "usr/bin/demo": host or program(defines="demo_init_1_6_1 demo_call"),
        "usr/lib64/libdemo.so.0": with_nodes(shared(soname="libdemo.so.0"), "DEMO_1 DEMO_PRIVATE_1.6.1"),
    }
    return files | {f"usr/lib64/demo/block-{number}.so": facts for number, facts in enumerate(modules)}


def tags(files: dict[str, ElfFile | str | None], text: str = "") -> tuple[dict[str, str], list[Diagnostic]]:
    """The family of each tag, and the findings."""
    plan, findings = make_plan(manifest(SPLIT + text), inventory(files))
    return {tag.value: str(tag.family) for tag in plan.tags} if plan else {}, list(findings)


STAMPED = shared(needs="demo_init_1_6_1")
PRIVATE = with_nodes(shared(libraries="libdemo.so.0"), needed={"libdemo.so.0": "DEMO_PRIVATE_1.6.1"})


def test_a_stamp_and_a_node_are_found() -> None:
    assert tags(tree(STAMPED, STAMPED, PRIVATE)) == (
        {"demo_init_1_6_1": "stamp-symbol", "DEMO_PRIVATE_1.6.1": "version-node"},
        [],
    )


@pytest.mark.parametrize(
    ("described", "family"),
    [
        ('{ symbol = "demo_init_*" }', TagFamily.STAMP),
        ('{ node = "DEMO_PRIVATE_*" }', TagFamily.NODE),
        ('{ soname = "libdemo.so.*" }', TagFamily.SONAME),
    ],
)
def test_a_described_tag_is_taken_as_said(described: str, family: TagFamily) -> None:
    found, findings = tags(tree(STAMPED, STAMPED, PRIVATE), f"[abi]\ntag = {described}\n")
    assert list(found.values()) == [str(family)]
    assert errors(findings) == ()


def test_none_is_none_and_a_pattern_that_nothing_carries_is_refused() -> None:
    assert tags(tree(STAMPED, STAMPED), '[abi]\ntag = "none"\n') == ({}, [])
    _, (finding,) = tags(tree(STAMPED, STAMPED), '[abi]\ntag = { symbol = "other_*" }\n')
    assert finding.slug == "tag-absent"


def test_a_described_stamp_that_no_host_has_is_refused() -> None:
    defining = shared(defines="demo_stamp_0123abcd")
    _, (finding,) = tags(tree(defining), '[abi]\ntag = { symbol = "demo_stamp_*" }\n')
    assert (finding.slug, finding.where.path) == ("tag-unprovided", "usr/lib64/demo/block-0.so")


OLD = shared(needs="demo_init_1_6_0")
TWO_HOSTS = 'files = ["usr/bin/demo", "usr/bin/demo-old"]'


@pytest.mark.parametrize("described", ['"auto"', '{ symbol = "demo_init_*" }'])
def test_two_builds_with_a_host_each_are_refused(described: str) -> None:
    """Each module has a host that it fits; they are of two builds all the same."""
    files = tree(STAMPED, STAMPED, STAMPED, OLD, OLD)
    files["usr/bin/demo-old"] = program(defines="demo_init_1_6_0")
    text = SPLIT.replace('files = "usr/bin/demo"', TWO_HOSTS).replace('lib*"]', 'lib*", "usr/bin/demo-old"]')
    plan, findings = make_plan(manifest(f"{text}[abi]\ntag = {described}\n"), inventory(files))
    assert plan is None
    odd = ["usr/lib64/demo/block-3.so", "usr/lib64/demo/block-4.so"]
    assert [(one.slug, one.where.path) for one in findings] == [("tag-differs", path) for path in odd]
    assert findings[0].message == "carries tag `demo_init_1_6_0`, usr/bin/demo has `demo_init_1_6_1`"
    assert findings[0].notes == (
        "3 modules carry `demo_init_1_6_1`",
        "usr/bin/demo-old has what this one carries",
    )


def test_a_host_of_another_build_is_refused_without_modules_of_it() -> None:
    files = tree(STAMPED, STAMPED)
    files["usr/bin/demo-old"] = program(defines="demo_init_1_6_0 demo_init_late")
    text = SPLIT.replace('files = "usr/bin/demo"', TWO_HOSTS).replace('lib*"]', 'lib*", "usr/bin/demo-old"]')
    plan, (finding,) = make_plan(manifest(text), inventory(files))
    assert (plan, finding.slug, finding.where.path) == (None, "tag-differs", "usr/bin/demo-old")
    assert finding.message == "has tag `demo_init_1_6_0`, usr/bin/demo has `demo_init_1_6_1`"


def test_a_host_may_serve_two_interfaces() -> None:
    host = program(defines="demo_init_1_6_0 demo_init_1_6_1")
    found, findings = tags(tree(STAMPED, STAMPED, OLD, OLD, host=host))
    assert (sorted(found), findings) == (["demo_init_1_6_0", "demo_init_1_6_1"], [])


def test_each_pattern_of_a_described_tag_must_find_one() -> None:
    described = '[abi]\ntag = { symbol = "demo_init_*", node = "OTHER_*" }\n'
    _, (finding,) = tags(tree(STAMPED, STAMPED), described)
    assert (finding.slug, finding.message) == ("tag-absent", "no module carries a tag that `OTHER_*` matches")


def test_the_odd_module_of_another_build_is_named(tmp_path: Path) -> None:
    old, new = relay.tree(relay.OLD).root, relay.tree(relay.NEW).root
    mixed = tmp_path / "tree"
    shutil.copytree(new, mixed, symlinks=True)
    (module,) = mixed.glob("usr/lib/*/relay/block-raw.so")
    shutil.copy2(old / module.relative_to(mixed), module)
    plan, findings = make_plan(load(relay.SPEC / "splitpkg.toml"), scan(mixed)[0])
    assert plan is None
    (finding,) = (one for one in findings if one.slug == "tag-differs")
    assert finding.where.path == str(module.relative_to(mixed))
    assert finding.message == (
        "carries tag `register_module_init_1_6_0`, usr/bin/relayctl has `register_module_init_1_6_1`"
    )
    assert finding.notes == ("11 modules carry `register_module_init_1_6_1`",)
