"""What a program exports, and when that is far more than is used (ld(1), --export-dynamic)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Set

    from splitpkg.elf.model import ElfFile

_EVERYTHING = "main"
"""What a program exports only when it exports everything: nobody asks it for this."""
_OF_EVERY_PROGRAM = frozenset(
    (
        *("__bss_start", "_edata", "_end", "_fini", "_init", "__data_start", "data_start", "edata", "end"),
        *("_IO_stdin_used", "__libc_csu_init", "__libc_csu_fini", "__dso_handle", "_start", _EVERYTHING),
    )
)
_MANY, _FRACTION = 100, 4
"""Much is so many exports that nothing uses, when they are so many times the used ones."""


def exported(facts: ElfFile) -> frozenset[str]:
    """The symbols that a program offers to what it loads: its own, without those that all programs have."""
    return facts.defined_names - facts.copied - _OF_EVERY_PROGRAM


def exports_everything(facts: ElfFile) -> bool:
    """Whether the file is a program that exports all its symbols."""
    return facts.is_program and _EVERYTHING in facts.defined_names


def names_of_shared(files: Iterable[ElfFile]) -> frozenset[str]:
    """The symbols that shared objects need or define.

    What a module defines as well as a program counts as used: the program's definition takes its
    place (ELF interposition).
    """
    found = set[str]()
    for facts in files:
        if facts.is_shared_object:
            found |= facts.undefined_names
            found |= facts.defined_names
    return frozenset(found)


def is_much(offered: Set[str], used: Set[str]) -> bool:
    """Whether far more is offered than used."""
    unused = len(offered - used)
    return unused >= _MANY and unused >= _FRACTION * (len(offered) - unused)
