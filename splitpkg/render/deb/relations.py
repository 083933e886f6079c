"""Relations of a plan as fields of debian/control (Debian policy 7)."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from splitpkg.plan.model import Constraint, Reason, RelationKind
from splitpkg.render.deb.capabilities import as_version, fit, private_abi
from splitpkg.render.deb.capabilities import spelled as spelled_tag
from splitpkg.render.deb.seen import is_stated
from splitpkg.render.deb.source import OF_BUILD

if TYPE_CHECKING:
    from collections.abc import Mapping

    from splitpkg.abi.model import Tag
    from splitpkg.manifest.model import DebRelations
    from splitpkg.plan.model import PlannedPackage, Relation
    from splitpkg.render.deb.source import DebSource

FIELDS = {
    RelationKind.REQUIRES: "Depends",
    RelationKind.RECOMMENDS: "Recommends",
    RelationKind.SUGGESTS: "Suggests",
    RelationKind.SUPPLEMENTS: "Enhances",
    RelationKind.CONFLICTS: "Conflicts",
    RelationKind.BREAKS: "Breaks",
    RelationKind.REPLACES: "Replaces",
    RelationKind.PROVIDES: "Provides",
}
"""The field of each kind. OBSOLETES has none: what takes its place here are Breaks, Replaces, Provides."""

ORDER = ("Depends", "Recommends", "Suggests", "Enhances", "Conflicts", "Breaks", "Replaces", "Provides")


def field(relation: Relation) -> str | None:
    """The relation's field; None where Debian needs none.

    What may be absent but not of another build is broken by what would not fit it.
    """
    if relation.constraint is Constraint.SAME_BUILD_IF_INSTALLED:
        return FIELDS[RelationKind.BREAKS]
    return FIELDS.get(relation.kind)


def is_turned(source: DebSource, package: PlannedPackage, relation: Relation) -> bool:
    """Whether it asks an arch:all package for one build of an arch-dependent one, which has to answer."""
    return (
        relation.constraint in OF_BUILD
        and not package.architecture_dependent
        and _is_architecture_dependent(source, relation.target)
    )


def fields(source: DebSource, package: PlannedPackage) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The relation fields that are not empty, in the usual order, sorted as `wrap-and-sort -ast` does."""
    found = {name: set(texts) for name, texts in own(package.deb).items()}
    found["Pre-Depends"] = {"${misc:Pre-Depends}"} if has_services(package) else set()
    found["Depends"] |= {"${misc:Depends}"}
    if any(file.needed or (source.is_built and file.needed is not None) for file in package.files):
        found["Depends"].add("${shlibs:Depends}")
    for late in source.late.said.get(package.name, ()):
        found[FIELDS[late.kind]].add(f"${{splitpkg:{FIELDS[late.kind]}}}")
    for relation in package.relations:
        name = field(relation)
        if name is not None and (relation.reason is not Reason.TAG or is_stated(source.shared, relation)):
            found[name].update(spelled(source, package, relation))
    for other in source.turned.get(package.name, ()):
        found["Breaks"].update(_other_than(source.name(other), "${source:Version}"))
    abi = private_abi(source, package)
    if abi is not None:
        found["Provides"].add(f"{abi.name} (= {abi.version})")
    return tuple((name, canonical(found[name])) for name in ("Pre-Depends", *ORDER) if found[name])


def spaced(relation: str) -> str:
    """A relation of the manifest's, spaced as usual: `this (>= 1.0) | that`."""
    bounded = re.sub(r" *\( *([<>=]+) *([^ )]+) *\)", r" (\1 \2)", relation)
    return re.sub(r" *\| *", " | ", bounded)


def canonical(relations: set[str]) -> tuple[str, ...]:
    """Packages by name, then substitution variables."""
    return tuple(sorted(relations, key=lambda one: (one.startswith("$"), one)))


def spelled(source: DebSource, package: PlannedPackage, relation: Relation) -> tuple[str, ...]:
    """One relation as debian/control has it; some take two entries."""
    if relation.tag is not None:
        return _of_tag(source, relation, relation.tag)
    name = source.called(relation.target)
    version = _version(source, package, relation.target)
    if is_turned(source, package, relation):
        if_installed = relation.constraint is Constraint.SAME_BUILD_IF_INSTALLED
        return () if if_installed else (f"{name} (>= {version})",)
    match relation.constraint:
        case Constraint.NONE:
            return (name,)
        case Constraint.SAME_BUILD if relation.kind is RelationKind.BREAKS:
            return _other_than(name, version)
        case Constraint.SAME_BUILD_IF_INSTALLED:
            return _other_than(name, version)
        case Constraint.SAME_BUILD:
            return (f"{name} (= {version})",)
        case Constraint.AT_LEAST:
            return (f"{name} (>= ${{source:Version}})",)
        case Constraint.RANGE:
            return (f"{name} (>= ${{source:Version}})", f"{name} (<< ${{source:Version}}.1~)")


def _of_tag(source: DebSource, relation: Relation, tag: Tag) -> tuple[str, ...]:
    """The tag as a virtual package; a lock has the tag's value as the version of a name of its own."""
    provided = relation.kind is RelationKind.PROVIDES
    if relation.reason is Reason.TAG:
        found = spelled_tag(source.content.program.name, tag)
        operator = ">=" if found.is_least and not provided else "="
        return (f"{found.name} ({operator} {found.version})" if found.version else found.name,)
    name, version = fit(relation.target), as_version(tag)
    if provided:
        return (f"{name} (= {version})",)
    lowest = version if tag.minor is None else as_version(replace(tag, minor=0))
    return (f"{name} (<< {lowest})", f"{name} (>> {version})")


def _other_than(name: str, version: str) -> tuple[str, str]:
    """Every build but one: the operators of Debian have none that says so."""
    return f"{name} (<< {version})", f"{name} (>> {version})"


def has_services(package: PlannedPackage) -> bool:
    """Whether its scripts start or stop services, for which init-system-helpers has to be there first."""
    return any(_SERVICE.fullmatch(file.path) for file in package.files)


_SERVICE = re.compile(r"(usr/)?lib/systemd/system/[^/]+\.(service|socket|target|path|timer|mount)")


def _version(source: DebSource, package: PlannedPackage, target: str) -> str:
    """A rebuild changes the version of arch-dependent packages alone (deb-substvars(5))."""
    both = package.architecture_dependent and _is_architecture_dependent(source, target)
    return "${binary:Version}" if both else "${source:Version}"


def _is_architecture_dependent(source: DebSource, target: str) -> bool:
    """A name that is no package of the plan is a capability of the package that provides it."""
    return target not in source.independent


@cache
def own(relations: DebRelations) -> Mapping[str, tuple[str, ...]]:
    """What the manifest itself says, by field."""
    return {name: tuple(spaced(line) for line in getattr(relations, name.lower(), ())) for name in ORDER}
