"""Files of another build: modules and hosts whose tags are not those of the rest."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from splitpkg.abi.model import TagFamily
from splitpkg.abi.tags import shape
from splitpkg.diagnostics import Diagnostic, Location

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from splitpkg.abi.marked import Marked
    from splitpkg.abi.model import Tag

_MEND = "empty the tree and install one build into it"
_STATED = (TagFamily.CONSTANT, TagFamily.PATH)
"""Families whose tags belong to an interface, of which one build may have several."""
_RARE = 4
"""A stamp that one module in so many lacks is lost; one that more of them lack was never meant for all."""


def foreign(marked: Marked, found: tuple[Tag, ...]) -> Iterator[Diagnostic]:
    """A finding for each file that carries another build's mark, or lacks this one's."""
    yield from _odd(found)
    yield from _mixed(found)
    yield from _too_new(found)
    yield from _lost(marked, found)
    yield from _stale_stamps(marked, found)
    yield from _stale_constants(marked, found)


def _odd(found: tuple[Tag, ...]) -> Iterator[Diagnostic]:
    """Modules that carry a mark which nothing in the tree provides, or other files than provide most."""
    for tag in (one for one in found if one.sure):
        main = _main(tag, found)
        if main is None:
            message = f"carries tag `{tag.value}`, which no host has"
            for path in tag.carriers:
                yield Diagnostic("tag-unprovided", Location(path), message, hint=_MEND)
        elif tag.family in _STATED and tag.providers:
            continue
        elif set(tag.providers).isdisjoint(main.providers):
            for path in tag.carriers:
                yield _differs(path, f"carries tag `{tag.value}`", main, tag.providers)


def _main(tag: Tag, found: tuple[Tag, ...]) -> Tag | None:
    """The tag of this build in whose place a module carries that one; the same where it is of the build."""
    key = (tag.family, tag.interface)
    provided = [one for one in found if one.providers and (one.family, one.interface) == key]
    alike = [one for one in provided if shape(one.value) == shape(tag.value)] or provided
    return max(alike, key=lambda one: (len(one.carriers), one.value), default=None)


def _mixed(found: tuple[Tag, ...]) -> Iterator[Diagnostic]:
    """Modules of one directory that say different things of one interface."""
    said: defaultdict[tuple[str, str, str], dict[str, list[str]]] = defaultdict(dict)
    tags = [one for one in found if one.family is TagFamily.CONSTANT and (one.providers or not one.sure)]
    for tag in tags:
        for path in tag.carriers:
            place = (path.rpartition("/")[0], tag.interface, shape(tag.value))
            said[place].setdefault(tag.value, []).append(path)
    known = {(tag.interface, tag.value): tag for tag in tags}
    for (_, interface, _), values in said.items():
        most = max(values, key=lambda value: (len(values[value]), value))
        for value in values.keys() - {most}:
            for path in values[value]:
                yield _differs(path, f"carries tag `{value}`", known[interface, most], ())


def _too_new(found: tuple[Tag, ...]) -> Iterator[Diagnostic]:
    """Modules that need more of an interface than a host offers."""
    for tag in found:
        for path, minor in tag.needs if tag.providers and tag.minor is not None else ():
            if minor > (tag.minor or 0):
                host = tag.providers[0]
                message = f"needs minor number {minor} of tag `{tag.value}`, but the hosts offer {tag.minor}"
                note = f"{host} has minor number {tag.minor}, and fits modules that need no more"
                yield Diagnostic("tag-differs", Location(path), message, (note,), _MEND)


def _lost(marked: Marked, found: tuple[Tag, ...]) -> Iterator[Diagnostic]:
    """Modules without any tag where nearly all others beside them carry a stamp, and that no other needs."""
    stamps = [tag for tag in found if tag.family is TagFamily.STAMP and tag.providers]
    forms = defaultdict[str, set[str]](set)
    for tag in (one for one in found if one.family is TagFamily.STAMP):
        forms[shape(tag.value)].update(tag.carriers)
    tagged = {path for tag in found for path in tag.carriers}
    for tag in stamps:
        for folder in sorted({path.rpartition("/")[0] for path in tag.carriers}):
            beside = {path for path in marked.modules if path.rpartition("/")[0] == folder}
            lacking = sorted(beside - tagged - _partners(marked, beside))
            carriers = len(beside & forms[shape(tag.value)])
            if len(lacking) * _RARE <= carriers:
                for path in lacking:
                    message = f"carries no tag, {carriers} modules beside it carry `{tag.value}`"
                    hint = "build it with the others, or describe the tag in [abi]"
                    yield Diagnostic("tag-missing", Location(path), message, hint=hint)


def _partners(marked: Marked, modules: set[str]) -> set[str]:
    """Modules that others of them link to, or take symbols from: no host has to ask for them."""
    linkage = marked.linkage
    linked = {need.provider for path in modules for need in linkage.needs(path)}
    needed = frozenset[str]().union(*(linkage.facts(path).undefined_names for path in modules))
    return {path for path in modules if path in linked or linkage.facts(path).defined_names & needed}


def _stale_stamps(marked: Marked, found: tuple[Tag, ...]) -> Iterator[Diagnostic]:
    """Hosts that export another build's stamp in the place of this one's, and that no module is for."""
    stamps = [tag for tag in found if tag.providers and tag.family is TagFamily.STAMP]
    carried = {tag.value for tag in found if tag.providers}
    for tag in stamps:
        form = shape(tag.value)
        head = form.partition("*")[0]
        for host in marked.hosts:
            names = marked.linkage.facts(host).defined_names - carried if host not in tag.providers else ()
            for name in sorted(names):
                if name.startswith(head) and shape(name) == form:
                    yield _differs(host, f"has tag `{name}`", tag, ())


def _stale_constants(marked: Marked, found: tuple[Tag, ...]) -> Iterator[Diagnostic]:
    """Hosts that say another thing of an interface than all modules of it, and that no module is for."""
    constants = [tag for tag in found if tag.providers and tag.family is TagFamily.CONSTANT]
    carried = {(tag.interface, tag.value) for tag in constants}
    for host in marked.hosts:
        entry = marked.linkage.inventory.get(host)
        said = defaultdict[tuple[str, str], set[str]](set)
        for one in entry.constants if entry is not None else ():
            said[one.interface, shape(one.value)].add(one.value)
        for (interface, form), values in sorted(said.items()):
            alike = [one for one in constants if (one.interface, shape(one.value)) == (interface, form)]
            if alike and not any((interface, value) in carried for value in values):
                main = max(alike, key=lambda one: (len(one.carriers), one.value))
                yield _differs(host, f"has tag `{min(values)}`", main, ())


def _differs(path: str, told: str, main: Tag, providers: Iterable[str]) -> Diagnostic:
    count = len(main.carriers)
    carriers = f"{count} modules carry" if count > 1 else "1 module carries"
    here = f"{(main.providers or main.carriers)[0]} has `{main.value}`"
    others = (f"{provider} has what this one carries" for provider in providers)
    return Diagnostic(
        "tag-differs", Location(path), f"{told}, {here}", (f"{carriers} `{main.value}`", *others), _MEND
    )
