"""Which files are modules, by the manifest's families, and which package each goes to."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from splitpkg.diagnostics import Diagnostic, Location
from splitpkg.inventory.model import EntryKind
from splitpkg.manifest.template import suffix_of
from splitpkg.plan.claims import Rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from splitpkg.inventory.tree import Tree
    from splitpkg.manifest.model import Family, ManifestFile


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

    @property
    def own_names(self) -> dict[str, str]:
        """The captures that tell the module apart: not the directory for libraries."""
        return {name: text for name, text in self.captures if name != "libdir"}


def members(manifest: ManifestFile, tree: Tree) -> tuple[tuple[Member, ...], tuple[Diagnostic, ...]]:
    """The files of each family, by path: the pattern with the longest literal head wins.

    Where patterns of several families have the same, there is a member for each of these families.
    """
    found: defaultdict[str, list[Member]] = defaultdict(list)
    for name, family in manifest.content.family.items():
        for member in _family_members(manifest, tree, name, family):
            found[member.path].append(member)
    best = tuple(member for _, rivals in sorted(found.items()) for member in _heaviest(rivals))
    return best, tuple(_colliding(best))


def _heaviest(rivals: Iterable[Member]) -> Iterable[Member]:
    listed = list(rivals)
    most = max(member.weight for member in listed)
    return {member.family: member for member in reversed(listed) if member.weight == most}.values()


def _family_members(manifest: ManifestFile, tree: Tree, name: str, family: Family) -> Iterator[Member]:
    for index, glob in enumerate(family.files):
        for entry, captures, literal in tree.matching(glob):
            if entry.kind is not EntryKind.DIRECTORY:
                suffix = suffix_of(family.package, captures)
                package = _destination(manifest, suffix)
                rule = Rule(package, glob, ("family", name, "files", index))
                pairs = tuple(sorted(captures.items()))
                is_link = entry.kind is EntryKind.SYMLINK
                yield Member(entry.path, name, suffix, package, pairs, rule, literal, is_link)


def _destination(manifest: ManifestFile, suffix: str) -> str:
    override = manifest.content.module.get(suffix)
    if override is None:
        return suffix
    if override.keep_in_core:
        return manifest.content.lock.hub or suffix
    return override.bundle or suffix


def _colliding(found: Iterable[Member]) -> Iterator[Diagnostic]:
    """Modules whose different names became one suffix: never merged silently."""
    by_suffix: dict[str, Member] = {}
    for member in found:
        first = by_suffix.setdefault(member.suffix, member)
        if (first.family, first.own_names) != (member.family, member.own_names):
            yield Diagnostic(
                "suffix-collides",
                Location(member.path),
                f"has the package suffix `{member.suffix}`, which another module has too",
                (f"{first.path} of [family.{first.family}] is the other",),
                f"change `package` of [family.{member.family}] so that the names differ",
            )


def homes(found: Iterable[Member]) -> dict[str, str]:
    """The package, by suffix, that each table [module.X] is about: a module's, or a bundle itself."""
    listed = tuple(found)
    packages = {member.package: member.package for member in listed}
    return packages | {member.suffix: member.package for member in listed}


def beside_rules(manifest: ManifestFile, found: Iterable[Member]) -> Iterator[Rule]:
    """The rules of the families for files beside their modules, filled in, each once."""
    rules = (
        Rule(member.package, pattern.filled(member.names), ("family", member.family, "beside", index))
        for member in found
        for index, pattern in enumerate(manifest.content.family[member.family].beside)
    )
    yield from dict.fromkeys(rules)


def unused_overrides(manifest: ManifestFile, found: Iterable[Member]) -> Iterator[Diagnostic]:
    """Tables [module.X] for which there is neither a module nor a bundle of that name."""
    known = homes(found)
    for suffix in manifest.content.module:
        if suffix not in known:
            yield Diagnostic(
                "module-unknown",
                manifest.where("module", suffix),
                f"[module.{suffix}] names no module and no bundle",
                hint="remove the table, or mend its name; `splitpkg plan` lists the modules",
            )
