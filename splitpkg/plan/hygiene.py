"""The hygiene of the tree as the manifest sees it: its hosts, its modules, its development packages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from splitpkg.abi.withheld import withheld
from splitpkg.hygiene.check import check
from splitpkg.hygiene.missing_exports import missing_exports, silent_hosts
from splitpkg.hygiene.subject import Subject
from splitpkg.plan.model import Role

if TYPE_CHECKING:
    from splitpkg.abi.symbols import OpenSymbol
    from splitpkg.diagnostics import Diagnostic
    from splitpkg.plan.split import Split


def findings(
    split: Split, found: tuple[OpenSymbol, ...]
) -> tuple[frozenset[OpenSymbol], tuple[Diagnostic, ...]]:
    """Those of the open symbols that hosts have and keep to themselves, and all findings.

    What is left out of every package is no matter.
    """
    subject = _subject(split)
    kept = withheld(split.linkage, subject.hosts, found)
    names = frozenset[str]().union(*(one.names for one in kept))
    ours = split.assignment.owners
    told = [
        *missing_exports(kept),
        *(() if kept else silent_hosts(subject, found)),
        *(finding for finding in check(subject) if finding.where.path in ours),
    ]
    return frozenset(one for one in found if one.name in names and not one.definers), tuple(told)


def _subject(split: Split) -> Subject:
    development = (
        path
        for suffix, paths in split.paths.items()
        if split.roles[suffix] is Role.DEVELOPMENT
        for path in paths
    )
    hosts = tuple(path for path in split.hosts if split.linkage.is_elf(path))
    return Subject(
        split.tree.inventory,
        split.linkage,
        hosts,
        split.elf_modules,
        frozenset(development),
        whole=len(hosts) == len(split.hosts),
    )
