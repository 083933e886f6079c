"""What shows two builds in one tree, and modules that need each other in a circle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from splitpkg.abi.symbols import missing_nodes
from splitpkg.diagnostics import Diagnostic, Location, Severity
from splitpkg.plan.model import Role
from splitpkg.plan.relate import pulled_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from splitpkg.plan.relate import Link
    from splitpkg.plan.split import Split


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
