"""Relations as each format spells them, for findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from splitpkg.plan.model import RelationKind
from splitpkg.verify.model import PackageFormat

if TYPE_CHECKING:
    from collections.abc import Iterable

    from splitpkg.verify.model import BuiltRelation, Dependency

_DEB_OPERATORS = {"<": "<<", ">": ">>"}
_DEB_FIELDS = {RelationKind.REQUIRES: "Depends"}


def spelled(form: PackageFormat, relation: BuiltRelation) -> str:
    """The relation without its field: `relay-core(x86-64) = 1.6.0-1`, `relay-core (= 1.6.0-1) | relay`."""
    return joined(form, relation.alternatives)


def joined(form: PackageFormat, alternatives: Iterable[Dependency]) -> str:
    """Alternatives, which in RPM are never more than one."""
    return " | ".join(_dependency(form, one) for one in alternatives)


def field(form: PackageFormat, kind: RelationKind) -> str:
    """The ordinary field for a kind: `Requires`, `Depends`."""
    name = _DEB_FIELDS.get(kind) if form is PackageFormat.DEB else None
    return name or kind.value.capitalize()


def _dependency(form: PackageFormat, one: Dependency) -> str:
    if form is PackageFormat.RPM or not one.operator:
        return str(one)
    return f"{one.name} ({_DEB_OPERATORS.get(one.operator, one.operator)} {one.version})"
