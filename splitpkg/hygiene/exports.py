"""Programs that export all their symbols though few of them are used (ld(1), --export-dynamic)."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from splitpkg.abi.exports import exported, exports_everything, is_much, names_of_shared
from splitpkg.diagnostics import Diagnostic, Location, Severity
from splitpkg.hygiene.subject import also

if TYPE_CHECKING:
    from collections.abc import Iterator

    from splitpkg.hygiene.subject import Subject

_MANGLED = "_Z"


def used_names(subject: Subject) -> frozenset[str]:
    """The symbols that shared objects of the tree need or define, and those that its headers declare."""
    shared = names_of_shared(facts for _, facts in subject.inventory.elf_files)
    return shared.union(*(header.mentions for header in subject.inventory.headers))


def unused_exports(subject: Subject) -> Iterator[Diagnostic]:
    """The hosts that export everything for a few symbols; those that export the same once.

    A host of C++ is left in peace where the tree has headers: they do not show its symbols' names.
    """
    candidates = [(path, facts) for path, facts in subject.programs if exports_everything(facts)]
    used = used_names(subject) if candidates else frozenset()
    alike = defaultdict[frozenset[str], list[str]](list)
    for path, facts in candidates:
        offered = exported(facts)
        if is_much(offered, used) and not (subject.inventory.headers and _is_mangled(offered)):
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


def _is_mangled(names: frozenset[str]) -> bool:
    """Whether most of the names are of C++."""
    return 2 * sum(name.startswith(_MANGLED) for name in names) > len(names)
