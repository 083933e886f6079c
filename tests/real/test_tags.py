"""Tags of the sample program that were tampered with: each is refused, and the file is named."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from splitpkg.abi.model import Strength, TagFamily
from splitpkg.diagnostics import errors
from splitpkg.inventory.scan import scan
from splitpkg.manifest.load import load
from splitpkg.plan.make import make_plan
from tests.support import relay

if TYPE_CHECKING:
    from pathlib import Path

    from splitpkg.diagnostics import Diagnostic
    from splitpkg.plan.model import Plan

STAMP = b"register_module_init_1_6_1"


def planned(root: Path, previous: Path | None = None) -> tuple[Plan | None, tuple[Diagnostic, ...]]:
    """The plan of a tree by the sample's manifest, and what is wrong."""
    before = None if previous is None else scan(previous)[0]
    plan, findings = make_plan(load(relay.SPEC / "splitpkg.toml"), scan(root)[0], previous=before)
    return plan, errors(findings)


def refused(root: Path) -> set[tuple[str, str]]:
    plan, findings = planned(root)
    assert plan is None
    return {(one.slug, one.where.path.rpartition("/")[2]) for one in findings}


@pytest.fixture
def tree(tmp_path: Path) -> relay.Tree:
    return relay.tree().copy(tmp_path / "tree")


def rewritten(path: Path, old: bytes, new: bytes) -> None:
    """The file with other bytes of the same length."""
    content = path.read_bytes()
    assert old in content
    assert len(old) == len(new)
    path.write_bytes(content.replace(old, new))


def test_a_module_of_another_build_is_refused_once(tree: relay.Tree) -> None:
    tree.module("block-raw").write_bytes(relay.tree(relay.OLD).module("block-raw").read_bytes())
    assert refused(tree.root) == {("tag-differs", "block-raw.so")}


def test_a_module_without_its_stamp_is_refused(tree: relay.Tree) -> None:
    """No stamp at all: the same source without the call that registers it."""
    source = "int relay_nothing(void) { return 0; }\n"
    command = ["cc", "-x", "c", "-shared", "-fPIC", "-nostdlib", "-o", str(tree.module("block-raw")), "-"]
    subprocess.run(command, input=source, text=True, check=True)
    assert ("tag-missing", "block-raw.so") in refused(tree.root)


def test_a_host_with_another_stamp_is_refused(tree: relay.Tree) -> None:
    host = relay.HOSTS["relayctl"]
    (tree.root / host).write_bytes((relay.tree(relay.OLD).root / host).read_bytes())
    assert ("tag-differs", "relayctl") in refused(tree.root)


def test_a_private_node_that_is_called_otherwise_is_refused(tree: relay.Tree) -> None:
    """Of the library alone: its modules still need the old name."""
    (library,) = tree.library_dir.glob("librelay.so.*.*")
    rewritten(library, b"RELAY_PRIVATE_1.6.1\0", b"RELAY_PRIVATE_1.6.9\0")
    found = refused(tree.root)
    modules = {name for _, name in found if name.endswith(".so")}
    assert "fmt-json.so" in modules


def test_two_releases_show_that_the_tags_are_of_the_version() -> None:
    plan, _ = planned(relay.tree().root, previous=relay.tree(relay.OLD).root)
    assert plan is not None
    found = {tag.family: tag for tag in plan.tags}
    stamp, node = found[TagFamily.STAMP], found[TagFamily.NODE]
    assert (stamp.strength, node.strength) == (Strength.VERSION, Strength.VERSION)
    assert stamp.judged == ("holds version 1.6.1; `register_module_init_1_6_0` in the previous build")
