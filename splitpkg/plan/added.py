"""What the packaging adds to what upstream's build installs, as a part of the tree."""

from __future__ import annotations

import posixpath
from dataclasses import replace
from typing import TYPE_CHECKING

from splitpkg.inventory.model import Entry, EntryKind
from splitpkg.manifest.glob import libdirs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from splitpkg.inventory.model import Inventory
    from splitpkg.manifest.model import Build


def with_added(build: Build | None, inventory: Inventory) -> Inventory:
    """The tree with the files of [[build.add]], as far as it does not have them already."""
    if build is None or not build.add:
        return inventory
    paths = {entry.path for entry in inventory.entries}
    folder = max(libdirs(sorted(paths)), key=len, default="usr/lib")
    entries = {entry.path: entry for entry in inventory.entries}
    for one in build.add:
        path = one.to.replace("{libdir}", folder)
        for made in (*_folders(path, paths), Entry(path, EntryKind.FILE, int(one.mode, 8))):
            entries.setdefault(made.path, made)
    return replace(inventory, entries=tuple(entries[path] for path in sorted(entries)))


def _folders(path: str, known: Iterable[str]) -> Iterator[Entry]:
    while path := posixpath.dirname(path):
        if path not in known:
            yield Entry(path, EntryKind.DIRECTORY, 0o755)
