"""The tags of a build: found or as the manifest describes them, and checked to be those of one build."""

from __future__ import annotations

from collections import defaultdict
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from splitpkg.abi.model import Tag, TagFamily
from splitpkg.abi.tags import Marked, find_tags, shape
from splitpkg.diagnostics import Diagnostic, Location
from splitpkg.plan.model import Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from splitpkg.manifest.model import Tag as Description
    from splitpkg.plan.split import Split

    Names = Callable[[str], Iterable[str]]


def tags(split: Split) -> tuple[tuple[Tag, ...], tuple[Diagnostic, ...]]:
    """The tags that hosts or libraries provide; a finding for each module that carries another build's."""
    description = split.manifest.content.abi.tag
    if description == "none":
        return (), ()
    if description == "auto":
        found = find_tags(_marked(split))
        return _provided(found), tuple(_foreign(found))
    described = tuple(sorted(_described(split, description)))
    missing = () if described else (_absent(split),)
    return _provided(described), (*missing, *_foreign(described))


def _provided(found: Iterable[Tag]) -> tuple[Tag, ...]:
    return tuple(tag for tag in found if tag.providers)


def _marked(split: Split) -> Marked:
    hosts = tuple(path for path in split.hosts if split.linkage.is_elf(path))
    entries = {path: split.tree.inventory.get(path) for path in hosts}
    mentions = {path: entry.mentions for path, entry in entries.items() if entry is not None}
    return Marked(split.linkage, hosts, split.elf_modules, frozenset(_private(split)), mentions)


def _private(split: Split) -> Iterator[str]:
    """Shared objects that are neither modules nor in a package of libraries for everyone."""
    for path, owner in split.assignment.owners.items():
        is_ours = path not in split.modules and split.roles[owner] is not Role.LIBRARY
        if is_ours and split.linkage.is_elf(path) and split.linkage.facts(path).is_shared_object:
            yield path


def _described(split: Split, description: Description) -> Iterator[Tag]:
    """The marks that the manifest's patterns match, by what provides and what carries them."""
    linkage, marked = split.linkage, _marked(split)
    if description.node is not None:
        libraries = [path for path in split.assignment.owners if linkage.is_elf(path)]
        yield from _matching(
            TagFamily.NODE,
            description.node,
            (libraries, lambda path: (one.name for one in linkage.facts(path).verdefs if not one.base)),
            (
                marked.modules,
                lambda path: (node for need in linkage.facts(path).verneeds for node in need.nodes),
            ),
        )
    if description.soname is not None:
        libraries = [path for path in split.assignment.owners if linkage.is_elf(path)]
        yield from _matching(
            TagFamily.SONAME,
            description.soname,
            (libraries, lambda path: filter(None, (linkage.facts(path).soname, path.rpartition("/")[2]))),
            (marked.modules, lambda path: linkage.facts(path).needed),
        )
    if description.symbol is not None:
        yield from _matching(
            TagFamily.STAMP,
            description.symbol,
            (marked.hosts, lambda path: _exported(split, path) | marked.mentions[path]),
            (marked.modules, lambda path: _symbols(split, path)),
        )


def _matching(
    family: TagFamily, glob: str, provided: tuple[Iterable[str], Names], carried: tuple[Iterable[str], Names]
) -> Iterator[Tag]:
    providers, carriers = _by_name(glob, *provided), _by_name(glob, *carried)
    for name, files in carriers.items():
        yield Tag(
            family, name, tuple(sorted(providers[name])), tuple(sorted(files)), f"matches `{glob}` of [abi]"
        )


def _by_name(glob: str, paths: Iterable[str], names: Names) -> defaultdict[str, set[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for path in paths:
        for name in names(path):
            if fnmatchcase(name, glob):
                found[name].add(path)
    return found


def _exported(split: Split, path: str) -> frozenset[str]:
    return frozenset(symbol.name for symbol in split.linkage.facts(path).defined)


def _symbols(split: Split, path: str) -> Iterator[str]:
    facts = split.linkage.facts(path)
    return (symbol.name for symbol in (*facts.defined, *facts.undefined))


def _foreign(found: Iterable[Tag]) -> Iterator[Diagnostic]:
    """Modules that carry a mark which nothing in the tree provides: they are of another build."""
    listed = tuple(found)
    for tag in listed:
        if not tag.providers:
            own = [one for one in listed if one.providers and one.family is tag.family]
            same = [one for one in own if shape(one.value) == shape(tag.value)] or own
            for path in tag.carriers:
                yield _differs(path, tag, same)


def _differs(path: str, tag: Tag, own: list[Tag]) -> Diagnostic:
    hint = "empty the tree and install one build into it"
    if not own:
        message = f"carries tag `{tag.value}`, which no host has"
        return Diagnostic("tag-unprovided", Location(path), message, hint=hint)
    most = max(own, key=lambda one: len(one.carriers))
    return Diagnostic(
        "tag-differs",
        Location(path),
        f"carries tag `{tag.value}`, {most.providers[0]} has `{most.value}`",
        (f"{len(most.carriers)} modules carry `{most.value}`",),
        hint,
    )


def _absent(split: Split) -> Diagnostic:
    return Diagnostic(
        "tag-absent",
        split.manifest.where("abi", "tag"),
        "no module carries a tag that the pattern matches",
        hint="mend the pattern; `splitpkg scan` shows the tags that it finds",
    )
