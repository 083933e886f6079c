"""The relations of an RPM package. Flags: rpmsenseFlags of rpm's rpmds.h."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from splitpkg.plan.model import RelationKind
from splitpkg.verify.fault import Fault
from splitpkg.verify.model import BuiltRelation, Dependency
from splitpkg.verify.rpm_header import Tag

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from splitpkg.verify.rpm_header import Header

_OPERATORS = {0: "", 2: "<", 4: ">", 8: "=", 10: "<=", 12: ">="}

_PHASES = (
    (1 << 5, "posttrans"),
    (1 << 6, "pre"),
    (1 << 7, "pretrans"),
    (1 << 8, "interp"),
    (1 << 9, "pre"),
    (1 << 10, "post"),
    (1 << 11, "preun"),
    (1 << 12, "postun"),
    (1 << 13, "verify"),
    (1 << 20, "preuntrans"),
    (1 << 21, "postuntrans"),
    (1 << 29, "meta"),
)
"""What a requirement is limited to; 1 << 6 is the old PreReq."""

_FIELDS = tuple(
    (kind, field, Tag[f"{stem}_NAME"], Tag[f"{stem}_VERSION"], Tag[f"{stem}_FLAGS"])
    for kind, field, stem in (
        (RelationKind.REQUIRES, "Requires", "REQUIRE"),
        (RelationKind.PROVIDES, "Provides", "PROVIDE"),
        (RelationKind.CONFLICTS, "Conflicts", "CONFLICT"),
        (RelationKind.OBSOLETES, "Obsoletes", "OBSOLETE"),
        (RelationKind.RECOMMENDS, "Recommends", "RECOMMEND"),
        (RelationKind.SUGGESTS, "Suggests", "SUGGEST"),
        (RelationKind.SUPPLEMENTS, "Supplements", "SUPPLEMENT"),
        (RelationKind.ENHANCES, "Enhances", "ENHANCE"),
    )
)
"""The kind, the spec's word for it, and its three tags."""

_SONAME = re.compile(r"([^()/\s]+\.so[^()\s]*)(?:\(.*\))?")


def relations(header: Header) -> tuple[BuiltRelation, ...]:
    """All relations, sorted."""
    return tuple(sorted(_relations(header), key=_order))


def _order(relation: BuiltRelation) -> tuple[str, ...]:
    """The relations' own order, of which there is one alternative each."""
    (one,) = relation.alternatives
    return relation.kind, one.name, one.operator, one.version, relation.field


def qualifier(name: str, built: Iterable[BuiltRelation]) -> str:
    """What stands behind the name in the package's Provides of itself, as `(x86-64)`; empty if noarch."""
    for provided in _provided(built):
        if provided.name.startswith(f"{name}(") and provided.operator == "=":
            return provided.name.removeprefix(name)
    return ""


def sonames(built: Iterable[BuiltRelation]) -> tuple[str, ...]:
    """The libraries among the Provides: `libz.so.1()(64bit)`, `libz.so.1(ZLIB_1.2.0)(64bit)`, `libz.so.1`."""
    found = (_SONAME.fullmatch(provided.name) for provided in _provided(built))
    return tuple(sorted({match[1] for match in found if match}))


def _provided(built: Iterable[BuiltRelation]) -> Iterator[Dependency]:
    return (one.alternatives[0] for one in built if one.kind is RelationKind.PROVIDES)


def _relations(header: Header) -> Iterator[BuiltRelation]:
    for kind, field, *tags in _FIELDS:
        names, versions, flags = header.texts(tags[0]), header.texts(tags[1]), header.numbers(tags[2])
        if not len(names) == len(versions) == len(flags):
            raise Fault(f"its header has {len(names)} {field}, but {len(versions)} versions of them")
        for stated in zip(names, versions, flags, strict=True):
            yield _relation(kind, field, *stated)


@lru_cache(1 << 12)
def _relation(kind: RelationKind, field: str, name: str, version: str, flags: int) -> BuiltRelation:
    """One relation. The packages of a build have most of theirs in common."""
    return BuiltRelation(kind, (_dependency(name, version, flags),), _phased(field, kind, flags))


def _dependency(name: str, version: str, flags: int) -> Dependency:
    operator = _OPERATORS.get(flags & 14)
    if operator is None or not name:
        raise Fault(f"its header has an impossible relation to `{name}`")
    return Dependency(name, operator, version) if operator and version else Dependency(name)


def _phased(field: str, kind: RelationKind, flags: int) -> str:
    phases = [name for bit, name in _PHASES if flags & bit and kind is RelationKind.REQUIRES]
    return f"{field}({','.join(phases)})" if phases else field
