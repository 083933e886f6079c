"""What the checks look at, made by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from splitpkg.abi.linkage import Linkage
from splitpkg.hygiene.subject import Subject
from splitpkg.inventory.model import Inventory
from tests.support.trees import inventory

if TYPE_CHECKING:
    from collections.abc import Mapping

    from splitpkg.elf.model import ElfFile

MODULES = "usr/lib64/demo"
HOST = "usr/bin/demo"


def subject(
    files: Mapping[str, ElfFile | str | None], facts: Mapping[str, Mapping[str, Any]] | None = None
) -> Subject:
    """A tree: what lies in usr/bin is a host, what lies below usr/lib*/demo a module.

    `facts` are further fields of entries, by path.
    """
    bare = inventory(files)
    entries = tuple(entry._replace(**(facts or {}).get(entry.path, {})) for entry in bare.entries)
    tree = Inventory(bare.root, entries)
    elf = [entry.path for entry in entries if entry.elf is not None]
    return Subject(
        tree,
        Linkage(tree),
        tuple(path for path in elf if path.startswith("usr/bin/")),
        tuple(path for path in elf if "/demo/" in path),
        frozenset(path for path in files if path.startswith("usr/include/") or path.endswith(".so")),
    )
