"""Edges and declared relations between the packages of one build, and how they are joined."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from splitpkg.plan.model import Constraint, Reason, RelationKind, Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from splitpkg.abi.linkage import Linkage
    from splitpkg.abi.symbols import OpenSymbol
    from splitpkg.diagnostics import Location
    from splitpkg.inventory.model import Inventory
    from splitpkg.manifest.model import Metapackage, Relations
    from splitpkg.plan.claims import Key
    from splitpkg.plan.members import Member

_WEIGHT = {Reason.LOCK: 0, Reason.TAG: 1, Reason.EDGE: 2, Reason.MANIFEST: 3, Reason.HISTORY: 4}


@dataclass(frozen=True, slots=True)
class Link:
    """A relation between two packages, by suffix, before those to the same target are joined.

    `declared` is the table of the manifest that states it.
    """

    source: str
    target: str
    reason: Reason
    evidence: str
    kind: RelationKind = RelationKind.REQUIRES
    constraint: Constraint = Constraint.SAME_BUILD
    declared: Key = ()

    @property
    def is_bringing(self) -> bool:
        """Whether the target comes with the source."""
        is_optional = self.constraint is Constraint.SAME_BUILD_IF_INSTALLED
        return self.kind is RelationKind.REQUIRES and not is_optional


def metapackage_links(
    suffix: str, meta: Metapackage, roles: Mapping[str, Role], hub: str | None, free: frozenset[str]
) -> Iterator[Link]:
    """The metapackage brings every package of modules, and the hub; programs if that is none or a library.

    A library alone starts nothing. `free` are the packages that the manifest leaves without a lock.
    """
    kind = RelationKind(str(meta.modules))
    for target, role in roles.items():
        if role is Role.MODULE:
            yield Link(suffix, target, Reason.MANIFEST, "[metapackage] brings all modules", kind)
        elif role is Role.PROGRAM and (hub is None or roles.get(hub) is Role.LIBRARY) and target not in free:
            told = "there is no hub" if hub is None else "the hub is a library"
            evidence = f"[metapackage] brings all programs, since {told}"
            yield Link(suffix, target, Reason.MANIFEST, evidence, kind)


def needed_links(linkage: Linkage, owners: Mapping[str, str], modules: frozenset[str]) -> Iterator[Link]:
    """DT_NEEDED from a file of one package to a file of another."""
    for path, owner in owners.items():
        if not linkage.is_elf(path):
            continue
        for need in linkage.needs(path):
            target = owners.get(need.provider or "")
            if target is not None and target != owner:
                reason = Reason.EDGE if need.provider in modules else Reason.LOCK
                yield Link(
                    owner, target, reason, f"{path} needs `{need.name}` (DT_NEEDED), which is {need.provider}"
                )


def alias_links(members: Iterable[Member], inventory: Inventory, owners: Mapping[str, str]) -> Iterator[Link]:
    """Modules that are links to a file of another package."""
    for member in members:
        entry = inventory.resolve(member.path) if member.is_link else None
        target = owners.get(entry.path) if entry is not None else None
        if entry is not None and target is not None and target != member.package:
            yield Link(member.package, target, Reason.EDGE, f"{member.path} is a link to {entry.path}")


def symbol_links(found: Iterable[OpenSymbol], owners: Mapping[str, str]) -> Iterator[Link]:
    """Symbols of a module that one other package alone defines: one link for each set of files."""
    groups: defaultdict[tuple[str, tuple[str, ...]], list[str]] = defaultdict(list)
    for symbol in found:
        groups[symbol.path, symbol.definers].append(symbol.name)
    for (path, files), names in groups.items():
        source, homes = owners[path], {owners[file] for file in files}
        if len(homes) == 1 and source not in homes:
            more = f" and {len(names) - 1} more" if len(names) > 1 else ""
            told = (
                f"which only {files[0]} defines" if len(files) == 1 else f"which {' and '.join(files)} define"
            )
            yield Link(source, homes.pop(), Reason.EDGE, f"{path} needs `{min(names)}`{more}, {told}")


def declared_links(suffix: str, table: Relations, key: Key, where: Location) -> Iterator[Link]:
    """What the table of the manifest at `key` says itself."""
    said = (
        (RelationKind.REQUIRES, table.requires, Constraint.SAME_BUILD),
        (RelationKind.RECOMMENDS, table.recommends, Constraint.SAME_BUILD),
        (RelationKind.SUGGESTS, table.suggests, Constraint.SAME_BUILD),
        (RelationKind.CONFLICTS, table.conflicts, Constraint.NONE),
    )
    for kind, targets, constraint in said:
        for target in targets:
            yield Link(suffix, target, Reason.MANIFEST, f"{where} says so", kind, constraint, key)


def joined(links: Iterable[Link]) -> dict[tuple[str, str, RelationKind], tuple[Link, tuple[str, ...]]]:
    """One link for each source, target and kind: the weightiest reason and the evidence of all.

    The strictest constraint counts; what has to be there cannot be of another build if it is.
    """
    groups: defaultdict[tuple[str, str, RelationKind], list[Link]] = defaultdict(list)
    for link in links:
        if link.source != link.target:
            groups[link.source, link.target, link.kind].append(link)
    result = {}
    for key, group in sorted(groups.items()):
        group.sort(key=lambda link: (_WEIGHT[link.reason], link.evidence))
        link, strictest = group[0], _strictest({one.constraint for one in group})
        link = link if link.constraint is strictest else replace(link, constraint=strictest)
        result[key] = link, tuple(dict.fromkeys(link.evidence for link in group))
    return result


def _strictest(constraints: set[Constraint]) -> Constraint:
    if Constraint.SAME_BUILD_IF_INSTALLED in constraints and len(constraints) > 1:
        return Constraint.SAME_BUILD
    return min(constraints, key=_STRICTNESS.index)


_STRICTNESS = (
    Constraint.SAME_BUILD,
    Constraint.RANGE,
    Constraint.AT_LEAST,
    Constraint.SAME_BUILD_IF_INSTALLED,
    Constraint.NONE,
)


def pulled_in(links: Iterable[Link]) -> dict[str, frozenset[str]]:
    """For each package all those that its requirements bring, itself not counted unless in a cycle."""
    direct: defaultdict[str, set[str]] = defaultdict(set)
    for link in links:
        if link.is_bringing and link.source != link.target:
            direct[link.source].add(link.target)
    return {source: _reached(source, direct) for source in list(direct)}


def _reached(source: str, direct: Mapping[str, set[str]]) -> frozenset[str]:
    seen, todo = set[str](), list(direct[source])
    while todo:
        one = todo.pop()
        if one not in seen:
            seen.add(one)
            todo += direct.get(one, ())
    return frozenset(seen)
