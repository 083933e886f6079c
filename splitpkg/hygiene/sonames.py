"""SONAMEs by which a module passes for a library that anyone may link to."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from splitpkg.abi.directories import is_library_directory
from splitpkg.abi.linkage import abi_of
from splitpkg.diagnostics import Diagnostic, Location, Severity
from splitpkg.hygiene.subject import also

if TYPE_CHECKING:
    from collections.abc import Iterator

    from splitpkg.hygiene.subject import Subject

_NAME_SERVICE = re.compile(r"libnss_\w+\.so\.2")
"""The C library itself demands this name in this place (nss(5))."""


def public_sonames(subject: Subject) -> Iterator[Diagnostic]:
    """Modules with a SONAME in a directory that the dynamic linker searches for everyone; each such once."""
    for directory, paths in subject.by_directory().items():
        named = [path for path in paths if _is_public(subject.linkage.facts(path).soname)]
        if named and is_library_directory(directory):
            yield Diagnostic(
                "soname-public",
                Location(named[0]),
                f"is a module with the SONAME `{subject.linkage.facts(named[0]).soname}` where every program"
                " finds it",
                also(named),
                "install it into a directory of the program's own, and link it without a SONAME",
                Severity.WARNING,
            )


def _is_public(soname: str | None) -> bool:
    return soname is not None and _NAME_SERVICE.fullmatch(soname) is None


def colliding_sonames(subject: Subject) -> Iterator[Diagnostic]:
    """Modules with the SONAME of another file that something is linked to."""
    named, needed = defaultdict[tuple[tuple[int, str, int], str], set[str]](set), set[str]()
    for entry, facts in subject.inventory.elf_files:
        needed.update(facts.needed)
        if facts.is_shared_object and facts.soname is not None:
            named[abi_of(facts), facts.soname].add(entry.path)
    modules = frozenset(subject.modules)
    for path in subject.modules:
        facts = subject.linkage.facts(path)
        others = named.get((abi_of(facts), facts.soname or ""), {path}) - {path}
        library = min((one for one in others if one not in modules), default=None)
        rival = min(others, default=None) if facts.soname in needed else None
        if library is not None or rival is not None:
            yield Diagnostic(
                "soname-collides",
                Location(path),
                f"is a module with the SONAME `{facts.soname}`, which {library or rival} has too",
                hint="link the module without a SONAME, or with one of its own",
                severity=Severity.WARNING,
            )
