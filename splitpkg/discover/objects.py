"""The ELF files of a tree, sorted by what the loader can do with them."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from splitpkg.abi.linkage import Linkage, outer_nodes
from splitpkg.elf.model import DF_1_PIE, ElfType

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from splitpkg.elf.model import ElfFile
    from splitpkg.inventory.model import Entry, Inventory

_FAMILY = {3: 62, 40: 183, 20: 21, 2: 43, 18: 43}
"""Machines whose programs run on another one's processors: e_machine of the narrow, then of the wide."""


@dataclass(frozen=True, slots=True)
class Objects:
    """Programs and shared objects of the tree's own machine, and how they are linked.

    `users` are the files that need a file by DT_NEEDED; `links` the symbolic links that lead to it;
    `data` those ELF files that nothing of the tree can run or load, with the reason. `linked` are
    all names that some file has as an undefined symbol, `imported` those met outside of the tree,
    `exported` those that programs define themselves. `typelibs` are the directories that hold type
    libraries of GObject introspection.
    """

    inventory: Inventory
    linkage: Linkage
    programs: tuple[str, ...]
    shared: tuple[str, ...]
    data: Mapping[str, str]
    users: Mapping[str, tuple[str, ...]]
    links: Mapping[str, tuple[str, ...]]
    linked: frozenset[str]
    imported: frozenset[str]
    exported: frozenset[str]
    typelibs: frozenset[str]

    def facts(self, path: str) -> ElfFile:
        """The facts of one of the files."""
        return self.linkage.facts(path)

    def mentions(self, path: str) -> frozenset[str]:
        """The dynamic symbols of other files that stand as strings in the file."""
        entry = self.inventory.get(path)
        return entry.mentions - self.facts(path).defined_names if entry is not None else frozenset()

    def naming(self, directory: str) -> frozenset[str]:
        """The files that hold a directory's name as text."""
        spelled = {f"/{directory}", f"/{directory}/"}
        return frozenset(
            path for path in (*self.programs, *self.shared) if not spelled.isdisjoint(self.mentions(path))
        )


def objects(inventory: Inventory) -> Objects:
    """The ELF files of a tree, told apart by header and dynamic section alone."""
    linkage = Linkage(inventory)
    files = inventory.elf_files
    native = _machine(files)
    data = {entry.path: why for entry, facts in files if (why := _not_loadable(facts, native))}
    ours = [(entry, facts) for entry, facts in files if entry.path not in data]
    paths = [entry.path for entry, _ in ours]
    shared = {entry.path: None for entry, facts in ours if _is_shared_object(entry, facts)}
    programs = tuple(path for path in paths if path not in shared)
    return Objects(
        inventory,
        linkage,
        programs,
        tuple(shared),
        data,
        _users(linkage, paths),
        _links(inventory),
        frozenset[str]().union(*(facts.undefined_names for _, facts in ours)),
        frozenset(_imported(linkage, paths)),
        names_defined(linkage, programs),
        frozenset(
            entry.path.rpartition("/")[0] for entry in inventory.entries if entry.path.endswith(".typelib")
        ),
    )


def _machine(files: Iterable[tuple[Entry, ElfFile]]) -> int:
    """The e_machine, widened, of most files that need libraries; of most dynamic ones, if none does."""
    linked = Counter(_FAMILY.get(facts.machine, facts.machine) for _, facts in files if facts.needed)
    dynamic = Counter(_FAMILY.get(facts.machine, facts.machine) for _, facts in files if facts.dynamic)
    return max(sorted(dynamic), key=lambda machine: (linked[machine], dynamic[machine]), default=0)


def _not_loadable(facts: ElfFile, native: int) -> str | None:
    if _FAMILY.get(facts.machine, facts.machine) != native:
        return f"is for another machine (e_machine {facts.machine})"
    if facts.separate_debug or facts.type in (ElfType.REL, ElfType.CORE, ElfType.NONE):
        return "is neither a program nor a shared object"
    return None


def _is_shared_object(entry: Entry, facts: ElfFile) -> bool:
    """Whether dlopen takes the file; one with an interpreter may be runnable too (gABI, PT_INTERP)."""
    if facts.is_shared_object:
        return True
    runnable = facts.type == ElfType.DYN and facts.dynamic and not facts.flags_1 & DF_1_PIE
    return runnable and ".so" in entry.path.rpartition("/")[2]


def _users(linkage: Linkage, paths: Iterable[str]) -> dict[str, tuple[str, ...]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for path in paths:
        for need in linkage.needs(path):
            if need.provider is not None:
                found[need.provider].add(path)
    return {path: tuple(sorted(users)) for path, users in found.items()}


def _links(inventory: Inventory) -> dict[str, tuple[str, ...]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for entry in inventory.links:
        target = inventory.resolve(entry.path)
        if target is not None and target.elf is not None:
            found[target.path].append(entry.path)
    return {path: tuple(links) for path, links in found.items()}


def names_defined(linkage: Linkage, paths: Iterable[str]) -> frozenset[str]:
    """All dynamic symbols that some of the files define themselves."""
    files = map(linkage.facts, paths)
    return frozenset[str]().union(*(facts.defined_names - facts.copied for facts in files))


def _imported(linkage: Linkage, paths: Iterable[str]) -> Iterable[str]:
    for path in paths:
        outer = outer_nodes(linkage, path)
        yield from (symbol.name for symbol in linkage.facts(path).undefined if symbol.version in outer)
