"""debian/PACKAGE.symbols: which version of a library's package its users need (deb-src-symbols(5)).

Only for libraries with version nodes: the nodes are stable names for sets of symbols, so the file
needs no edit when a symbol is added. Without nodes it would have to list every symbol of one build
and architecture; there dh_makeshlibs' own `(>= VERSION)` serves.

A public node asks for the version at hand: it is not known which release brought it first, and a
bound that is too high is safe. A private node asks for what the library's package provides in this
version alone; where others are to have none of it, for the very build, which the variable names in
this source only. A node's version is a pattern, since a node that the file does not know would get
the weak bound of a new public symbol.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from splitpkg.render.deb.capabilities import private_abi, private_nodes
from splitpkg.render.deb.names import linker_names
from splitpkg.render.deb.seen import described

if TYPE_CHECKING:
    from collections.abc import Iterator

    from splitpkg.plan.model import LibraryFact, PlannedPackage
    from splitpkg.render.deb.source import DebSource

_ANY_VERSION, _ANY_HASH = "[0-9A-Za-z._+~-]+", "[0-9a-f]+"
_HASH = re.compile(r"(?<![0-9a-z])(?=[0-9a-f]*[0-9])(?=[0-9a-f]*[a-f])[0-9a-f]{7,64}(?![0-9a-z])")


def symbols_text(source: DebSource, package: PlannedPackage) -> str:
    """The symbols file of a package; empty where none of its libraries can have an entry."""
    entries = (_entry(source, package, one) for one in described(package))
    return "".join(f"{line}\n" for entry in entries for line in entry)


def _entry(source: DebSource, package: PlannedPackage, library: LibraryFact) -> Iterator[str]:
    name, private = source.name(package), private_nodes(source, library)
    yield f"{library.soname} {name} #MINVER#"
    if private:
        yield f"| {_private(source, package)}"
    for development in _development(source, library):
        yield f"* Build-Depends-Package: {development}"
    for node in library.nodes:
        if node not in private:
            yield f" (symver){node} {source.upstream_version}"
    for pattern in sorted({_pattern(node, source.content.program.version) for node in private}):
        yield f' (regex)"@{pattern}$" 0 1'


def _private(source: DebSource, package: PlannedPackage) -> str:
    """What users of private symbols need; others are to have nothing that they could meet."""
    abi = private_abi(source, package)
    if abi is None:
        return f"{source.name(package)} (= ${{binary:Version}})"
    return f"{source.name(package)} #MINVER#, {abi.name} (= {abi.literal})"


def _development(source: DebSource, library: LibraryFact) -> tuple[str, ...]:
    """The package of the link by which a linker finds the library."""
    names = {
        source.name(package)
        for package in source.plan.packages
        for _, linked in linker_names(package, (library,))
        if linked == library
    }
    return tuple(sorted(names)[:1])


def _pattern(node: str, version: str) -> str:
    """A regular expression for the node in this release and any other."""
    for spelling in (version, version.replace(".", "_")):
        if spelling in node:
            head, _, tail = node.rpartition(spelling)
            return f"{re.escape(head)}{_ANY_VERSION}{re.escape(tail)}"
    return _ANY_HASH.join(map(re.escape, _HASH.split(node)))
