"""relay from source: tags of three families, of which rpm and dpkg see one by themselves."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from splitpkg.build.deb import build_deb
from splitpkg.build.deb import prepare as prepare_deb
from splitpkg.build.rpm import build_rpm
from splitpkg.build.rpm import prepare as prepare_rpm
from splitpkg.inventory.scan import scan
from splitpkg.manifest.load import load
from splitpkg.plan.make import make_plan
from splitpkg.render.deb.expect import expected as expected_debs
from splitpkg.render.deb.render import render as render_deb
from splitpkg.render.rpm.expect import expected as expected_rpms
from splitpkg.render.rpm.spec import render as render_rpm
from splitpkg.render.write import write
from splitpkg.verify.compare import compare
from splitpkg.verify.late_tags import late_values
from splitpkg.verify.read import read
from tests.support import debs, relay, rpm

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from splitpkg.inventory.model import Inventory
    from splitpkg.manifest.model import ManifestFile
    from splitpkg.plan.model import Plan
    from splitpkg.verify.model import ExpectedPackage

pytestmark = pytest.mark.slow

BUILD = """
[build]
system = "make"
source = "relay-{version}.tar.gz"
options = ["libdir=/{libdir}", "sysconfdir=/etc", "sbindir=/usr/sbin"]
test = []
requires = {{ rpm = ["zlib-devel", "bzip2-devel"], deb = ["zlib1g-dev", "libbz2-dev"] }}
"""


def planned(folder: Path, version: str, libdir: str) -> tuple[ManifestFile, Inventory, Plan]:
    """The plan of the sample's release, to be built from its tarball."""
    build = ["make", "--silent", "dist", f"VERSION={version}", f"BUILD={folder}/build", f"DISTDIR={folder}"]
    subprocess.run(build, cwd=relay.SOURCE, check=True)
    text = (relay.SPEC / "splitpkg.toml").read_text(encoding="utf-8")
    text = text.replace('version = "1.6.1"', f'version = "{version}"')
    (folder / "splitpkg.toml").write_text(text + BUILD.format(version=version, libdir=libdir))
    manifest = load(folder / "splitpkg.toml")
    inventory, scanned = scan(relay.tree(version).root)
    plan, findings = make_plan(manifest, inventory, scanned)
    assert plan is not None, findings
    return manifest, inventory, plan


def faults(paths: Sequence[Path], wanted: Sequence[ExpectedPackage]) -> list[str]:
    built = [one for one in read(paths) if "-debug" not in one.name and not one.name.endswith("-dbgsym")]
    values, lost = late_values(built, wanted)
    return [str(one) for one in (*lost, *compare(built, wanted, None, values))]


@pytest.mark.parametrize("version", [relay.OLD, relay.NEW])
def test_rpm(version: str, tmp_path: Path) -> None:
    manifest, inventory, plan = planned(tmp_path, version, "usr/lib64")
    files, findings = render_rpm(manifest, plan)
    assert findings == ()
    write(files, tmp_path / "out")
    prepare_rpm(relay.tree(version).root, manifest, inventory, plan, tmp_path / "out")
    paths = build_rpm(manifest, plan, tmp_path / "out")
    assert faults(paths, expected_rpms(manifest, plan)) == []
    packages = {rpm.query(path, "%{NAME}\x1f")[0]: path for path in paths}
    stamp = f"relay-abi(register_module_init_{version.replace('.', '_')})(x86-64)"
    assert stamp in rpm.relations(packages["relay-core"], "provides")
    zlib = rpm.relations(packages["relay-block-zlib"], "requires")
    assert {stamp, f"librelay.so.0(RELAY_PRIVATE_{version})(64bit)"} <= set(zlib)
    assert not any(line.startswith("relay-abi(RELAY") for line in zlib)
    assert stamp not in rpm.relations(packages["relay-fmt-json"], "requires")


@pytest.mark.parametrize("version", [relay.OLD, relay.NEW])
def test_deb(version: str, tmp_path: Path) -> None:
    manifest, inventory, plan = planned(tmp_path, version, relay.multiarch_libdir())
    files, findings = render_deb(manifest, plan)
    assert files, findings
    write(files, tmp_path / "out")
    prepare_deb(relay.tree(version).root, manifest, inventory, plan, tmp_path / "out")
    paths = build_deb(manifest, plan, tmp_path / "out")
    assert faults(paths, expected_debs(manifest, plan)) == []
    packages = {path.name.partition("_")[0]: path for path in paths}
    stamp = f"relay-abi-register-module-init-{version.replace('.', '-')}"
    assert stamp in debs.relations(packages["relay-core"], "Provides")
    assert stamp in debs.relations(packages["relay-block-zlib"], "Depends")
    assert stamp not in debs.relations(packages["relay-fmt-json"], "Depends")
