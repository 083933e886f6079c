"""What may be a need of one module for another, and what only people can judge."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from splitpkg.plan.model import Hint, Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from splitpkg.plan.split import Split
    from splitpkg.plan.stated import ModuleNames, Stated

MOST_TEXTS = 5
"""Of one module for another: more of them tell nothing more."""


def hints(
    split: Split, names: ModuleNames, stated: Iterable[Stated], pulled: Mapping[str, frozenset[str]]
) -> tuple[Hint, ...]:
    """Needs that no relation meets yet, by packages: texts of another module, tables that may mean needs."""
    owners = split.assignment.owners
    found: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for source, target, why in (*_by_texts(split), *_by_tables(names, stated)):
        one, other = owners[source], owners[target]
        required = pulled.get(one, frozenset()) | {one}
        if other not in required and split.roles[one] is Role.MODULE:
            found[one, other].append(why)
    return tuple(
        Hint(one, other, tuple(dict.fromkeys(reasons))[:MOST_TEXTS])
        for (one, other), reasons in sorted(found.items())
    )


def _by_texts(split: Split) -> Iterator[tuple[str, str, str]]:
    ours = {path for path in split.modules if path in split.assignment.owners}
    for text in split.tree.inventory.statements.texts:
        if text.owner in ours:
            for user in (path for path in text.users if path in ours):
                yield user, text.owner, f"{user} holds the text `{text.text}`, which {text.owner} registers"


def _by_tables(names: ModuleNames, stated: Iterable[Stated]) -> Iterator[tuple[str, str, str]]:
    for one in stated:
        paths = names.paths(one.name, one.path)
        if not one.sure and len(paths) == 1:
            yield one.path, paths[0], f"{one.by} names `{one.name}`, {one.where}, and may mean something else"
