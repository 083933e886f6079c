"""What is put beside debian/."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from splitpkg.build.deb import prepare
from splitpkg.inventory.scan import scan
from tests.support.plans import file, manifest, package, plan, plant

if TYPE_CHECKING:
    from pathlib import Path

PLAN = plan(package("core", [file("usr/bin/demod", 0o755)]))


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "tree"
    root.mkdir()
    plant(PLAN, root)
    return root


def _beside(folder: Path, tree: Path, source: str | None) -> tuple[str, ...]:
    build = {} if source is None else {"build": {"system": "make", "source": source}}
    made = replace(manifest(**build), path=str(folder / "splitpkg.toml"))
    return prepare(tree, made, scan(tree)[0], PLAN, folder)


def test_a_tree_is_packed_under_the_name_of_upstream_s_tarball(tmp_path: Path, tree: Path) -> None:
    assert _beside(tmp_path, tree, None) == ("demo_1.6.0.orig.tar.gz",)
    assert (tmp_path / "demo_1.6.0.orig.tar.gz").stat().st_size > 0


@pytest.mark.parametrize("ending", ["gz", "xz", "bz2"])
def test_upstream_s_tarball_is_copied_from_beside_the_manifest(
    ending: str, tmp_path: Path, tree: Path
) -> None:
    (tmp_path / f"demo-1.6.0.tar.{ending}").write_bytes(b"tarball")
    assert _beside(tmp_path, tree, f"demo-1.6.0.tar.{ending}") == (f"demo_1.6.0.orig.tar.{ending}",)
    assert (tmp_path / f"demo_1.6.0.orig.tar.{ending}").read_bytes() == b"tarball"


def test_what_is_elsewhere_or_no_tarball_of_debian_s_is_left_to_the_user(tmp_path: Path, tree: Path) -> None:
    (tmp_path / "demo-1.6.0.zip").write_bytes(b"archive")
    (tmp_path / "demo_1.6.0.orig.tar.gz").write_bytes(b"tarball")
    assert _beside(tmp_path, tree, "https://demo.example/demo-1.6.0.tar.gz") == ()
    assert _beside(tmp_path, tree, "demo-1.6.1.tar.gz") == ()
    assert _beside(tmp_path, tree, "demo-1.6.0.zip") == ()
    assert _beside(tmp_path, tree, "demo_1.6.0.orig.tar.gz") == ()
    assert (tmp_path / "demo_1.6.0.orig.tar.gz").read_bytes() == b"tarball"
