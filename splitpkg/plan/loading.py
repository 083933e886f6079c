"""Whether every module finds its symbols in what its package requires, and what is assumed of others."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, NamedTuple

from splitpkg.abi.installed import Installed
from splitpkg.abi.symbols import Scope
from splitpkg.diagnostics import Diagnostic, Location
from splitpkg.plan.model import Assumed, Partners
from splitpkg.plan.system import system_findings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from splitpkg.abi.symbols import OpenSymbol
    from splitpkg.inventory.model import Sysroot
    from splitpkg.plan.split import Split


@dataclass(frozen=True, slots=True)
class Loading:
    """What modules leave open, those of it that may be met outside the tree, and what is assumed so.

    `findings` are about what the sysroot lacks.
    """

    found: tuple[OpenSymbol, ...]
    outside: frozenset[OpenSymbol]
    assumed: Assumed
    findings: tuple[Diagnostic, ...] = ()


def loading(split: Split, sysroot: Sysroot | None = None) -> Loading:
    """Load every module into the hosts, as ld.so would, with what has an owner."""
    elf = {path for path, _ in ((entry.path, facts) for entry, facts in split.tree.inventory.elf_files)}
    owned = frozenset(split.assignment.owners)
    installed = Installed(split.linkage, sysroot, frozenset(elf - owned))
    shared = [path for path in elf & owned if split.linkage.facts(path).is_shared_object]
    hosts = [path for path in split.hosts if path in elf]
    outside = split.manifest.content.hosts.outside or len(hosts) < len(split.hosts)
    scope = Scope(split.linkage, hosts, shared, outside, installed)
    found = tuple(dict.fromkeys(one for path in split.elf_modules for one in scope.open_symbols(path)))
    unsure = frozenset(one for one in found if not one.definers and scope.may_be_outside(one))
    findings = system_findings(split, scope, installed) if sysroot is not None else ()
    return Loading(found, unsure, _assumed(split, scope, unsure, sysroot), tuple(findings))


def _assumed(split: Split, scope: Scope, unsure: Iterable[OpenSymbol], sysroot: Sysroot | None) -> Assumed:
    if sysroot is not None:
        return Assumed()
    symbols = {(one.name, one.version) for one in unsure}
    libraries = {library for one in unsure for library in one.assumed}
    for path in split.elf_modules:
        for symbol, library in scope.unread(path):
            symbols.add((symbol.name, symbol.version))
            libraries.add(library)
    return Assumed(len(symbols), tuple(sorted(libraries)))


def unsettled(split: Split, found: Loading, pulled: Mapping[str, frozenset[str]]) -> Iterator[Diagnostic]:
    """Symbols that nothing defines, or several files do and no relation says which is meant."""
    for key, names in _grouped(found).items():
        homes = {split.assignment.owners[file] for file in key.definers or key.bringers}
        if homes.isdisjoint(_installed_with(split, key.path, pulled)):
            if not key.definers:
                yield _unmet(key.path, names)
            elif len(homes) > 1:
                yield _ambiguous(split, key.path, key.definers, names)


def load_order(split: Split, found: Loading, pulled: Mapping[str, frozenset[str]]) -> tuple[Partners, ...]:
    """Which modules must be there first, with RTLD_GLOBAL (dlopen(3)); what others wait for comes first."""
    partners = []
    for key, names in _grouped(found).items():
        near = _installed_with(split, key.path, pulled)
        files = key.definers or key.bringers
        first = tuple(file for file in files if split.assignment.owners[file] in near)
        if first:
            partners.append(Partners(key.path, first, tuple(names)))
    place = {path: number for number, path in enumerate(_sorted(partners))}
    return tuple(sorted(partners, key=lambda one: (place[one.module], one)))


def _sorted(partners: Iterable[Partners]) -> tuple[str, ...]:
    """Modules after their partners; by their paths where they wait for each other in a circle."""
    graph: defaultdict[str, set[str]] = defaultdict(set)
    for one in sorted(partners):
        graph[one.module].update(one.first)
    try:
        ordered = {module: sorted(first) for module, first in sorted(graph.items())}
        return tuple(TopologicalSorter(ordered).static_order())
    except CycleError:
        return tuple(sorted({*graph, *(path for first in graph.values() for path in first)}))


def _installed_with(split: Split, path: str, pulled: Mapping[str, frozenset[str]]) -> frozenset[str]:
    owner = split.assignment.owners[path]
    return pulled.get(owner, frozenset()) | {owner}


class _Key(NamedTuple):
    """A file with open symbols, and what makes them available."""

    path: str
    definers: tuple[str, ...]
    bringers: tuple[str, ...]


def _grouped(found: Loading) -> dict[_Key, list[str]]:
    """The names of open symbols, sorted, by the file and by what defines them."""
    groups: defaultdict[_Key, list[str]] = defaultdict(list)
    for symbol in found.found:
        if symbol not in found.outside:
            groups[_Key(symbol.path, symbol.definers, symbol.bringers)].append(symbol.name)
    return {key: sorted(names) for key, names in sorted(groups.items())}


def _ambiguous(split: Split, path: str, files: tuple[str, ...], names: list[str]) -> Diagnostic:
    suffix = next((member.suffix for member in split.members if member.path == path), None)
    table = f"[module.{suffix}]" if suffix else f"[package.{split.assignment.owners[path]}]"
    return Diagnostic(
        "ambiguous-symbol",
        Location(path),
        f"needs dynamic symbol `{names[0]}`{_more(names)}, which several files define",
        (f"{', '.join(files)} define it",),
        f"add the one that is meant to `requires` of {table}",
    )


def _unmet(path: str, names: list[str]) -> Diagnostic:
    return Diagnostic(
        "unmet-symbol",
        Location(path),
        f"needs dynamic symbol `{names[0]}`{_more(names)}, which nothing it requires defines",
        hint="install the file that defines it into the tree, or waive the finding with its reason",
    )


def _more(names: list[str]) -> str:
    return f" and {len(names) - 1} more" if len(names) > 1 else ""
