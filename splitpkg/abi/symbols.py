"""Which dynamic symbols of a module are open: met neither by its own libraries nor by its hosts."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from splitpkg.abi.binding import Definitions, references
from splitpkg.abi.installed import Installed
from splitpkg.abi.loader import NOTHING, Loaded, Loader
from splitpkg.abi.toolchain import is_toolchain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from splitpkg.abi.linkage import Linkage
    from splitpkg.elf.model import Symbol
    from splitpkg.inventory.model import Inventory


@dataclass(frozen=True, slots=True)
class OpenSymbol:
    """A strong undefined symbol of `path`; `definers` are loaded with neither it nor its hosts.

    `assumed` names the libraries from outside the tree, unread, of which one may define it; `bringers`
    are files of the tree that load such a library which does define it.
    """

    path: str
    name: str
    definers: tuple[str, ...]
    version: str | None = None
    assumed: tuple[str, ...] = ()
    bringers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MissingNode:
    """A version node that `path` needs of `provider` and that this does not define."""

    path: str
    node: str
    provider: str


class Scope:
    """What every module of a tree finds loaded already: its hosts and what these link to.

    With `outside` a program that is not in the tree loads modules, too. Where the tree is `installed` in
    a sysroot, the libraries from outside are known.
    """

    def __init__(
        self,
        linkage: Linkage,
        hosts: Iterable[str],
        others: Iterable[str],
        outside: bool = False,
        installed: Installed | None = None,
    ) -> None:
        installed = installed or Installed(linkage)
        self._outside = outside
        self._known = installed.sysroot is not None
        self._loader = Loader(installed, installed.directories)
        self._linkage = linkage
        self._hosts = tuple(self._loader.load(host) for host in sorted(hosts)) or (NOTHING,)
        self._definitions = Definitions(undefined_names(linkage.inventory))
        self._defined = set[str]()
        self._others = frozenset(others)
        self._present = frozenset(path for host in self._hosts for path in host.objects)
        self._add(sorted(self._present | self._others))
        names = (self._loader.facts(path).undefined_names for path in self._present)
        self._imported = frozenset[str]().union(*names)
        self._external = external(self._hosts, set.union)
        self._loads: dict[str, tuple[Loaded, ...]] = {}
        self._left: dict[tuple[str, str], tuple[Symbol, ...]] = {}
        self._nodes: dict[str, Mapping[str, tuple[str, ...]]] = {}

    def open_symbols(self, path: str) -> Iterator[OpenSymbol]:
        """The strong undefined symbols of a file that neither a host nor its own libraries define.

        So do those of the tree's libraries that are loaded with it. Left out are those with a version of
        a library that is unread.
        """
        for file in (path, *self._companions(path)):
            for symbol in self.unbound(path, file):
                if not self._unread(file, symbol):
                    found = self._definitions.definers(symbol)
                    definers = tuple(one for one in found if self._defines(one, symbol))
                    assumed = () if definers else self._assumed(path, symbol)
                    bringers = () if definers or not self._known else self._bringers(symbol)
                    yield OpenSymbol(file, symbol.name, definers, symbol.version, assumed, bringers)

    def unread(self, path: str) -> Iterator[tuple[Symbol, str]]:
        """The symbols with a version of a library that is unread, each with the library."""
        for symbol in self.unbound(path, path):
            for library in self._unread(path, symbol)[:1]:
                yield symbol, library

    def unbound(self, path: str, file: str) -> tuple[Symbol, ...]:
        """What must be bound of `file`, loaded with `path`, and nothing defines in the best of the hosts.

        Where libraries are unread, what any of the hosts defines counts.
        """
        if (path, file) not in self._left:
            left, found = references(self._loader.facts(file)), []
            for host in range(len(self._hosts)):
                unbound = self._unbound(path, file, host, left)
                found.append(unbound)
                left = left if self._known else unbound
            self._left[path, file] = min(found, key=len)
        return self._left[path, file]

    def idle_hosts(self, paths: Iterable[str]) -> Iterator[tuple[str, str, tuple[str, ...]]]:
        """The hosts into which none of the files loads that load into another one.

        Each with the first file that lacks symbols there, and their names. A library that is a host needs
        a program.
        """
        for number, host in enumerate(self._hosts):
            if host.objects and self._loader.facts(host.objects[0]).is_program:
                lacking = {path: self._bound_elsewhere(path, number) for path in paths}
                if lacking and all(lacking.values()):
                    path = min(lacking)
                    yield host.objects[0], path, lacking[path]

    def _bound_elsewhere(self, path: str, host: int) -> tuple[str, ...]:
        """The names that are bound in the best of the hosts and not in this one."""
        left = self._unbound(path, path, host, references(self._loader.facts(path)))
        return tuple(sorted({one.name for one in set(left) - set(self.unbound(path, path))}))

    def _unbound(self, path: str, file: str, number: int, symbols: tuple[Symbol, ...]) -> tuple[Symbol, ...]:
        host, loaded = self._hosts[number], self.loads(path)[number]
        scope = loaded.searched | host.searched if host.objects else loaded.searched
        copied = self._loader.facts(file).copied
        return self._definitions.unbound(symbols, scope - {file} if copied else scope)

    def loads(self, path: str) -> tuple[Loaded, ...]:
        """What is loaded with a file in each of the hosts."""
        if path not in self._loads:
            loader, alone = self._loader, self._loader.load(path)
            loads = tuple(alone if agree(host, alone) else loader.load(path, host) for host in self._hosts)
            self._add(one for loaded in loads for one in loaded.objects)
            self._loads[path] = loads
        return self._loads[path]

    def _companions(self, path: str) -> list[str]:
        """The files of the tree that are loaded for this one alone."""
        loaded = {one for host in self.loads(path) for one in host.objects}
        return sorted((loaded & self._others) - self._present - {path})

    @cached_property
    def _loaded_by(self) -> dict[str, set[str]]:
        """The libraries from outside, and which files of the tree they are loaded with."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        for path in sorted(self._others):
            for one in {one for host in self.loads(path) for one in host.objects} - self._others:
                found[one].add(path)
        return found

    def _bringers(self, symbol: Symbol) -> tuple[str, ...]:
        """The files of the tree that are loaded together with a library that defines the symbol."""
        loaded_by = self._loaded_by
        found = (loaded_by.get(one, ()) for one in self._definitions.definers(symbol))
        return tuple(sorted({path for paths in found for path in paths}))

    def _unread(self, path: str, symbol: Symbol) -> tuple[str, ...]:
        """The unread libraries that the version of a symbol is of."""
        return () if symbol.version is None else self._unread_nodes(path).get(symbol.version, ())

    def _unread_nodes(self, path: str) -> Mapping[str, tuple[str, ...]]:
        """The version nodes that a file needs of unread libraries, each with the libraries."""
        if path not in self._nodes:
            names, found = self._lacking(path), defaultdict[str, list[str]](list)
            for need in self._loader.facts(path).verneeds:
                for node in need.nodes if need.file in names else ():
                    found[node].append(need.file)
            self._nodes[path] = {node: tuple(files) for node, files in found.items()}
        return self._nodes[path]

    def _lacking(self, path: str) -> tuple[str, ...]:
        """The libraries that are found in none of the hosts."""
        return external(self.loads(path), set.intersection)

    def may_be_outside(self, symbol: OpenSymbol) -> bool:
        """Whether a file from outside the tree could define what nothing in it does."""
        return bool(symbol.assumed) or (self._outside and not symbol.definers)

    def _assumed(self, path: str, symbol: Symbol) -> tuple[str, ...]:
        """The unread libraries that may define the symbol.

        Either the file needs such a library itself, or a host takes the symbol from one. That a host
        only links to a library is not enough for a file that needs none at all: every host links to some.
        A symbol with a version is not of another library. Those of the toolchain's have versions for all
        that is linked to them.
        """
        if symbol.version is not None:
            return ()
        needed = self._lacking(path)
        if self._known:
            # What is not found is a finding of its own, and may have any symbol.
            return untold((*needed, *self._external))
        own = untold(needed)
        if own:
            return own
        if symbol.name in self._imported:
            return self._external
        return tuple(sorted(set(self._external) - set(needed))) if needed else ()

    def _defines(self, path: str, symbol: Symbol) -> bool:
        ours = path in self._others and path not in self._present
        return ours and symbol.name not in self._loader.facts(path).copied

    def _add(self, paths: Iterable[str]) -> None:
        for path in paths:
            if path not in self._defined:
                self._defined.add(path)
                self._definitions.add(path, self._loader.facts(path))


def agree(host: Loaded, alone: Loaded) -> bool:
    """Whether the host changes nothing about what is loaded with a file that it loads."""
    if host.run_path or any(one.name in host.names for one in alone.missing):
        return False
    return all(host.names.get(name, path) == path for name, path in alone.names.items())


def external(loads: Iterable[Loaded], joined: Callable[..., set[str]]) -> tuple[str, ...]:
    """The libraries that were not found, in any or in all of them."""
    return tuple(sorted(joined(*({one.name for one in loaded.missing} for loaded in loads))))


def untold(names: Iterable[str]) -> tuple[str, ...]:
    """Those of the libraries that may define a symbol without a version."""
    return tuple(name for name in names if not is_toolchain(name))


def undefined_names(inventory: Inventory) -> frozenset[str]:
    """The names that some file of the tree needs another one for."""
    facts = [one for _, one in inventory.elf_files]
    return frozenset[str]().union(*(one.undefined_names for one in facts), *(one.copied for one in facts))


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
