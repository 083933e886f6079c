"""What the plan lets one expect of the RPM packages that are built from its spec."""

from __future__ import annotations

import sys
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from splitpkg.plan.model import Constraint, Reason, RelationKind
from splitpkg.render.late import expected as expected_late
from splitpkg.render.late import parted
from splitpkg.render.rpm import relations
from splitpkg.render.rpm.capabilities import spelled
from splitpkg.render.rpm.files import Listing
from splitpkg.render.rpm.late import expected_tags
from splitpkg.render.rpm.names import ISA, names
from splitpkg.verify.model import ExpectedPackage, ExpectedRelation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from splitpkg.abi.model import Tag, TagFamily
    from splitpkg.manifest.model import ManifestFile, Program
    from splitpkg.plan.model import Plan, PlannedFile, PlannedPackage, Relation
    from splitpkg.render.rpm.names import Names
    from splitpkg.verify.model import LateTag

    Late = Mapping[tuple[TagFamily, str], LateTag]

_LIBDIR = "usr/lib64" if sys.maxsize > 2**32 else "usr/lib"
_UPSTREAM = ("usr/share/licenses", "usr/share/doc", "usr/share/doc/packages", "usr/doc")
"""Where distributions have a package's %license and %doc, in folders with its name or name and version."""

_BUILD_ID_LINKS = ("usr/lib/.build-id", "usr/lib/.build-id/**")


def expected(manifest: ManifestFile, plan: Plan, libdir: str | None = None) -> tuple[ExpectedPackage, ...]:
    """One for each package of the plan, sorted by the name in RPM.

    `libdir` is where the packages' libraries are, this machine's `%{_libdir}` if None: what is built
    from source has them there, wherever the tree has them.
    """
    own, _colliding = names(manifest, plan)
    plan, late = parted(plan, partial(relations.is_stated, names=own))
    source_mode = manifest.content.build is not None
    listing = Listing(plan, source_mode)
    place = partial(_placed, listing, libdir or _LIBDIR)
    tags = expected_late(plan, place)
    found = [
        ExpectedPackage(
            name=own.name(package.name),
            files=tuple(sorted(_files(listing, package, place), key=lambda file: file.path)),
            relations=tuple(
                sorted(
                    (
                        *_relations(package, own, manifest.content.program, tags),
                        *expected_tags(late, package.name, own, tags),
                    )
                )
            ),
            generated=_generated(manifest, own.name(package.name)) if source_mode else (),
            private_sonames=package.private_sonames,
        )
        for package in plan.packages
    ]
    return tuple(sorted(found, key=lambda package: package.name))


def _placed(listing: Listing, libdir: str, path: str) -> str:
    placed = listing.spelling.placed(path)
    rest = placed.removeprefix("%{_libdir}")
    return path if rest == placed else f"{libdir}{rest}"


def _generated(manifest: ManifestFile, name: str) -> tuple[str, ...]:
    """What rpm adds to a package that is built from source."""
    build, version = manifest.content.build, manifest.content.program.version
    if build is None or not (build.license_files or build.doc_files):
        return _BUILD_ID_LINKS
    folders = [f"{top}/{folder}" for top in _UPSTREAM for folder in (name, f"{name}-{version}")]
    return (*_BUILD_ID_LINKS, *(f"{folder}{below}" for folder in folders for below in ("", "/**")))


def _files(listing: Listing, package: PlannedPackage, place: Callable[[str], str]) -> Iterator[PlannedFile]:
    for file in listing.packed(package):
        yield replace(file, path=place(file.path))


def _relations(
    package: PlannedPackage, own: Names, program: Program, late: Late
) -> Iterator[ExpectedRelation]:
    for relation in package.relations:
        spelling = relations.line_of(relation, package.name, own)
        if relation.tag is not None:
            for one in _of_tag(relation, relation.tag, package, own, spelling):
                yield _as_built(one, relation.tag, late) if one.is_generated else one
        elif spelling is not None:
            yield ExpectedRelation(
                kind=RelationKind.CONFLICTS if relation.kind is RelationKind.BREAKS else relation.kind,
                target=own.name(relation.target),
                qualified=relations.is_qualified(relation, package.name, own),
                constraint=relation.constraint,
                reason=relation.reason,
                spelling=" ".join(spelling.split()),
            )
    for kind, text in relations.raw(package.rpm):
        yield from _raw(kind, text, program)


def _of_tag(
    relation: Relation, tag: Tag, package: PlannedPackage, own: Names, spelling: str | None
) -> Iterator[ExpectedRelation]:
    """What the spec states of a tag, and what rpm's generator has to make of it."""
    for name in _made(relation, tag, package, own):
        told = f"{relations.TAGS[relation.kind]}: {name}, by rpm itself"
        none, reason = Constraint.NONE, relation.reason
        yield ExpectedRelation(relation.kind, name, False, none, reason, told, is_generated=True)
    if spelling is not None:
        found = spelled(own.program, tag)
        operator = ">=" if found.is_least and relation.kind is not RelationKind.PROVIDES else "="
        yield ExpectedRelation(
            kind=relation.kind,
            target=found.name,
            qualified=relations.is_qualified(relation, "", own),
            constraint=relation.constraint,
            reason=relation.reason,
            spelling=" ".join(spelling.split()),
            operator=operator if found.version else "",
            version=found.version,
        )


def _as_built(made: ExpectedRelation, tag: Tag, late: Late) -> ExpectedRelation:
    """What rpm makes of the tag in a build where it may have another value."""

    def with_value(value: str) -> tuple[str, str]:
        return made.target.replace(tag.value, value), ""

    return replace(made, late=late.get((tag.family, tag.value)), with_value=with_value)


def _made(relation: Relation, tag: Tag, package: PlannedPackage, own: Names) -> Iterator[str]:
    """Where several libraries have the tag, it is not known which of them a module asks."""
    made = own.seen.get((tag.family, tag.value), ()) if relation.reason is Reason.TAG else ()
    if relation.kind is RelationKind.PROVIDES:
        held = {file.soname for file in package.files}
        yield from (name for name in made if name.partition("(")[0] in held)
    elif len(made) == 1:
        yield from made


def _raw(kind: RelationKind, text: str, program: Program) -> Iterator[ExpectedRelation]:
    """What the manifest says itself, without the version.

    A boolean relation is one text, and nothing can be expected of it where that holds a macro whose
    value is only known when it is built.
    """
    spelled = text.replace("%{name}", program.name).replace("%{version}", program.version)
    name = spelled if spelled.startswith("(") else spelled.split(" ")[0]
    bare = name if name.startswith("(") else name.replace(ISA, "")
    if "%" not in bare:
        spelling = f"{relations.TAGS[kind]}: {text}"
        yield ExpectedRelation(kind, bare, bare != name, Constraint.NONE, Reason.MANIFEST, spelling)
