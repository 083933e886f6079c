"""Drafts a manifest that can be planned as it stands."""

from __future__ import annotations

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
    from collections.abc import Mapping

    from splitpkg.discover.model import Discovery, FoundFamily
    from splitpkg.discover.overrides import Override
    from splitpkg.discover.owners import Owners
    from splitpkg.discover.rules import Member
    from splitpkg.inventory.model import Inventory

_HEAVY = 10
"""A host with so many libraries of its own is worth a remark."""


def draft(discovery: Discovery, inventory: Inventory, name: str | None, version: str | None) -> str:
    """The text of a manifest for the tree. What is not given comes from the tree's own evidence."""
    return "\n\n".join(sections(_drafted(discovery, inventory, name, version))) + "\n"


def _drafted(discovery: Discovery, inventory: Inventory, name: str | None, version: str | None) -> Drafted:
    program = name or discovery.name
    families = discovery.families
    if program != discovery.name:
        families = find_families(inventory, discovery.groups, program)
    paths, linkage = Paths(inventory), Linkage(inventory)
    modules = {module.path for module in discovery.modules}
    links = {link for module in discovery.modules for link in module.links}
    place = LibraryDirectory.of(paths)
    found_members = members(paths, families)
    beside = beside_of(paths, families, found_members)
    everything = {**found_members, **beside}
    ours = modules | links
    taken = {path: member for path, member in everything.items() if path in ours}
    suffixes = {member.suffix for member in everything.values()}
    owners = choose(inventory, discovery, linkage, taken.keys() | links | beside.keys(), suffixes)
    hub = _hub(discovery, owners)
    tables = overrides(discovery, linkage, place, taken, owners)
    hosts = [host.path for host in discovery.hosts]
    packages = {**owners.paths, **_module_packages(taken, tables, hub)}
    standing_in = [path for path in sorted(taken) if linkage.is_elf(path)] if not hosts else []
    waivers = accepted(linkage, hosts or standing_in, modules, packages, hub)
    found = program_version(discovery.tags, [group.directory for group in discovery.groups], program)
    return Drafted(
        name=program,
        version=version or (found[0] if found is not None else "0"),
        version_from=found[1] if found is not None and version is None else None,
        discovery=discovery,
        hub=hub,
        hosts=host_patterns(paths, place, hosts) or _standing_in(discovery, families, place, owners),
        families=families,
        owners=owners,
        files=_files(discovery, paths, place, owners, everything),
        overrides=tables,
        waivers=tuple((one, tuple(place.literal(path) for path in one.paths)) for one in waivers),
        heavy=_heavy(discovery, linkage),
    )


def _hub(discovery: Discovery, owners: Owners) -> str:
    """The libraries' package where a library loads the modules, since all others need it; else the core."""
    suffixes = [package.suffix for package in owners.packages]
    by_library = any(owners.paths.get(host.path) == LIBS for host in discovery.hosts)
    return LIBS if CORE not in suffixes or (by_library and LIBS in suffixes) else CORE


def _files(
    discovery: Discovery, paths: Paths, place: LibraryDirectory, owners: Owners, taken: Mapping[str, Member]
) -> dict[str, tuple[str, ...]]:
    """The patterns of each package; where there are modules alone, the core gets their directories."""
    found = patterns(paths, place, owners.paths, taken)
    return found or {CORE: tuple(sorted({place.glob(group.directory) for group in discovery.groups}))}


def _standing_in(
    discovery: Discovery, families: tuple[FoundFamily, ...], place: LibraryDirectory, owners: Owners
) -> tuple[str, ...]:
    """What a manifest names as hosts where nothing in the tree loads modules."""
    globs = tuple(glob for family in families for glob in family.files)
    return globs or tuple(place.literal(path) for path in (*discovery.programs, *sorted(owners.paths))[:1])


def _module_packages(taken: Mapping[str, Member], tables: tuple[Override, ...], hub: str) -> dict[str, str]:
    """The package of each file that a family takes."""
    homes = {one.suffix: hub if one.keep else one.bundle for one in tables if one.keep or one.bundle}
    return {path: homes.get(member.suffix) or member.suffix for path, member in taken.items()}


def _heavy(discovery: Discovery, linkage: Linkage) -> tuple[tuple[str, int], ...]:
    """Hosts that bring many libraries which no other program of the tree needs."""
    external = {path: linkage.closure(path).external for path in discovery.programs}
    found = []
    for host in discovery.hosts:
        if host.path in external:
            others = {name for path, names in external.items() if path != host.path for name in names}
            found.append((host.path, len(external[host.path] - others)))
    return tuple((path, number) for path, number in found if number >= _HEAVY)
