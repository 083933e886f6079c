"""From a manifest and a tree to the plan: the order of the steps, and nothing else."""

from __future__ import annotations

import calendar
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from splitpkg.abi.linkage import Linkage
from splitpkg.diagnostics import Diagnostic, errors, ordered
from splitpkg.inventory.tree import Tree
from splitpkg.plan import activation, check, content, declared, edges, hygiene, loading, locks, relate, texts
from splitpkg.plan.added import with_added
from splitpkg.plan.assign import assign
from splitpkg.plan.directories import directory_owners
from splitpkg.plan.explained import explained
from splitpkg.plan.forms import with_forms
from splitpkg.plan.guard import guard
from splitpkg.plan.hints import hints
from splitpkg.plan.loosen import loosened, ties
from splitpkg.plan.members import homes, members, unused_overrides
from splitpkg.plan.model import Plan, PlannedPackage, Relation
from splitpkg.plan.split import Split, find_hosts
from splitpkg.plan.stated import ModuleNames, statements
from splitpkg.plan.tag_relations import capabilities, offers
from splitpkg.plan.tags import Found, tags, without_effects
from splitpkg.plan.waive import not_excluded, waive

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from splitpkg.inventory.model import Inventory, Sysroot
    from splitpkg.manifest.model import ManifestFile, Relations
    from splitpkg.plan.claims import Key
    from splitpkg.plan.relate import Link


def make_plan(
    manifest: ManifestFile,
    inventory: Inventory,
    scanned: Iterable[Diagnostic] = (),
    *,
    sysroot: Sysroot | None = None,
    previous: Inventory | None = None,
) -> tuple[Plan | None, tuple[Diagnostic, ...]]:
    """The plan, and all findings about manifest and tree. No plan where an error is not waived.

    `scanned` are the findings about the tree itself; those about excluded paths are dropped. `sysroot`
    has the libraries from outside, whose symbols are assumed without it. `previous` is the tree of
    another build, which tells how strong the tags are.
    """
    inventory = with_added(manifest.content.build, inventory)
    tree = Tree(inventory)
    of_tree, excluding = not_excluded(manifest, scanned)
    found, colliding = members(manifest, tree)
    assignment, unsettled = assign(manifest, tree, found, excluding)
    hosts, hostless = find_hosts(manifest, tree)
    split = Split(manifest, tree, Linkage(inventory), assignment, hosts)
    unused = unused_overrides(manifest, split.members)
    findings = [*colliding, *unsettled, *hostless, *unused, *check.packages(split)]
    marks = tags(split, None if previous is None else _split(manifest, previous))
    plan, more = _planned(split, loading.loading(split, sysroot), marks)
    kept = ordered(waive(manifest, [*of_tree, *findings, *more]))
    return (None if errors(kept) else plan), kept


def _split(manifest: ManifestFile, inventory: Inventory) -> Split:
    """Who would own what of another build, as far as the manifest fits it."""
    tree = Tree(with_added(manifest.content.build, inventory))
    found, _ = members(manifest, tree)
    assignment, _ = assign(manifest, tree, found, frozenset())
    hosts, _ = find_hosts(manifest, tree)
    return Split(manifest, tree, Linkage(tree.inventory), assignment, hosts)


def _planned(split: Split, loads: loading.Loading, marks: Found) -> tuple[Plan, list[Diagnostic]]:
    kept, unclean = hygiene.findings(split, loads.found)
    loads = replace(loads, outside=loads.outside | kept)
    names = ModuleNames(split)
    stated, unplaced = statements(split, names, loads.found)
    sure = [one for one in stated if one.sure]
    formed, unread = with_forms(split.manifest, marks.tags)
    offered = offers(split, formed)
    exact = [
        *_links(split),
        *relate.symbol_links(loads.found, split.assignment.owners),
        *declared.stated_links(split, names, sure),
    ]
    tied = ties(split, exact, offered)
    links = list(loosened(split, exact, tied))
    pulled = relate.pulled_in(links)
    findings = [
        *loading.unsettled(split, loads, pulled),
        *loads.findings,
        *declared.unmet_needs(split, names, sure, pulled),
        *declared.unconfirmed(split, names, stated, pulled),
        *declared.unplaced(unplaced),
        *unclean,
        *edges.missing(split),
        *edges.cycles(split, links),
        *check.relations(split, links, pulled),
    ]
    directories, unowned = directory_owners(split.tree, split.assignment, split.main, pulled)
    said, unused = content.attributes(split)
    more = [*capabilities(split, offered), *guard(split, links, tied)]
    switched, astray = activation.enabled(split)
    triggers, idle = activation.triggers(split)
    packages = tuple(
        replace(package, enabled=switched[package.suffix]) if package.suffix in switched else package
        for package in _packages(split, links, more, directories, said)
    )
    plan = Plan(
        hub=None if split.hub is None else texts.full_name(split.manifest.content, split.hub),
        timestamp=_timestamp(split),
        libdir=_libdir(split),
        packages=packages,
        tags=formed,
        hosts=split.hosts,
        excluded=tuple(sorted(split.assignment.excluded.items())),
        triggers=triggers,
        assumed=loads.assumed,
        load_order=loading.load_order(split, loads, pulled),
        hints=hints(split, names, stated, pulled),
        lock=tuple(explained(split, tied)),
        doubtful=marks.doubtful,
    )
    apart = without_effects(findings, marks)
    return plan, [*apart, *unowned, *unused, *marks.findings, *unread, *astray, *idle]


def _links(split: Split) -> Iterator[Link]:
    content, owners = split.manifest.content, split.assignment.owners
    yield from locks.locks(split)
    yield from relate.needed_links(split.linkage, owners, split.modules)
    yield from relate.alias_links(split.members, split.tree.inventory, owners)
    if content.metapackage is not None:
        meta = content.metapackage
        yield from relate.metapackage_links(meta.suffix, meta, split.roles, split.hub, locks.free(split))
    for suffix, table, key in _relating(split):
        yield from relate.declared_links(suffix, table, key, split.manifest.where(*key))


def _relating(split: Split) -> Iterator[tuple[str, Relations, Key]]:
    """The tables that state relations: the package they are about, by suffix, and their place."""
    content, known = split.manifest.content, homes(split.members)
    for suffix, package in content.package.items():
        yield suffix, package, ("package", suffix)
    for suffix, module in content.module.items():
        if suffix in known:
            yield known[suffix], module, ("module", suffix)
    for member in split.members:
        yield member.package, content.family[member.family], ("family", member.family)


def _packages(
    split: Split,
    links: Iterable[Link],
    more: Iterable[tuple[str, Relation]],
    directories: Mapping[str, tuple[str, ...]],
    said: content.Attributes,
) -> Iterator[PlannedPackage]:
    """`more` are relations beside the links, each with its package's suffix."""
    relations: defaultdict[str, list[Relation]] = defaultdict(list)
    for suffix, relation in more:
        relations[suffix].append(relation)
    for (source, target, kind), (link, evidence) in relate.joined(links).items():
        name = texts.full_name(split.manifest.content, target)
        relations[source].append(Relation(kind, name, link.constraint, link.reason, evidence))
    owned: defaultdict[str, list[str]] = defaultdict(list)
    for path, owners in directories.items():
        for owner in owners:
            owned[owner].append(path)
    for suffix in split.roles:
        yield _package(split, suffix, relations[suffix], owned[suffix], said)


def _package(
    split: Split, suffix: str, relations: list[Relation], directories: list[str], said: content.Attributes
) -> PlannedPackage:
    role, paths, own = split.roles[suffix], split.paths[suffix], texts.texts(split, suffix)
    return PlannedPackage(
        name=texts.full_name(split.manifest.content, suffix),
        suffix=suffix,
        role=role,
        is_hub=suffix == split.hub,
        architecture_dependent=content.depends_on_architecture(split, suffix),
        summary=own.summary,
        description=own.description,
        files=content.files(split, paths, said),
        directories=content.files(split, directories, said),
        modules=tuple(path for path in paths if path in split.modules),
        libraries=content.libraries(split, role, paths),
        private_sonames=content.private_sonames(split, role, paths),
        external=content.external(split, paths),
        relations=tuple(sorted(relations)),
        names=own.names,
        rpm=own.rpm,
        deb=own.deb,
    )


def _libdir(split: Split) -> str | None:
    """The directory that holds the shared objects, where it is one alone.

    Beside `lib64` or that of a triplet, `lib` is the place of what is the same on every machine.
    """
    elf = [path for path in split.assignment.owners if split.linkage.is_elf(path)]
    found = {
        content.library_directory(split, path) for path in elf if split.linkage.facts(path).is_shared_object
    }
    found.discard(None)
    specific = found - {"lib", "usr/lib"}
    found = specific or found
    return found.pop() if len(found) == 1 else None


def _timestamp(split: Split) -> int:
    """The date of this release: what the manifest says, else the newest file's."""
    date = split.manifest.content.program.date
    if date is None:
        return split.tree.inventory.newest
    return calendar.timegm(date.timetuple())
