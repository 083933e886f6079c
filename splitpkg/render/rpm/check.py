"""What of a manifest or plan cannot be said in a spec; nothing of it is written then."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from splitpkg.diagnostics import Diagnostic
from splitpkg.render.rpm import quote, relations
from splitpkg.render.rpm.names import place
from splitpkg.render.rpm.steps import commands

if TYPE_CHECKING:
    from collections.abc import Iterator

    from splitpkg.diagnostics import Location
    from splitpkg.manifest.model import ManifestFile
    from splitpkg.plan.model import Plan, PlannedPackage, RelationKind
    from splitpkg.render.rpm.names import Names

ARCHITECTURES = {
    "amd64": "x86_64",
    "arm64": "aarch64",
    "armhf": "armv7hl",
    "i386": "%{ix86}",
    "loong64": "loongarch64",
    "mips64el": "mips64el",
    "mipsel": "mipsel",
    "ppc64": "ppc64",
    "ppc64el": "ppc64le",
    "riscv64": "riscv64",
    "s390x": "s390x",
}
"""RPM's names for Debian's architectures."""

_RELEASE = re.compile(r"[A-Za-z0-9._+~^]+")
_FOLDER = re.compile(r"[A-Za-z0-9._+~^-]+")


def unsound(manifest: ManifestFile, plan: Plan, names: Names) -> Iterator[Diagnostic]:
    """All findings but those about names and files."""
    yield from _program(manifest)
    yield from _build(manifest)
    for package in plan.packages:
        yield from _described(manifest, package)
        yield from _related(manifest, package, names)


def _program(manifest: ManifestFile) -> Iterator[Diagnostic]:
    program = manifest.content.program
    if _RELEASE.fullmatch(program.release) is None:
        where = manifest.where("program", "release")
        text = f"release is `{program.release}`; RPM knows letters, digits and `._+~^`"
        yield Diagnostic("bad-release", where, text, hint="take a number")
    for index, name in enumerate(program.architectures):
        if name not in ARCHITECTURES:
            where = manifest.where("program", "architectures", index)
            text = f"architecture `{name}` has no known name in RPM"
            yield Diagnostic("unknown-architecture", where, text, _valid_architectures())
    yield from _active(program.description, manifest.where("program", "description"), "description")


def _valid_architectures() -> tuple[str, ...]:
    return (f"known are {', '.join(f'`{name}`' for name in ARCHITECTURES)}",)


def _build(manifest: ManifestFile) -> Iterator[Diagnostic]:
    build = manifest.content.build
    if build is None:
        return
    if build.directory is not None and _FOLDER.fullmatch(build.directory) is None:
        where = manifest.where("build", "directory")
        text = f"directory is `{build.directory}`; expected letters, digits and `._+~^-`"
        yield Diagnostic("bad-directory", where, text, hint="give the tarball's top folder")
    for index, text in enumerate(build.requires.rpm):
        if not relations.is_sound(text):
            yield _bad_relation(manifest.where("build", "requires", "rpm", index), text)
    for key, index, line in commands(build):
        yield from _active(line, manifest.where("build", key, index), "command")


def _active(text: str, where: Location, what: str) -> Iterator[Diagnostic]:
    lines = quote.description(text) if what == "description" else (text,)
    for line in filter(quote.is_active, lines):
        yield Diagnostic(
            "line-is-directive",
            where,
            f"a line of the {what} begins with `{line.split()[0]}`, which rpm takes for its own",
            hint="begin the line with another word",
        )


def _described(manifest: ManifestFile, package: PlannedPackage) -> Iterator[Diagnostic]:
    if package.description != manifest.content.program.description:
        yield from _active(package.description, place(manifest, package, "description"), "description")


def _related(manifest: ManifestFile, package: PlannedPackage, names: Names) -> Iterator[Diagnostic]:
    for kind, index, text in relations.raw(package.rpm):
        if not relations.is_sound(text, kind):
            yield _bad_relation(_said_at(manifest, package, kind, index, text), text)
    for relation in package.relations:
        target = names.spelled(relation.target)
        if not relations.is_sound(target, relation.kind):
            yield _bad_relation(place(manifest, package), target)


def _said_at(
    manifest: ManifestFile, package: PlannedPackage, kind: RelationKind, index: int, text: str
) -> Location:
    """The place of a relation in its own table or, as modules inherit them, in a family's."""
    for name, family in manifest.content.family.items():
        said = getattr(family.rpm, kind)
        if text in said:
            return manifest.where("family", name, "rpm", str(kind), said.index(text))
    return place(manifest, package, "rpm", str(kind), index)


def _bad_relation(where: Location, text: str) -> Diagnostic:
    known = ", ".join(f"`{macro}`" for macro in relations.MACROS)
    return Diagnostic(
        "bad-relation",
        where,
        f"`{text}` is not one relation in RPM's words",
        (
            "expected NAME, NAME OPERATOR VERSION, or a boolean one in parentheses",
            f"macros that may be used: {known}",
        ),
        "mend it; give several relations as several entries",
    )
