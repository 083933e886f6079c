"""debian/control: the source stanza and one for each binary package (deb-src-control(5))."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from splitpkg.manifest.model import BuildSystem
from splitpkg.plan.model import RelationKind, Role
from splitpkg.render.deb import description, relations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from splitpkg.plan.model import PlannedPackage
    from splitpkg.render.deb.source import DebSource

COMPAT = "debhelper-compat (= 13)"

_TOOLS = {BuildSystem.MESON: ("meson",), BuildSystem.CMAKE: ("cmake",)}
_SECTIONS = {Role.LIBRARY: "libs", Role.DEVELOPMENT: "libdevel", Role.DOCUMENTATION: "doc"}
_MULTIARCH = re.compile(r"(usr/)?lib/[a-z0-9_]+-linux-gnu[a-z0-9_]*/")
_SHARED = ("usr/share/", "usr/include/")
"""What the Filesystem Hierarchy Standard (4.11, and by custom 4.5) keeps the same for every architecture."""


@dataclass(frozen=True, slots=True)
class Stanza:
    """The fields of one binary package."""

    name: str
    architecture: str
    multi_arch: str | None
    section: str | None
    relations: tuple[tuple[str, tuple[str, ...]], ...]
    synopsis: str
    description: tuple[str, ...]


def stanzas(source: DebSource) -> tuple[Stanza, ...]:
    """The binary packages, by name."""
    return tuple(_stanza(source, package) for package in source.packages)


def _stanza(source: DebSource, package: PlannedPackage) -> Stanza:
    return Stanza(
        source.name(package),
        architecture(source, package),
        multi_arch(source, package),
        package.deb.section or _SECTIONS.get(package.role),
        relations.fields(source, package),
        description.synopsis(_summary(package)),
        description.extended(package.description),
    )


def _summary(package: PlannedPackage) -> str:
    """Lintian and people know by the word that such a package is empty on purpose."""
    if package.role is not Role.META or "metapackage" in package.summary:
        return package.summary
    return f"{package.summary} (metapackage)"


def build_depends(source: DebSource) -> tuple[str, ...]:
    """What the build needs: debhelper, its addons, the build system, and what the manifest says."""
    needed = {COMPAT}
    if any(_is_sysusers(file.path) for file in source.plan.files):
        needed.add("dh-sequence-installsysusers")
    build = source.content.build
    if build is not None:
        needed.update(_TOOLS.get(build.system, ()))
        needed.update(relations.spaced(one) for one in build.requires.deb)
    return (COMPAT, *relations.canonical(needed - {COMPAT}))


def _is_sysusers(path: str) -> bool:
    return path.startswith("usr/lib/sysusers.d/") and path.endswith(".conf")


def architecture(source: DebSource, package: PlannedPackage) -> str:
    """`all`, `any`, or those that the manifest lists."""
    if not package.architecture_dependent:
        return "all"
    return " ".join(sorted(source.content.program.architectures)) or "any"


def multi_arch(source: DebSource, package: PlannedPackage) -> str | None:
    """Whether packages of several architectures go together, or one serves all (Debian's MultiarchSpec).

    Libraries, and what is needed to build with them, go together if every file lies in a folder of
    its architecture, or where files are the same for all, and what they need goes together as well.
    Data and documentation serve all as long as they ask for nothing: the hub, and whoever carries
    the build's tag, must never satisfy a package of another architecture.
    """
    if package.architecture_dependent:
        return "same" if _goes_beside_itself(source, package, frozenset()) else None
    return "foreign" if _serves_all(package) else None


def _serves_all(package: PlannedPackage) -> bool:
    is_data = package.role in (Role.DATA, Role.DOCUMENTATION)
    return is_data and not package.is_hub and not _asks(package)


def _goes_beside_itself(source: DebSource, package: PlannedPackage, above: frozenset[str]) -> bool:
    """Whether the package of another architecture can be installed too; `above` are those that need it."""
    if not package.architecture_dependent:
        return _serves_all(package)
    if package.role not in (Role.LIBRARY, Role.DEVELOPMENT) or not all(_coinstallable(source, package)):
        return False
    needed = {one.target for one in package.relations if one.kind is RelationKind.REQUIRES}
    others = (one for one in source.plan.packages if one.name in needed - above - {package.name})
    return all(_goes_beside_itself(source, one, above | {package.name}) for one in others)


def _coinstallable(source: DebSource, package: PlannedPackage) -> Iterator[bool]:
    for file in package.files:
        beside = source.below_libdir(file.path) is not None or _MULTIARCH.match(file.path) is not None
        yield beside or file.path.startswith(_SHARED)


def _asks(package: PlannedPackage) -> bool:
    return bool(package.relations or package.deb.depends or package.deb.recommends)
