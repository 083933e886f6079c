"""Which packages own a directory: it has to go when the last of its packages goes."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from splitpkg.diagnostics import Diagnostic, Location
from splitpkg.inventory.model import EntryKind
from splitpkg.plan.filesystem import is_base_directory

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from splitpkg.plan.assign import Assignment
    from splitpkg.plan.claims import Tree


def directory_owners(
    tree: Tree, assignment: Assignment, hub: str, required: Mapping[str, frozenset[str]]
) -> tuple[dict[str, tuple[str, ...]], tuple[Diagnostic, ...]]:
    """The packages, by suffix, that own each directory which no base package owns.

    `required` maps a package to all that it pulls in. A directory is owned by the package whose
    rule takes it, else by the hub where that has files in it or is pulled in by all that have; and by
    every other package that has files in it but does not pull in one of these. An empty directory
    that no rule takes is a finding.
    """
    inside = _inside(tree, assignment)
    owners: dict[str, tuple[str, ...]] = {}
    findings = []
    for entry in tree.inventory.entries:
        path = entry.path
        if entry.kind is not EntryKind.DIRECTORY or is_base_directory(path) or path in assignment.excluded:
            continue
        users = inside.get(path, frozenset())
        first = assignment.owners.get(path) or (hub if _is_common(users, hub, required) else None)
        owners[path] = tuple(sorted(set(_owners(first, users, required)) or users))
        if not owners[path] and not any(_excluded_below(tree, assignment, path)):
            findings.append(_unowned(path))
    return owners, tuple(findings)


def _inside(tree: Tree, assignment: Assignment) -> dict[str, frozenset[str]]:
    """The packages that have files anywhere below each directory."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for entry in tree.inventory.entries:
        owner = assignment.owners.get(entry.path)
        if owner is None or entry.kind is EntryKind.DIRECTORY:
            continue
        parent = entry.path.rpartition("/")[0]
        while parent and owner not in found[parent]:
            found[parent].add(owner)
            parent = parent.rpartition("/")[0]
    return {path: frozenset(users) for path, users in found.items()}


def _owners(
    first: str | None, users: frozenset[str], required: Mapping[str, frozenset[str]]
) -> Iterator[str]:
    if first is not None:
        yield first
    for user in users:
        pulled = required.get(user, frozenset())
        if user != first and (first is None or first not in pulled) and users.isdisjoint(pulled - {user}):
            yield user


def _is_common(users: frozenset[str], hub: str, required: Mapping[str, frozenset[str]]) -> bool:
    """Whether a directory is the hub's, as that of the modules is: it stays when the last module goes."""
    return hub in users or (len(users) > 1 and all(hub in required.get(user, ()) for user in users))


def _excluded_below(tree: Tree, assignment: Assignment, path: str) -> Iterator[bool]:
    return (entry.path in assignment.excluded for entry in tree.below(path))


def _unowned(path: str) -> Diagnostic:
    hint = "add it to `files` of a package, or to [[exclude]] with the reason"
    return Diagnostic(
        "unowned", Location(path), "is an empty directory that belongs to no package", hint=hint
    )
