"""From what the program states to relations: who is meant by a name, and what cannot be told."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from splitpkg.diagnostics import Diagnostic, Location, Severity
from splitpkg.plan.model import Reason
from splitpkg.plan.relate import Link

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from splitpkg.inventory.model import ModuleInfo
    from splitpkg.plan.split import Split
    from splitpkg.plan.stated import ModuleNames, Stated


def stated_links(split: Split, names: ModuleNames, stated: Iterable[Stated]) -> Iterator[Link]:
    """The needs whose target is one package, each with its first place and the number of the others."""
    owners = split.assignment.owners
    groups: defaultdict[tuple[str, str, str], list[Stated]] = defaultdict(list)
    for one in stated:
        homes = _homes(split, names, one)
        if len(homes) == 1 and owners[one.path] not in homes:
            groups[one.path, one.name, homes.pop()].append(one)
    for (path, name, target), found in sorted(groups.items()):
        first, more = found[0], len({one.where for one in found}) - 1
        also = f" and {more} more" if more else ""
        text = f"{path} needs `{name}`: {first.by} says so, {first.where}{also}"
        yield Link(owners[path], target, Reason.EDGE, text)


def unmet_needs(
    split: Split, names: ModuleNames, stated: Iterable[Stated], pulled: Mapping[str, frozenset[str]]
) -> Iterator[Diagnostic]:
    """Stated needs of what is not in the tree, or of a name that several packages have."""
    told = dict[tuple[str, str], Diagnostic]()
    for one in stated:
        homes, owner = _homes(split, names, one), split.assignment.owners[one.path]
        if not homes:
            told.setdefault((one.path, one.name), _absent(one))
        elif len(homes) > 1 and homes.isdisjoint(pulled.get(owner, frozenset()) | {owner}):
            told.setdefault((one.path, one.name), _ambiguous(split, names, one))
    yield from told.values()


def unconfirmed(
    split: Split, names: ModuleNames, stated: Iterable[Stated], pulled: Mapping[str, frozenset[str]]
) -> Iterator[Diagnostic]:
    """Hosts with a table that may state needs which no relation meets: what symbols show does not tell."""
    owners = split.assignment.owners
    tables: defaultdict[str, list[Stated]] = defaultdict(list)
    for one in stated:
        met = pulled.get(owners[one.path], frozenset()) | {owners[one.path]}
        homes = _homes(split, names, one)
        if not one.sure and one.host is not None and len(homes) == 1 and met.isdisjoint(homes):
            tables[one.host].append(one)
    for host, found in sorted(tables.items()):
        first, more = found[0], len({(one.path, one.name) for one in found}) - 1
        also = f", and {more} more such" if more else ""
        yield Diagnostic(
            "needs-unconfirmed",
            Location(host),
            "has a table of modules that may say what they need, and no symbols confirm it",
            (f"{first.by} names `{first.name}`, {first.where}{also}",),
            "look at `splitpkg plan --hints`, and add what is true to `requires` of the modules",
            Severity.WARNING,
        )


def unplaced(infos: Iterable[ModuleInfo]) -> Iterator[Diagnostic]:
    """Objects that state needs of a module which their names do not tell."""
    for info in infos:
        needs = ", ".join(f"`{key}={value}`" for key, value in info.entries)
        yield Diagnostic(
            "modinfo-unplaced",
            Location(info.file),
            "states needs and has the name of no module of the tree, nor of one alone",
            (f"it says {needs}",),
            "add what it states to `requires` of the module's table",
            Severity.WARNING,
        )


def _homes(split: Split, names: ModuleNames, stated: Stated) -> set[str]:
    return {split.assignment.owners[path] for path in names.paths(stated.name, stated.path)}


def _absent(stated: Stated) -> Diagnostic:
    return Diagnostic(
        "need-absent",
        Location(stated.path),
        f"needs module `{stated.name}`, which is not in the tree",
        (f"{stated.by} says so, {stated.where}",),
        "install that module into the tree, or leave this one out, too",
        Severity.WARNING,
    )


def _ambiguous(split: Split, names: ModuleNames, stated: Stated) -> Diagnostic:
    suffix = next(member.suffix for member in split.members if member.path == stated.path)
    return Diagnostic(
        "ambiguous-need",
        Location(stated.path),
        f"needs module `{stated.name}`, which several files may be",
        (
            f"{stated.by} says so, {stated.where}",
            f"{', '.join(names.paths(stated.name, stated.path))} have that name",
        ),
        f"add the one that is meant to `requires` of [module.{suffix}]",
    )
