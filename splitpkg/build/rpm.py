"""Builds RPM packages from a spec that lies in the output folder, its source beside it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from splitpkg.build.fallback import undefined_macros
from splitpkg.build.runner import last_lines, run
from splitpkg.build.sources import check_top_folder, put_source
from splitpkg.build.workshop import moved, workshop
from splitpkg.diagnostics import Diagnostic, Failed, Location
from splitpkg.render.model import tree_tarball

if TYPE_CHECKING:
    from pathlib import Path

    from splitpkg.build.runner import Runner
    from splitpkg.inventory.model import Inventory
    from splitpkg.manifest.model import ManifestFile
    from splitpkg.plan.model import Plan

_DECISIVE = re.compile(r"\s*(?:error:|RPM build errors:)|.*: (?:fatal )?error:|.*\*\*\* .*Error |\s+/\S+$")
_NOTES = 12


def prepare(
    tree: Path, manifest: ManifestFile, inventory: Inventory, plan: Plan, directory: Path
) -> tuple[str, ...]:
    """Puts the source beside the spec, as `put_source` does; gives the names of what was written.

    Raises Failed (`source-directory`) where the tarball's folder is not the one that the spec enters.
    """
    target = directory / _source_name(manifest)
    written = put_source(tree, manifest, inventory, plan, target)
    if manifest.content.build is not None and target.is_file():
        check_top_folder(manifest, manifest.content.build, target)
    return written


def build_rpm(
    manifest: ManifestFile, plan: Plan, directory: Path, *, runner: Runner = run
) -> tuple[Path, ...]:
    """Runs rpmbuild on `directory`/NAME.spec and leaves the packages in `directory`; gives their paths.

    Same spec and source give the same bytes: the work goes on in a folder of a fixed name, with the
    plan's time and a fixed host name. Raises Failed (`source-missing`, `build-failed`; then the log
    stays in `directory`), EnvironmentFailed (`tool-missing`).
    """
    name, source = manifest.content.program.name, _source(manifest, directory)
    with workshop(directory, "rpmbuild") as top:
        for folder in (top / "SOURCES", top / "tmp"):
            folder.mkdir()
        for file in (source, *(directory / beside for beside in manifest.beside)):
            (top / "SOURCES" / file.name).symlink_to(file.resolve())
        spec, log = (directory / f"{name}.spec").resolve(), top / f"{name}-rpmbuild.log"
        clamp = manifest.content.build is not None
        argv = _command(top, spec, undefined_macros(top, runner), clamp=clamp)
        environment = {"SOURCE_DATE_EPOCH": str(plan.timestamp), "TZ": "UTC"}
        if runner(argv, cwd=top, env=environment, log=log) != 0:
            raise Failed([_failure(directory / f"{name}.spec", moved(log, directory))])
        return tuple(moved(package, directory) for package in sorted(top.glob("RPMS/*/*.rpm")))


def _source_name(manifest: ManifestFile) -> str:
    program, build = manifest.content.program, manifest.content.build
    return tree_tarball(program.name, program.version) if build is None else build.file_name


def _source(manifest: ManifestFile, directory: Path) -> Path:
    source = directory / _source_name(manifest)
    if not source.is_file():
        build = manifest.content.build
        text = f"the source `{source.name}` is not in {directory}"
        hint = "pack the tree first" if build is None else f"put {build.source} there"
        where = manifest.where("build", "source")
        raise Failed([Diagnostic("source-missing", where, text, hint=hint)])
    return source


def _command(top: Path, spec: Path, fallback: Path, *, clamp: bool) -> list[str]:
    """The rpm database of the building machine is left alone: it may be empty, or not even there.

    Files of a packed tree keep their times, since compiled Python code is only valid with those of
    its source; files that were built afresh get the plan's.
    """
    defines = {
        "_topdir": str(top),
        "_dbpath": f"{top}/db",
        "_tmppath": f"{top}/tmp",
        "_buildhost": "localhost",
        "use_source_date_epoch_as_buildtime": "1",
        "clamp_mtime_to_source_date_epoch": "1" if clamp else "0",
    }
    options = [part for name, text in defines.items() for part in ("--define", f"{name} {text}")]
    return ["rpmbuild", "-bb", "--nodeps", f"--load={fallback}", *options, str(spec)]


def _failure(spec: Path, log: Path) -> Diagnostic:
    """What rpmbuild said in the end, the lines that tell most."""
    lines = last_lines(log, 2000)
    decisive = list(dict.fromkeys(line.strip() for line in lines if _DECISIVE.match(line))) or list(lines)
    told = (*decisive[-_NOTES:], f"{log} has all that it said")
    return Diagnostic("build-failed", Location(str(spec)), "rpmbuild did not succeed", told)
