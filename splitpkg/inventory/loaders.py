"""Which files may load others at run time, as their undefined symbols tell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from splitpkg.abi.toolchain import is_toolchain

if TYPE_CHECKING:
    from splitpkg.elf.model import ElfFile
    from splitpkg.inventory.model import ElfFiles

_CALL = re.compile(r"dlv?m?(?:sym|open)|lt_dl|g_module_|dso_|PR_LoadLib|PR_Find|uv_dl|QLibrary|QPluginLoader")


def loaders(files: ElfFiles) -> tuple[str, ...]:
    """The paths of files that may call dlopen(3), themselves or, as programs, by a library."""
    linked = frozenset[str]().union(*(facts.undefined_names for _, facts in files))
    calls = frozenset(name for name in linked if _CALL.search(name))
    return tuple(entry.path for entry, facts in files if _may_load(facts, calls))


def _may_load(facts: ElfFile, calls: frozenset[str]) -> bool:
    """Without a dynamic table nothing can; the toolchain's libraries load nothing for others unasked."""
    if not facts.dynamic or not calls.isdisjoint(facts.undefined_names):
        return facts.dynamic
    return facts.is_program and not (facts.needed and all(map(is_toolchain, facts.needed)))
