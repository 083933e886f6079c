"""What a source package is made from: the planned part of a tree, or upstream's tarball."""

from __future__ import annotations

import lzma
import posixpath
import shutil
import tarfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from splitpkg.build.tarball import pack
from splitpkg.build.whole import whole
from splitpkg.diagnostics import Diagnostic, Failed
from splitpkg.inventory.model import Inventory

if TYPE_CHECKING:
    from splitpkg.manifest.model import Build, ManifestFile
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
    needed, todo = set[str](), kept
    while todo:
        needed |= todo
        todo = {path.rpartition("/")[0] for path in todo} - needed - {""}
    entries = tuple(entry for entry in inventory.entries if entry.path in needed)
    return Inventory(inventory.root, entries, inventory.newest)


def _beside_manifest(manifest: ManifestFile) -> Path | None:
    """Upstream's tarball, where it lies beside the manifest; that of an address under its name there."""
    build = manifest.content.build
    here = None if build is None else Path(manifest.path).parent / build.file_name
    return here if here is not None and here.is_file() else None


def check_top_folder(manifest: ManifestFile, build: Build, tarball: Path) -> None:
    """Raises Failed (`source-directory`) where the tarball begins with another folder than is expected.

    What cannot be read is left to the tool that unpacks it.
    """
    program = manifest.content.program
    expected = build.directory or f"{program.name}-{program.version}"
    found = _first_folder(tarball)
    if found not in (None, expected):
        place = manifest.where("build", "directory" if build.directory else "source")
        text = f"the tarball holds the folder `{found}`, and `{expected}` was expected"
        hint = f'write `directory = "{found}"` into [build]'
        raise Failed([Diagnostic("source-directory", place, text, (f"it is {tarball}",), hint)])


def _first_folder(tarball: Path) -> str | None:
    try:
        with tarfile.open(tarball) as tar:
            first = tar.next()
    except (tarfile.TarError, OSError, EOFError, zlib.error, lzma.LZMAError):
        return None
    return None if first is None else posixpath.normpath(first.name).partition("/")[0]
