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
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from splitpkg.elf.model import ElfFile
    from splitpkg.manifest.model import Tag as Description
    from splitpkg.plan.split import Split

_MEND = "empty the tree and install one build into it"


def tags(split: Split) -> tuple[tuple[Tag, ...], tuple[Diagnostic, ...]]:
    """The tags that hosts or libraries provide; a finding for each file that has another build's."""
    description = split.manifest.content.abi.tag
    if description == "none":
        return (), ()
    marked = _marked(split)
    absent: tuple[Diagnostic, ...] = ()
    if description == "auto":
        found = find_tags(marked)
    else:
        by_key = dict(_described(split, marked, description))
        found = tuple(sorted(tag for listed in by_key.values() for tag in listed))
        absent = tuple(_absent(split, key, description) for key, listed in by_key.items() if not listed)
    provided = tuple(tag for tag in found if tag.providers)
    return provided, (*absent, *_foreign(found), *_stale(marked, provided))


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


def _described(split: Split, marked: Marked, description: Description) -> Iterator[tuple[str, list[Tag]]]:
    """The marks that each of the manifest's patterns matches, by the pattern's key."""
    files = [path for path in split.assignment.owners if split.linkage.is_elf(path)]
    facts, modules = split.linkage.facts, marked.modules
    if description.node is not None:
        provided = _by_name(description.node, files, lambda path: _own_nodes(facts(path)))
        carried = _by_name(description.node, modules, lambda path: _needed_nodes(facts(path)))
        yield "node", _matching(TagFamily.NODE, description.node, provided, carried)
    if description.soname is not None:
        provided = _by_name(
            description.soname, files, lambda path: (facts(path).soname or "", path.rpartition("/")[2])
        )
        carried = _by_name(description.soname, modules, lambda path: facts(path).needed)
        yield "soname", _matching(TagFamily.SONAME, description.soname, provided, carried)
    if description.symbol is not None:
        provided = _by_name(
            description.symbol, marked.hosts, lambda path: _exported(facts(path)) | marked.mentions[path]
        )
        carried = _by_name(description.symbol, modules, lambda path: _symbols(facts(path)))
        yield "symbol", _matching(TagFamily.STAMP, description.symbol, provided, carried)


def _matching(
    family: TagFamily, glob: str, provided: Mapping[str, set[str]], carried: Mapping[str, set[str]]
) -> list[Tag]:
    why = f"matches `{glob}` of [abi]"
    return [
        Tag(family, name, tuple(sorted(provided.get(name, ()))), tuple(sorted(files)), why)
        for name, files in carried.items()
    ]


def _by_name(glob: str, paths: Iterable[str], names: Callable[[str], Iterable[str]]) -> dict[str, set[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for path in paths:
        for name in names(path):
            if fnmatchcase(name, glob):
                found[name].add(path)
    return found


def _own_nodes(facts: ElfFile) -> Iterator[str]:
    return (definition.name for definition in facts.verdefs if not definition.base)


def _needed_nodes(facts: ElfFile) -> Iterator[str]:
    return (node for need in facts.verneeds for node in need.nodes)


def _exported(facts: ElfFile) -> frozenset[str]:
    return frozenset(symbol.name for symbol in facts.defined)


def _symbols(facts: ElfFile) -> Iterator[str]:
    return (symbol.name for symbol in (*facts.defined, *facts.undefined))


def _foreign(found: tuple[Tag, ...]) -> Iterator[Diagnostic]:
    """Modules that carry a mark which nothing in the tree provides, or other files than provide most."""
    for tag in found:
        main = _main(tag, found)
        if main is None:
            message = f"carries tag `{tag.value}`, which no host has"
            for path in tag.carriers:
                yield Diagnostic("tag-unprovided", Location(path), message, hint=_MEND)
        elif set(tag.providers).isdisjoint(main.providers):
            for path in tag.carriers:
                yield _differs(path, f"carries tag `{tag.value}`", main, tag.providers)


def _main(tag: Tag, found: tuple[Tag, ...]) -> Tag | None:
    """The tag of this build in whose place a module carries that one; the same where it is of the build."""
    provided = [one for one in found if one.providers and one.family is tag.family]
    alike = [one for one in provided if shape(one.value) == shape(tag.value)] or provided
    return max(alike, key=lambda one: (len(one.carriers), one.value), default=None)


def _stale(marked: Marked, provided: tuple[Tag, ...]) -> Iterator[Diagnostic]:
    """Hosts that export another build's stamp in the place of this one's, and that no module is for."""
    carried = {tag.value for tag in provided}
    for tag in provided:
        form = shape(tag.value)
        head = form.partition("*")[0]
        for host in marked.hosts if tag.family is TagFamily.STAMP else ():
            names = _exported(marked.linkage.facts(host)) - carried if host not in tag.providers else ()
            for name in sorted(names):
                if name.startswith(head) and shape(name) == form:
                    yield _differs(host, f"has tag `{name}`", tag, ())


def _differs(path: str, told: str, main: Tag, providers: tuple[str, ...]) -> Diagnostic:
    count = len(main.carriers)
    carriers = f"{count} modules carry" if count > 1 else "1 module carries"
    return Diagnostic(
        "tag-differs",
        Location(path),
        f"{told}, {main.providers[0]} has `{main.value}`",
        (f"{carriers} `{main.value}`", *(f"{provider} has what this one carries" for provider in providers)),
        _MEND,
    )


def _absent(split: Split, key: str, description: Description) -> Diagnostic:
    return Diagnostic(
        "tag-absent",
        split.manifest.where("abi", "tag", key),
        f"no module carries a tag that `{getattr(description, key)}` matches",
        hint="mend the pattern; `splitpkg scan` shows the tags that it finds",
    )
