"""What Debian's format cannot hold, or would hold wrongly: found before anything is written."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from functools import partial
from typing import TYPE_CHECKING

from splitpkg.diagnostics import Diagnostic, Location, Severity, ordered
from splitpkg.plan.model import Config, RelationKind
from splitpkg.render.capability import collisions, unfit
from splitpkg.render.deb import conffiles
from splitpkg.render.deb.capabilities import spelled
from splitpkg.render.deb.licence import licences
from splitpkg.render.deb.names import VALID
from splitpkg.render.deb.seen import is_stated
from splitpkg.render.model import NAME_LIMIT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from splitpkg.plan.model import PlannedPackage, Relation
    from splitpkg.render.capability import Capability
    from splitpkg.render.deb.source import DebSource

_RESERVED = ("debian", ".pc")
"""Folders of a source package in format 3.0 (quilt) that are its own (dpkg-source(1))."""

_VERSION = re.compile(r"([0-9]+:)?[0-9][A-Za-z0-9.+~-]*")
"""Versions, as far as tags have them (deb-version(7))."""

_SEARCHED = re.compile(r"(usr/)?lib(/[a-z0-9_]+-linux-gnu[a-z0-9_]*)?")


def findings(source: DebSource, templates: Path | None) -> tuple[Diagnostic, ...]:
    """All that is wrong, sorted. `templates` is the folder with the user's own."""
    checks = (_names, _relations, _reserved, _configuration, _commands, _libraries)
    found = [finding for check in checks for finding in check(source)]
    return ordered([*found, *_licences(source, templates)])


def _names(source: DebSource) -> Iterator[Diagnostic]:
    taken: defaultdict[str, list[PlannedPackage]] = defaultdict(list)
    for package in source.packages:
        taken[source.name(package)].append(package)
    for name, (first, *others) in taken.items():
        if VALID.fullmatch(name) is None or len(name) > NAME_LIMIT:
            yield _misnamed(source, first, name)
        for package in others:
            yield Diagnostic(
                "name-collides",
                _named_at(source, package),
                f"package `{package.suffix}` is called `{name}` in Debian, as `{first.suffix}` is",
                hint="give one of them another `name.deb`",
            )


def _misnamed(source: DebSource, package: PlannedPackage, name: str) -> Diagnostic:
    """A module's package is named after its file, which may be called anything."""
    allowed = f"names in Debian have 2 to {NAME_LIMIT} lower-case letters, digits and `+.-`"
    return Diagnostic(
        "bad-name",
        Location(package.modules[0]) if package.modules else _named_at(source, package),
        f"makes a package `{name}`; {allowed}",
        hint="rename the file, or give it a family of its own, with a plain text as `package`",
    )


def _named_at(source: DebSource, package: PlannedPackage) -> Location:
    table = "package" if package.suffix in source.content.package else "module"
    return source.manifest.where(table, package.suffix, "name", "deb")


def _relations(source: DebSource) -> Iterator[Diagnostic]:
    for package in source.packages:
        for relation in package.relations:
            unnamed = relation.tag is None and relation.target not in source.names
            if unnamed and VALID.fullmatch(relation.target) is None:
                yield _unnameable(source, package.suffix, relation)
    stated = dict.fromkeys(
        one.tag
        for package in source.late.plan.packages
        for one in package.relations
        if one.tag is not None and one.kind is RelationKind.PROVIDES and is_stated(source.shared, one)
    )
    spell = partial(spelled, source.content.program.name)
    for tag in stated:
        if not _is_nameable(spell(tag)):
            yield unfit(tag, spell(tag), "name-unfit", "Debian")
    yield from collisions(stated, spell, source.names.values(), "Debian")


def _is_nameable(found: Capability) -> bool:
    return VALID.fullmatch(found.name) is not None and _VERSION.fullmatch(found.version or "0") is not None


def _unnameable(source: DebSource, suffix: str, relation: Relation) -> Diagnostic:
    return Diagnostic(
        "name-unfit",
        source.manifest.where("package", suffix),
        f"`{relation.target}`, which `{suffix}` {relation.kind}, is no name of a Debian package",
        hint="use at least two lower-case letters, digits and `+.-`",
    )


def _reserved(source: DebSource) -> Iterator[Diagnostic]:
    """A packed tree lies where dpkg-source and debhelper have files of their own."""
    if source.is_built:
        return
    for package in source.packages:
        for one in (*package.files, *package.directories):
            top = one.path.partition("/")[0]
            if top in _RESERVED or (one.path.endswith("-stamp") and top == one.path):
                yield Diagnostic(
                    "path-reserved",
                    Location(one.path),
                    "lies where a Debian source package keeps its own files",
                    hint="move it, or add it to [[exclude]] with the reason",
                )


def _configuration(source: DebSource) -> Iterator[Diagnostic]:
    for package in source.packages:
        for file in package.files:
            if file.config is Config.NO and conffiles.is_conffile(file):
                yield Diagnostic(
                    "config-in-etc",
                    Location(file.path),
                    "is no configuration by the manifest, and is treated as such by Debian",
                    ("dh_installdeb marks every file below etc/ as a conffile (Debian policy 10.7)",),
                    "move what is no configuration out of etc/",
                    Severity.WARNING,
                )
        for file in conffiles.listed(package):
            if source.below_libdir(file.path) is not None:
                yield Diagnostic(
                    "path-unspeakable",
                    Location(file.path),
                    "is configuration, and lies elsewhere on each architecture",
                    ("debian/PACKAGE.conffiles holds plain paths (dh_installdeb(1))",),
                    "move it to etc/, or remove `config` from its [[attribute]]",
                )


def _commands(source: DebSource) -> Iterator[Diagnostic]:
    build = source.content.build
    if build is None:
        return
    for key in ("configure", "compile", "test", "install"):
        for number, line in enumerate(getattr(build, key)):
            if line[0] in "-@+" or line.endswith("\\"):
                yield Diagnostic(
                    "command-unfit",
                    source.manifest.where("build", key, number),
                    f"`{line}` begins or ends with a sign that make takes for its own",
                    hint="write it as an argument of `sh -c`",
                )


def _licences(source: DebSource, templates: Path | None) -> Iterator[Diagnostic]:
    _, found = licences(source.content.program.license)
    for one in found:
        own = templates is not None and (templates / "deb/licence" / one.base).is_file()
        if not (one.common or one.enclosed or own):
            yield Diagnostic(
                "licence-text-missing",
                source.manifest.where("program", "license"),
                f"the text of licence `{one.short}` is not known, and debian/copyright has to hold it",
                hint=f"write it into deb/licence/{one.base} of a folder for --templates",
                severity=Severity.WARNING,
            )


def _libraries(source: DebSource) -> Iterator[Diagnostic]:
    """A tree that is packed as it is keeps its directory for libraries, which is perhaps not Debian's."""
    if source.is_built:
        return
    for package in source.packages:
        for library in package.libraries:
            folder = posixpath.dirname(library.path)
            if library.public and not _SEARCHED.fullmatch(folder):
                yield Diagnostic(
                    "library-unsearched",
                    Location(library.path),
                    f"lies in {folder}, where Debian's dynamic loader does not look",
                    ("it looks in lib and usr/lib, and there in the folder of the architecture (ld.so(8))",),
                    "build the tree with the libdir of the architecture, as usr/lib/x86_64-linux-gnu",
                    Severity.WARNING,
                )
