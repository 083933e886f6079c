"""What each package is called and what it says of itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from splitpkg.manifest.model import DebRelations, FormatNames, PackageKind, RpmRelations
from splitpkg.manifest.template import filled
from splitpkg.plan.model import Role

if TYPE_CHECKING:
    from collections.abc import Iterable

    from splitpkg.manifest.model import Manifest
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
    content = split.manifest.content
    match split.roles[suffix]:
        case Role.MODULE:
            return module_texts(content, suffix, split.members_of[suffix])
        case Role.META:
            return metapackage_texts(content)
        case _:
            return package_texts(content, suffix)


def metapackage_texts(manifest: Manifest) -> Texts:
    """Texts of the package that brings all modules."""
    program, meta = manifest.program, manifest.metapackage
    own = meta.description if meta is not None else None
    summary = meta.summary if meta is not None else None
    own = own or "This package contains no files; it brings the program with all its modules."
    description = f"{program.description}\n\n{own}"
    return Texts(summary or program.summary, description, FormatNames(), RpmRelations(), DebRelations())


def package_texts(manifest: Manifest, suffix: str) -> Texts:
    """Texts of a package that is no module."""
    program, package = manifest.program, manifest.package[suffix]
    summary = package.summary or f"{program.summary} - {suffix}"
    own = package.description or _KIND_SENTENCE[package.kind]
    return Texts(summary, f"{program.description}\n\n{own}", package.name, package.rpm, package.deb)


_KIND_SENTENCE = {
    PackageKind.PROGRAM: "This package contains the programs.",
    PackageKind.LIBRARY: "This package contains the shared libraries.",
    PackageKind.DEVELOPMENT: "This package contains what is needed to build software against the libraries.",
    PackageKind.DATA: "This package contains data that does not depend on the architecture.",
    PackageKind.DOCUMENTATION: "This package contains the documentation.",
}


def module_texts(manifest: Manifest, suffix: str, found: Iterable[Member]) -> Texts:
    """Texts of a package of one module, or of a bundle of several."""
    program, table = manifest.program, manifest.module.get(suffix)
    parts = {member.suffix: member for member in found}
    summary, own = _family_texts(manifest, suffix, parts)
    if table is not None:
        summary, own = table.summary or summary, table.description or own
    description = f"{program.description}\n\n{own}"
    rpm = _joined_rpm(manifest, parts.values(), table.rpm if table else None)
    deb = _joined_deb(manifest, parts.values(), table.deb if table else None)
    return Texts(summary, description, table.name if table else FormatNames(), rpm, deb)


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


def _joined_rpm(manifest: Manifest, parts: Iterable[Member], own: RpmRelations | None) -> RpmRelations:
    tables = [manifest.family[name].rpm for name in sorted({member.family for member in parts})]
    tables += [own] if own is not None else []
    return RpmRelations.model_validate(_joined_fields(tables, RpmRelations.model_fields))


def _joined_deb(manifest: Manifest, parts: Iterable[Member], own: DebRelations | None) -> DebRelations:
    tables = [manifest.family[name].deb for name in sorted({member.family for member in parts})]
    tables += [own] if own is not None else []
    fields = _joined_fields(tables, [name for name in DebRelations.model_fields if name != "section"])
    sections = [table.section for table in tables if table.section is not None]
    return DebRelations.model_validate({**fields, "section": sections[-1] if sections else None})


def _joined_fields(
    tables: Iterable[RpmRelations | DebRelations], fields: Iterable[str]
) -> dict[str, tuple[str, ...]]:
    listed = list(tables)
    return {
        name: tuple(dict.fromkeys(one for table in listed for one in getattr(table, name))) for name in fields
    }
