"""What the later steps of planning share: who owns what, and what each package is for."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from splitpkg.diagnostics import Diagnostic
from splitpkg.inventory.model import EntryKind
from splitpkg.inventory.tree import Tree
from splitpkg.plan.model import Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from splitpkg.abi.linkage import Linkage
    from splitpkg.inventory.model import Inventory
    from splitpkg.manifest.model import ManifestFile
    from splitpkg.plan.assign import Assignment
    from splitpkg.plan.members import Member


@dataclass(frozen=True, slots=True)
class Split:
    """Every path with its owner. Packages go by their suffixes here."""

    manifest: ManifestFile
    tree: Tree
    linkage: Linkage
    assignment: Assignment
    hosts: tuple[str, ...]
    roles: dict[str, Role] = field(init=False)
    paths: dict[str, tuple[str, ...]] = field(init=False)
    modules: frozenset[str] = field(init=False)
    module_folders: frozenset[str] = field(init=False)
    members_of: dict[str, tuple[Member, ...]] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "modules", frozenset(one.path for one in self.members if not one.is_link))
        object.__setattr__(self, "roles", dict(sorted(_roles(self))))
        object.__setattr__(self, "paths", _paths(self))
        folders = frozenset(path.rpartition("/")[0] for path in self.modules)
        object.__setattr__(self, "module_folders", folders)
        object.__setattr__(self, "members_of", _members_of(self.members))

    @property
    def members(self) -> tuple[Member, ...]:
        """The modules, and links to them under other names."""
        return self.assignment.members

    @property
    def hub(self) -> str | None:
        """The suffix of the package that all others are locked to; None where there is none."""
        return self.manifest.content.lock.hub or None

    @property
    def main(self) -> str:
        """The suffix of the package of what belongs to all: the hub, else the first with a host."""
        if self.hub is not None:
            return self.hub
        owners = self.assignment.owners
        return min((owners[host] for host in self.hosts if host in owners), default=next(iter(self.roles)))

    @property
    def elf_modules(self) -> tuple[str, ...]:
        """The modules that are ELF files, sorted."""
        return tuple(sorted(path for path in self.modules if self.linkage.is_elf(path)))


def _roles(split: Split) -> Iterator[tuple[str, Role]]:
    content = split.manifest.content
    for member in split.members:
        yield member.package, Role.MODULE
    for suffix, package in content.package.items():
        yield suffix, Role(str(package.kind))
    if content.metapackage is not None:
        yield content.metapackage.suffix, Role.META


def _members_of(members: tuple[Member, ...]) -> dict[str, tuple[Member, ...]]:
    found: defaultdict[str, list[Member]] = defaultdict(list)
    for member in members:
        found[member.package].append(member)
    return {suffix: tuple(group) for suffix, group in found.items()}


def _paths(split: Split) -> dict[str, tuple[str, ...]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for entry in split.tree.inventory.entries:
        owner = split.assignment.owners.get(entry.path)
        if owner is not None and entry.kind is not EntryKind.DIRECTORY:
            found[owner].append(entry.path)
    return {suffix: tuple(found[suffix]) for suffix in split.roles}


def find_hosts(manifest: ManifestFile, tree: Tree) -> tuple[tuple[str, ...], tuple[Diagnostic, ...]]:
    """The files that `[hosts]` names, links followed; a pattern without a file is a finding."""
    hosts, findings = set[str](), []
    for index, glob in enumerate(manifest.content.hosts.files):
        resolved = [tree.inventory.resolve(entry.path) for entry, _, _ in tree.matching(glob)]
        files = {entry.path for entry in resolved if entry is not None and entry.kind is EntryKind.FILE}
        hosts |= files
        if not files:
            findings.append(_no_host(manifest, index, str(glob)))
    return tuple(sorted(hosts)), tuple(findings)


def hosts_of(manifest: ManifestFile, inventory: Inventory) -> tuple[str, ...]:
    """The files that `[hosts]` names, as far as they are there."""
    return find_hosts(manifest, Tree(inventory))[0]


def _no_host(manifest: ManifestFile, index: int, glob: str) -> Diagnostic:
    return Diagnostic(
        "rule-unused",
        manifest.where("hosts", "files", index),
        f"`{glob}` matches no file of the tree",
        hint="name the programs that load the modules; `splitpkg scan` lists them",
    )
