"""Modules that are in the tree more than once, as when each is built for every host anew."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from splitpkg.diagnostics import Diagnostic, Location, Severity
from splitpkg.hygiene.subject import also

if TYPE_CHECKING:
    from collections.abc import Iterator

    from splitpkg.hygiene.subject import Subject


def duplicates(subject: Subject) -> Iterator[Diagnostic]:
    """Modules that are the same once loaded, with what one of them alone would save."""
    alike = defaultdict[str, list[str]](list)
    sizes = dict[str, int]()
    for path in subject.modules:
        entry = subject.inventory.get(path)
        if entry is not None and entry.likeness is not None:
            alike[entry.likeness].append(path)
            sizes[path] = entry.size
    for paths in alike.values():
        saved = sum(sizes[path] for path in paths[1:])
        if saved:
            yield Diagnostic(
                "module-duplicated",
                Location(paths[0]),
                f"is the same module as {paths[1]}, but for its build ID",
                (*also(paths[1:]), f"one alone would save {saved:,} bytes"),
                "build it once, and install a symbolic link in the other places",
                Severity.WARNING,
            )
