"""Who provides what to whom inside a tree: DT_NEEDED and dynamic symbols, as ld.so(8) would find them."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING

from splitpkg.abi.directories import is_library_directory

if TYPE_CHECKING:
    from collections.abc import Iterable

    from splitpkg.elf.model import ElfFile
    from splitpkg.inventory.model import Inventory

Abi = tuple[int, str, int]


@dataclass(frozen=True, slots=True)
class Need:
    """One DT_NEEDED of a file; `provider` is the tree's file that answers it, None when none does."""

    name: str
    provider: str | None


@dataclass(frozen=True, slots=True)
class Closure:
    """What is loaded with a file: the tree's files, itself included, and names from outside the tree."""

    files: frozenset[str]
    external: frozenset[str]


class Linkage:
    """The dynamic linking of one tree. Pure: it looks only at the inventory."""

    def __init__(self, inventory: Inventory) -> None:
        self.inventory = inventory
        self._facts = {entry.path: facts for entry, facts in inventory.elf_files}
        self._named = _by_name(inventory, self._facts)
        self._needs: dict[str, tuple[Need, ...]] = {}
        self._closures: dict[str, Closure] = {}

    def facts(self, path: str) -> ElfFile:
        """The facts of one ELF file of the tree; KeyError when the path is none."""
        return self._facts[path]

    def is_elf(self, path: str) -> bool:
        """Whether the path is an ELF file of the tree."""
        return path in self._facts

    def needs(self, path: str) -> tuple[Need, ...]:
        """The DT_NEEDED entries of one file, in their order, each with the tree's answer."""
        if path not in self._needs:
            facts = self._facts[path]
            self._needs[path] = tuple(Need(name, self._find(path, facts, name)) for name in facts.needed)
        return self._needs[path]

    def closure(self, path: str) -> Closure:
        """All that ld.so loads for the file, as far as the tree tells."""
        if path not in self._closures:
            files, external, todo = {path}, set[str](), [path]
            while todo:
                for need in self.needs(todo.pop()):
                    if need.provider is None:
                        external.add(need.name)
                    elif need.provider not in files:
                        files.add(need.provider)
                        todo.append(need.provider)
            self._closures[path] = Closure(frozenset(files), frozenset(external))
        return self._closures[path]

    @cached_property
    def by_run_path(self) -> frozenset[str]:
        """The files of directories of the program's own that files of the tree find by their run path."""
        return frozenset(
            need.provider
            for path in self._facts
            for need in self.needs(path)
            if need.provider is not None
            and not is_library_directory(posixpath.dirname(need.provider))
            and posixpath.dirname(need.provider) in _run_path(path, self._facts[path])[:-1]
        )

    def _find(self, path: str, facts: ElfFile, name: str) -> str | None:
        """The tree's file for a DT_NEEDED: by run path, then beside libraries, then anywhere."""
        named = self._named.get((abi_of(facts), posixpath.basename(name)), ())
        found = [one for one in named if one != path]
        if len(found) < 2:
            return found[0] if found else None
        folders = _run_path(path, facts)

        def rank(candidate: str) -> tuple[int, int, str]:
            folder = posixpath.dirname(candidate)
            place = folders.index(folder) if folder in folders else len(folders)
            return place, candidate.count("/"), candidate

        return min(found, key=rank)


def outer_nodes(linkage: Linkage, path: str) -> frozenset[str | None]:
    """The version nodes that the file needs of libraries outside the tree, which have their symbols."""
    internal = {need.name for need in linkage.needs(path) if need.provider is not None}
    needs = linkage.facts(path).verneeds
    return frozenset(node for need in needs if need.file not in internal for node in need.nodes)


def definers(linkage: Linkage, paths: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """For each dynamic symbol those of the files that define it themselves, sorted by path."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for path in sorted(paths):
        facts = linkage.facts(path)
        for name in facts.defined_names - facts.copied:
            found[name].append(path)
    return {name: tuple(files) for name, files in found.items()}


def abi_of(facts: ElfFile) -> Abi:
    """What must be the same of two files that are loaded into one process: class, byte order, machine."""
    return facts.bits, facts.byteorder, facts.machine


def _by_name(inventory: Inventory, facts: dict[str, ElfFile]) -> dict[tuple[Abi, str], tuple[str, ...]]:
    """Shared objects by ABI and by every name a DT_NEEDED can call them: SONAME, file name, links' names."""
    found: defaultdict[tuple[Abi, str], set[str]] = defaultdict(set)
    files = {path: path for path in facts}
    links = {one.path: there.path for one in inventory.links if (there := inventory.resolve(one.path))}
    for path, target in (files | links).items():
        elf = facts.get(target)
        if elf is None or not elf.is_shared_object:
            continue
        found[abi_of(elf), posixpath.basename(path)].add(target)
        if elf.soname is not None:
            found[abi_of(elf), elf.soname].add(target)
    return {key: tuple(sorted(paths)) for key, paths in found.items()}


def _run_path(path: str, facts: ElfFile) -> tuple[str, ...]:
    """Folders of DT_RUNPATH or DT_RPATH, relative to the tree, then the file's own."""
    return _folders(posixpath.dirname(path), facts.runpath if facts.runpath is not None else facts.rpath)


@cache
def _folders(own: str, listed: str | None) -> tuple[str, ...]:
    folders = [
        posixpath.normpath(folder.replace("${ORIGIN}", f"/{own}").replace("$ORIGIN", f"/{own}")).lstrip("/")
        for folder in (listed or "").split(":")
        if folder
    ]
    return (*folders, own)
