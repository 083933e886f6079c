"""What the plan lets one expect of the RPM packages that are built from its spec."""

from __future__ import annotations

from typing import TYPE_CHECKING

from splitpkg.plan.model import Constraint, Reason, RelationKind
from splitpkg.render.rpm import relations
from splitpkg.render.rpm.files import Listing
from splitpkg.render.rpm.names import ISA, names
from splitpkg.verify.model import ExpectedPackage, ExpectedRelation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from splitpkg.manifest.model import ManifestFile
    from splitpkg.plan.model import Plan, PlannedPackage
    from splitpkg.render.rpm.names import Names

_BUILD_ID_LINKS = ("usr/lib/.build-id", "usr/lib/.build-id/**")


def expected(manifest: ManifestFile, plan: Plan) -> tuple[ExpectedPackage, ...]:
    """One for each package of the plan, sorted by the name in RPM."""
    own, _colliding = names(manifest, plan)
    source_mode = manifest.content.build is not None
    listing = Listing(plan, source_mode)
    found = [
        ExpectedPackage(
            name=own.name(package.name),
            files=tuple(sorted(listing.packed(package), key=lambda file: file.path)),
            relations=tuple(sorted(_relations(package, own))),
            generated=_BUILD_ID_LINKS if source_mode else (),
            private_sonames=package.private_sonames,
        )
        for package in plan.packages
    ]
    return tuple(sorted(found, key=lambda package: package.name))


def _relations(package: PlannedPackage, own: Names) -> Iterator[ExpectedRelation]:
    for relation in package.relations:
        spelling = relations.line_of(relation, package.name, own)
        if spelling is not None:
            yield ExpectedRelation(
                kind=RelationKind.CONFLICTS if relation.kind is RelationKind.BREAKS else relation.kind,
                target=own.name(relation.target),
                qualified=relations.is_qualified(relation, package.name, own),
                constraint=relation.constraint,
                reason=relation.reason,
                spelling=_one_space(spelling),
            )
    for kind, _index, text in relations.raw(package.rpm):
        yield _raw(kind, text, own)


def _raw(kind: RelationKind, text: str, own: Names) -> ExpectedRelation:
    """What the manifest says itself, without the version; a boolean one as it stands."""
    spelled = text.replace("%{name}", own.program)
    name = spelled if spelled.startswith("(") else spelled.split(" ")[0]
    return ExpectedRelation(
        kind=kind,
        target=name.replace(ISA, ""),
        qualified=ISA in name and not name.startswith("("),
        constraint=Constraint.NONE,
        reason=Reason.MANIFEST,
        spelling=f"{relations.TAGS[kind]}: {text}",
    )


def _one_space(line: str) -> str:
    return " ".join(line.split())
