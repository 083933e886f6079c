"""Source mode: a spec builds upstream's source with rpmbuild, in every build system."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from splitpkg.build.rpm import build_rpm, prepare
from splitpkg.inventory.scan import scan
from splitpkg.manifest.load import load
from splitpkg.plan.make import make_plan
from splitpkg.render.rpm.expect import expected
from splitpkg.render.rpm.spec import render
from splitpkg.render.write import write
from splitpkg.verify.compare import compare
from splitpkg.verify.read import read
from tests.support.project import EXTRA_FILES, EXTRAS, OPTIONS, install, write_project
from tests.support.rpm import contents, query, relations, run

if TYPE_CHECKING:
    from pathlib import Path

GREETING = "it's; touch pwned; `touch pwned` #1"


def _built(folder: Path, system: str, rest: str, beside: dict[str, str] | None = None) -> dict[str, Path]:
    """The packages by name, compared with the plan; the tree has its libraries where Debian has them."""
    tree, out = install(folder, "usr/lib/x86_64-linux-gnu", system), folder / "out"
    manifest = write_project(folder, system, rest)
    for name, text in (beside or {}).items():
        (folder / name).write_text(text)
    loaded = load(manifest)
    inventory, scanned = scan(tree)
    plan, findings = make_plan(loaded, inventory, scanned)
    assert plan is not None, findings
    files, findings = render(loaded, plan)
    assert findings == ()
    write(files, out)
    prepare(tree, loaded, inventory, plan, out)
    built = build_rpm(loaded, plan, out)
    packages = {query(path, "%{NAME}\x1f")[0]: path for path in built}
    ours = [path for name, path in packages.items() if "-debug" not in name]
    assert compare(read(ours), expected(loaded, plan), None) == ()
    return {query(path, "%{NAME}\x1f")[0]: path for path in ours}


def _content(package: Path, path: str) -> bytes:
    payload = subprocess.run(["rpm2cpio", package], check=True, capture_output=True).stdout
    argv = ["cpio", "--quiet", "-i", "--to-stdout", f"./{path}"]
    return subprocess.run(argv, input=payload, check=True, capture_output=True).stdout


@pytest.mark.parametrize(
    "system",
    [
        "make",
        pytest.param("meson", marks=pytest.mark.slow),
        pytest.param("cmake", marks=pytest.mark.slow),
        pytest.param("autotools", marks=pytest.mark.slow),
    ],
)
def test_build_systems(system: str, tmp_path: Path) -> None:
    greeting = GREETING if system == "make" else "good day"
    rest = f"options = [{json.dumps(OPTIONS[system].format(greeting))}]\n"
    built = _built(tmp_path, system, rest + ("autoreconf = true\n" if system == "autotools" else ""))
    assert set(built) == {"demo-block-zip", "demo-core", "demo-data", "demo-devel", "demo-libs"}
    assert "usr/lib64/demo/block-zip.so" in contents(built["demo-block-zip"])
    assert "usr/lib64/libdemo.so.0.0.0" in contents(built["demo-libs"])
    program = _content(built["demo-core"], "usr/bin/demod")
    assert greeting.encode() in program
    assert b"/usr/lib64/demo" in program
    assert not list(tmp_path.rglob("pwned"))
    assert "libdemo.so.0()(64bit)" in relations(built["demo-block-zip"], "requires")


def test_patches_and_files_of_the_packaging_s_own(tmp_path: Path) -> None:
    built = _built(tmp_path, "make", EXTRAS, EXTRA_FILES)
    core = contents(built["demo-core"])
    assert core["etc/demo/demo.conf"].flags == "cn"
    held = {name: {path.rpartition("/")[2] for path in contents(built[name])} for name in built}
    assert {name for name, files in held.items() if "COPYING" in files} == {
        "demo-core",
        "demo-data",
        "demo-libs",
    }
    assert {name for name, files in held.items() if "NEWS" in files} == {"demo-core"}
    assert core["etc/demo/demo.conf"].mode == 0o640
    assert "systemctl --no-reload preset demod@.service" in run("rpm", "-qp", "--scripts", built["demo-core"])
    assert _content(built["demo-core"], "usr/lib64/demo/modules.list") == b"zip\n"
    assert _content(built["demo-data"], "usr/share/demo/words") == b"other words, and more\n"
    assert b"from /usr/lib64!" in _content(built["demo-core"], "usr/bin/demod")
