"""Reads what a program itself says of its modules: in its hosts, and in its build directory."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from splitpkg.abi.module_names import names_of
from splitpkg.diagnostics import Diagnostic, Location
from splitpkg.elf import read as elf
from splitpkg.inventory.model import Inventory, Statements
from splitpkg.inventory.modinfo import read_modinfo
from splitpkg.inventory.texts import owned_texts

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from splitpkg.elf.model import NamesTable


def with_statements(
    inventory: Inventory,
    root: Path,
    hosts: Iterable[str],
    build_tree: Path | None = None,
    *,
    with_texts: bool = False,
) -> tuple[Inventory, tuple[Diagnostic, ...]]:
    """The inventory with the statements, and what cannot be read. Raises `Failed` without that build tree.

    `root` is the tree, `hosts` are the paths of those who load modules. Texts
    are read only where they are wanted, since that means to read every module whole.
    """
    wanted = set(hosts)
    loaders = [entry.path for entry, _ in inventory.elf_files if entry.path in wanted]
    tables, findings = _tables(root, loaders, _names(inventory, loaders))
    infos, unread = read_modinfo(build_tree) if build_tree is not None else ((), ())
    texts = owned_texts(root, inventory, loaders, tables) if with_texts and not findings else ()
    statements = Statements(tables, infos, texts)
    kept = inventory if statements == Statements() else replace(inventory, statements=statements)
    return kept, (*findings, *unread)


def _names(inventory: Inventory, loaders: Iterable[str]) -> frozenset[str]:
    """What the hosts may call the shared objects of the tree, themselves left out."""
    others = set(loaders)
    return frozenset(
        name
        for entry, facts in inventory.elf_files
        if facts.is_shared_object and entry.path not in others
        for name in names_of(entry.path)
    )


def _tables(
    root: Path, hosts: Iterable[str], names: frozenset[str]
) -> tuple[tuple[tuple[str, NamesTable], ...], tuple[Diagnostic, ...]]:
    found, findings, search = list[tuple[str, "NamesTable"]](), list[Diagnostic](), elf.Search(names)
    for host in hosts:
        try:
            found += ((host, table) for table in elf.names_tables(root / host, search))
        except (elf.ElfError, OSError) as error:
            text = f"says it is ELF and cannot be read: {error}"
            findings.append(Diagnostic("elf-damaged", Location(host), text, hint="install the file anew"))
    return tuple(found), tuple(findings)
