"""Which shared objects of a tree are the same once loaded."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from splitpkg.inventory.model import ElfFiles

WORTH = 64 * 1024
"""So many bytes must be saved by one file in the place of several: else they are not compared."""


def likenesses(files: ElfFiles, digest: Callable[[str], str | None]) -> dict[str, str]:
    """A value for each large shared object that has the size and interface of another one.

    `digest` gives what is the same for files that are the same once loaded.
    """
    alike = defaultdict[object, list[str]](list)
    for entry, facts in files:
        if facts.is_shared_object:
            counts = len(facts.defined), len(facts.undefined)
            alike[entry.size, facts.machine, facts.soname, facts.needed, counts].append(entry.path)
    sizes = {entry.path: entry.size for entry, _ in files}
    worth = (paths for paths in alike.values() if sum(map(sizes.__getitem__, paths[1:])) >= WORTH)
    found = {path: digest(path) for paths in worth for path in paths}
    return {path: value for path, value in found.items() if value is not None}
