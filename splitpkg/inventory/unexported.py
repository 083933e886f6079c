"""Symbols that programs of a tree have and keep to themselves, though shared objects need them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from splitpkg.inventory.model import ElfFiles


def unexported(
    files: ElfFiles, search: Callable[[str, frozenset[str]], frozenset[str]]
) -> dict[str, frozenset[str]]:
    """For each program those of its global symbols that it does not export and that files lack.

    Lacking is a strong undefined symbol without a version that no file of the tree exports. `search`
    tells which of some names stand in the .symtab of the file of that path.
    """
    lacking = {
        symbol.name
        for _, facts in files
        if facts.is_shared_object
        for symbol in facts.undefined
        if symbol.version is None and not symbol.weak
    }
    lacking.difference_update(*(facts.defined_names for _, facts in files))
    wanted = frozenset(lacking)
    programs = [entry.path for entry, facts in files if facts.is_program] if wanted else []
    found = {path: search(path, wanted) for path in programs}
    return {path: names for path, names in found.items() if names}
