"""From an inventory to what the tree is made of: the order of the steps, and nothing else."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from splitpkg.abi.marked import Marked
from splitpkg.abi.tags import find_tags
from splitpkg.discover.classify import classify
from splitpkg.discover.entry import by_directory
from splitpkg.discover.hosts import HostFinder
from splitpkg.discover.model import Discovery, Group, Helper, Host, Kind, Library, Module, Other
from splitpkg.discover.objects import objects
from splitpkg.discover.places import is_public
from splitpkg.discover.program import program_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from splitpkg.discover.classify import Verdict
    from splitpkg.discover.entry import Shapes
    from splitpkg.discover.hosts import Loading
    from splitpkg.discover.objects import Objects
    from splitpkg.inventory.model import Inventory


def discover(inventory: Inventory) -> Discovery:
    """What the tree is made of, by the evidence of its ELF files alone."""
    found = objects(inventory)
    verdicts, shapes = classify(found)
    modules = by_directory(_of_kind(verdicts, Kind.MODULE))
    finder = HostFinder(found, shapes, verdicts)
    loadings = {directory: finder.of(directory, paths) for directory, paths in modules.items()}
    hosts = _hosts(verdicts, loadings)
    groups = tuple(
        Group(directory, paths, _shared_entry(shapes, paths), tuple(one.host for one in loadings[directory]))
        for directory, paths in modules.items()
    )
    every = [path for paths in modules.values() for path in paths]
    name = program_name(inventory, [host.path for host in hosts], every)
    return Discovery(
        name=name,
        programs=tuple(sorted(found.programs)),
        hosts=hosts,
        libraries=tuple(_library(found, path, verdicts[path]) for path in _of_kind(verdicts, Kind.LIBRARY)),
        helpers=tuple(_helper(found, path, verdicts[path]) for path in _of_kind(verdicts, Kind.HELPER)),
        modules=tuple(sorted(_modules(found, shapes, verdicts, groups))),
        others=tuple(_others(verdicts)),
        groups=groups,
        tags=find_tags(_marked(found, verdicts, hosts)),
    )


def _of_kind(verdicts: Mapping[str, Verdict], *kinds: Kind) -> list[str]:
    return sorted(path for path, verdict in verdicts.items() if verdict.kind in kinds)


def _hosts(verdicts: Mapping[str, Verdict], loadings: Mapping[str, tuple[Loading, ...]]) -> tuple[Host, ...]:
    """Each host once, with all it loads from; modules that load modules are no hosts of the program."""
    found = defaultdict[str, list["Loading"]](list)
    for directory in sorted(loadings):
        for loading in loadings[directory]:
            if verdicts[loading.host].kind is not Kind.MODULE:
                found[loading.host].append(loading)
    return tuple(
        Host(
            path,
            verdicts[path].kind,
            tuple(one.directory for one in found[path]),
            tuple(dict.fromkeys(one.why for one in found[path])),
        )
        for path in sorted(found)
    )


def _shared_entry(shapes: Shapes, paths: Iterable[str]) -> tuple[str, ...]:
    """The entry symbols of a directory's modules; `{}` stands for a module's own name."""
    found = defaultdict[str, set[str]](set)
    for path in paths:
        candidates = shapes.candidates(path)
        for symbol in shapes.entry(path):
            for form in candidates[symbol]:
                found[form].add(symbol)
    return tuple(sorted(form for form, symbols in found.items() if "{}" not in form or len(symbols) > 1))


def _library(found: Objects, path: str, verdict: Verdict) -> Library:
    links = (link for link in found.links.get(path, ()) if is_public(link) and link.endswith(".so"))
    return Library(path, found.facts(path).soname, next(links, None), verdict.why)


def _helper(found: Objects, path: str, verdict: Verdict) -> Helper:
    return Helper(path, found.facts(path).soname, found.users.get(path, ()), verdict.why)


def _others(verdicts: Mapping[str, Verdict]) -> Iterable[Other]:
    for path in _of_kind(verdicts, Kind.EXTENSION, Kind.INTERPOSER, Kind.DATA):
        yield Other(path, verdicts[path].kind, verdicts[path].why, verdicts[path].interpreter)


def _modules(
    found: Objects, shapes: Shapes, verdicts: Mapping[str, Verdict], groups: Iterable[Group]
) -> Iterable[Module]:
    for group in groups:
        present = {name for host in group.hosts for name in found.linkage.closure(host).external}
        present |= {(found.facts(host).interpreter or "").rpartition("/")[2] for host in group.hosts}
        for path in group.modules:
            external = found.linkage.closure(path).external - present
            yield Module(
                path,
                shapes.entry(path),
                tuple(sorted(external)),
                found.links.get(path, ()),
                verdicts[path].why,
            )


def _marked(found: Objects, verdicts: Mapping[str, Verdict], hosts: Iterable[Host]) -> Marked:
    paths = tuple(host.path for host in hosts)
    return Marked(
        found.linkage,
        paths,
        tuple(_of_kind(verdicts, Kind.MODULE)),
        frozenset(_of_kind(verdicts, Kind.HELPER)),
        {path: found.mentions(path) for path in paths},
    )
