"""What is put beside debian/."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from splitpkg.build.deb import build_deb, prepare
from splitpkg.diagnostics import Failed
from splitpkg.inventory.scan import scan
from tests.support.plans import file, manifest, package, plan, plant

if TYPE_CHECKING:
    from collections.abc import Sequence
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


@pytest.mark.parametrize("where", ["", "https://demo.example/", "https://demo.example/v1.6.0.tar.gz#/"])
@pytest.mark.parametrize(
    ("ending", "called"),
    [("tar.gz", "gz"), ("tar.xz", "xz"), ("tar.bz2", "bz2"), ("tgz", "gz"), ("txz", "xz")],
)
def test_upstream_s_tarball_is_copied_from_beside_the_manifest(
    ending: str, called: str, where: str, tmp_path: Path, tree: Path
) -> None:
    (tmp_path / f"demo-1.6.0.{ending}").write_bytes(b"tarball")
    assert _beside(tmp_path, tree, f"{where}demo-1.6.0.{ending}") == (f"demo_1.6.0.orig.tar.{called}",)
    assert (tmp_path / f"demo_1.6.0.orig.tar.{called}").read_bytes() == b"tarball"


def test_the_tarball_of_the_manifest_s_compression_wins_over_an_old_one(tmp_path: Path) -> None:
    """What was packed when the manifest had no [build] yet, or upstream's former way of packing."""
    manifest_of = {"build": {"system": "make", "source": "demo-1.6.0.tar.xz"}}
    for ending in ("gz", "xz"):
        (tmp_path / f"demo_1.6.0.orig.tar.{ending}").write_text(ending)
    unpacked: list[str] = []

    def refusing(argv: Sequence[str], *, log: Path, **_: object) -> int:
        unpacked.extend(one for one in argv if ".orig." in one)
        log.write_text("no")
        return 1

    for given in ({}, manifest_of):
        with pytest.raises(Failed):
            build_deb(manifest(**given), PLAN, tmp_path, runner=refusing)
    assert [name.rpartition(".")[2] for name in unpacked] == ["gz", "xz"]


def test_what_is_elsewhere_or_no_tarball_of_debian_s_is_left_to_the_user(tmp_path: Path, tree: Path) -> None:
    (tmp_path / "demo-1.6.0.zip").write_bytes(b"archive")
    (tmp_path / "demo_1.6.0.orig.tar.gz").write_bytes(b"tarball")
    assert _beside(tmp_path, tree, "https://demo.example/demo-1.6.0.tar.gz") == ()
    assert _beside(tmp_path, tree, "demo-1.6.1.tar.gz") == ()
    assert _beside(tmp_path, tree, "demo-1.6.0.zip") == ()
    assert _beside(tmp_path, tree, "demo_1.6.0.orig.tar.gz") == ()
    assert (tmp_path / "demo_1.6.0.orig.tar.gz").read_bytes() == b"tarball"
