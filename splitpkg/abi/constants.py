"""Tags that are data of the modules: found by descriptors, and proven by what hosts say of the same."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from splitpkg.abi.marked import count
from splitpkg.abi.model import Tag, TagFamily

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from splitpkg.abi.marked import Marked
    from splitpkg.inventory.model import Constant, Entry

Said = dict[str, dict[str, dict[str, "Constant"]]]
"""By interface and value, the files that say so, with what they say."""


def constants(marked: Marked) -> Iterator[Tag]:
    """What modules say of the interface that they are built for.

    It is sure where a host says the same, or another thing; it is not where no file of the tree says
    anything. Where hosts say nothing, their libraries may speak for them, or else other files.
    """
    inventory = marked.linkage.inventory
    modules = (entry for path in marked.modules if (entry := inventory.get(path)) is not None)
    carried, held = _said(modules), _said(marked.others())
    loaders = (marked.hosts, [entry.path for entry in marked.loaders()])
    for interface, values in sorted(carried.items()):
        offered = held.get(interface, {})
        for value, carriers in sorted(values.items()):
            yield _tag(loaders, interface, value, carriers, offered)


def _said(entries: Iterable[Entry]) -> Said:
    found: Said = defaultdict(lambda: defaultdict(dict))
    for entry in entries:
        for one in entry.constants:
            known = found[one.interface][one.value].get(entry.path)
            if known is None or (known.minor or 0) < (one.minor or 0):
                found[one.interface][one.value][entry.path] = one
    return found


def _tag(
    loaders: tuple[Iterable[str], ...],
    interface: str,
    value: str,
    carriers: Mapping[str, Constant],
    offered: Mapping[str, Mapping[str, Constant]],
) -> Tag:
    proving = offered.get(value, {})
    ranked = (*loaders, sorted(proving))
    providers = next((found for paths in ranked if (found := tuple(filter(proving.__contains__, paths)))), ())
    first = next(iter(carriers.values()))
    needs = tuple(sorted((path, one.minor) for path, one in carriers.items() if one.minor is not None))
    minors = [one.minor for path in providers if (one := proving[path]).minor is not None]
    return Tag(
        TagFamily.CONSTANT,
        value,
        providers,
        tuple(sorted(carriers)),
        f"{interface}: data at `{first.where}` of {count(carriers)}, {_proof(providers, proving, offered)}",
        minor=min(minors) if minors else max((minor for _, minor in needs), default=None),
        sure=bool(offered),
        needs=needs,
        names=first.names,
        interface=interface,
    )


def _proof(
    providers: tuple[str, ...], proving: Mapping[str, Constant], offered: Mapping[str, Mapping[str, Constant]]
) -> str:
    if providers:
        return f"and {providers[0]} has the same at `{proving[providers[0]].where}`"
    if offered:
        return f"and hosts have {', '.join(f'`{value}`' for value in sorted(offered))}"
    return "and no host tells whether it is for them"
