"""Faults of the upstream build that the plan would stop at, as waivers with their reasons."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from splitpkg.abi.linkage import abi_of
from splitpkg.abi.symbols import Scope
from splitpkg.abi.withheld import withheld

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from splitpkg.abi.linkage import Linkage
    from splitpkg.abi.symbols import OpenSymbol

_REASONS = {
    "ambiguous-symbol": "{names}: several modules define it, and the tree does not tell which one is meant",
    "exports-missing": "{names}: modules need it, and the program has it without exporting it",
    "module-unloadable": "for another machine than the hosts of this tree",
    "unmet-symbol": "{names}: no file of the tree defines it, and the module names no library that could",
}


@dataclass(frozen=True, slots=True)
class Accepted:
    """A waiver: the finding's slug, the modules and the reason."""

    slug: str
    paths: tuple[str, ...]
    reason: str


def accepted(
    linkage: Linkage, hosts: Collection[str], modules: Collection[str], packages: Mapping[str, str], hub: str
) -> tuple[Accepted, ...]:
    """The waivers for symbols that nothing defines, that several files in packages define which nothing
    requires, or that a host does not export; and for modules of other machines than the hosts'.

    Without hosts the modules are for a program outside the tree. `packages` has the package of every
    file of the plan.
    """
    shared = [path for path in packages if linkage.is_elf(path) and linkage.facts(path).is_shared_object]
    scope = Scope(linkage, hosts, shared, outside=not hosts)
    open_symbols = [symbol for path in sorted(modules) for symbol in scope.open_symbols(path)]
    pulled = _Pulled(linkage, packages, open_symbols, hub)
    found = defaultdict[tuple[str, tuple[str, ...]], set[str]](set)
    withholding = withheld(linkage, hosts, open_symbols)
    known = frozenset[str]().union(*(one.names for one in withholding))
    for (path, definers), names in _grouped(
        [symbol for symbol in open_symbols if symbol.definers or symbol.name not in known], scope
    ).items():
        homes = {packages[one] for one in definers}
        if not definers:
            found["unmet-symbol", tuple(names)].add(path)
        elif len(homes) > 1 and homes.isdisjoint(pulled.by(packages[path])):
            found["ambiguous-symbol", tuple(names)].add(path)
    for one in withholding:
        found["exports-missing", tuple(sorted(one.names))].add(one.host)
    machines = {abi_of(linkage.facts(path)) for path in hosts}
    foreign = {path for path in modules if abi_of(linkage.facts(path)) not in machines}
    if machines and foreign:
        found["module-unloadable", ()] = foreign
    return tuple(
        Accepted(slug, tuple(sorted(paths)), _reason(slug, names))
        for (slug, names), paths in sorted(found.items())
    )


def _grouped(symbols: Iterable[OpenSymbol], scope: Scope) -> dict[tuple[str, tuple[str, ...]], list[str]]:
    found = defaultdict[tuple[str, tuple[str, ...]], list[str]](list)
    for symbol in symbols:
        if symbol.definers or not scope.may_be_outside(symbol):
            found[symbol.path, symbol.definers].append(symbol.name)
    return {key: sorted(names) for key, names in found.items()}


def _reason(slug: str, names: tuple[str, ...]) -> str:
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    return _REASONS[slug].format(names=f"`{names[0]}`{more}" if names else "")


class _Pulled:
    """What the package of a file pulls in, itself included: as far as linking and the hub show it."""

    def __init__(
        self, linkage: Linkage, packages: Mapping[str, str], symbols: Iterable[OpenSymbol], hub: str
    ) -> None:
        self._direct = defaultdict[str, set[str]](set)
        for path, package in packages.items():
            needs = linkage.needs(path) if linkage.is_elf(path) else ()
            providers = (need.provider for need in needs if need.provider is not None)
            self._direct[package] |= {packages[one] for one in providers if one in packages}
        for symbol in symbols:
            homes = {packages[one] for one in symbol.definers}
            if len(homes) == 1:
                self._direct[packages[symbol.path]] |= homes
        for package in packages.values():
            self._direct[package].add(hub)
        self._known: dict[str, frozenset[str]] = {}

    def by(self, package: str) -> frozenset[str]:
        """The packages, by suffix."""
        if package not in self._known:
            seen, todo = {package}, [package]
            while todo:
                new = self._direct[todo.pop()] - seen
                seen |= new
                todo += new
            self._known[package] = frozenset(seen)
        return self._known[package]
