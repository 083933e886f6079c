"""The sample program, as a stranger to it would see it: what is found in its tree, and what is drafted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from splitpkg.abi.model import TagFamily
from splitpkg.discover.discover import discover
from splitpkg.discover.draft import draft
from splitpkg.inventory.scan import scan
from splitpkg.manifest.load import load
from splitpkg.plan.make import make_plan
from tests.support import relay

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("version", [relay.OLD, relay.NEW])
def test_hosts_modules_and_tags_are_found(version: str) -> None:
    inventory, _ = scan(relay.tree(version).root)
    found = discover(inventory)
    names = {module.path.rpartition("/")[2].split(".so")[0] for module in found.modules}
    assert names == set(relay.MODULES)
    assert {host.path for host in found.hosts} >= set(relay.HOSTS.values())
    assert found.name == "relay"
    values = {(tag.family, tag.value) for tag in found.tags if tag.providers}
    assert (TagFamily.NODE, f"RELAY_PRIVATE_{version}") in values
    assert (TagFamily.STAMP, f"register_module_init_{version.replace('.', '_')}") in values


def test_the_draft_can_be_planned_and_gives_each_module_a_package(tmp_path: Path) -> None:
    inventory, _ = scan(relay.tree(relay.NEW).root)
    manifest = tmp_path / "splitpkg.toml"
    manifest.write_text(draft(discover(inventory), inventory, None, None), encoding="utf-8")
    plan, findings = make_plan(load(manifest), inventory)
    assert findings == ()
    assert plan is not None
    assert {package.suffix for package in plan.packages if package.modules} == set(relay.MODULES)
    assert load(manifest).content.program.version == relay.NEW
