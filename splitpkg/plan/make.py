"""From a manifest and a tree to the plan: the order of the steps, and nothing else."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from splitpkg.abi.linkage import Linkage
from splitpkg.diagnostics import Diagnostic, errors, ordered
from splitpkg.plan import check, compose, edges, relate
from splitpkg.plan.assign import assign
from splitpkg.plan.claims import Tree
from splitpkg.plan.directories import directory_owners
from splitpkg.plan.members import members, unused_overrides
from splitpkg.plan.model import Plan, PlannedPackage, Relation, Role
from splitpkg.plan.split import Split, find_hosts
from splitpkg.plan.waive import waive

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from splitpkg.inventory.model import Inventory
    from splitpkg.manifest.model import Attribute, ManifestFile
    from splitpkg.plan.relate import Link


def make_plan(manifest: ManifestFile, inventory: Inventory) -> tuple[Plan | None, tuple[Diagnostic, ...]]:
    """The plan, and all findings about manifest and tree. No plan where an error is not waived."""
    tree = Tree(inventory)
    found, colliding = members(manifest, tree)
    assignment, unsettled = assign(manifest, tree, found)
    hosts, hostless = find_hosts(manifest, tree)
    split = Split(manifest, tree, Linkage(inventory), found, assignment, hosts)
    findings = [*colliding, *unsettled, *hostless, *unused_overrides(manifest, found), *check.packages(split)]
    plan, more = _planned(split)
    kept = waive(manifest, ordered([*findings, *more]))
    return (None if errors(kept) else plan), kept


def _planned(split: Split) -> tuple[Plan, list[Diagnostic]]:
    found, outside = edges.open_symbols(split)
    links = [*_links(split), *relate.symbol_links(found, split.assignment.owners)]
    pulled = relate.pulled_in(links)
    findings = [
        *edges.unsettled(split, found, outside, pulled),
        *edges.missing(split),
        *edges.cycles(split, links),
    ]
    findings += check.relations(split, links)
    directories, unowned = directory_owners(split.tree, split.assignment, split.hub, pulled)
    attributes, unused = _attributes(split)
    packages = tuple(_packages(split, links, directories, attributes))
    plan = Plan(
        hub=compose.full_name(split.manifest.content, split.hub),
        timestamp=_timestamp(split),
        libdir=_libdir(split),
        packages=packages,
        tags=(),
        hosts=split.hosts,
        excluded=tuple(sorted(split.assignment.excluded.items())),
    )
    return plan, [*findings, *unowned, *unused]


def _links(split: Split) -> Iterator[Link]:
    content = split.manifest.content
    yield from relate.locks(split.roles, split.hub)
    yield from relate.needed_links(split.linkage, split.assignment.owners, split.modules)
    if content.metapackage is not None:
        yield from relate.metapackage_links(content.metapackage.suffix, content.metapackage, split.roles)
    for suffix, package in content.package.items():
        yield from relate.declared_links(suffix, package, str(split.manifest.where("package", suffix)))
    homes = {member.suffix: member.package for member in split.members}
    for suffix, module in content.module.items():
        where = str(split.manifest.where("module", suffix))
        yield from relate.declared_links(homes.get(suffix, suffix), module, where)
    for member in split.members:
        where = str(split.manifest.where("family", member.family))
        yield from relate.declared_links(member.package, content.family[member.family], where)


def _packages(
    split: Split,
    links: Iterable[Link],
    directories: Mapping[str, tuple[str, ...]],
    attributes: dict[str, list[Attribute]],
) -> Iterator[PlannedPackage]:
    relations: defaultdict[str, list[Relation]] = defaultdict(list)
    for (source, target, kind), (link, evidence) in relate.joined(links).items():
        name = compose.full_name(split.manifest.content, target)
        relations[source].append(Relation(kind, name, link.constraint, link.reason, evidence))
    owned: defaultdict[str, list[str]] = defaultdict(list)
    for path, owners in directories.items():
        for owner in owners:
            owned[owner].append(path)
    for suffix in split.roles:
        yield _package(split, suffix, relations[suffix], owned[suffix], attributes)


def _package(
    split: Split,
    suffix: str,
    relations: list[Relation],
    directories: list[str],
    attributes: dict[str, list[Attribute]],
) -> PlannedPackage:
    content, role, paths = split.manifest.content, split.roles[suffix], split.paths[suffix]
    texts = compose.texts(split, suffix)
    return PlannedPackage(
        name=compose.full_name(content, suffix),
        suffix=suffix,
        role=role,
        is_hub=suffix == split.hub,
        architecture_dependent=_depends_on_architecture(split, role, paths),
        summary=texts.summary,
        description=texts.description,
        files=tuple(compose.files_of(split.tree, paths, attributes)),
        directories=tuple(compose.files_of(split.tree, directories, attributes)),
        modules=tuple(path for path in paths if path in split.modules),
        libraries=tuple(compose.libraries_of(split.linkage, role, paths)),
        private_sonames=tuple(
            sorted(set(compose.private_sonames(split.linkage, role, split.modules, paths)))
        ),
        external=compose.external_names(split.linkage, paths),
        relations=tuple(sorted(relations)),
        names=texts.names,
        rpm=texts.rpm,
        deb=texts.deb,
    )


def _depends_on_architecture(split: Split, role: Role, paths: Iterable[str]) -> bool:
    """Only data and documentation serve every architecture, and only without ELF files or library paths."""
    if role not in (Role.DATA, Role.DOCUMENTATION):
        return True
    return any(split.linkage.is_elf(path) or _library_directory(split, path) is not None for path in paths)


def _library_directory(split: Split, path: str) -> str | None:
    """The directory of libraries that the path is in, where that depends on the architecture."""
    found = (one for one in split.tree.libdirs if path.startswith(f"{one}/"))
    deepest = max(found, key=len, default=None)
    return None if deepest in (None, "lib", "usr/lib") else deepest


def _libdir(split: Split) -> str | None:
    """The directory that holds the modules and libraries, where it is one."""
    shared = [path for paths in split.paths.values() for path in paths if split.linkage.is_elf(path)]
    shared = [path for path in shared if split.linkage.facts(path).is_shared_object]
    found = {
        max((one for one in split.tree.libdirs if path.startswith(f"{one}/")), key=len, default=None)
        for path in shared
    } - {None}
    return found.pop() if len(found) == 1 else None


def _timestamp(split: Split) -> int:
    """The date of this release: what the manifest says, else the newest file's."""
    date = split.manifest.content.program.date
    if date is None:
        return split.tree.inventory.newest
    return (date.toordinal() - _EPOCH) * 86_400


_EPOCH = 719_163
"""The ordinal of 1970-01-01."""


def _attributes(split: Split) -> tuple[dict[str, list[Attribute]], list[Diagnostic]]:
    """The [[attribute]] tables that speak of each path; a pattern without a path is a finding."""
    found: defaultdict[str, list[Attribute]] = defaultdict(list)
    findings = []
    for number, attribute in enumerate(split.manifest.content.attribute):
        for index, glob in enumerate(attribute.files):
            matched = [entry for entry, _, _ in split.tree.matching(glob)]
            for entry in matched:
                found[entry.path].append(attribute)
            if not matched:
                findings.append(check.unused(split, ("attribute", number, "files", index), str(glob)))
    return found, findings
