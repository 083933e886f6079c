"""Drafts a manifest that can be planned as it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from splitpkg.abi.linkage import Linkage
from splitpkg.discover.beside import beside_of
from splitpkg.discover.drafted import Drafted, sections
from splitpkg.discover.families import find_families
from splitpkg.discover.layout import LibraryDirectory
from splitpkg.discover.overrides import overrides
from splitpkg.discover.owners import CORE, LIBS, choose
from splitpkg.discover.paths import Paths
from splitpkg.discover.patterns import host_patterns, patterns
from splitpkg.discover.program import program_version
from splitpkg.discover.rules import members
from splitpkg.discover.waivers import accepted

if TYPE_CHECKING:
    from splitpkg.discover.model import Discovery, FoundFamily
    from splitpkg.discover.overrides import Override
    from splitpkg.discover.owners import Owners
    from splitpkg.discover.rules import Member
    from splitpkg.discover.waivers import Accepted
    from splitpkg.inventory.model import Inventory

_HEAVY = 10
"""A host with so many libraries of its own is worth a remark."""


def draft(discovery: Discovery, inventory: Inventory, name: str | None, version: str | None) -> str:
    """The text of a manifest for the tree. What is not given comes from the tree's own evidence."""
    return "\n\n".join(sections(_drafted(discovery, inventory, name, version))) + "\n"


def _drafted(discovery: Discovery, inventory: Inventory, name: str | None, version: str | None) -> Drafted:
    program = name or discovery.name
    split = _split(inventory, discovery, program)
    found = program_version(discovery.tags, [group.directory for group in discovery.groups], program)
    return Drafted(
        name=program,
        version=version or (found[0] if found is not None else "0"),
        version_from=found[1] if found is not None and version is None else None,
        discovery=discovery,
        hub=split.hub,
        hosts=_hosts(discovery, split),
        families=split.families,
        owners=split.owners,
        files=_files(discovery, split),
        overrides=split.tables,
        waivers=tuple(
            (one, tuple(split.place.literal(path) for path in one.paths)) for one in _waived(discovery, split)
        ),
        heavy=_heavy(discovery, split.linkage),
    )


@dataclass(frozen=True, slots=True)
class _Split:
    """Who gets which path of the tree: modules, what goes with them, and all the rest."""

    paths: Paths
    linkage: Linkage
    place: LibraryDirectory
    families: tuple[FoundFamily, ...]
    members: dict[str, Member]
    taken: dict[str, Member]
    owners: Owners
    hub: str
    tables: tuple[Override, ...]


def _split(inventory: Inventory, discovery: Discovery, program: str) -> _Split:
    families = find_families(inventory, discovery, program)
    paths, linkage = Paths(inventory), Linkage(inventory)
    place = LibraryDirectory.of(paths)
    found = members(paths, families)
    beside = beside_of(paths, families, found)
    links = {link for module in discovery.modules for link in module.links}
    ours = links | {module.path for module in discovery.modules}
    taken = {path: member for path, member in (found | beside).items() if path in ours}
    suffixes = {member.suffix for member in (found | beside).values()}
    owners = choose(inventory, discovery, linkage, taken.keys() | links | beside.keys(), suffixes)
    tables = overrides(discovery, linkage, place, taken, owners)
    hub = _hub(discovery, owners)
    return _Split(paths, linkage, place, families, found | beside, taken, owners, hub, tables)


def _hub(discovery: Discovery, owners: Owners) -> str:
    """The libraries' package where a library loads the modules, since all others need it; else the core."""
    suffixes = [package.suffix for package in owners.packages]
    by_library = any(owners.paths.get(host.path) == LIBS for host in discovery.hosts)
    return LIBS if CORE not in suffixes or (by_library and LIBS in suffixes) else CORE


def _files(discovery: Discovery, split: _Split) -> dict[str, tuple[str, ...]]:
    """The patterns of each package; where there are modules alone, the core gets their directories."""
    found = patterns(split.paths, split.place, split.owners.paths, split.members)
    return found or {CORE: tuple(sorted({split.place.glob(group.directory) for group in discovery.groups}))}


def _hosts(discovery: Discovery, split: _Split) -> tuple[str, ...]:
    """What the manifest names as hosts; a file of the tree stands in where there are no modules to load."""
    found = host_patterns(split.paths, split.place, [host.path for host in discovery.hosts])
    if found or discovery.modules:
        return found
    every = (*discovery.programs, *sorted(split.owners.paths))
    return tuple(split.place.literal(path) for path in every[:1])


def _waived(discovery: Discovery, split: _Split) -> tuple[Accepted, ...]:
    """The faults of the upstream build that the plan would stop at."""
    homes = {
        one.suffix: split.hub if one.keep else one.bundle for one in split.tables if one.keep or one.bundle
    }
    packages = {path: homes.get(member.suffix) or member.suffix for path, member in split.taken.items()}
    hosts = [host.path for host in discovery.hosts]
    modules = [module.path for module in discovery.modules]
    return accepted(split.linkage, hosts, modules, {**split.owners.paths, **packages}, split.hub)


def _heavy(discovery: Discovery, linkage: Linkage) -> tuple[tuple[str, int], ...]:
    """Hosts that bring many libraries which no other program of the tree needs."""
    external = {path: linkage.closure(path).external for path in discovery.programs}
    found = []
    for host in discovery.hosts:
        if host.path in external:
            others = {name for path, names in external.items() if path != host.path for name in names}
            found.append((host.path, len(external[host.path] - others)))
    return tuple((path, number) for path, number in found if number >= _HEAVY)
