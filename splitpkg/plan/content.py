"""What each package holds: its files as they are installed, and the facts of those that are ELF."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from splitpkg.inventory.model import EntryKind
from splitpkg.manifest.model import Attribute, Unit
from splitpkg.plan.claims import unused
from splitpkg.plan.model import Config, LibraryFact, PlannedFile, Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from splitpkg.diagnostics import Diagnostic
    from splitpkg.inventory.model import Entry
    from splitpkg.manifest.model import Manifest
    from splitpkg.plan.claims import Key
    from splitpkg.plan.split import Split

Attributes = dict[str, list["Attribute | Unit"]]
"""The [[attribute]] and [[unit]] tables that speak of each path."""

_UNIT = re.compile(r"(usr/)?lib/systemd/system/[^/]+")


def attributes(split: Split) -> tuple[Attributes, list[Diagnostic]]:
    """The [[attribute]] and [[unit]] tables by path; a pattern without such a path is a finding."""
    found: defaultdict[str, list[Attribute | Unit]] = defaultdict(list)
    findings = []
    for key, table in _tables(split.manifest.content):
        for index, glob in enumerate(table.files):
            matched = [entry.path for entry, _, _ in split.tree.matching(glob) if _fits(table, entry)]
            for path in matched:
                found[path].append(table)
            if not matched:
                findings.append(unused(split.manifest, (*key, "files", index), glob))
    return found, findings


def _tables(content: Manifest) -> Iterator[tuple[Key, Attribute | Unit]]:
    yield from ((("attribute", number), one) for number, one in enumerate(content.attribute))
    yield from ((("unit", number), one) for number, one in enumerate(content.unit))


def _fits(table: Attribute | Unit, entry: Entry) -> bool:
    return isinstance(table, Attribute) or _UNIT.fullmatch(entry.path) is not None


def files(split: Split, paths: Iterable[str], said: Attributes) -> tuple[PlannedFile, ...]:
    """The planned files of those paths of the tree."""
    entries = (split.tree.inventory.get(path) for path in paths)
    return tuple(_planned(entry, said.get(entry.path, ())) for entry in entries if entry is not None)


def _planned(entry: Entry, said: Iterable[Attribute | Unit]) -> PlannedFile:
    """One entry as it is installed; of several tables the later one counts.

    What the user changes under etc/ is kept (Debian policy 10.7.3), unless the manifest says otherwise.
    """
    is_file = entry.kind is EntryKind.FILE
    mode, user, group = entry.mode, "root", "root"
    config = Config.NOREPLACE if is_file and entry.path.startswith("etc/") else Config.NO
    for one in said:
        if isinstance(one, Attribute):
            mode = int(one.mode, 8) if one.mode is not None else mode
            user, group = one.user or user, one.group or group
            config = Config(one.config) if one.config is not None else config
    size, changed = entry.size if is_file else 0, mode != entry.mode
    needed, soname = (None, None) if entry.elf is None else (entry.elf.needed, entry.elf.soname)
    planned = PlannedFile(
        entry.path, entry.kind, mode, size, entry.target, user, group, config, changed, needed, soname
    )
    for one in said:
        if isinstance(one, Unit):
            planned = replace(planned, enabled=one.enabled, restart=one.restart)
    return planned


def libraries(split: Split, role: Role, paths: Iterable[str]) -> tuple[LibraryFact, ...]:
    """Shared libraries among the files of a package of libraries, for others to link to."""
    found = []
    for path in paths:
        facts = split.linkage.facts(path) if split.linkage.is_elf(path) else None
        if role is Role.LIBRARY and facts is not None and facts.is_shared_object and facts.soname is not None:
            nodes = tuple(definition.name for definition in facts.verdefs if not definition.base)
            found.append(LibraryFact(path, facts.soname, nodes, path not in split.linkage.by_run_path))
    return tuple(found)


def private_sonames(split: Split, role: Role, paths: Iterable[str]) -> tuple[str, ...]:
    """SONAMEs that no other package may link to: those of modules, and of libraries beside them."""
    found = set()
    for path in paths:
        facts = split.linkage.facts(path) if split.linkage.is_elf(path) else None
        beside = role is not Role.LIBRARY and path.rpartition("/")[0] in split.module_folders
        if (
            facts is not None
            and facts.is_shared_object
            and facts.soname
            and (beside or path in split.modules)
        ):
            found.add(facts.soname)
    return tuple(sorted(found))


def external(split: Split, paths: Iterable[str]) -> tuple[str, ...]:
    """The libraries from outside the tree that the files name themselves (DT_NEEDED)."""
    needs = (need for path in paths if split.linkage.is_elf(path) for need in split.linkage.needs(path))
    return tuple(sorted({need.name for need in needs if need.provider is None}))


def depends_on_architecture(split: Split, suffix: str) -> bool:
    """Only data and documentation serve every architecture, and only without ELF files or library paths.

    Never the hub: a rebuild for one architecture would leave it as it was, and so lock nothing.
    """
    paths = split.paths[suffix]
    if suffix == split.hub or split.roles[suffix] not in (Role.DATA, Role.DOCUMENTATION):
        return True
    folders = (library_directory(split, path) for path in paths)
    return any(folder not in (None, "lib", "usr/lib") for folder in folders) or any(
        split.linkage.is_elf(path) for path in paths
    )


def library_directory(split: Split, path: str) -> str | None:
    """The directory for libraries that the path is in."""
    found = (one for one in split.tree.libdirs if path.startswith(f"{one}/"))
    return max(found, key=len, default=None)
