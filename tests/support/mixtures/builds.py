"""Builds of the sample program, relay, by rpmbuild and dpkg-buildpackage: each made once per test session."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from splitpkg.build.deb import build_deb
from splitpkg.build.rpm import build_rpm
from splitpkg.build.runner import run
from splitpkg.formats import output_format
from splitpkg.inventory.scan import scan
from splitpkg.manifest.load import load
from splitpkg.plan.make import make_plan
from splitpkg.render.write import write
from splitpkg.verify.model import PackageFormat
from tests.support.mixtures import deb, rpm
from tests.support.relay import NEW, OLD, SPEC, tree

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.support.mixtures.model import Built, Solver

LIBDIRS = {PackageFormat.RPM: "usr/lib64", PackageFormat.DEB: "usr/lib/x86_64-linux-gnu"}
SOLVERS: dict[PackageFormat, Solver] = {PackageFormat.RPM: rpm.ask, PackageFormat.DEB: deb.ask}
NAMED = (
    *("core", "libs", "tools", "block-raw", "block-hex"),
    *("net-tun", "net-tap", "ui-text", "ui-stat", "fmt-json"),
)
"""Ten packages of relay: the hub with a host, a library, more hosts, and one module of each shape."""


@dataclass(frozen=True, slots=True)
class Release:
    """What is built: the packages' version, and that of the program in them.

    `edits` are made in the manifest: each text is found there, and the other takes its place. `dist` is
    what a distribution's rpm has for `%{?dist}`; `rebuilt` makes Debian's packages those of a binNMU.
    """

    version: str = NEW
    program: str = NEW
    epoch: int = 0
    release: str = "1"
    edits: tuple[tuple[str, str], ...] = ()
    dist: str = ""
    rebuilt: bool = False


OLD_RELEASE, NEW_RELEASE = Release(OLD, OLD), Release()

_STARTING = Lock()


@cache
def _scratch() -> Path:
    directory = Path(tempfile.mkdtemp(prefix="relay-builds-"))
    atexit.register(shutil.rmtree, directory)
    return directory


@cache
def packages(form: PackageFormat, release: Release) -> dict[str, Path]:
    """The packages of a release by their names in the format."""
    with _STARTING:
        made_from = tree(release.program, LIBDIRS[form]).root
        folder = Path(tempfile.mkdtemp(dir=_scratch()))
    (folder / "splitpkg.toml").write_text(_manifest(release))
    manifest = load(folder / "splitpkg.toml")
    inventory = scan(made_from)[0]
    plan, findings = make_plan(manifest, inventory)
    assert plan is not None, findings
    stages = output_format(form)
    files, findings = stages.render(manifest, plan, templates=None)
    assert files, findings
    write(files, folder)
    stages.prepare(made_from, manifest, inventory, plan, folder)
    if release.rebuilt:
        _add_rebuild(folder / "debian/changelog")
    build = partial(build_rpm, runner=partial(_run, release.dist)) if form is PackageFormat.RPM else build_deb
    built = build(manifest, plan, folder)
    cut = (
        partial(str.rsplit, sep="-", maxsplit=2) if form is PackageFormat.RPM else partial(str.split, sep="_")
    )
    return {cut(path.name)[0]: path for path in built}


def _run(dist: str, argv: Sequence[str], *, cwd: Path, env: Mapping[str, str], log: Path) -> int:
    """Runs a tool; rpmbuild as on a distribution whose packages have that in their release."""
    defined = ["--define", f"dist {dist}"] if dist and argv[0] == "rpmbuild" else []
    return run([argv[0], *defined, *argv[1:]], cwd=cwd, env=env, log=log)


def _add_rebuild(changelog: Path) -> None:
    """The entry that Debian's build daemons write for a rebuild of the same source (deb-changelog(5))."""
    written = changelog.read_text()
    source, _, rest = written.partition(" (")
    version = f"{rest.partition(')')[0]}+b1"
    trailer = next(line for line in written.splitlines() if line.startswith(" -- "))
    head = f"{source} ({version}) unstable; urgency=low, binary-only=yes"
    changelog.write_text(f"{head}\n\n  * Rebuild.\n\n{trailer}\n\n{written}")


def _manifest(release: Release) -> str:
    text = (SPEC / "splitpkg.toml").read_text()
    epoch = f"epoch = {release.epoch}\n" if release.epoch else ""
    own = (
        (
            f'version = "{NEW}"\nrelease = "1"\n',
            f'version = "{release.version}"\nrelease = "{release.release}"\n{epoch}',
        ),
        *release.edits,
    )
    for before, after in own:
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    return text


def package_name(form: PackageFormat, named: str) -> str:
    """What a package of relay is called in the format."""
    return "librelay0" if (form, named) == (PackageFormat.DEB, "libs") else f"relay-{named}"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two builds, and the packages of them that states are made of: the old ones, then the new."""

    form: PackageFormat
    names: tuple[str, ...]
    paths: tuple[Path, ...]
    packages: tuple[Built, ...]

    @property
    def solver(self) -> Solver:
        """What decides for this format."""
        return SOLVERS[self.form]


@cache
def pair(
    form: PackageFormat,
    old: Release = OLD_RELEASE,
    new: Release = NEW_RELEASE,
    names: tuple[str, ...] = NAMED,
) -> Pair:
    """Two builds, made at the same time."""
    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(partial(packages, form), (old, new)))
    paths = tuple(build[package_name(form, name)] for build in made for name in names)
    reader = rpm.read if form is PackageFormat.RPM else deb.read
    return Pair(form, names, paths, tuple(map(reader, paths)))
