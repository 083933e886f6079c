"""What a planned relation must look like in a built header, and what is too wide in its place."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from splitpkg.plan.model import Constraint, RelationKind
from splitpkg.verify.model import Dependency, PackageFormat
from splitpkg.verify.spelling import joined, spelled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from splitpkg.verify.group import Group
    from splitpkg.verify.model import BuiltPackage, BuiltRelation, ExpectedRelation

_KINDS = {
    (PackageFormat.RPM, RelationKind.BREAKS): RelationKind.CONFLICTS,
    (PackageFormat.DEB, RelationKind.SUPPLEMENTS): RelationKind.ENHANCES,
}
"""What a format says where it has no such relation."""

_OF_TARGET = (
    RelationKind.REQUIRES,
    RelationKind.RECOMMENDS,
    RelationKind.SUGGESTS,
    RelationKind.CONFLICTS,
    RelationKind.BREAKS,
)
"""Kinds whose version is that of the target; the others state the package's own."""

_ARCHITECTURE = r"(?:\([a-z0-9]+-(?:32|64)\)|:[a-z0-9-]+)?"
"""What binds a name to an architecture, as `(x86-64)` and `:amd64`, or frees it from one, as `:any`."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One relation. `base` is its name without the architecture.

    Without `operator` any version does, and the name may be a whole relation in the format's words.
    `versions` are of equal worth, the ordinary one first; none admits any.
    """

    form: PackageFormat
    kind: RelationKind
    base: str
    name: str
    operator: str = ""
    versions: tuple[str, ...] = ()

    def __str__(self) -> str:
        bound = Dependency(self.name, self.operator if self.versions else "", "".join(self.versions[:1]))
        return joined(self.form, [bound])

    def is_met(self, relation: BuiltRelation) -> bool:
        """Whether the relation is the one wanted."""
        if relation.kind is not self.kind or _is_passing(relation):
            return False
        if not self.operator and _compact(self.name) == _compact(spelled(self.form, relation)):
            return True
        [first, *others] = relation.alternatives
        return not others and (self._is_exact(first) if self.operator else self.name == first.name)

    def is_alluded_to(self, relation: BuiltRelation) -> bool:
        """Whether the relation speaks of the target in any way."""
        near = re.compile(rf"(?<![\w.+-]){re.escape(self.base)}{_ARCHITECTURE}(?![\w.+-])")
        return any(
            near.search(one.name) if one.name.startswith("(") else near.fullmatch(one.name)
            for one in relation.alternatives
        )

    def excess(self, relation: BuiltRelation) -> str | None:
        """What the relation admits beside the build that a lock on it is to hold; None if not even that."""
        if self.operator != "=" or relation.kind is not self.kind or not self.is_alluded_to(relation):
            return None
        if relation.alternatives[0].name.startswith("("):
            return "it holds under a condition only"
        found = [self._excess(one) for one in relation.alternatives]
        if len(found) > 1:
            return "any one of its alternatives will do"
        if found[0] == "" and _is_passing(relation):
            return "it holds while scriptlets run only"
        return found[0]

    def fault(self, relation: BuiltRelation) -> str:
        """Why the relation does not serve in place of the one wanted."""
        first = relation.alternatives[0]
        if relation.kind is not self.kind:
            return f"{relation.field} does not do for it"
        if first.operator == "=" and any(_without_epoch(one) == first.version for one in self.versions):
            return "the epoch is missing"
        return self.excess(relation) or "it is not what was planned"

    def _is_exact(self, one: Dependency) -> bool:
        return (one.name, one.operator) == (self.name, self.operator) and self._has_version(one)

    def _has_version(self, one: Dependency) -> bool:
        return not self.versions or _normal(one.version) in map(_normal, self.versions)

    def _excess(self, one: Dependency) -> str | None:
        """As `excess`; empty when the alternative is exact."""
        if not one.operator:
            return "it admits every version"
        if one.operator != "=":
            return "it admits other versions"
        if not self._has_version(one):
            whole = any(version.startswith(f"{one.version}-") for version in self.versions)
            return "it admits every release" if whole and self.form is PackageFormat.RPM else None
        if one.name == self.name:
            return ""
        return "it admits other architectures" if one.name in (self.base, f"{self.base}:any") else None


def wanted(relation: ExpectedRelation, package: BuiltPackage, group: Group) -> Iterator[Wanted]:
    """What the planned relation comes to; nothing when its target was not built, which is told by itself."""
    relation = _valued(relation, package, group)
    kind = _KINDS.get((package.format, relation.kind), relation.kind)
    target = group.built.get(relation.target) if relation.kind in _OF_TARGET else package
    if target is None and relation.target in group.names:
        return
    version = (target or package).version
    name = relation.target + (_qualifier(package, target) if relation.qualified else "")
    if relation.is_generated and package.qualifier.endswith("-64)"):
        name += "(64bit)"
    if relation.constraint is Constraint.SAME_BUILD_IF_INSTALLED:
        yield Wanted(package.format, kind, relation.target, f"({name} = {version} if {name})")
        return
    for operator, versions in _bounds(relation, package, version):
        yield Wanted(package.format, kind, relation.target, name, operator, versions)


def _valued(relation: ExpectedRelation, package: BuiltPackage, group: Group) -> ExpectedRelation:
    """A late tag's relation with the value of this build; without one nothing meets it."""
    tag = relation.late
    if tag is None:
        return relation
    value = group.values.get((package.architecture, tag.family, tag.planned))
    if value is None:
        return relation
    name, version = relation.with_value(value)
    return replace(relation, target=name, version=version, operator="=" if version else "")


def _bounds(
    relation: ExpectedRelation, package: BuiltPackage, version: str
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Operators and versions; what the formats make of each constraint."""
    is_deb = package.format is PackageFormat.DEB
    least = (version, package.source_version) if is_deb else (version,)
    if relation.operator:
        yield relation.operator, (relation.version,)
        return
    match relation.constraint:
        case Constraint.NONE:
            yield "", ()
        case Constraint.SAME_BUILD if relation.kind is RelationKind.BREAKS:
            yield "<", (version,)
            yield ">", (version,)
        case Constraint.SAME_BUILD | Constraint.SAME_BUILD_IF_INSTALLED:
            yield "=", (version,)
        case Constraint.AT_LEAST:
            yield ">=", least
        case Constraint.RANGE if is_deb:
            yield ">=", least
            yield "<", ()
        case Constraint.RANGE:
            yield "<", (version,)


def _qualifier(package: BuiltPackage, target: BuiltPackage | None) -> str:
    return package.qualifier or (target.qualifier if target else "")


def _compact(text: str) -> str:
    """A relation in the packaging's own words, however it is spaced."""
    return "".join(text.split())


def _is_passing(relation: BuiltRelation) -> bool:
    """Whether it is for scriptlets only, as `Requires(post)`; rpm forgets it afterwards."""
    return "(" in relation.field


def _normal(version: str) -> str:
    """Epoch 0 and no epoch are the same (rpm-version(7), deb-version(7))."""
    return version.removeprefix("0:")


def _without_epoch(version: str) -> str:
    return version.partition(":")[2]
