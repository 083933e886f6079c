"""Relations as a spec spells them: the plan's own, and those that the manifest gives in RPM's words."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from splitpkg.diagnostics import printable
from splitpkg.plan.model import Constraint, Reason, Relation, RelationKind
from splitpkg.render.rpm import quote
from splitpkg.render.rpm.capabilities import spelled
from splitpkg.render.rpm.names import EVR, ISA

if TYPE_CHECKING:
    from splitpkg.abi.model import Tag
    from splitpkg.manifest.model import RpmRelations
    from splitpkg.plan.model import PlannedPackage
    from splitpkg.render.rpm.names import Names

TAGS = {
    RelationKind.REQUIRES: "Requires",
    RelationKind.RECOMMENDS: "Recommends",
    RelationKind.SUGGESTS: "Suggests",
    RelationKind.SUPPLEMENTS: "Supplements",
    RelationKind.ENHANCES: "Enhances",
    RelationKind.CONFLICTS: "Conflicts",
    RelationKind.BREAKS: "Conflicts",
    RelationKind.OBSOLETES: "Obsoletes",
    RelationKind.PROVIDES: "Provides",
}
"""The tag for each kind. RPM has none for `replaces`: files may move between packages of one transaction."""

_OPERATORS = {
    Constraint.SAME_BUILD: "=",
    Constraint.SAME_BUILD_IF_INSTALLED: "=",
    Constraint.AT_LEAST: ">=",
    Constraint.RANGE: "<",
}
_GUARDS = (RelationKind.PROVIDES, RelationKind.BREAKS)
_COLUMN = 16


def tag(name: str, text: str) -> str:
    """One line of the preamble, aligned as Fedora does."""
    return f"{name}:".ljust(_COLUMN) + text


def lines(package: PlannedPackage, names: Names) -> tuple[str, ...]:
    """The package's relations, the same one once, each edge below the reason for it."""
    found: dict[str, tuple[str, ...]] = {}
    for relation in sorted(package.relations, key=_order):
        line = line_of(relation, package.name, names)
        if line is not None:
            found.setdefault(line, _reason(relation))
    for line in raw_lines(package.rpm):
        found.setdefault(line, ())
    return tuple(part for line, reason in found.items() for part in (*reason, line))


def line_of(relation: Relation, source: str, names: Names) -> str | None:
    """One planned relation of the package `source`; None where RPM needs none."""
    name = TAGS.get(relation.kind)
    if name is None or not is_stated(relation, names):
        return None
    return tag(name, dependency(relation, source, names))


def is_stated(relation: Relation, names: Names) -> bool:
    """Whether the spec has to say it.

    Not what rpm's own generator makes of a tag; nor a guard against what is unpacked by force, since
    each transaction of rpm's looks at all that is installed.
    """
    is_lock = relation.reason is Reason.LOCK
    if is_lock and relation.kind in _GUARDS and relation.target not in names.by_neutral:
        return False
    mark = relation.tag
    return mark is None or mark.names.rpm is not None or (mark.family, mark.value) not in names.seen


def dependency(relation: Relation, source: str, names: Names) -> str:
    """The target with its architecture, where both sides have one, and the bound of its version.

    What may be absent is a rich dependency: it speaks of every package of that name that is installed.
    """
    if relation.tag is not None:
        return _capability(relation, relation.tag, names)
    target = names.spelled(relation.target) + (ISA if is_qualified(relation, source, names) else "")
    operator = _OPERATORS.get(relation.constraint)
    if operator is None:
        return target
    bounded = f"{target} {operator} {EVR}"
    if relation.constraint is Constraint.SAME_BUILD_IF_INSTALLED:
        return f"({bounded} if {target})"
    return bounded


def _capability(relation: Relation, mark: Tag, names: Names) -> str:
    """The tag, with the architecture but where custom has another name for it."""
    found = spelled(names.program, mark)
    name = found.name if found.is_customary else f"{names.spelled(found.name)}{ISA}"
    operator = ">=" if found.is_least and relation.kind is not RelationKind.PROVIDES else "="
    return f"{name} {operator} {found.version}" if found.version else name


def is_qualified(relation: Relation, source: str, names: Names) -> bool:
    """Whether the relation names the architecture; Obsoletes is compared to names alone."""
    if relation.tag is not None:
        return relation.tag.names.rpm is None
    return relation.kind is not RelationKind.OBSOLETES and names.qualified(source, relation.target)


@cache
def raw(relations: RpmRelations) -> tuple[tuple[RelationKind, str], ...]:
    """What the manifest says in RPM's words, by kind."""
    return tuple((kind, text) for kind in RelationKind for text in getattr(relations, kind, ()))


def raw_lines(relations: RpmRelations) -> tuple[str, ...]:
    """The manifest's own relations, which stand in the spec as they are: loading has checked each."""
    return tuple(tag(TAGS[kind], text) for kind, text in raw(relations))


def _order(relation: Relation) -> tuple[int, int, str, str]:
    """By kind, locks first, then by target; tags by their values."""
    value = "" if relation.tag is None else relation.tag.value
    return _KINDS.index(relation.kind), _REASONS.index(relation.reason), relation.target, value


_KINDS, _REASONS = list(RelationKind), list(Reason)


def _reason(relation: Relation) -> tuple[str, ...]:
    """What the binaries say, for who reviews the spec; locks explain themselves."""
    if relation.reason is not Reason.EDGE or not relation.evidence:
        return ()
    return quote.comment(printable(relation.evidence[0]))
