"""What a source package is made from: the planned part of a tree, or upstream's tarball."""

from __future__ import annotations

import posixpath
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from splitpkg.build.tarball import pack
from splitpkg.build.whole import whole
from splitpkg.inventory.model import Inventory

if TYPE_CHECKING:
    from collections.abc import Iterator

    from splitpkg.manifest.model import ManifestFile
    from splitpkg.plan.model import Plan


def put_source(
    tree: Path, manifest: ManifestFile, inventory: Inventory, plan: Plan, target: Path
) -> tuple[str, ...]:
    """Puts the source to `target`: the packed tree, or upstream's tarball from beside the manifest.

    Gives the names of what was written: none where upstream's tarball is not there, or in its place
    already. What appears is whole. Raises Failed (`tree-changed`), EnvironmentFailed
    (`output-unwritable`).
    """
    if manifest.content.build is None:
        top = f"{manifest.content.program.name}-{manifest.content.program.version}"
        pack(tree, _planned_part(inventory, plan), target, top=top, timestamp=plan.timestamp)
        return (target.name,)
    here = _beside_manifest(manifest)
    if here is None or (target.exists() and here.samefile(target)):
        return ()
    with whole(target, "copied") as fresh:
        shutil.copyfile(here, fresh)
    return (target.name,)


def _planned_part(inventory: Inventory, plan: Plan) -> Inventory:
    """The tree without what the plan leaves out; folders that are left empty by that included."""
    kept = {file.path for package in plan.packages for file in (*package.directories, *package.files)}
    needed = {parent for path in kept for parent in _with_parents(path)}
    entries = tuple(entry for entry in inventory.entries if entry.path in needed)
    return Inventory(inventory.root, entries, inventory.newest)


def _beside_manifest(manifest: ManifestFile) -> Path | None:
    """Upstream's tarball, where the manifest names a file and that is there."""
    build = manifest.content.build
    if build is None or "://" in build.source:
        return None
    here = Path(manifest.path).parent / build.source
    return here if here.is_file() else None


def _with_parents(path: str) -> Iterator[str]:
    while path:
        yield path
        path = posixpath.dirname(path)
