"""Hosts that do not export what their modules need (ld(1), --export-dynamic)."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from splitpkg.abi.exports import exported
from splitpkg.abi.withheld import is_self_contained
from splitpkg.diagnostics import Diagnostic, Location, Severity
from splitpkg.hygiene.subject import listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from splitpkg.abi.symbols import OpenSymbol
    from splitpkg.abi.withheld import Withheld
    from splitpkg.hygiene.subject import Subject

_SEVERAL = 3
"""Where a host is stripped, a name is taken for its own only if so many modules need it."""
_HINT = "link it with `-Wl,--export-dynamic` (`-rdynamic`), or with `--dynamic-list`"


def missing_exports(found: Iterable[Withheld]) -> Iterator[Diagnostic]:
    """Hosts that have the symbols, as their .symtab shows."""
    for one in found:
        more = f" and {len(one.modules) - 1} more need" if len(one.modules) > 1 else " needs"
        yield Diagnostic(
            "exports-missing",
            Location(one.host),
            f"does not export {listed(one.names)}, which {one.modules[0]}{more}",
            ("they stand in its .symtab only, where no loader looks",),
            _HINT,
        )


def silent_hosts(subject: Subject, found: Iterable[OpenSymbol]) -> Iterator[Diagnostic]:
    """Hosts that export nothing, while modules need what nothing at all defines.

    Nothing is said where another host exports something, or where a library from outside the tree may
    be what the modules count on.
    """
    if not are_silent(subject):
        return
    needed = defaultdict[str, set[str]](set)
    for symbol in found:
        if not symbol.definers and is_self_contained(subject.linkage, symbol.path):
            needed[symbol.name].add(symbol.path)
    names = frozenset(name for name, paths in needed.items() if len(paths) >= _SEVERAL)
    modules = sorted({path for name in names for path in needed[name]})
    for host in subject.hosts if names else ():
        yield Diagnostic(
            "exports-missing",
            Location(host),
            f"exports no symbol, and nothing in the tree defines {listed(names)}",
            (f"{modules[0]} and {len(modules) - 1} more modules need that",),
            _HINT,
            Severity.WARNING,
        )


def are_silent(subject: Subject) -> bool:
    """Whether all hosts are programs that export nothing, and need nothing from outside but the toolchain."""
    return subject.whole and all(_is_silent(subject, host) for host in subject.hosts)


def _is_silent(subject: Subject, host: str) -> bool:
    facts = subject.linkage.facts(host)
    return facts.is_program and not exported(facts) and is_self_contained(subject.linkage, host)
