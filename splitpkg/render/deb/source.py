"""What all files of debian/ are made from: manifest, plan, names, and where paths lie in a package."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from splitpkg.plan.model import Constraint, RelationKind
from splitpkg.render.deb.names import debian_names
from splitpkg.render.deb.seen import is_stated
from splitpkg.render.late import parted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from splitpkg.manifest.model import Manifest, ManifestFile
    from splitpkg.plan.model import LibraryFact, Plan, PlannedFile, PlannedPackage
    from splitpkg.render.late import LateTags

_NO_LIBRARIES = frozenset(["firewalld", "firmware", "modules", "python3", "rpm", "systemd", "udev"])
"""Folders of usr/lib that are the same for every architecture, beside those as `sysusers.d`."""


OF_BUILD = (Constraint.SAME_BUILD, Constraint.SAME_BUILD_IF_INSTALLED)

ARCHIVES = "libtool's archives, which no package needs (Debian policy 10.2)"


@dataclass(frozen=True, slots=True)
class DebSource:
    """A Debian source package. `names` maps neutral full names to Debian's; `paths` are all, sorted.

    `independent` are the neutral full names of the packages for all architectures, `directories` the
    directories that packages own, by path, `shared` the packages of public libraries, by path.
    `turned` has by neutral full name the packages for all architectures that require that package's
    build. A rebuild of one architecture changes its packages' versions (`+b1`), which the others cannot
    know (Debian bug 983756): so it is that package which breaks all but one source version of them.
    In the plan of what is built from source, libtool's archives are left out, and relations to tags that
    the build decides are in `late`.
    """

    manifest: ManifestFile
    plan: Plan
    names: dict[str, str] = field(init=False)
    paths: tuple[str, ...] = field(init=False)
    independent: frozenset[str] = field(init=False)
    directories: dict[str, PlannedFile] = field(init=False)
    late: LateTags = field(init=False)
    shared: dict[str, PlannedPackage] = field(init=False)
    turned: dict[str, tuple[PlannedPackage, ...]] = field(init=False)

    def __post_init__(self) -> None:
        if self.is_built:
            object.__setattr__(self, "plan", _without_archives(self.plan))
        shared = {one.path: package for package, one in _public(self.plan.packages)}
        object.__setattr__(self, "shared", shared)
        plan, late = parted(self.plan, partial(is_stated, shared))
        object.__setattr__(self, "plan", plan)
        object.__setattr__(self, "late", late)
        packages = self.plan.packages
        independent = frozenset(one.name for one in packages if not one.architecture_dependent)
        object.__setattr__(self, "names", debian_names(self.plan))
        files = (file.path for file in self.plan.files)
        object.__setattr__(self, "paths", tuple(sorted([*files, *(path for path, _ in self.plan.excluded)])))
        object.__setattr__(self, "independent", independent)
        object.__setattr__(
            self, "directories", {one.path: one for package in packages for one in package.directories}
        )
        object.__setattr__(self, "turned", _turned(packages, independent))

    @property
    def content(self) -> Manifest:
        """The manifest itself."""
        return self.manifest.content

    @property
    def is_built(self) -> bool:
        """Whether the program is built from upstream's source; else the tree is packed as it is."""
        return self.content.build is not None

    @property
    def version(self) -> str:
        """The complete version, `[EPOCH:]VERSION-RELEASE` (deb-version(7))."""
        program = self.content.program
        epoch = f"{program.epoch}:" if program.epoch else ""
        return f"{epoch}{program.version}-{program.release}"

    @property
    def upstream_version(self) -> str:
        """Upstream's version, with the epoch, as `${source:Upstream-Version}` has it (deb-substvars(5))."""
        return self.version.rpartition("-")[0]

    @property
    def packages(self) -> tuple[PlannedPackage, ...]:
        """The packages in the order of their Debian names."""
        return tuple(sorted(self.plan.packages, key=lambda one: self.names[one.name]))

    def called(self, target: str) -> str:
        """Debian's name of a package; a virtual name made from a library's package goes with that one."""
        if target in self.names:
            return self.names[target]
        for name in {package.name for package in self.shared.values()}:
            if target.startswith(f"{name}-"):
                return f"{self.names[name]}{target[len(name) :]}"
        return target

    def name(self, package: PlannedPackage) -> str:
        """Debian's name of a package."""
        return self.names[package.name]

    def below_libdir(self, path: str) -> str | None:
        """The part of a path below the directory for libraries, where another may take that one's place.

        None for every other path, and always for a tree that is packed as it is.
        """
        libdir = self.plan.libdir
        if not self.is_built or libdir is None or not path.startswith(f"{libdir}/"):
            return None
        rest = path[len(libdir) + 1 :]
        return rest if libdir not in ("lib", "usr/lib") or _may_hold_libraries(rest) else None

    def placed(self, path: str, multiarch: str) -> str:
        """The path as it is in a package for a machine whose multiarch name (or pattern) is given."""
        rest = self.below_libdir(path)
        return path if rest is None else f"usr/lib/{multiarch}/{rest}"


def _public(packages: Iterable[PlannedPackage]) -> Iterator[tuple[PlannedPackage, LibraryFact]]:
    return ((package, one) for package in packages for one in package.libraries if one.public)


def _turned(
    packages: Iterable[PlannedPackage], independent: frozenset[str]
) -> dict[str, tuple[PlannedPackage, ...]]:
    found: defaultdict[str, list[PlannedPackage]] = defaultdict(list)
    for package in packages:
        if package.name in independent:
            for one in package.relations:
                if one.kind is RelationKind.REQUIRES and one.constraint in OF_BUILD:
                    found[one.target].append(package)
    return {name: tuple(found[name]) for name in found.keys() - independent}


def _without_archives(plan: Plan) -> Plan:
    archives = {file.path for file in plan.files if file.path.endswith(".la")}
    packages = tuple(
        replace(package, files=tuple(file for file in package.files if file.path not in archives))
        for package in plan.packages
    )
    excluded = (*plan.excluded, *((path, ARCHIVES) for path in archives))
    return replace(plan, packages=packages, excluded=tuple(sorted(excluded))) if archives else plan


def _may_hold_libraries(rest: str) -> bool:
    top = rest.partition("/")[0]
    return top not in _NO_LIBRARIES and not top.endswith(".d")
