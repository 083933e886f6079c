"""Which packages own a directory: it has to go when the last of its packages goes."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from splitpkg.diagnostics import Diagnostic, Location
from splitpkg.inventory.model import EntryKind
from splitpkg.plan.filesystem import is_base_directory

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from splitpkg.inventory.tree import Tree
    from splitpkg.plan.assign import Assignment


def directory_owners(
    tree: Tree, assignment: Assignment, hub: str, required: Mapping[str, frozenset[str]]
) -> tuple[dict[str, tuple[str, ...]], tuple[Diagnostic, ...]]:
    """The packages, by suffix, that own each directory which no base package owns.

    One that a base package owns is carried where a rule takes it and it is empty, since nothing else
    would bring it.

    `required` maps a package to all that it pulls in. A directory is owned by the package whose
    rule takes it, else by the hub where that has something in it or is pulled in by all that have;
    and by every other package that has something in it but does not pull in one of these. An empty
    directory that no rule takes is a finding.
    """
    inside = _inside(assignment)
    owners: dict[str, tuple[str, ...]] = {}
    findings = []
    for entry in tree.inventory.entries:
        path = entry.path
        if entry.kind is not EntryKind.DIRECTORY or path in assignment.excluded:
            continue
        users = inside.get(path, frozenset())
        if is_base_directory(path) and (path not in assignment.owners or users):
            continue
        first = assignment.owners.get(path) or (hub if _is_common(users, hub, required) else None)
        owners[path] = tuple(sorted(_owners(first, users, required)))
        if not owners[path] and next(tree.below(path), None) is None:
            findings.append(_unowned(path))
    return owners, tuple(findings)


def _inside(assignment: Assignment) -> dict[str, frozenset[str]]:
    """The packages that have something anywhere below each directory."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for path, owner in assignment.owners.items():
        parent = path.rpartition("/")[0]
        while parent and owner not in found[parent]:
            found[parent].add(owner)
            parent = parent.rpartition("/")[0]
    return {path: frozenset(users) for path, users in found.items()}


def _owners(
    first: str | None, users: frozenset[str], required: Mapping[str, frozenset[str]]
) -> Iterator[str]:
    if first is not None:
        yield first
    for user in users - {first}:
        pulled = required.get(user, frozenset())
        if first not in pulled and not any(_precedes(other, user, required) for other in users & pulled):
            yield user


def _precedes(other: str, user: str, required: Mapping[str, frozenset[str]]) -> bool:
    """Whether what the user pulls in owns for it; of packages that pull each other in, the first by name."""
    return other < user or user not in required.get(other, frozenset())


def _is_common(users: frozenset[str], hub: str, required: Mapping[str, frozenset[str]]) -> bool:
    """Whether a directory is the hub's, as that of the modules is: it stays when the last module goes."""
    return hub in users or (len(users) > 1 and all(hub in required.get(user, ()) for user in users))


def _unowned(path: str) -> Diagnostic:
    hint = "add it to `files` of a package, or to [[exclude]] with the reason"
    return Diagnostic(
        "unowned", Location(path), "is an empty directory that belongs to no package", hint=hint
    )
