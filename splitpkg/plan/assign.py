"""Gives every path of the tree one owner, or says why it cannot."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from splitpkg.diagnostics import Diagnostic, Location
from splitpkg.inventory.model import EntryKind
from splitpkg.plan.claims import Claim, Rule, claims
from splitpkg.plan.members import beside_rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from splitpkg.manifest.model import ManifestFile
    from splitpkg.plan.claims import Tree
    from splitpkg.plan.members import Member


@dataclass(frozen=True, slots=True)
class Assignment:
    """The owner, by suffix, of each path that has one; and the paths left out, with the reason.

    Directories are owned only where a rule takes them, by themselves or with what is above.
    """

    owners: dict[str, str]
    excluded: dict[str, str]


def assign(
    manifest: ManifestFile, tree: Tree, found: tuple[Member, ...]
) -> tuple[Assignment, tuple[Diagnostic, ...]]:
    """One owner for each path. Findings: unowned and contested paths, rules that take nothing."""
    rivals: defaultdict[str, list[Claim]] = defaultdict(list)
    for member in found:
        rivals[member.path].append(Claim(member.rule, member.path, member.weight))
    rules, used = tuple(_rules(manifest, found)), {member.rule.key for member in found}
    for rule in rules:
        for claim in claims(tree, rule):
            rivals[claim.path].append(claim)
            used.add(rule.key)
    findings = list(_unused(manifest, rules, used))
    assignment = Assignment({}, {})
    for entry in tree.inventory.entries:
        findings += _settle(manifest, assignment, entry.path, entry.kind, rivals.get(entry.path, []))
    return assignment, tuple(findings)


def _rules(manifest: ManifestFile, found: tuple[Member, ...]) -> Iterator[Rule]:
    content = manifest.content
    for suffix, package in content.package.items():
        for index, glob in enumerate(package.files):
            yield Rule(suffix, glob, ("package", suffix, "files", index))
    yield from beside_rules(manifest, found)
    homes = {member.suffix: member.package for member in found}
    for suffix, module in content.module.items():
        for index, glob in enumerate(module.files):
            home = homes.get(suffix, suffix)
            yield Rule(home, glob, ("module", suffix, "files", index), explicit=True)
    for number, exclude in enumerate(content.exclude):
        for index, glob in enumerate(exclude.files):
            yield Rule(None, glob, ("exclude", number, "files", index), explicit=True)


def _settle(
    manifest: ManifestFile, into: Assignment, path: str, kind: EntryKind, rivals: list[Claim]
) -> Iterable[Diagnostic]:
    heaviest = max((claim.weight for claim in rivals), default=0)
    winners = {claim.rule.package: claim.rule for claim in rivals if claim.weight == heaviest}
    match list(winners.items()):
        case [] if kind is EntryKind.DIRECTORY:
            return []
        case []:
            return [_unowned(path)]
        case [(None, rule)]:
            into.excluded[path] = manifest.content.exclude[int(rule.key[1])].reason
            return []
        case [(package, _)]:
            into.owners[path] = str(package)
            return []
        case _ if kind is EntryKind.DIRECTORY:
            return []
        case _:
            return [_contested(manifest, path, winners.values())]


def _unowned(path: str) -> Diagnostic:
    hint = "add it to `files` of a package, or to [[exclude]] with the reason"
    return Diagnostic("unowned", Location(path), "belongs to no package", hint=hint)


def _contested(manifest: ManifestFile, path: str, rules: Iterable[Rule]) -> Diagnostic:
    takers = sorted(rules, key=lambda rule: str(manifest.where(*rule.key)))
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
    manifest: ManifestFile, rules: Iterable[Rule], used: set[tuple[str | int, ...]]
) -> Iterator[Diagnostic]:
    """Patterns that take nothing. A pattern beside modules stands in one rule for each module."""
    families = (
        Rule(None, glob, ("family", name, "files", index))
        for name, family in manifest.content.family.items()
        for index, glob in enumerate(family.files)
    )
    patterns = {rule.key: rule for rule in (*rules, *families) if rule.key not in used}
    for key, rule in patterns.items():
        text = manifest.content.family[str(key[1])].beside[int(key[3])] if key[2] == "beside" else rule.glob
        yield Diagnostic(
            "rule-unused",
            manifest.where(*key),
            f"`{text}` matches nothing in the tree",
            hint="remove the pattern, or mend it",
        )
