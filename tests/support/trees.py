"""Inventories and manifests made by hand, for tests of pure stages."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from splitpkg.elf.model import ElfFile, ElfType, Symbol, VersionDefinition, VersionNeed
from splitpkg.inventory.model import Entry, EntryKind, Inventory
from splitpkg.manifest.model import Manifest, ManifestFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SHARED = ElfFile(
    bits=64,
    byteorder="little",
    machine=62,
    type=ElfType.DYN,
    interpreter=None,
    build_id=None,
    dynamic=True,
    soname=None,
    needed=(),
    rpath=None,
    runpath=None,
    flags_1=0,
    verdefs=(),
    verneeds=(),
    undefined=(),
    defined=(),
)
PROGRAM = replace(SHARED, interpreter="/lib64/ld-linux-x86-64.so.2", needed=("libc.so.6",))


def symbols(names: str, version: str | None = None) -> tuple[Symbol, ...]:
    """Strong symbols of those names, parted by spaces."""
    return tuple(Symbol(name, version, weak=False, default=True) for name in names.split())


def shared(
    *, defines: str = "", needs: str = "", libraries: str = "", soname: str | None = None, **facts: Any
) -> ElfFile:
    """A shared object: names of symbols and of DT_NEEDED, parted by spaces."""
    return replace(
        SHARED,
        soname=soname,
        needed=tuple(libraries.split()),
        defined=symbols(defines),
        undefined=symbols(needs),
        **facts,
    )


def program(*, defines: str = "", needs: str = "", libraries: str = "libc.so.6", **facts: Any) -> ElfFile:
    """A program that is started."""
    return replace(
        PROGRAM, needed=tuple(libraries.split()), defined=symbols(defines), undefined=symbols(needs), **facts
    )


def with_nodes(facts: ElfFile, defined: str = "", needed: dict[str, str] | None = None) -> ElfFile:
    """The same file with version nodes: those it defines, and by file those it needs."""
    nodes = tuple(VersionDefinition(node, (), base=False, weak=False) for node in defined.split())
    needs = tuple(VersionNeed(file, tuple(names.split()), ()) for file, names in (needed or {}).items())
    return replace(facts, verdefs=nodes, verneeds=needs)


def inventory(files: Mapping[str, ElfFile | str | None], *, empty: Iterable[str] = ()) -> Inventory:
    """A tree of those files with the folders above them; a text is a link's target.

    `empty` names folders without files.
    """
    entries = {path: _entry(path, what) for path, what in files.items()}
    for path in [*files, *(f"{folder}/." for folder in empty)]:
        parent = path.rpartition("/")[0]
        while parent:
            entries[parent] = Entry(parent, EntryKind.DIRECTORY, 0o755)
            parent = parent.rpartition("/")[0]
    return Inventory("tree", tuple(sorted(entries.values(), key=lambda entry: entry.path)), 1_700_000_000)


def _entry(path: str, what: ElfFile | str | None) -> Entry:
    if isinstance(what, str):
        return Entry(path, EntryKind.SYMLINK, 0o777, len(what), what)
    mode = 0o755 if path.startswith("usr/bin/") else 0o644
    return Entry(path, EntryKind.FILE, mode, 100, elf=what)


HEAD = """
[program]
name = "demo"
version = "1.0"
summary = "Demonstration"
description = "Shows modules."
license = "MIT"
maintainer = "A Person <a@example.org>"
"""


def manifest(text: str, *, head: str = HEAD) -> ManifestFile:
    """A manifest from its text; the facts of the program are put before it."""
    content = Manifest.model_validate(tomllib.loads(head + text))
    return ManifestFile("splitpkg.toml", content, {})
