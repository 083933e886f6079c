"""Builds RPM packages from a spec that lies in the output folder, its source beside it."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from splitpkg.build.fallback import undefined_macros
from splitpkg.build.runner import last_lines, run
from splitpkg.build.tarball import pack
from splitpkg.diagnostics import Diagnostic, EnvironmentFailed, Failed, Location
from splitpkg.inventory.model import Inventory
from splitpkg.render.model import tree_tarball

if TYPE_CHECKING:
    from collections.abc import Iterator

    from splitpkg.build.runner import Runner
    from splitpkg.manifest.model import ManifestFile
    from splitpkg.plan.model import Plan

_DECISIVE = re.compile(
    r"\s*(?:error:|RPM build errors:|fatal error:)|.*: (?:fatal )?error:|.*\*\*\* .*Error "
)
_PLAIN = re.compile(r"[A-Za-z0-9_./+:@~-]+")
_NOTES = 12


def prepare(
    tree: Path, manifest: ManifestFile, inventory: Inventory, plan: Plan, directory: Path
) -> tuple[str, ...]:
    """Puts what the spec needs beside it: the packed tree, or upstream's tarball from beside the manifest.

    Gives the names of what was written. Raises Failed (`tree-changed`), EnvironmentFailed
    (`output-unwritable`).
    """
    program, build = manifest.content.program, manifest.content.build
    if build is None:
        name, top = tree_tarball(program.name, program.version), f"{program.name}-{program.version}"
        pack(tree, _planned(inventory, plan), directory / name, top=top, timestamp=plan.timestamp)
        return (name,)
    here = Path(manifest.path).parent / build.source
    name = _file_name(build.source)
    if "://" in build.source or not here.is_file() or _is_same(here, directory / name):
        return ()
    shutil.copyfile(here, directory / name)
    return (name,)


def build_rpm(
    manifest: ManifestFile, plan: Plan, directory: Path, *, runner: Runner = run
) -> tuple[Path, ...]:
    """Runs rpmbuild on `directory`/NAME.spec and leaves the packages in `directory`; gives their paths.

    Same spec and source give the same bytes: the work goes on in a folder of a fixed name, with the
    plan's time and a fixed host name. Raises Failed (`source-missing`, `build-failed`; then the log
    stays in `directory`), EnvironmentFailed (`tool-missing`).
    """
    name = manifest.content.program.name
    source = _source(manifest, directory)
    with _workshop(directory) as top:
        (top / "SOURCES" / source.name).symlink_to(source.resolve())
        spec, log = (directory / f"{name}.spec").resolve(), top / "log"
        clamp = manifest.content.build is not None
        argv = _command(top, spec, undefined_macros(top, runner), clamp=clamp)
        environment = {"SOURCE_DATE_EPOCH": str(plan.timestamp), "TZ": "UTC"}
        if runner(argv, cwd=top, env=environment, log=log) != 0:
            kept = Path(shutil.move(log, directory / f"{name}-rpmbuild.log"))
            raise Failed([_failure(directory / f"{name}.spec", kept)])
        return tuple(_moved(package, directory) for package in sorted(top.glob("RPMS/*/*.rpm")))


def _planned(inventory: Inventory, plan: Plan) -> Inventory:
    """The tree without what the plan leaves out; folders that are left empty by that included."""
    kept = {file.path for package in plan.packages for file in (*package.directories, *package.files)}
    needed = {parent for path in kept for parent in _with_parents(path)}
    return Inventory(
        inventory.root,
        tuple(entry for entry in inventory.entries if entry.path in needed),
        inventory.newest,
    )


def _with_parents(path: str) -> Iterator[str]:
    while path:
        yield path
        path = path.rpartition("/")[0]


def _is_same(one: Path, other: Path) -> bool:
    return other.exists() and one.samefile(other)


def _source(manifest: ManifestFile, directory: Path) -> Path:
    program, build = manifest.content.program, manifest.content.build
    name = tree_tarball(program.name, program.version) if build is None else _file_name(build.source)
    if not (directory / name).is_file():
        where = manifest.where("build", "source")
        text = f"the source `{name}` is not in {directory}"
        hint = "pack the tree first" if build is None else f"download it to {directory}"
        raise Failed([Diagnostic("source-missing", where, text, hint=hint)])
    return directory / name


def _file_name(source: str) -> str:
    """What rpm calls a source: all behind the last slash, also of an address's fragment."""
    return source.rpartition("/")[2]


@contextmanager
def _workshop(directory: Path) -> Iterator[Path]:
    """An empty folder of a fixed name, for one build at a time; gone afterwards.

    Its path gets into what compilers write (DW_AT_comp_dir), hence no random name.
    """
    top = _workshop_path(directory.resolve())
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        shutil.rmtree(top, ignore_errors=True)
        for folder in (top, top / "SOURCES", top / "tmp"):
            folder.mkdir(mode=0o700)
        yield top
    except OSError as error:
        where = Location(str(error.filename or top))
        text = f"cannot be worked in: {error.strerror or error}"
        raise EnvironmentFailed([Diagnostic("output-unwritable", where, text)]) from error
    finally:
        shutil.rmtree(top, ignore_errors=True)
        os.close(handle)


def _workshop_path(directory: Path) -> Path:
    """Inside the output folder, unless its name would be taken apart by a shell: specs do not quote."""
    if _PLAIN.fullmatch(str(directory)):
        return directory / ".splitpkg-rpmbuild"
    digest = hashlib.sha256(os.fsencode(directory)).hexdigest()
    return Path(tempfile.gettempdir()) / f"splitpkg-rpmbuild-{digest[:16]}"


def _command(top: Path, spec: Path, fallback: Path, *, clamp: bool) -> list[str]:
    """The rpm database of the building machine is left alone: it may be empty, or not even there."""
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


def _moved(package: Path, directory: Path) -> Path:
    """The package in its final place, whole at every moment."""
    fresh = directory / f".{package.name}.splitpkg-new"
    shutil.move(package, fresh)
    return fresh.replace(directory / package.name)


def _failure(spec: Path, log: Path) -> Diagnostic:
    """What rpmbuild said in the end, the lines that tell most."""
    lines = last_lines(log, 2000)
    decisive = [line.strip() for line in lines if _DECISIVE.match(line)] or list(lines)
    return Diagnostic(
        "build-failed",
        Location(str(spec)),
        "rpmbuild did not succeed",
        (*decisive[-_NOTES:], f"{log} has all that it said"),
    )
