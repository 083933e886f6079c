"""Programs that export all their symbols though few of them are used (ld(1), --export-dynamic)."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from splitpkg.diagnostics import Diagnostic, Location, Severity
from splitpkg.hygiene.subject import also
from splitpkg.inventory.model import elf_files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from splitpkg.elf.model import ElfFile
    from splitpkg.hygiene.subject import Subject

_EVERYTHING = "main"
"""What a program exports only when it exports everything: nobody asks it for this."""
_OF_EVERY_PROGRAM = frozenset(
    (
        *("__bss_start", "_edata", "_end", "_fini", "_init", "__data_start", "data_start", "edata", "end"),
        *("_IO_stdin_used", "__libc_csu_init", "__libc_csu_fini", "__dso_handle", "_start", _EVERYTHING),
    )
)
_MANY, _FRACTION = 100, 4
"""A finding needs so many exports that nothing uses, and that they are so many times the used ones."""
_MANGLED = "_Z"


def exported(facts: ElfFile) -> frozenset[str]:
    """The symbols that a program offers to what it loads: its own, without those that all programs have."""
    return frozenset(symbol.name for symbol in facts.defined) - facts.copied - _OF_EVERY_PROGRAM


def used_names(subject: Subject) -> frozenset[str]:
    """The symbols that shared objects of the tree need or define, and those that its headers declare.

    What a module defines as well counts: the program's definition takes its place (ELF interposition).
    """
    found = set[str]()
    for _, facts in elf_files(subject.inventory.entries):
        if facts.is_shared_object:
            found.update(symbol.name for symbol in (*facts.undefined, *facts.defined))
    for header in subject.headers:
        found |= header.mentions
    return frozenset(found)


def unused_exports(subject: Subject) -> Iterator[Diagnostic]:
    """The hosts that export everything for a few symbols; those that export the same once.

    A host of C++ is left in peace where the tree has headers: they do not show its symbols' names.
    """
    candidates = [(path, facts) for path, facts in subject.programs if _exports_everything(facts)]
    used = used_names(subject) if candidates else frozenset()
    alike = defaultdict[frozenset[str], list[str]](list)
    for path, facts in candidates:
        offered = exported(facts)
        if _is_much(offered, used) and not (subject.headers and _is_mangled(offered)):
            alike[offered].append(path)
    for offered, paths in alike.items():
        yield Diagnostic(
            "exports-unused",
            Location(paths[0]),
            f"exports all its {len(offered):,} symbols, of which {len(offered & used):,} are used",
            also(paths),
            f"link it with `--dynamic-list`; `splitpkg scan TREE --dynamic-list {paths[0]}` prints the list",
            Severity.WARNING,
        )


def _exports_everything(facts: ElfFile) -> bool:
    return any(symbol.name == _EVERYTHING for symbol in facts.defined)


def _is_much(offered: frozenset[str], used: frozenset[str]) -> bool:
    unused = len(offered - used)
    return unused >= _MANY and unused >= _FRACTION * (len(offered) - unused)


def _is_mangled(names: frozenset[str]) -> bool:
    """Whether most of the names are of C++."""
    return 2 * sum(name.startswith(_MANGLED) for name in names) > len(names)
