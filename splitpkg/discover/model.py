"""What a tree is made of, as its ELF files alone tell. Made by `splitpkg.discover.discover`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from splitpkg.abi.model import Tag


class Kind(StrEnum):
    """What one ELF file is in its program.

    A helper is a library of the program alone; an extension belongs to an interpreter that is not
    in the tree; an interposer is for LD_PRELOAD; data is ELF that nothing of the tree can load.
    """

    PROGRAM = "program"
    LIBRARY = "library"
    HELPER = "helper"
    MODULE = "module"
    EXTENSION = "extension"
    INTERPOSER = "interposer"
    DATA = "data"


@dataclass(frozen=True, slots=True, order=True)
class Host:
    """A program or library that loads modules; `directories` are those of the modules."""

    path: str
    kind: Kind
    directories: tuple[str, ...]
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True, order=True)
class Library:
    """A shared library for everyone; `link` is the linker's name for it (`lib*.so`), if there is one."""

    path: str
    soname: str | None
    link: str | None
    why: str


@dataclass(frozen=True, slots=True, order=True)
class Helper:
    """A library of the program alone; `users` are the files that need it by DT_NEEDED."""

    path: str
    soname: str | None
    users: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True, order=True)
class Module:
    """A file given to dlopen.

    `entry` names the symbols by which siblings show that they are modules; `external` the
    libraries from outside the tree that come with it and that no host brings; `links` the
    symbolic links to it.
    """

    path: str
    entry: tuple[str, ...]
    external: tuple[str, ...]
    links: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True, order=True)
class Group:
    """The modules of one directory.

    `entry` holds the entry symbols that they share, `{}` standing for the module's own name;
    `hosts` the files that load from here, modules among them.
    """

    directory: str
    modules: tuple[str, ...]
    entry: tuple[str, ...]
    hosts: tuple[str, ...]


@dataclass(frozen=True, slots=True, order=True)
class FoundFamily:
    """Modules whose paths follow one pattern; `files`, `package`, `beside` are as the manifest has them."""

    name: str
    files: tuple[str, ...]
    package: str
    modules: tuple[str, ...]
    why: str
    beside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class Other:
    """An ELF file that is neither program nor library nor module, with the reason."""

    path: str
    kind: Kind
    why: str
    interpreter: str | None = None


@dataclass(frozen=True, slots=True)
class Discovery:
    """All that was found; every tuple is sorted, and each path stands in one of them only, hosts aside.

    `name` is what the program is called by its own directories and hosts.
    """

    name: str
    programs: tuple[str, ...]
    hosts: tuple[Host, ...]
    libraries: tuple[Library, ...]
    helpers: tuple[Helper, ...]
    modules: tuple[Module, ...]
    others: tuple[Other, ...]
    groups: tuple[Group, ...]
    tags: tuple[Tag, ...]
