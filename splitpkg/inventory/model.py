"""What a built tree holds, file by file. Made by `splitpkg.inventory.scan`."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from splitpkg.inventory.header_names import is_header

if TYPE_CHECKING:
    from collections.abc import Callable

    from splitpkg.abi.model import CapabilityNames
    from splitpkg.elf.model import ElfFile, NamesTable

    ElfFiles = tuple[tuple["Entry", ElfFile], ...]

LINK_LIMIT = 40
"""How many symbolic links are followed for one path (MAXSYMLINKS of Linux, path_resolution(7))."""


class EntryKind(StrEnum):
    """The file types that a package can carry."""

    FILE = "file"
    DIRECTORY = "directory"
    SYMLINK = "symlink"


@dataclass(frozen=True, slots=True, order=True)
class Constant:
    """What data of a file say by a descriptor of a module interface (`splitpkg.abi.descriptor`).

    `interface` names the descriptor; `where` is the symbol or text that was read.
    """

    interface: str
    value: str
    minor: int | None
    where: str
    names: CapabilityNames


class Entry(NamedTuple):
    """One path of the tree.

    `path` is relative to the tree's root, without a leading slash. `mode` holds the permission
    bits (0o7777). `mentions` names those dynamic symbols of other files of the tree that stand as
    plain strings in this one: what a program hands to dlsym; and those directories of shared
    objects, absolute: where it looks for what it hands to dlopen. Of a C header, they are the
    symbols that it declares of those that a program or a private version node exports.

    `includes` are the file names, without directories, that a C header includes; known only where
    the tree has headers that are called private.

    `unexported` are the global symbols of a program's .symtab that no file of the tree exports and
    that some shared object needs. `likeness` is the same for shared objects that are the same once
    loaded; only those that may be have it.
    """

    path: str
    kind: EntryKind
    mode: int
    size: int = 0
    target: str | None = None
    elf: ElfFile | None = None
    mentions: frozenset[str] = frozenset()
    includes: frozenset[str] = frozenset()
    unexported: frozenset[str] = frozenset()
    likeness: str | None = None
    constants: tuple[Constant, ...] = ()


@dataclass(frozen=True, slots=True)
class ModuleInfo:
    """What the section .modinfo of an unlinked object says: pairs of key and value.

    `file` is the object's path in the build directory; that of an archive's member is ARCHIVE(MEMBER).
    """

    file: str
    entries: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class OwnedText:
    """A text that one module alone registers, by a pointer in its data; `users` hold it, too."""

    text: str
    owner: str
    users: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Statements:
    """What the program itself says of its modules: tables of its hosts, by path, and unlinked objects.

    Read by `splitpkg.inventory.statements`; `texts` only where they are asked for.
    """

    tables: tuple[tuple[str, NamesTable], ...] = ()
    infos: tuple[ModuleInfo, ...] = ()
    texts: tuple[OwnedText, ...] = ()


@dataclass(frozen=True)
class Inventory:
    """Every path below `root`, sorted by path; directories included, the root itself not.

    `root` is only the name by which findings call the tree. `newest` is the latest modification
    time of a regular file, in seconds since 1970.
    """

    root: str
    entries: tuple[Entry, ...]
    newest: int = 0
    statements: Statements = Statements()

    @cached_property
    def elf_files(self) -> ElfFiles:
        """The entries that are ELF files, each with its facts."""
        return tuple((entry, entry.elf) for entry in self.entries if entry.elf is not None)

    @cached_property
    def headers(self) -> tuple[Entry, ...]:
        """The files with the name of a C or C++ header."""
        return tuple(one for one in self.entries if one.kind is EntryKind.FILE and is_header(one.path))

    @cached_property
    def links(self) -> tuple[Entry, ...]:
        """The symbolic links."""
        return tuple(one for one in self.entries if one.target is not None)

    @cached_property
    def _by_path(self) -> dict[str, Entry]:
        return {entry.path: entry for entry in self.entries}

    def get(self, path: str) -> Entry | None:
        """The entry of that very path, symbolic links not followed."""
        return self._by_path.get(path)

    def resolve(self, path: str) -> Entry | None:
        """The file or directory that the path leads to, links followed as if the tree were /.

        None when it leads out of the tree, in circles, or nowhere.
        """
        return self._followed(path)[0]

    def leads_in_circles(self, path: str) -> bool:
        """Whether more links would have to be followed for the path than a system does."""
        return self._followed(path)[1]

    def _followed(self, path: str) -> tuple[Entry | None, bool]:
        return followed(path, self._by_path.get)


@dataclass(frozen=True, slots=True)
class Sysroot:
    """The part of a system that the files of a tree are linked to.

    `root` is only the name by which findings call it. `entries` are the libraries, of which the exports
    are known that the tree asks for, and the links and directories that lead to them; `directories` those
    of ld.so.conf, without the first slash.
    """

    root: str
    entries: tuple[Entry, ...]
    directories: tuple[str, ...] = ()


def followed(path: str, get: Callable[[str], Entry | None]) -> tuple[Entry | None, bool]:
    """Where the path leads, links followed, and whether it was given up for too many of them.

    `get` gives the entry of that very path.
    """
    todo, seen, links = path.split("/")[::-1], "", 0
    while todo:
        part = todo.pop()
        if part in ("", "."):
            continue
        if part == "..":
            seen = posixpath.dirname(seen)
            continue
        here = get(f"{seen}/{part}" if seen else part)
        if here is None:
            return None, False
        if here.target is None:
            seen = here.path
            continue
        links += 1
        if links > LINK_LIMIT:
            return None, True
        seen = "" if here.target.startswith("/") else seen
        todo += here.target.split("/")[::-1]
    return get(seen), False
