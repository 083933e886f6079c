"""Every planned relation in the built header, every lock as tight as planned, nothing private offered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from splitpkg.diagnostics import Diagnostic, Location
from splitpkg.plan.model import Reason, RelationKind
from splitpkg.verify.model import PackageFormat
from splitpkg.verify.spelling import field, spelled
from splitpkg.verify.wanted import wanted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from splitpkg.verify.group import Group
    from splitpkg.verify.model import BuiltPackage
    from splitpkg.verify.wanted import Wanted


def compare_relations(group: Group) -> Iterator[Diagnostic]:
    """The findings about relations."""
    private = {soname for package in group.expected for soname in package.private_sonames}
    locks = [one for package in group.expected for one in package.relations if one.reason is Reason.LOCK]
    locked_to = {one.target for one in locks} | set(_tag_providers(group))
    for package, built in group.pairs():
        if built.multi_arch == "foreign" and package.name in locked_to:
            yield _serving_all(built)
        for relation in package.relations:
            for one in wanted(relation, built, group):
                if not any(map(one.is_met, built.relations)):
                    yield _unmet(one, relation.reason, built)
        for soname in sorted(private.intersection(built.sonames)):
            yield _offered(soname, built)


def _tag_providers(group: Group) -> Iterator[str]:
    """The packages that provide a tag, which is that of their own architecture."""
    for package in group.expected:
        for one in package.relations:
            if one.kind is RelationKind.PROVIDES and one.reason is Reason.TAG:
                yield package.name


def _unmet(one: Wanted, reason: Reason, built: BuiltPackage) -> Diagnostic:
    text = f"{field(built.format, one.kind)}: {one}"
    kinds = _NEAR if one.kind in _NEAR else (one.kind,)
    near = [other for other in built.relations if other.kind in kinds and one.is_alluded_to(other)]
    weak = [relation for relation in near if one.excess(relation)]
    notes = tuple(f"found `{spelled(built.format, relation)}`; {one.fault(relation)}" for relation in near)
    where, hint = Location(built.file), f"run `splitpkg {built.format}`, then build again"
    if reason is not Reason.LOCK:
        return Diagnostic("relation-missing", where, f"no `{text}`", notes, hint)
    if not weak:
        return Diagnostic("lock-missing", where, f"no `{text}`", notes, hint)
    found = f"{weak[0].field}: {', '.join(spelled(built.format, relation) for relation in weak)}"
    return Diagnostic("lock-weak", where, f"has `{found}`, planned `{text}`", notes, hint)


_NEAR = (RelationKind.REQUIRES, RelationKind.RECOMMENDS, RelationKind.SUGGESTS, RelationKind.SUPPLEMENTS)
"""Kinds that are mistaken for each other."""


def _serving_all(built: BuiltPackage) -> Diagnostic:
    text = "has `Multi-Arch: foreign`, so that locks and tags admit other architectures"
    hint = f"run `splitpkg {built.format}`, then build again"
    return Diagnostic("lock-weak", Location(built.file), text, hint=hint)


def _offered(soname: str, built: BuiltPackage) -> Diagnostic:
    text = f"offers its private library `{soname}` to other packages"
    provided = [
        f"found `Provides: {spelled(built.format, relation)}`"
        for relation in built.relations
        if relation.kind is RelationKind.PROVIDES and relation.alternatives[0].name.split("(")[0] == soname
    ]
    notes = tuple(provided) if built.format is PackageFormat.RPM else ("its shlibs or symbols file names it",)
    hint = f"run `splitpkg {built.format}`, then build again"
    return Diagnostic("private-soname-provided", Location(built.file), text, notes, hint)
