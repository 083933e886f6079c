"""Marks of the build that the binaries themselves carry: what makes a module fit one host only.

Each family has one finder; a mark counts only when a host or library of the tree provides it and
modules carry it. Other values of the same shape are reported too, without a provider: they come
from another build.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING

from splitpkg.abi.constants import constants
from splitpkg.abi.marked import count
from splitpkg.abi.model import Tag, TagFamily, says_private
from splitpkg.abi.paths import paths

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from splitpkg.abi.linkage import Linkage
    from splitpkg.abi.marked import Marked
    from splitpkg.elf.model import ElfFile

_VERSION_OR_HASH = re.compile(
    r"""
      (?<![0-9a-f]) (?=[0-9a-f]*[0-9]) (?=[0-9a-f]*[a-f]) [0-9a-f]{7,} (?![0-9a-z])     # a hash
    | (?<![0-9]) [0-9]+ (?: [._][0-9]+ )+ [a-z]{0,4} [0-9]* (?![0-9A-Z])                # 1.6.0, 3_0_0ft64
    """,
    re.VERBOSE,
)
_DIGITS = re.compile(r"[0-9]+(?:[._][0-9]+)*")
_RELEASE_SONAME = re.compile(r"-[0-9][^/]*\.so$")
_MANGLED = ("_Z", "_R")


def find_tags(marked: Marked) -> tuple[Tag, ...]:
    """The tags of all families, sorted."""
    return tuple(sorted(tag for finder in _FINDERS for tag in finder(marked)))


def _nodes(marked: Marked) -> Iterator[Tag]:
    """Version nodes that are private, or that several libraries share: one name for the whole build."""
    linkage, definers = marked.linkage, _node_definers(marked)
    carriers = defaultdict[str, set[str]](set)
    for path in marked.modules:
        providers = {need.name: need.provider for need in linkage.needs(path)}
        for need in linkage.facts(path).verneeds:
            if providers.get(need.file) is not None:
                for node in need.nodes:
                    carriers[node].add(path)
    chosen = {node for node in carriers if _is_private_node(marked, node, definers.get(node, ()))}
    for node in _with_same_shape(carriers, chosen):
        yield Tag(
            TagFamily.NODE,
            node,
            definers.get(node, ()),
            tuple(sorted(carriers[node])),
            f"private version node, needed by {count(carriers[node])}"
            if node in chosen
            else "differs from the other modules' version node",
        )


def _node_definers(marked: Marked) -> dict[str, tuple[str, ...]]:
    found = defaultdict[str, list[str]](list)
    for path in sorted(
        {need.provider or "" for one in marked.modules for need in marked.linkage.needs(one)} - {""}
    ):
        for definition in marked.linkage.facts(path).verdefs:
            if not definition.base:
                found[definition.name].append(path)
    return {node: tuple(paths) for node, paths in found.items()}


def _is_private_node(marked: Marked, node: str, definers: tuple[str, ...]) -> bool:
    if not definers:
        return False
    if says_private(node):
        return True
    if len(definers) > 1 and _DIGITS.search(node) and not marked.private.isdisjoint(definers):
        return True
    return marked.private.issuperset(definers) and all(
        [definition.name for definition in marked.linkage.facts(path).verdefs if not definition.base]
        == [node]
        for path in definers
    )


def _sonames(marked: Marked) -> Iterator[Tag]:
    """SONAMEs that carry the release, so that each release is another library: `libx-257.so`."""
    carriers, providers = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
    for path in marked.modules:
        for need in marked.linkage.needs(path):
            carriers[need.name].add(path)
            if need.provider is not None:
                providers[need.name].add(need.provider)
    chosen = {name for name in carriers if providers[name] and _is_private_soname(name)}
    for name in _with_same_shape(carriers, chosen):
        yield Tag(
            TagFamily.SONAME,
            name,
            tuple(sorted(providers[name])),
            tuple(sorted(carriers[name])),
            f"{_kind(name)}, needed by {count(carriers[name])}"
            if name in chosen
            else "differs from the SONAME that other modules need",
        )


def _is_private_soname(name: str) -> bool:
    return _RELEASE_SONAME.search(name) is not None or says_private(name.replace("-", "_").split(".so")[0])


def _kind(soname: str) -> str:
    carries = _RELEASE_SONAME.search(soname) is not None
    return "SONAME that carries the release" if carries else "SONAME that calls itself private"


def _stamps(marked: Marked) -> Iterator[Tag]:
    """Symbols whose name carries a version or hash, on both sides: host and modules.

    Either the modules need what a host defines, and the link fails with another host; or a host looks
    up with dlsym what the modules define, and holds its name as text.
    """
    needed = _stamp_carriers(marked, lambda facts: (one.name for one in facts.undefined if not one.weak))
    exported = _definers(marked.linkage, marked.hosts, needed)
    yield from _on_both_sides(marked, needed, exported, "symbol that {} need, and hosts define")
    defined = _stamp_carriers(marked, lambda facts: (one.name for one in facts.defined))
    held = {name: {path for path in marked.hosts if name in marked.mentions[path]} for name in defined}
    yield from _on_both_sides(
        marked, defined, held, "symbol that {} define, and hosts hold as text for dlsym"
    )


def _stamp_carriers(marked: Marked, names: Callable[[ElfFile], Iterable[str]]) -> dict[str, set[str]]:
    carriers = defaultdict[str, set[str]](set)
    for path in marked.modules:
        for name in names(marked.linkage.facts(path)):
            if _is_stamp(name):
                carriers[name].add(path)
    return carriers


def _on_both_sides(
    marked: Marked, carriers: Mapping[str, set[str]], providers: Mapping[str, set[str]], why: str
) -> Iterator[Tag]:
    """The stamps of most modules that a host provides, and others of their shape."""
    chosen = {
        name
        for name, files in carriers.items()
        if providers[name] and len(files) > 1 and _most(files, marked)
    }
    for name in _with_same_shape(carriers, chosen):
        files = carriers[name]
        told = why.format(count(files)) if name in chosen else "differs from the other modules' stamp"
        yield Tag(TagFamily.STAMP, name, tuple(sorted(providers[name])), tuple(sorted(files)), told)


@lru_cache(1 << 16)
def _is_stamp(name: str) -> bool:
    if name.startswith(_MANGLED) or _DIGITS.search(name) is None:
        return False
    return _VERSION_OR_HASH.search(name) is not None


def _most(files: set[str], marked: Marked) -> bool:
    return 2 * len(files) >= len(marked.modules)


def _definers(linkage: Linkage, paths: Iterable[str], names: Iterable[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {name: set() for name in names}
    for path in paths:
        for symbol in linkage.facts(path).defined:
            if symbol.name in found:
                found[symbol.name].add(path)
    return found


def _with_same_shape(names: Iterable[str], chosen: set[str]) -> list[str]:
    """The chosen names, and those that differ from one of them in a version or hash only."""
    shapes = {shape(name) for name in chosen}
    return sorted(name for name in names if shape(name) in shapes)


def shape(name: str) -> str:
    """A glob of the name, with `*` in the place of each version or hash."""
    return _DIGITS.sub("*", _VERSION_OR_HASH.sub("*", name))


_FINDERS = (_nodes, _sonames, _stamps, constants, paths)
