"""Which files are modules, by the manifest's families, and which package each goes to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from splitpkg.diagnostics import Diagnostic, Location
from splitpkg.inventory.model import EntryKind
from splitpkg.manifest.template import filled
from splitpkg.plan.claims import Rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from splitpkg.manifest.model import Family, ManifestFile
    from splitpkg.plan.claims import Tree


@dataclass(frozen=True, slots=True)
class Member:
    """A file of a family: the module's own suffix, and that of the package which takes it."""

    path: str
    family: str
    suffix: str
    package: str
    captures: tuple[tuple[str, str], ...]
    rule: Rule
    weight: int
    is_link: bool

    @property
    def names(self) -> dict[str, str]:
        """The captures as a mapping."""
        return dict(self.captures)


def suffix_of(template: str, captures: Mapping[str, str]) -> str:
    """A package's suffix from a template: lower case, `_` as `-` (Debian policy 5.6.7)."""
    return filled(template, captures).lower().replace("_", "-")


def members(manifest: ManifestFile, tree: Tree) -> tuple[tuple[Member, ...], tuple[Diagnostic, ...]]:
    """The files of each family, one member for each path: the pattern with the longest literal head wins."""
    found: dict[str, list[Member]] = {}
    for name, family in manifest.content.family.items():
        for member in _family_members(manifest, tree, name, family):
            found.setdefault(member.path, []).append(member)
    best = [max(rivals, key=lambda one: one.weight) for rivals in found.values()]
    best.sort(key=lambda one: one.path)
    return tuple(best), tuple(_colliding(best))


def _family_members(manifest: ManifestFile, tree: Tree, name: str, family: Family) -> Iterator[Member]:
    for index, glob in enumerate(family.files):
        rule = Rule(None, glob, ("family", name, "files", index))
        for entry, captures, literal in tree.matching(glob):
            if entry.kind is not EntryKind.DIRECTORY:
                suffix = suffix_of(family.package, captures)
                package = _destination(manifest, suffix)
                rule_for = Rule(package, glob, rule.key)
                pairs = tuple(sorted(captures.items()))
                is_link = entry.kind is EntryKind.SYMLINK
                yield Member(entry.path, name, suffix, package, pairs, rule_for, literal, is_link)


def _destination(manifest: ManifestFile, suffix: str) -> str:
    override = manifest.content.module.get(suffix)
    if override is None:
        return suffix
    if override.keep_in_core:
        return manifest.content.lock.hub
    return override.bundle or suffix


def _colliding(found: Iterable[Member]) -> Iterator[Diagnostic]:
    """Modules whose different names became one suffix: never merged silently."""
    by_suffix: dict[str, Member] = {}
    for member in found:
        first = by_suffix.setdefault(member.suffix, member)
        same = {key: text for key, text in first.captures if key != "libdir"} == {
            key: text for key, text in member.captures if key != "libdir"
        }
        if first.family != member.family or not same:
            yield Diagnostic(
                "suffix-collides",
                Location(member.path),
                f"has the package suffix `{member.suffix}`, which another module has too",
                (f"{first.path} is the other",),
                f"change `package` of [family.{member.family}] so that the names differ",
            )


def beside_rules(manifest: ManifestFile, found: Iterable[Member]) -> Iterator[Rule]:
    """The rules for files beside modules: those of the families, filled in, and those of the overrides."""
    seen = set[tuple[str, str]]()
    for member in found:
        family = manifest.content.family[member.family]
        for index, pattern in enumerate(family.beside):
            glob = pattern.filled(member.names)
            if (member.package, glob.text) not in seen:
                seen.add((member.package, glob.text))
                yield Rule(member.package, glob, ("family", member.family, "beside", index))


def unused_overrides(manifest: ManifestFile, found: Iterable[Member]) -> Iterator[Diagnostic]:
    """Tables [module.X] for which there is neither a module nor a bundle of that name."""
    known = {member.suffix for member in found} | {member.package for member in found}
    for suffix in manifest.content.module:
        if suffix not in known:
            yield Diagnostic(
                "module-unknown",
                manifest.where("module", suffix),
                f"[module.{suffix}] names no module and no bundle",
                hint="remove the table, or mend its name; `splitpkg plan` lists the modules",
            )
