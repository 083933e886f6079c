"""What another build of the program tells: whether private symbols changed under a tag that did not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from splitpkg.abi.model import TagFamily
from splitpkg.abi.tags import shape
from splitpkg.diagnostics import Diagnostic, Location, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from splitpkg.abi.marked import Marked
    from splitpkg.abi.model import Tag

_SHOWN = 3


def unchanged(
    marked: Marked, tags: Iterable[Tag], before: Marked, earlier: Iterable[Tag]
) -> Iterator[Diagnostic]:
    """A finding for each private node or SONAME that is the same in both builds, its symbols not."""
    known = {(tag.family, tag.value): tag for tag in earlier if tag.providers}
    for tag in tags:
        old = known.get((tag.family, tag.value))
        if old is not None and tag.family in (TagFamily.NODE, TagFamily.SONAME):
            # A library that is called otherwise cannot be taken for the one before.
            same = _sonames(marked, tag) & _sonames(before, old)
            ours, theirs = _symbols(marked, tag, same), _symbols(before, old, same)
            if ours != theirs:
                yield _unchanged(tag, ours - theirs, theirs - ours)


def unlike(root: str, tags: Iterable[Tag], earlier: Iterable[Tag]) -> Iterator[Diagnostic]:
    """A warning where the tree `root`, said to be another build's, has no tag that can be compared."""
    kinds, others = ({_kind(tag) for tag in listed if tag.providers} for listed in (tags, earlier))
    if kinds and kinds.isdisjoint(others):
        message = "has no tag as this build has, so that nothing was compared"
        hint = "name a tree with the hosts and modules of another build of the program, laid out as this one"
        yield Diagnostic("previous-unlike", Location(root), message, hint=hint, severity=Severity.WARNING)


def _kind(tag: Tag) -> tuple[TagFamily, str, str]:
    return tag.family, tag.interface, shape(tag.value)


def _symbols(marked: Marked, tag: Tag, sonames: frozenset[str]) -> frozenset[str]:
    """What the providers of a node export in it; of a SONAME, what they export in no node."""
    files = (marked.linkage.facts(path) for path in tag.providers)
    node = tag.value if tag.family is TagFamily.NODE else None
    return frozenset(
        symbol.name
        for facts in files
        for symbol in facts.defined
        if symbol.version == node and facts.soname in sonames
    )


def _sonames(marked: Marked, tag: Tag) -> frozenset[str]:
    return frozenset(name for path in tag.providers if (name := marked.linkage.facts(path).soname))


def _unchanged(tag: Tag, added: frozenset[str], removed: frozenset[str]) -> Diagnostic:
    changes = ((added, "is new", "are new"), (removed, "is gone", "are gone"))
    notes = tuple(_told(names, one, more) for names, one, more in changes if names)
    return Diagnostic(
        "tag-unchanged",
        Location(tag.providers[0]),
        f"has tag `{tag.value}` as the previous build has, whose private symbols are others",
        notes,
        "name the tag after the release, or waive the finding with the reason",
    )


def _told(names: frozenset[str], one: str, more: str) -> str:
    shown = ", ".join(f"`{name}`" for name in sorted(names)[:_SHOWN])
    rest = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"{shown}{rest} {one if len(names) == 1 else more}"
