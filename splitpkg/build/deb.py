"""Builds Debian packages from debian/ in the output folder, the source's tarball beside it."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

from splitpkg.build.runner import last_lines, run
from splitpkg.build.sources import put_source
from splitpkg.build.workshop import moved, workshop
from splitpkg.diagnostics import Diagnostic, EnvironmentFailed, Failed, Location, ordered

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from splitpkg.build.runner import Runner
    from splitpkg.inventory.model import Inventory
    from splitpkg.manifest.model import ManifestFile, Program
    from splitpkg.plan.model import Plan, PlannedPackage

_COMPRESSIONS = ("gz", "xz", "bz2", "lzma")
"""Of an upstream tarball in the source format 3.0 (quilt) (dpkg-source(1))."""

_SHORT_ENDINGS = {"tgz": "gz", "txz": "xz", "tbz2": "bz2", "tbz": "bz2", "tlz": "lzma"}

_DECISIVE = re.compile(
    r"(?:dpkg|dh)[a-z_-]*: error: .+|.*: (?:fatal )?error: .+|.*\*\*\* .*Error |E: .+|.*ERROR: .+"
    r"|sh: [0-9]+: .+|dh_(?:missing|install): warning: .*(?:exists in|Cannot find|missing files).+"
)
_CONSEQUENCE = re.compile(r"(?:dh_[a-z]+|dpkg-buildpackage): error: .* (?:returned|subprocess).*exit.*")
_UNMET = re.compile(r"unmet build dependencies: (.+)", re.IGNORECASE)
_NOT_FOUND = re.compile(r"error: cannot find library (\S+) needed by debian/([^/ ]+)")
_UNNAMED = re.compile(r"dpkg-shlibdeps: warning: can't extract name and version from library name '(.+)'")
_LINES = 100_000
_NOTES = 12


def prepare(
    tree: Path, manifest: ManifestFile, inventory: Inventory, plan: Plan, directory: Path
) -> tuple[str, ...]:
    """Puts the upstream tarball beside debian/, as `put_source` does; gives the names of what was written."""
    ending = _compression(manifest)
    if ending is None:
        return ()
    target = directory / f"{_stem(manifest.content.program)}.{ending}"
    return put_source(tree, manifest, inventory, plan, target)


def build_deb(
    manifest: ManifestFile,
    plan: Plan,
    directory: Path,
    *,
    select: Sequence[str] = ("--build=binary",),
    runner: Runner = run,
) -> tuple[Path, ...]:
    """Runs dpkg-buildpackage on `directory`/debian and leaves the packages in `directory`; gives their paths.

    `select` says what is built. Same debian/ and tarball give the same bytes: the work goes on in a
    folder of a fixed name, with the plan's time. Raises Failed (`source-missing`, `build-failed`;
    then the log stays in `directory`; `library-unnamed`), EnvironmentFailed (`tool-missing`,
    `build-depends-missing`, `library-not-installed`).
    """
    program = manifest.content.program
    tarball = _tarball(manifest, directory)
    with workshop(directory, "debian") as top:
        root, log = top / f"{program.name}-{program.version}", top / "log"
        environment = {"SOURCE_DATE_EPOCH": str(plan.timestamp), "TZ": "UTC"}
        _unpack(tarball, directory / "debian", root, log, runner)
        _check_build_depends(root, log, runner)
        # The source was unpacked a moment ago: nothing is to be cleaned before or after.
        argv = ["dpkg-buildpackage", *select, "--unsigned-source", "--unsigned-changes", "--no-pre-clean"]
        if runner(argv, cwd=root, env=environment, log=log) != 0:
            absent = _absent_libraries(plan, log, top, runner)
            kept = moved(log.rename(top / f"{program.name}-dpkg-buildpackage.log"), directory)
            raise _failure(directory / "debian", kept, absent)
        _refuse_unnamed_libraries(manifest, plan, log)
        return tuple(moved(package, directory) for package in sorted(top.glob("*.deb")))


def _stem(program: Program) -> str:
    return f"{program.name}_{program.version}.orig.tar"


def _compression(manifest: ManifestFile) -> str | None:
    """How the source is compressed by its name; None where that is none of Debian's ways."""
    build = manifest.content.build
    if build is None:
        return "gz"
    stem, _, ending = build.file_name.rpartition(".")
    if ending in _COMPRESSIONS and stem.endswith(".tar"):
        return ending
    return _SHORT_ENDINGS.get(ending)


def _tarball(manifest: ManifestFile, directory: Path) -> Path:
    """The tarball that the manifest means, before one that is compressed in another way: it may be old."""
    stem, named = _stem(manifest.content.program), _compression(manifest)
    for compression in (named, *(one for one in _COMPRESSIONS if one != named)):
        tarball = directory / f"{stem}.{compression}"
        if compression is not None and tarball.is_file():
            return tarball
    build = manifest.content.build
    text = f"the upstream tarball `{stem}.*` is not in {directory}"
    hint = "pack the tree first" if build is None else f"put {build.source} there under that name"
    raise Failed([Diagnostic("source-missing", manifest.where("build", "source"), text, hint=hint)])


def _unpack(tarball: Path, debian: Path, root: Path, log: Path, runner: Runner) -> None:
    """Lays the source package out as dpkg-source does, whatever the tarball's top folder is called."""
    root.mkdir()
    argv = ["tar", "--extract", "--file", str(tarball.resolve()), "--strip-components=1", "--no-same-owner"]
    if runner(argv, cwd=root, env={}, log=log) != 0:
        notes = last_lines(log, _NOTES)
        raise Failed([Diagnostic("source-unreadable", Location(str(tarball)), "cannot be unpacked", notes)])
    shutil.rmtree(root / "debian", ignore_errors=True)
    shutil.copytree(debian, root / "debian", symlinks=True)


def _check_build_depends(root: Path, log: Path, runner: Runner) -> None:
    if runner(["dpkg-checkbuilddeps"], cwd=root, env={}, log=log) == 0:
        return
    for line in last_lines(log, _NOTES):
        found = _UNMET.search(line)
        if found is not None:
            text = f"packages that the build needs are not installed: {found[1].strip()}"
            hint = "install them, as `apt-get build-dep` does in a folder with debian/"
            where = Location("debian/control")
            raise EnvironmentFailed([Diagnostic("build-depends-missing", where, text, hint=hint)])


def _absent_libraries(plan: Plan, log: Path, top: Path, runner: Runner) -> dict[str, str]:
    """The libraries that dpkg-shlibdeps did not find, each with a package that needs it.

    It stops at the first package that lacks one: the further ones are those that the dynamic loader
    does not know.
    """
    found = {match[1]: match[2] for line in last_lines(log, _LINES) if (match := _NOT_FOUND.search(line))}
    known = top / "ldconfig"
    if found and runner(["/sbin/ldconfig", "--print-cache"], cwd=top, env={}, log=known) == 0:
        loaded = {
            line.split()[0] for line in known.read_text("utf-8", "replace").splitlines() if line.strip()
        }
        needs = {name: package.name for package in plan.packages for name in package.external}
        found |= {name: user for name, user in needs.items() if name not in loaded | found.keys()}
    return dict(sorted(found.items()))


def _refuse_unnamed_libraries(manifest: ManifestFile, plan: Plan, log: Path) -> None:
    """Raises Failed where a package needs a library for which dpkg-shlibdeps wrote no dependency.

    It only warns where no symbols file describes the library, and a SONAME without a version cannot
    stand in a shlibs file (deb-shlibs(5)). The manifest's own dependencies then stand for it.
    """
    unnamed = {match[1] for line in last_lines(log, _LINES) if (match := _UNNAMED.search(line))}
    own = {one.soname for package in plan.packages for one in package.libraries}
    findings = [
        _unnamed(manifest, package, name)
        for package in plan.packages
        for name in sorted(unnamed.intersection(package.external) - own)
        if not package.deb.depends
    ]
    if findings:
        raise Failed(ordered(findings))


def _unnamed(manifest: ManifestFile, package: PlannedPackage, name: str) -> Diagnostic:
    table = "package" if package.suffix in manifest.content.package else "module"
    return Diagnostic(
        "library-unnamed",
        manifest.where(table, package.suffix),
        f"package `{package.suffix}` needs `{name}`, for which dpkg-shlibdeps finds no package",
        ("its SONAME has no version, and no symbols file describes it",),
        f'write its package into [{table}.{package.suffix}.deb], as `depends = ["libdemo"]`',
    )


def _failure(debian: Path, log: Path, absent: Mapping[str, str]) -> Failed:
    """What the tools said, the lines that tell most; libraries that are not there are the machine's fault."""
    notes = (f"{log} has all that was said",)
    if absent:
        text = f"libraries that the program needs are not installed: {', '.join(absent)}"
        hint = "install their packages: dpkg-shlibdeps takes the dependencies from these"
        needs = tuple(f"{user} needs {name}" for name, user in list(absent.items())[:_NOTES])
        where = Location(str(debian))
        return EnvironmentFailed([Diagnostic("library-not-installed", where, text, (*needs, *notes), hint)])
    told = (*_decisive(last_lines(log, _LINES)), *notes)
    return Failed(
        [Diagnostic("build-failed", Location(str(debian)), "dpkg-buildpackage did not succeed", told)]
    )


def _decisive(lines: Iterable[str]) -> list[str]:
    listed = list(lines)
    decisive = [line.strip() for line in listed if _DECISIVE.match(line) and not _CONSEQUENCE.match(line)]
    return (decisive or listed)[-_NOTES:]
