"""The tags that a manifest describes: what it says is taken as said."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from splitpkg.abi.constants import constants
from splitpkg.abi.model import CapabilityNames, Tag, TagFamily
from splitpkg.abi.paths import every_path
from splitpkg.diagnostics import Diagnostic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from splitpkg.abi.marked import Marked
    from splitpkg.elf.model import ElfFile
    from splitpkg.manifest.model import Tag as Description
    from splitpkg.plan.claims import Key
    from splitpkg.plan.split import Split


def described(split: Split, marked: Marked) -> Iterator[tuple[Key, str, list[Tag]]]:
    """For each pattern of the manifest its place, itself, and the marks of modules that it matches."""
    abi = split.manifest.content.abi
    for number, one in enumerate(abi.tables):
        place = ("abi", "tag", number) if isinstance(abi.tag, tuple) else ("abi", "tag")
        names = CapabilityNames(one.capability.rpm, one.capability.deb)
        for key, pattern, listed in _of_table(split, marked, one):
            named = [tag if names == CapabilityNames() else replace(tag, names=names) for tag in listed]
            yield (*place, key), pattern, named


def absent(split: Split, key: Key, pattern: str) -> Diagnostic:
    """The finding for a description that no module fits."""
    return Diagnostic(
        "tag-absent",
        split.manifest.where(*key),
        f"no module carries a tag that `{pattern}` matches",
        hint="mend the pattern; `splitpkg scan` shows the tags that it finds",
    )


def _of_table(split: Split, marked: Marked, one: Description) -> Iterator[tuple[str, str, list[Tag]]]:
    files = [path for path in split.assignment.owners if split.linkage.is_elf(path)]
    facts, modules = split.linkage.facts, marked.modules
    if one.node is not None:
        provided = _by_name(one.node, files, lambda path: _own_nodes(facts(path)))
        carried = _by_name(one.node, modules, lambda path: _needed_nodes(facts(path)))
        yield "node", one.node, _matching(TagFamily.NODE, one.node, provided, carried)
    if one.soname is not None:
        provided = _by_name(
            one.soname, files, lambda path: (facts(path).soname or "", path.rpartition("/")[2])
        )
        carried = _by_name(one.soname, modules, lambda path: facts(path).needed)
        yield "soname", one.soname, _matching(TagFamily.SONAME, one.soname, provided, carried)
    if one.symbol is not None:
        provided = _by_name(
            one.symbol, marked.hosts, lambda path: facts(path).defined_names | marked.mentions[path]
        )
        carried = _by_name(
            one.symbol, modules, lambda path: facts(path).defined_names | facts(path).undefined_names
        )
        yield "symbol", one.symbol, _matching(TagFamily.STAMP, one.symbol, provided, carried)
    if one.path is not None:
        yield "path", one.path, _as_said(marked, every_path(marked), "value", one.path)
    if one.constant is not None:
        yield "constant", one.interface, _as_said(marked, constants(marked), "interface", one.interface)


def _as_said(marked: Marked, found: Iterable[Tag], field: str, pattern: str) -> list[Tag]:
    """What the pattern matches; where the tree proves nothing, the hosts have it by the manifest's word."""
    chosen = [tag for tag in found if fnmatchcase(getattr(tag, field), pattern)]
    if any(tag.providers for tag in chosen):
        return chosen
    return [
        replace(tag, providers=marked.hosts, sure=True, why=f"{tag.why}; said in [abi]") for tag in chosen
    ]


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
