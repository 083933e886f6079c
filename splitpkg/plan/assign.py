"""Gives every path of the tree one owner, or says why it cannot."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from splitpkg.diagnostics import Diagnostic, Location
from splitpkg.inventory.model import EntryKind
from splitpkg.plan.claims import Claim, Rule, claims, unused
from splitpkg.plan.members import beside_rules, homes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from splitpkg.inventory.tree import Tree
    from splitpkg.manifest.glob import Glob
    from splitpkg.manifest.model import ManifestFile
    from splitpkg.plan.claims import Key
    from splitpkg.plan.members import Member


@dataclass(frozen=True, slots=True)
class Assignment:
    """The owner, by suffix, of each path that has one; the paths left out, with the reason; the modules.

    Directories are owned only where a rule takes them, by themselves or with what is above. `members`
    are those files of families that no other rule took.
    """

    owners: dict[str, str]
    excluded: dict[str, str]
    members: tuple[Member, ...]


def assign(
    manifest: ManifestFile, tree: Tree, found: tuple[Member, ...], used: frozenset[Key] = frozenset()
) -> tuple[Assignment, tuple[Diagnostic, ...]]:
    """One owner for each path. Findings: unowned and contested paths, rules that take nothing.

    `used` are patterns that leave out what is not even in the inventory, as a device. What goes beside
    a module follows it only as long as no other rule takes the module itself.
    """
    standing = found
    while True:
        asked = [*(Claim(one.rule, one.path, one.weight) for one in found), *_asked(manifest, tree, standing)]
        assignment, findings = _settled(manifest, tree, found, asked)
        winning = set(assignment.members)
        kept = tuple(member for member in standing if member in winning)
        if kept == standing:
            return assignment, (*_unused(manifest, asked, assignment.members, used), *findings)
        standing = kept


def _asked(manifest: ManifestFile, tree: Tree, standing: tuple[Member, ...]) -> Iterator[Claim]:
    """The claims of all rules but the families' own."""
    for rule in _rules(manifest, standing):
        yield from claims(tree, rule)


def _rules(manifest: ManifestFile, standing: tuple[Member, ...]) -> Iterator[Rule]:
    content = manifest.content
    for suffix, package in content.package.items():
        for index, glob in enumerate(package.files):
            yield Rule(suffix, glob, ("package", suffix, "files", index))
    yield from beside_rules(manifest, standing)
    known = homes(standing)
    for suffix, module in content.module.items():
        for index, glob in enumerate(module.files):
            if suffix in known:
                yield Rule(known[suffix], glob, ("module", suffix, "files", index), explicit=True)
    for number, exclude in enumerate(content.exclude):
        for index, glob in enumerate(exclude.files):
            yield Rule(None, glob, ("exclude", number, "files", index), explicit=True)


def _settled(
    manifest: ManifestFile, tree: Tree, found: tuple[Member, ...], asked: Iterable[Claim]
) -> tuple[Assignment, list[Diagnostic]]:
    rivals: defaultdict[str, list[Claim]] = defaultdict(list)
    for claim in asked:
        rivals[claim.path].append(claim)
    owners, excluded, findings = dict[str, str](), dict[str, str](), list[Diagnostic]()
    for entry in tree.inventory.entries:
        path, takers = entry.path, _takers(rivals.get(entry.path, ()))
        match list(takers.items()):
            case [(None, rule)]:
                excluded[path] = manifest.content.exclude[int(rule.key[1])].reason
            case [(str(package), _)]:
                owners[path] = package
            case _ if entry.kind is EntryKind.DIRECTORY:
                pass
            case []:
                findings.append(_unowned(path))
            case _:
                findings.append(_contested(manifest, path, takers.values()))
    members = tuple(member for member in found if owners.get(member.path) == member.package)
    return Assignment(owners, excluded, members), findings


def _takers(rivals: Iterable[Claim]) -> dict[str | None, Rule]:
    """The packages whose claims are the heaviest, each with one of the rules."""
    heaviest = max((claim.weight for claim in rivals), default=0)
    return {claim.rule.package: claim.rule for claim in rivals if claim.weight == heaviest}


def _unowned(path: str) -> Diagnostic:
    hint = "add it to `files` of a package, or to [[exclude]] with the reason"
    return Diagnostic("unowned", Location(path), "belongs to no package", hint=hint)


def _contested(manifest: ManifestFile, path: str, rules: Iterable[Rule]) -> Diagnostic:
    takers = sorted(rules, key=lambda rule: (manifest.where(*rule.key).line or 0, str(rule.glob)))
    return Diagnostic(
        "contested",
        Location(path),
        "is taken by several rules of the same weight",
        tuple(f"{manifest.where(*rule.key)}: `{rule.glob}` of {_owner(rule)}" for rule in takers),
        "make the pattern that is meant the one with the longest literal beginning",
    )


def _owner(rule: Rule) -> str:
    return "[[exclude]]" if rule.package is None else f"package `{rule.package}`"


def _unused(
    manifest: ManifestFile, asked: Iterable[Claim], members: Iterable[Member], used: frozenset[Key]
) -> Iterator[Diagnostic]:
    used = used.union(claim.rule.key for claim in asked)
    for key, globs in _patterns(manifest, tuple(members)):
        for index, glob in enumerate(globs):
            if (*key, index) not in used:
                yield unused(manifest, (*key, index), glob)


def _patterns(manifest: ManifestFile, members: tuple[Member, ...]) -> Iterator[tuple[Key, tuple[Glob, ...]]]:
    """The patterns that should take something: not those that go with a module which is not there."""
    content, known, families = manifest.content, homes(members), {member.family for member in members}
    for suffix, package in content.package.items():
        yield ("package", suffix, "files"), package.files
    for name, family in content.family.items():
        yield ("family", name, "files"), family.files
        yield ("family", name, "beside"), family.beside if name in families else ()
    for suffix, module in content.module.items():
        yield ("module", suffix, "files"), module.files if suffix in known else ()
    for number, exclude in enumerate(content.exclude):
        yield ("exclude", number, "files"), exclude.files
