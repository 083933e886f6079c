"""What of a plan cannot be said in a spec; nothing of it is written then.

The manifest's own values are checked where they are loaded. Here come those that are made of names
of files and symbols, and what is special in specs alone.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from splitpkg.diagnostics import Diagnostic, Location
from splitpkg.plan.model import RelationKind
from splitpkg.render.capability import collisions, unfit
from splitpkg.render.model import NAME_LIMIT
from splitpkg.render.rpm import quote
from splitpkg.render.rpm.capabilities import spelled
from splitpkg.render.rpm.names import place
from splitpkg.render.rpm.relations import is_stated
from splitpkg.render.rpm.steps import commands

if TYPE_CHECKING:
    from collections.abc import Iterator

    from splitpkg.manifest.model import ManifestFile
    from splitpkg.plan.model import Plan, PlannedPackage
    from splitpkg.render.capability import Capability
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

# Fedora's naming guidelines; rpm itself takes more (rpm-spec(5), Name).
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9+._-]*")
_CAPABILITY = re.compile(rf"{_NAME.pattern}(?:\([A-Za-z0-9+._:~^-]*\))*")


def unsound(manifest: ManifestFile, plan: Plan, names: Names) -> Iterator[Diagnostic]:
    """All findings but those about names that collide and files."""
    yield from _architectures(manifest)
    yield from _commands(manifest)
    yield from _active(manifest.content.program.description, manifest.where("program", "description"))
    stated = dict.fromkeys(
        one.tag
        for package in plan.packages
        for one in package.relations
        if one.tag is not None and one.kind is RelationKind.PROVIDES and is_stated(one, names)
    )
    spell = partial(spelled, names.program)
    for tag in stated:
        if not _is_nameable(spell(tag)):
            yield unfit(tag, spell(tag), "bad-relation", "RPM")
    yield from collisions(stated, spell, names.by_neutral.values(), "RPM")
    for package in plan.packages:
        yield from _named(manifest, package, names)
    # The modules of a family have its text from one place.
    yield from dict.fromkeys(one for package in plan.packages for one in _described(manifest, package))


def _architectures(manifest: ManifestFile) -> Iterator[Diagnostic]:
    for index, name in enumerate(manifest.content.program.architectures):
        if name not in ARCHITECTURES:
            where = manifest.where("program", "architectures", index)
            known = f"known are {', '.join(f'`{one}`' for one in ARCHITECTURES)}"
            text = f"architecture `{name}` has no known name in RPM"
            yield Diagnostic("unknown-architecture", where, text, (known,))


def _commands(manifest: ManifestFile) -> Iterator[Diagnostic]:
    if manifest.content.build is not None:
        for key, index, line in commands(manifest.content.build):
            if quote.is_active(line):
                yield _directive(line, manifest.where("build", key, index), "command")


def _named(manifest: ManifestFile, package: PlannedPackage, names: Names) -> Iterator[Diagnostic]:
    """A module's package is named after its file, which may be called anything."""
    name = names.name(package.name)
    if _NAME.fullmatch(name) is None or len(name) > NAME_LIMIT:
        where = Location(package.modules[0]) if package.modules else place(manifest, package)
        allowed = f"names in RPM have up to {NAME_LIMIT} letters, digits and `+._-`"
        text = f"makes a package `{name}`; {allowed}"
        hint = "rename the file, or give it a family of its own, with a plain text as `package`"
        yield Diagnostic("bad-name", where, text, hint=hint)
    for relation in package.relations:
        unnamed = relation.tag is None and relation.target not in names.by_neutral
        if unnamed and _CAPABILITY.fullmatch(relation.target) is None:
            text = f"`{relation.target}` cannot be a capability"
            yield Diagnostic("bad-relation", place(manifest, package), text)


def _is_nameable(found: Capability) -> bool:
    text = f"{found.name}({found.version})" if found.version else found.name
    return _CAPABILITY.fullmatch(text) is not None


def _described(manifest: ManifestFile, package: PlannedPackage) -> Iterator[Diagnostic]:
    where = place(manifest, package, "description")
    yield from _active(package.description.removeprefix(manifest.content.program.description), where)
    for text in (package.summary, package.description.replace("\n", " ")):
        if not quote.is_one_line(text):
            yield Diagnostic("bad-text", where, f"the text of `{package.name}` holds a control character")


def _active(description: str, where: Location) -> Iterator[Diagnostic]:
    for line in filter(quote.is_active, quote.description(description)):
        yield _directive(line, where, "description")


def _directive(line: str, where: Location, what: str) -> Diagnostic:
    return Diagnostic(
        "line-is-directive",
        where,
        f"a line of the {what} begins with `{line.split(maxsplit=1)[0]}`, which rpm takes for its own",
        hint="begin the line with another word",
    )
