"""What hosts keep to themselves though their modules need it (ld(1), --export-dynamic)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from splitpkg.abi.toolchain import is_toolchain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from splitpkg.abi.linkage import Linkage
    from splitpkg.abi.symbols import OpenSymbol


@dataclass(frozen=True, slots=True)
class Withheld:
    """The symbols that a host has and does not export, and the modules that need them."""

    host: str
    names: frozenset[str]
    modules: tuple[str, ...]


def withheld(linkage: Linkage, hosts: Iterable[str], found: Iterable[OpenSymbol]) -> tuple[Withheld, ...]:
    """For each host the symbols of its .symtab that modules leave open.

    Of a module that is linked to other libraries from outside the tree, unread, nothing is told: one of
    them may define the same name.
    """
    needed = defaultdict[str, set[str]](set)
    for symbol in found:
        if not symbol.definers and (not symbol.assumed or is_self_contained(linkage, symbol.path)):
            needed[symbol.name].add(symbol.path)
    told = []
    for host in sorted(hosts):
        entry = linkage.inventory.get(host)
        names = needed.keys() & entry.unexported if entry is not None else set[str]()
        if names:
            modules = {path for name in names for path in needed[name]}
            told.append(Withheld(host, frozenset(names), tuple(sorted(modules))))
    return tuple(told)


def is_self_contained(linkage: Linkage, path: str) -> bool:
    """Whether the file needs no library from outside the tree but those of the toolchain."""
    return all(is_toolchain(name) for name in linkage.closure(path).external)
