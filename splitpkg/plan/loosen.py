"""Locks under the policy `tag`: a module fits every build that has its tag, as far as one ties it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from splitpkg.abi.model import PRIVATE, Strength, TagFamily, says_private
from splitpkg.manifest.model import Policy
from splitpkg.plan.locks import free, host_packages
from splitpkg.plan.model import Constraint, Reason, RelationKind, Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from splitpkg.plan.relate import Link
    from splitpkg.plan.split import Split
    from splitpkg.plan.tag_relations import Offer

_UNTAGGED = "the policy is `tag`, and no tag is enough for {}"


@dataclass(frozen=True, slots=True)
class Ties:
    """The tags that tie each package of modules, by suffix; none where the policy is `exact`.

    `private` are the version nodes that mark a build.
    """

    tags: Mapping[str, tuple[Offer, ...]]
    private: frozenset[str] = frozenset()

    def __contains__(self, suffix: object) -> bool:
        return suffix in self.tags


def ties(split: Split, links: Iterable[Link], offered: tuple[Offer, ...]) -> Ties:
    """The packages whose every module carries a tag that says which hosts fit.

    Such a tag is found for sure, holds a release where private symbols are named by it, and one package
    alone offers it: the hub, that of the hosts, or one that the hub or every host needs in the same build.
    Where a custom names a capability by a part of its tag, other tags do not make up for what it leaves out.
    """
    if split.manifest.content.lock.policy is Policy.EXACT:
        return Ties({})
    anchors = _anchors(split, tuple(links))
    sound = [one for one in offered if _is_sound(one) and one.homes[0] in anchors]
    partly = {suffix for one in offered if not one.tag.is_named_whole for suffix in one.carriers}
    modules = [suffix for suffix, role in split.roles.items() if role is Role.MODULE]
    found: dict[str, tuple[Offer, ...]] = {}
    for suffix in (suffix for suffix in modules if suffix not in partly):
        carried = tuple(offer for offer in sound if suffix in offer.carriers and suffix not in offer.homes)
        covered = {path for offer in carried for path in offer.carriers[suffix]}
        if covered and split.modules.intersection(split.paths[suffix]) <= covered:
            found[suffix] = carried
    return Ties(found, frozenset(one.tag.value for one in offered if one.tag.family is TagFamily.NODE))


def _is_sound(offer: Offer) -> bool:
    tag = offer.tag
    is_lasting = tag.family in PRIVATE and tag.strength is Strength.INTERFACE
    return tag.sure and not is_lasting and offer.is_told and len(offer.homes) == 1


def _anchors(split: Split, links: tuple[Link, ...]) -> frozenset[str]:
    hosts = set(host_packages(split))
    anchors = hosts | ({split.hub} if split.hub is not None else set())
    exact = {(one.source, one.target) for one in links if _is_lock(one)}
    targets = {target for _, target in exact}
    of_hosts = {target for target in targets if hosts and all((host, target) in exact for host in hosts)}
    of_hub = {target for target in targets if (split.hub, target) in exact}
    return frozenset(anchors | of_hosts | of_hub)


def _is_lock(link: Link) -> bool:
    return link.kind is RelationKind.REQUIRES and link.constraint is Constraint.SAME_BUILD


def loosened(split: Split, links: Iterable[Link], tied: Ties) -> Iterator[Link]:
    """The links, their locks as loose as the policy and the tags allow."""
    if split.manifest.content.lock.policy is Policy.EXACT:
        yield from links
        return
    users = {suffix for suffix in free(split) if suffix not in host_packages(split)}
    for link in links:
        if link.reason is not Reason.LOCK:
            yield link
        elif link.source in tied:
            yield from _tied(split, link, tied)
        elif link.source in users and split.roles.get(link.target) is Role.LIBRARY:
            yield replace(link, constraint=_of_library(split, link, tied))
        elif split.roles[link.source] is Role.MODULE and link.target == split.hub:
            path = min(split.modules.intersection(split.paths[link.source]), default=link.source)
            yield replace(link, evidence=f"{link.evidence}; {_UNTAGGED.format(path)}")
        else:
            yield link


def _tied(split: Split, link: Link, tied: Ties) -> Iterator[Link]:
    """Without a hub it is the tag that the host's package has to provide, and no other relation is left."""
    if link.target == split.hub:
        values = ", ".join(f"`{offer.tag.value}`" for offer in tied.tags[link.source])
        told = f"the hub has to be there; which builds of it fit, {values} tells"
        yield replace(link, constraint=Constraint.NONE, evidence=told)
    elif split.roles[link.target] is Role.LIBRARY:
        yield replace(link, constraint=_of_library(split, link, tied))
    elif link.constraint is not Constraint.SAME_BUILD_IF_INSTALLED:
        yield link


def _of_library(split: Split, link: Link, tied: Ties) -> Constraint:
    """What a user of a library's package needs: its nodes are public and grow, or a tag of it is carried.

    A library without nodes says nothing of its builds, and what is private without a tag fits one alone.
    """
    paths = [path for path in split.paths[link.source] if split.linkage.is_elf(path)]
    needs = [(path, need.name, need.provider) for path in paths for need in split.linkage.needs(path)]
    used = [(path, name, library) for path, name, library in needs if library in split.paths[link.target]]
    tagged = {path for offer in tied.tags.get(link.source, ()) for path in offer.tag.providers}
    if used and all(library in tagged for _, _, library in used):
        return Constraint.NONE
    public = all(library in tagged or _is_public(split, path, name, tied) for path, name, library in used)
    return Constraint.AT_LEAST if used and public else Constraint.SAME_BUILD


def _is_public(split: Split, path: str, name: str, tied: Ties) -> bool:
    """Whether the file asks the library for public version nodes only, and for some."""
    asked = {node for need in split.linkage.facts(path).verneeds if need.file == name for node in need.nodes}
    return bool(asked) and not any(node in tied.private or says_private(node) for node in asked)
