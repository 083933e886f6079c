"""What a plan's packages are called in RPM, and how a spec says so."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from splitpkg.diagnostics import Diagnostic
from splitpkg.plan.model import Role
from splitpkg.render.rpm.capabilities import seen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from splitpkg.abi.model import TagFamily
    from splitpkg.diagnostics import Location
    from splitpkg.manifest.model import ManifestFile
    from splitpkg.plan.model import Plan, PlannedPackage

EVR = "%{?epoch:%{epoch}:}%{version}-%{release}"
ISA = "%{?_isa}"


@dataclass(frozen=True, slots=True)
class Names:
    """The RPM names of a build's packages by their neutral names, and which are bound to an architecture.

    `seen` has the capabilities that rpm makes of tags by itself, by the tag's family and value.
    """

    program: str
    by_neutral: Mapping[str, str]
    bound: frozenset[str]
    seen: Mapping[tuple[TagFamily, str], tuple[str, ...]] = field(default_factory=dict)

    def name(self, neutral: str) -> str:
        """The RPM name; a target that is no package of the plan is a capability, and stands as it is."""
        return self.by_neutral.get(neutral, neutral)

    def spelled(self, neutral: str) -> str:
        """The RPM name as the spec has it, with `%{name}` for the program's."""
        name = self.name(neutral)
        if name == self.program:
            return "%{name}"
        head, rest = name[: len(self.program) + 1], name[len(self.program) + 1 :]
        return f"%{{name}}-{rest}" if head == f"{self.program}-" and rest else name

    def argument(self, neutral: str) -> str:
        """What follows `%package` and `%files`: nothing for the main package, `SUFFIX`, or `-n NAME`."""
        spelled = self.spelled(neutral)
        if spelled == "%{name}":
            return ""
        return spelled.removeprefix("%{name}-") if spelled.startswith("%{name}-") else f"-n {spelled}"

    def is_main(self, package: PlannedPackage) -> bool:
        """Whether this is the package that has the spec's own name."""
        return self.name(package.name) == self.program

    def is_bound(self, neutral: str) -> bool:
        """Whether the package is built for one architecture; a capability of the build is."""
        return neutral in self.bound or neutral not in self.by_neutral

    def qualified(self, source: str, target: str) -> bool:
        """Whether a relation names the architecture: between packages that both are bound to it."""
        return self.is_bound(source) and self.is_bound(target)


def names(manifest: ManifestFile, plan: Plan) -> tuple[Names, tuple[Diagnostic, ...]]:
    """The names of all packages; two packages of one name are a finding.

    The main package is bound in any case: `BuildArch: noarch` there would hold for every other.
    """
    program = manifest.content.program.name
    by_neutral = {package.name: _name(package) for package in plan.packages}
    bound = frozenset(
        package.name
        for package in plan.packages
        if package.architecture_dependent or by_neutral[package.name] == program
    )
    return Names(program, by_neutral, bound, seen(plan)), _collisions(manifest, plan, by_neutral)


def place(manifest: ManifestFile, package: PlannedPackage, *key: str | int) -> Location:
    """Where the manifest speaks of a package."""
    match package.role:
        case Role.META:
            return manifest.where("metapackage", *key)
        case Role.MODULE:
            return manifest.where("module", package.suffix, *key)
        case _:
            return manifest.where("package", package.suffix, *key)


def _name(package: PlannedPackage) -> str:
    """The manifest's own name for RPM, else the neutral one; Debian's `-dev` is `-devel` (Fedora)."""
    if package.names.rpm is not None:
        return package.names.rpm
    if package.role is Role.DEVELOPMENT and (package.suffix == "dev" or package.suffix.endswith("-dev")):
        return f"{package.name}el"
    return package.name


def _collisions(manifest: ManifestFile, plan: Plan, by_neutral: Mapping[str, str]) -> tuple[Diagnostic, ...]:
    takers: defaultdict[str, list[PlannedPackage]] = defaultdict(list)
    for package in plan.packages:
        takers[by_neutral[package.name]].append(package)
    return tuple(
        Diagnostic(
            "name-collides",
            place(manifest, rest[0], "name", "rpm"),
            f"`{rest[0].name}` is called `{name}` in RPM, as `{first.name}` is",
            hint="give one of them another `name.rpm`",
        )
        for name, (first, *rest) in takers.items()
        if rest
    )
