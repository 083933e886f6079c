"""Modules that no host can load: built for other machines, or without what the hosts look up in them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from splitpkg.abi.linkage import abi_of
from splitpkg.diagnostics import Diagnostic, Location, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from splitpkg.elf.model import ElfFile
    from splitpkg.hygiene.subject import Subject

_SIBLINGS, _MOST = 3, 0.8
"""An entry symbol is what so many modules of a directory define, and such a part of them all."""


def foreign_modules(subject: Subject) -> Iterator[Diagnostic]:
    """Modules whose class, byte order or machine no host has: dlopen refuses them."""
    hosts = {abi_of(subject.linkage.facts(path)): path for path in reversed(subject.hosts)}
    for path in subject.modules if subject.whole and hosts else ():
        facts = subject.linkage.facts(path)
        if abi_of(facts) not in hosts:
            yield Diagnostic(
                "module-unloadable",
                Location(path),
                f"is a module for {_machine(facts)}, and no host is",
                tuple(
                    f"{host} is for {_machine(subject.linkage.facts(host))}"
                    for host in sorted(hosts.values())
                ),
                "install the build for the hosts' machine, or leave it out with [[exclude]]",
            )


def _machine(facts: ElfFile) -> str:
    return f"{facts.bits} bits, {facts.byteorder}-endian, e_machine {facts.machine}"


def entryless_modules(subject: Subject) -> Iterator[Diagnostic]:
    """Modules without any symbol that the tree looks up, though their siblings have one."""
    asked = frozenset[str]().union(*(entry.mentions for entry in subject.inventory.entries))
    needed = {
        need.provider for path in (*subject.hosts, *subject.modules) for need in subject.linkage.needs(path)
    }
    for paths in subject.by_directory().values():
        offered = {path: subject.linkage.facts(path).defined_names & asked for path in paths}
        entry = _entry(offered)
        for path in paths:
            if entry is not None and not offered[path] and path not in needed:
                yield _entryless(path, *entry)


def _entry(offered: Mapping[str, Iterable[str]]) -> tuple[str, int] | None:
    """The symbol that most modules of a directory define for the hosts, and how many do."""
    count = Counter(name for names in offered.values() for name in names)
    name, number = max(count.items(), key=lambda item: (item[1], item[0]), default=("", 0))
    return (name, number) if number >= _SIBLINGS and number >= _MOST * len(offered) else None


def _entryless(path: str, name: str, number: int) -> Diagnostic:
    return Diagnostic(
        "entry-missing",
        Location(path),
        f"defines no symbol that a host looks up; {number} modules beside it define `{name}`",
        hint="export the entry symbol, or install the file elsewhere if it is no module",
        severity=Severity.WARNING,
    )
