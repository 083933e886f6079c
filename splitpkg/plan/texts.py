"""What each package is called and what it says of itself."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from splitpkg.manifest.model import DebRelations, FormatNames, Module, PackageKind, RpmRelations
from splitpkg.manifest.template import filled
from splitpkg.plan.model import Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from splitpkg.manifest.model import Manifest, Relations
    from splitpkg.plan.members import Member
    from splitpkg.plan.split import Split


@dataclass(frozen=True, slots=True)
class Texts:
    """What a package says of itself, and what the manifest adds in one format's own words."""

    summary: str
    description: str
    names: FormatNames
    rpm: RpmRelations
    deb: DebRelations


def full_name(manifest: Manifest, suffix: str) -> str:
    """The neutral full name: NAME-SUFFIX, or NAME alone for no suffix."""
    return f"{manifest.program.name}-{suffix}" if suffix else manifest.program.name


def texts(split: Split, suffix: str) -> Texts:
    """Texts of any package of the plan."""
    content, found = split.manifest.content, split.members_of.get(suffix, ())
    match split.roles[suffix]:
        case Role.MODULE:
            return module_texts(content, suffix, found)
        case Role.META:
            return metapackage_texts(content)
        case _:
            return package_texts(content, suffix, found)


def metapackage_texts(manifest: Manifest) -> Texts:
    """Texts of the package that brings all modules."""
    program, meta = manifest.program, manifest.metapackage
    own = meta.description if meta is not None else None
    summary = meta.summary if meta is not None else None
    own = own or "This package contains no files; it brings the program with all its modules."
    description = f"{program.description}\n\n{own}"
    return Texts(summary or program.summary, description, FormatNames(), RpmRelations(), DebRelations())


def package_texts(manifest: Manifest, suffix: str, kept: Iterable[Member]) -> Texts:
    """Texts of a package that is no module; `kept` are the modules that stay in the hub."""
    program, package = manifest.program, manifest.package[suffix]
    summary = package.summary or f"{program.summary} - {suffix}"
    own = package.description or _KIND_SENTENCE[package.kind]
    tables = (*_module_tables(manifest, kept), package)
    rpm = _joined_rpm(tuple(table.rpm for table in tables))
    deb = _joined_deb(tuple(table.deb for table in tables), package.deb.section)
    return Texts(summary, f"{program.description}\n\n{own}", package.name, rpm, deb)


_KIND_SENTENCE = {
    PackageKind.PROGRAM: "This package contains the programs.",
    PackageKind.LIBRARY: "This package contains the shared libraries.",
    PackageKind.DEVELOPMENT: "This package contains what is needed to build software against the libraries.",
    PackageKind.DATA: "This package contains data that does not depend on the architecture.",
    PackageKind.DOCUMENTATION: "This package contains the documentation.",
}


def module_texts(manifest: Manifest, suffix: str, found: Iterable[Member]) -> Texts:
    """Texts of a package of one module, or of a bundle of several."""
    program, own = manifest.program, manifest.module.get(suffix) or _no_override()
    parts = {member.suffix: member for member in found}
    summary, description = _family_texts(manifest, suffix, parts)
    description = f"{program.description}\n\n{own.description or description}"
    tables = (*_module_tables(manifest, parts.values()), own)
    rpm, deb = tuple(table.rpm for table in tables), tuple(table.deb for table in tables)
    sections = [one.section for one in deb if one.section is not None]
    joined = _joined_deb(deb, sections[-1] if sections else None)
    return Texts(own.summary or summary, description, own.name, _joined_rpm(rpm), joined)


@cache
def _no_override() -> Module:
    return Module()


def _family_texts(manifest: Manifest, suffix: str, parts: dict[str, Member]) -> tuple[str, str]:
    if len(parts) == 1:
        member = next(iter(parts.values()))
        family = manifest.family[member.family]
        summary = filled(family.summary, member.names)
        if family.description is not None:
            return summary, filled(family.description, member.names)
        return summary, f"This package contains the loadable module {member.suffix}."
    names = ", ".join(sorted(parts))
    return (
        f"{manifest.program.summary} - {suffix} modules",
        f"This package contains the loadable modules {names}.",
    )


def _module_tables(manifest: Manifest, found: Iterable[Member]) -> tuple[Relations, ...]:
    """What families and overrides say of the modules that a package holds."""
    listed = tuple(found)
    families = [manifest.family[name] for name in sorted({member.family for member in listed})]
    suffixes = sorted({member.suffix for member in listed} & manifest.module.keys())
    return (*families, *(manifest.module[suffix] for suffix in suffixes))


# The modules of a family say the same, unless the manifest overrides it.


@cache
def _joined_rpm(tables: tuple[RpmRelations, ...]) -> RpmRelations:
    return RpmRelations.model_validate(_joined(tables, RpmRelations.model_fields))


@cache
def _joined_deb(tables: tuple[DebRelations, ...], section: str | None) -> DebRelations:
    fields = DebRelations.model_fields.keys() - {"section"}
    return DebRelations.model_validate({**_joined(tables, fields), "section": section})


def _joined(
    tables: Sequence[RpmRelations | DebRelations], fields: Iterable[str]
) -> dict[str, tuple[str, ...]]:
    """The texts of each field, the same one once."""
    return {
        name: tuple(dict.fromkeys(text for table in tables for text in getattr(table, name)))
        for name in fields
    }
