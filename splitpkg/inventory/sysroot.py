"""Reads of a system what the files of a tree are linked to: libraries that they need, transitively."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from splitpkg.abi.loader import Loader
from splitpkg.abi.symbols import undefined_names
from splitpkg.diagnostics import Diagnostic, Failed, Location
from splitpkg.elf import read as elf
from splitpkg.inventory.configured import configured_directories
from splitpkg.inventory.model import Entry, EntryKind, Inventory, Sysroot, followed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from splitpkg.abi.loader import Loaded
    from splitpkg.elf.model import ElfFile


def read_sysroot(root: Path, inventory: Inventory) -> Sysroot:
    """What the tree's files are linked to in the system below `root`, once the tree is installed there.

    Nothing is followed out of `root`. Raises `Failed` when that is no directory.
    """
    if not root.is_dir():
        what = "is not a directory" if root.exists() else "does not exist"
        hint = "name the folder of a system, `/` for the running one"
        raise Failed([Diagnostic("no-sysroot", Location(str(root)), what, hint=hint)])
    system = _System(root, inventory)
    directories = configured_directories(system.text, system.names)
    loader = Loader(system, directories)
    paths = [entry.path for entry, facts in inventory.elf_files if facts.dynamic]
    loads = {path: loader.load(path) for path in paths}
    # What a program's DT_RPATH leads to is there for all that it loads.
    programs = [loads[path] for path in paths if loads[path].run_path and system.facts(path).is_program]
    for path in _lacking(loads, system) if programs else ():
        for program in programs:
            loader.load(path, program)
    return Sysroot(str(root), system.entries, directories)


def _lacking(loads: dict[str, Loaded], system: _System) -> Iterator[str]:
    """Files that together lack all that is missing, in each way of being searched."""
    seen = set[tuple[str, bool]]()
    for path, loaded in loads.items():
        lacks = {(one.name, system.facts(one.loader).runpath is None) for one in loaded.missing}
        if not lacks <= seen:
            seen |= lacks
            yield path


class _System:
    """A system with a tree over it, read as far as it is asked for."""

    def __init__(self, root: Path, inventory: Inventory) -> None:
        self._root = os.fspath(root)
        self._inventory = inventory
        self._wanted = undefined_names(inventory)
        self._read: dict[str, Entry | None] = {}
        self._found: dict[str, str | None] = {}

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All that was found, sorted by path."""
        return tuple(sorted((one for one in self._read.values() if one), key=lambda entry: entry.path))

    def find(self, path: str) -> str | None:
        """The ELF file that a path leads to, by a path without links."""
        if path not in self._found:
            entry, _ = followed(path, self._entry)
            usable = entry is not None and entry.elf is not None and entry.elf.dynamic
            self._found[path] = entry.path if entry is not None and usable else None
        return self._found[path]

    def facts(self, path: str) -> ElfFile:
        """The facts of a file that was found."""
        entry = self._entry(path)
        if entry is None or entry.elf is None:
            raise KeyError(path)
        return entry.elf

    def elsewhere(self, _loader: str, _name: str) -> str | None:
        """None: a library is where it is found."""
        return None

    def text(self, path: str) -> str:
        """The text of a file, none where there is no such file."""
        entry, _ = followed(path, self._entry)
        if entry is None or entry.kind is not EntryKind.FILE:
            return ""
        try:
            with open(f"{self._place(entry.path)}", encoding="utf-8", errors="surrogateescape") as file:  # noqa: PTH123
                return file.read(LARGEST_CONFIGURATION)
        except OSError:
            return ""

    def names(self, directory: str) -> tuple[str, ...]:
        """The names in a directory, none where there is no such directory."""
        entry, _ = followed(directory, self._entry)
        try:
            return tuple(os.listdir(self._place(entry.path))) if entry is not None else ()  # noqa: PTH208
        except OSError:
            return ()

    def _entry(self, path: str) -> Entry | None:
        ours = self._inventory.get(path)
        if ours is not None:
            return ours
        if path not in self._read:
            self._read[path] = self._below(path)
        return self._read[path]

    def _below(self, path: str) -> Entry | None:
        try:
            status = os.lstat(self._place(path))
            mode = stat.S_IMODE(status.st_mode)
            if stat.S_ISDIR(status.st_mode):
                return Entry(path, EntryKind.DIRECTORY, mode)
            if stat.S_ISLNK(status.st_mode):
                target = os.readlink(self._place(path))  # noqa: PTH115
                return Entry(path, EntryKind.SYMLINK, mode, len(os.fsencode(target)), target)
            if stat.S_ISREG(status.st_mode):
                facts = elf.read(self._place(path), self._wanted) if status.st_size else None
                return Entry(path, EntryKind.FILE, mode, status.st_size, elf=facts)
        except (OSError, elf.ElfError):
            # The loader would not take it either.
            return None
        return None

    def _place(self, path: str) -> str:
        return f"{self._root}/{path}"


LARGEST_CONFIGURATION = 1 << 20
"""Characters of a file of ld.so.conf that are read."""
