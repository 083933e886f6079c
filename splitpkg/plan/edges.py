"""What modules need of each other, as their symbols show it, and what cannot be told."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from splitpkg.abi.symbols import Scope, missing_nodes
from splitpkg.diagnostics import Diagnostic, Location, Severity
from splitpkg.plan.model import Role
from splitpkg.plan.relate import pulled_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from splitpkg.abi.symbols import OpenSymbol
    from splitpkg.plan.relate import Link
    from splitpkg.plan.split import Split


def open_symbols(split: Split) -> tuple[tuple[OpenSymbol, ...], frozenset[OpenSymbol]]:
    """The symbols that modules leave open, and those of them that may be met outside the tree."""
    libraries = {path for path in split.assignment.owners if split.linkage.is_elf(path)}
    shared = {path for path in libraries if split.linkage.facts(path).is_shared_object}
    hosts = (path for path in split.hosts if split.linkage.is_elf(path))
    scope = Scope(split.linkage, hosts, shared, split.manifest.content.hosts.outside)
    found = tuple(symbol for path in split.elf_modules for symbol in scope.open_symbols(path))
    return found, frozenset(
        symbol for symbol in found if not symbol.definers and scope.may_be_outside(symbol)
    )


def unsettled(
    split: Split,
    found: Iterable[OpenSymbol],
    outside: frozenset[OpenSymbol],
    pulled: Mapping[str, frozenset[str]],
) -> Iterator[Diagnostic]:
    """Symbols that nothing defines, or several files do and no relation says which is meant."""
    groups: defaultdict[tuple[str, tuple[str, ...]], list[str]] = defaultdict(list)
    for symbol in found:
        if symbol not in outside:
            groups[symbol.path, symbol.definers].append(symbol.name)
    for (path, files), names in sorted(groups.items()):
        owner = split.assignment.owners[path]
        homes = {split.assignment.owners[file] for file in files}
        if files and (len(homes) == 1 or not homes.isdisjoint(pulled.get(owner, frozenset()) | {owner})):
            continue
        if files:
            yield _ambiguous(split, path, files, names)
        else:
            yield _unmet(path, names)


def missing(split: Split) -> Iterator[Diagnostic]:
    """Version nodes that a file needs and the tree's own library does not have: two builds in one tree."""
    for path in split.assignment.owners:
        if split.linkage.is_elf(path):
            for one in missing_nodes(split.linkage, path):
                yield Diagnostic(
                    "node-missing",
                    Location(path),
                    f"needs version node `{one.node}`, which {one.provider} does not define",
                    (_nodes_note(split, one.provider),),
                    "empty the tree and install one build into it",
                )


def cycles(split: Split, links: Iterable[Link]) -> Iterator[Diagnostic]:
    """Packages of modules that require each other: legal, but of no use as several packages."""
    modules = {suffix for suffix, role in split.roles.items() if role is Role.MODULE}
    pulled = pulled_in(link for link in links if {link.source, link.target} <= modules)
    told = set[str]()
    for one in sorted(pulled):
        circle = sorted(other for other in pulled[one] if one in pulled.get(other, ()))
        if circle and told.isdisjoint(circle):
            told.update(circle)
            yield _cycle(split, circle)


def _nodes_note(split: Split, provider: str) -> str:
    nodes = [definition.name for definition in split.linkage.facts(provider).verdefs if not definition.base]
    return f"it defines {', '.join(f'`{node}`' for node in nodes[-4:])}" if nodes else "it defines no nodes"


def _ambiguous(split: Split, path: str, files: tuple[str, ...], names: list[str]) -> Diagnostic:
    suffix = next(member.suffix for member in split.members if member.path == path)
    return Diagnostic(
        "ambiguous-symbol",
        Location(path),
        f"needs dynamic symbol `{min(names)}`{_more(names)}, which several files define",
        (f"{', '.join(files)} define it",),
        f"add the one that is meant to `requires` of [module.{suffix}]",
    )


def _unmet(path: str, names: list[str]) -> Diagnostic:
    return Diagnostic(
        "unmet-symbol",
        Location(path),
        f"needs dynamic symbol `{min(names)}`{_more(names)}, which nothing it requires defines",
        hint="install the file that defines it into the tree, or waive the finding with its reason",
    )


def _more(names: list[str]) -> str:
    return f" and {len(names) - 1} more" if len(names) > 1 else ""


def _cycle(split: Split, circle: list[str]) -> Diagnostic:
    *others, last = (f"`{suffix}`" for suffix in circle)
    tables = ", ".join(f"[module.{suffix}]" for suffix in circle)
    return Diagnostic(
        "edge-cycle",
        split.manifest.where("module", circle[0]),
        f"modules {', '.join(others)} and {last} require each other",
        hint=f"bundle them: set `bundle` to one name in each of {tables}",
        severity=Severity.WARNING,
    )
