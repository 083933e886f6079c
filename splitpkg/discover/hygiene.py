"""The hygiene of a tree as its files alone show it: without a manifest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from splitpkg.abi.directories import is_library_directory
from splitpkg.abi.linkage import Linkage
from splitpkg.abi.withheld import withheld
from splitpkg.discover.places import is_development
from splitpkg.hygiene.check import check
from splitpkg.hygiene.missing_exports import are_silent, missing_exports, silent_hosts
from splitpkg.hygiene.subject import Subject
from splitpkg.inventory.model import EntryKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from splitpkg.diagnostics import Diagnostic
    from splitpkg.discover.model import Discovery
    from splitpkg.inventory.model import Entry, Inventory


def subject_of(inventory: Inventory, found: Discovery) -> Subject:
    """What the checks look at, in a tree without a manifest."""
    return Subject(
        inventory,
        Linkage(inventory),
        tuple(host.path for host in found.hosts),
        tuple(module.path for module in found.modules),
        frozenset(one.path for one in (*inventory.headers, *inventory.links) if _is_development(one)),
    )


def hygiene(inventory: Inventory, found: Discovery) -> Iterator[Diagnostic]:
    """The findings about a tree."""
    subject = subject_of(inventory, found)
    entries = (inventory.get(host) for host in subject.hosts)
    if any(entry is not None and entry.unexported for entry in entries) or are_silent(subject):
        yield from _missing_exports(subject)
    yield from check(subject)


def _missing_exports(subject: Subject) -> Iterator[Diagnostic]:
    from splitpkg.abi.symbols import Scope  # noqa: PLC0415 - most trees have hosts that export

    shared = (entry.path for entry, facts in subject.inventory.elf_files if facts.is_shared_object)
    scope = Scope(subject.linkage, subject.hosts, shared)
    left = [symbol for path in subject.modules for symbol in scope.open_symbols(path)]
    kept = withheld(subject.linkage, subject.hosts, left)
    yield from missing_exports(kept)
    yield from () if kept else silent_hosts(subject, left)


def _is_development(entry: Entry) -> bool:
    directory, _, name = entry.path.rpartition("/")
    link = entry.kind is EntryKind.SYMLINK and name.startswith("lib") and name.endswith(".so")
    return is_development(entry.path) or (link and is_library_directory(directory))
