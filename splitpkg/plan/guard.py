"""A guard where packages are unpacked without a look at what needs them: no mixture goes in by force.

Every package that belongs to one build says so under one virtual name, and what they all depend on
breaks that name in other builds, older and newer ones.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from splitpkg.abi.tags import shape
from splitpkg.plan.locks import host_packages
from splitpkg.plan.model import Constraint, Reason, Relation, RelationKind, Role
from splitpkg.plan.texts import full_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from splitpkg.abi.model import Tag
    from splitpkg.plan.loosen import Ties
    from splitpkg.plan.relate import Link
    from splitpkg.plan.split import Split
    from splitpkg.plan.tag_relations import Offer

MEMBER = "plugin"
"""The suffix of the virtual name."""


def guard(split: Split, links: Iterable[Link], tied: Ties) -> Iterator[tuple[str, Relation]]:
    """What packages provide and break, by suffix.

    The virtual name is the program's; for a library it is that of its own package, which another one
    takes the place of when the library changes its interface: both may be installed then. Without a
    hub there is none: each module breaks the hosts, and what breaks each other cannot be upgraded.
    """
    members = _members(split, tied)
    if split.hub is not None and members - {split.hub}:
        told = "hosts and modules of other builds do not fit"
        yield from _of_build(_virtual(split, _common_name(split, split.hub)), members, split.hub, told)
    for library, users in _users(split, links, members).items():
        told = "hosts and modules of other builds have their own library"
        yield from _of_build(_virtual(split, f"{library}-{MEMBER}"), users, library, told)
    yield from _of_tags(split, tied)


def _common_name(split: Split, hub: str) -> str:
    return f"{hub}-{MEMBER}" if split.roles.get(hub) is Role.LIBRARY else MEMBER


def _members(split: Split, tied: Ties) -> set[str]:
    """The packages with modules or hosts that fit one build alone."""
    modules = {split.assignment.owners[path] for path in split.modules}
    return {suffix for suffix in {*modules, *host_packages(split)} if suffix not in tied}


def _users(split: Split, links: Iterable[Link], members: set[str]) -> dict[str, set[str]]:
    """The packages of libraries that members need in their own build, with these members."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for link in links:
        is_lock = link.is_bringing and link.constraint is Constraint.SAME_BUILD
        is_library = split.roles.get(link.target) is Role.LIBRARY and link.target != split.hub
        if is_lock and is_library and link.target != link.source:
            found[link.target] |= members & {link.source}
    return {library: users for library, users in sorted(found.items()) if users}


def _of_build(name: str, members: set[str], breaker: str, told: str) -> Iterator[tuple[str, Relation]]:
    belongs = "it fits the packages of its own build alone"
    for suffix in sorted(members):
        yield suffix, _relation(RelationKind.PROVIDES, name, Constraint.SAME_BUILD, belongs)
    yield breaker, _relation(RelationKind.BREAKS, name, Constraint.SAME_BUILD, told)


def _of_tags(split: Split, tied: Ties) -> Iterator[tuple[str, Relation]]:
    """For modules that a tag ties: a virtual name for each kind of tag, whose version is the tag's value.

    Where two tags of the build are of one kind, neither can be broken for the other's sake; and none
    where only the build decides the value.
    """
    guards = host_packages(split) if split.hub is None else (split.hub,)
    by_name: defaultdict[str, dict[tuple[str, str], dict[str, Offer]]] = defaultdict(dict)
    for suffix, carried in tied.tags.items():
        for offer in carried:
            if offer.tag.form is not None:
                continue
            key = (str(offer.tag.family), offer.tag.value)
            by_name[_virtual(split, _kind(offer.tag))].setdefault(key, {})[suffix] = offer
    for name, found in sorted(by_name.items()):
        for offers in list(found.values())[: len(found) == 1]:
            yield from _of_tag(name, offers, guards)


def _of_tag(name: str, offers: dict[str, Offer], guards: tuple[str, ...]) -> Iterator[tuple[str, Relation]]:
    for suffix, offer in offers.items():
        told = f"it fits the builds with tag `{offer.tag.value}` alone"
        yield suffix, _relation(RelationKind.PROVIDES, name, Constraint.NONE, told, offer.required(suffix))
    offer = next(iter(offers.values()))
    for suffix in guards:
        told = f"modules without tag `{offer.tag.value}` do not fit"
        yield suffix, _relation(RelationKind.BREAKS, name, Constraint.NONE, told, offer.tag)


def _kind(tag: Tag) -> str:
    return f"{MEMBER}-{shape(tag.value).replace('*', '').strip('-_.')}"


def _relation(
    kind: RelationKind, name: str, constraint: Constraint, told: str, tag: Tag | None = None
) -> Relation:
    return Relation(kind, name, constraint, Reason.LOCK, (told,), tag)


def _virtual(split: Split, suffix: str) -> str:
    """A name that no package of the plan has."""
    while suffix in split.roles:
        suffix += "-of-build"
    return full_name(split.manifest.content, suffix)
