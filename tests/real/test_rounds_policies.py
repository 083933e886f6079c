"""Whole upgrades by dpkg where there is no hub, and where modules are tied by their tags alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from splitpkg.verify.model import PackageFormat
from tests.support.mixtures.builds import NEW_RELEASE, OLD_RELEASE, package_name, packages
from tests.support.mixtures.dpkg import Root, without_scripts
from tests.support.relay import NEW, OLD

if TYPE_CHECKING:
    from pathlib import Path

DEB = PackageFormat.DEB
EDITS = {"hubless": "hub = false", "tag": 'hub = "core"\npolicy = "tag"'}
# Modules before the hosts, and the library last: what apt comes to by itself.
ORDER = ("block-raw", "block-hex", "ui-text", "ui-stat", "tools", "core", "libs")


@pytest.mark.slow
@pytest.mark.parametrize(("before", "after"), [(OLD, NEW), (NEW, OLD)], ids=["newer", "older"])
@pytest.mark.parametrize("policy", EDITS)
def test_dpkg_takes_the_whole_build(tmp_path: Path, policy: str, before: str, after: str) -> None:
    """Hosts and modules that break each other in other builds could never be unpacked one after the other."""
    edits = (('hub = "core"', EDITS[policy]),)
    releases = {one.version: replace(one, edits=edits) for one in (OLD_RELEASE, NEW_RELEASE)}
    root = Root(tmp_path / "root").make()
    for version in (before, after):
        built = packages(DEB, releases[version])
        paths = [without_scripts(built[package_name(DEB, name)], tmp_path / "bare") for name in ORDER]
        status, said = root.install(paths, "-B")
        assert status == 0, said
        assert root.installed() == {package_name(DEB, name): f"{version}-1" for name in ORDER}
