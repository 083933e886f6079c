"""Which dynamic symbols of a module are open: met neither by its own libraries nor by its hosts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from splitpkg.abi.linkage import definers, outer_nodes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from splitpkg.abi.linkage import Linkage


@dataclass(frozen=True, slots=True)
class OpenSymbol:
    """A strong undefined symbol of `path`; `definers` are loaded with neither it nor its hosts."""

    path: str
    name: str
    definers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MissingNode:
    """A version node that `path` needs of `provider` and that this does not define."""

    path: str
    node: str
    provider: str


class Scope:
    """What every module of a tree finds loaded already: its hosts and what these link to.

    With `outside` a program that is not in the tree loads modules, too.
    """

    def __init__(
        self, linkage: Linkage, hosts: Iterable[str], others: Iterable[str], outside: bool = False
    ) -> None:
        self._outside = outside
        present = {path for host in hosts for path in linkage.closure(host).files}
        self._linkage = linkage
        self._hosts = frozenset(definers(linkage, present))
        self._definers = definers(linkage, {*present, *others})
        self._imported = frozenset[str]().union(*(linkage.facts(path).undefined_names for path in present))

    def open_symbols(self, path: str) -> Iterator[OpenSymbol]:
        """The strong undefined symbols of a file that neither a host nor its own libraries define."""
        linkage, facts = self._linkage, self._linkage.facts(path)
        loaded = linkage.closure(path).files
        outer = outer_nodes(linkage, path)
        for symbol in facts.undefined:
            if symbol.weak or symbol.name in self._hosts or symbol.version in outer:
                continue
            found = self._definers.get(symbol.name, ())
            if loaded.isdisjoint(found):
                yield OpenSymbol(path, symbol.name, found)

    def may_be_outside(self, symbol: OpenSymbol) -> bool:
        """Whether a file from outside the tree could define what nothing in it does.

        Either a program from there loads modules, or the file needs such a library itself, or a host
        takes the symbol from one. That a host only links to a library is not enough: every host links
        to some.
        """
        has_external = bool(self._linkage.closure(symbol.path).external)
        return self._outside or has_external or symbol.name in self._imported


def missing_nodes(linkage: Linkage, path: str) -> Iterator[MissingNode]:
    """The version nodes that a file needs of a file of the tree which lacks them."""
    providers: Mapping[str, str | None] = {need.name: need.provider for need in linkage.needs(path)}
    for need in linkage.facts(path).verneeds:
        provider = providers.get(need.file)
        if provider is None:
            continue
        defined = {definition.name for definition in linkage.facts(provider).verdefs}
        for node in need.nodes:
            if node not in defined and node not in need.weak:
                yield MissingNode(path, node, provider)
