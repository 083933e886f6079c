"""A package for all architectures that needs one build of another: dpkg after rebuilds and releases."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from splitpkg.render.deb.relations import fields
from splitpkg.render.deb.source import DebSource
from tests.support.mixtures.dpkg import Root
from tests.support.plans import manifest, package, plan, relation

if TYPE_CHECKING:
    from pathlib import Path


def _built(folder: Path, name: str, source: str, binary: str) -> Path:
    """One of the two packages, of that version of the source and, rebuilt, of the package."""
    data = package("data", architecture_dependent=False, relations=(relation("requires", "demo-core"),))
    planned = DebSource(manifest(), plan(package("core"), data))
    version = binary if name == "core" else source
    lines = [
        *(f"Package: demo-{name}", f"Version: {version}", "Maintainer: a <a@b>", "Description: a"),
        f"Architecture: {'amd64' if name == 'core' else 'all'}",
    ]
    for field, entries in fields(planned, planned.plan.package(f"demo-{name}")):
        text = ", ".join(one for one in entries if not one.startswith("${"))
        text = text.replace("${source:Version}", source).replace("${binary:Version}", binary)
        lines += [f"{field}: {text}"] if text else []
    root = folder / f"{name}-{version}"
    (root / "DEBIAN").mkdir(parents=True)
    (root / "DEBIAN/control").write_text("".join(f"{line}\n" for line in lines))
    target = root.with_suffix(".deb")
    subprocess.run(["dpkg-deb", "--build", root, target], check=True, capture_output=True)
    return target


@pytest.mark.parametrize(
    ("core", "data", "fits"),
    [
        (("1-2", "1-2"), "1-2", True),
        (("1-2", "1-2+b1"), "1-2", True),
        (("1-3", "1-3"), "1-2", False),
        (("1-2", "1-2"), "1-3", False),
        (("1-2", "1-2+b1"), "1-3", False),
        (("1-2", "1-2"), "1-2+deb12u1", False),
        (("1-2+deb12u1", "1-2+deb12u1"), "1-2", False),
    ],
    ids=str,
)
def test_a_rebuild_fits_and_another_release_does_not(
    tmp_path: Path, core: tuple[str, str], data: str, fits: bool
) -> None:
    root = Root(tmp_path / "root").make()
    packages = [_built(tmp_path, "core", *core), _built(tmp_path, "data", data, data)]
    status, said = root.install(packages)
    assert (status == 0) == fits, said
