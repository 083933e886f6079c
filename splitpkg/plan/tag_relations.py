"""Tags as capabilities: which package provides each, and whose modules require it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from splitpkg.abi.model import PRIVATE, TagFamily
from splitpkg.abi.strength import is_constant
from splitpkg.plan.locks import locked_to_hub
from splitpkg.plan.model import Constraint, Reason, Relation, RelationKind
from splitpkg.plan.texts import full_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from splitpkg.abi.model import Tag
    from splitpkg.plan.split import Split

CAPABILITY = "abi"
"""The suffix of the neutral name under which a tag is offered."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A tag, the packages that provide it, and the files that carry it by their package.

    Packages go by their suffixes. `needs` are the minor numbers that files ask for. `why` tells where
    the tag is in what is provided, `is_afresh` that the packaging builds the program, and may find
    another value.
    """

    tag: Tag
    homes: tuple[str, ...]
    carriers: Mapping[str, tuple[str, ...]]
    needs: Mapping[str, int]
    why: str
    is_afresh: bool

    @property
    def is_told(self) -> bool:
        """Whether packages can state it: what is built afresh, only if it is read then, or a path."""
        return not self.is_afresh or self.tag.form is not None or self.tag.family is TagFamily.PATH

    def required(self, suffix: str) -> Tag:
        """The tag as a package asks for it: with the highest minor that its files need."""
        asked = [self.needs[path] for path in self.carriers[suffix] if path in self.needs]
        return replace(self.tag, minor=max(asked)) if asked else self.tag


def offers(split: Split, marks: Iterable[Tag]) -> tuple[Offer, ...]:
    """The tags with the packages on both sides.

    What several packages have is offered by the hub, if all of them are locked to it: whichever of
    them is installed, the hub tells its build.
    """
    return tuple(offer for tag in marks if (offer := _offer(split, tag)).homes)


def _offer(split: Split, tag: Tag) -> Offer:
    owners = split.assignment.owners
    providers = [path for path in tag.providers if path in owners]
    homes = sorted({owners[path] for path in providers})
    carriers: defaultdict[str, list[str]] = defaultdict(list)
    for path in tag.carriers:
        if path in owners:
            carriers[owners[path]].append(path)
    files = {suffix: tuple(paths) for suffix, paths in carriers.items()}
    needs = dict(tag.needs)
    told = _told(providers, "has it", "have it")
    afresh = split.manifest.content.build is not None
    if split.hub is not None and len(homes) > 1 and set(homes) <= {*locked_to_hub(split), split.hub}:
        return Offer(tag, (split.hub,), files, needs, f"{told}, all of one build with the hub", afresh)
    return Offer(tag, tuple(homes), files, needs, told, afresh)


def capabilities(split: Split, offered: Iterable[Offer]) -> Iterator[tuple[str, Relation]]:
    """What packages provide and require for the sake of tags, by suffix.

    None where the manifest keeps the tags from others: the locks do without. A private SONAME is
    only offered where another package needs it, and a private name that no release changes never: it
    would fit every build.
    """
    if not split.manifest.content.abi.offer:
        return
    name = full_name(split.manifest.content, CAPABILITY)
    for offer in offered:
        outside = sorted(offer.carriers.keys() - set(offer.homes))
        if not offer.is_told or (not outside and offer.tag.family is TagFamily.SONAME):
            continue
        if offer.tag.family in PRIVATE and is_constant(offer.tag, split.manifest.content.program.version):
            continue
        for home in offer.homes:
            yield (
                home,
                Relation(RelationKind.PROVIDES, name, Constraint.NONE, Reason.TAG, (offer.why,), offer.tag),
            )
        for suffix in outside:
            yield suffix, _required(name, offer, suffix)


def _required(name: str, offer: Offer, suffix: str) -> Relation:
    tag = offer.required(suffix)
    bound = Constraint.NONE if tag.minor is None else Constraint.AT_LEAST
    evidence = _told(offer.carriers[suffix], "carries it", "carry it")
    return Relation(RelationKind.REQUIRES, name, bound, Reason.TAG, (evidence,), tag)


def _told(paths: Iterable[str], one: str, many: str) -> str:
    first, *rest = sorted(paths)
    return f"{first} and {len(rest)} more {many}" if rest else f"{first} {one}"
