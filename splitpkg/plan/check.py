"""What must hold of a split, beyond the rules of one path: packages exist, relations make sense."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from splitpkg.diagnostics import Diagnostic, Location
from splitpkg.plan.model import RelationKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from splitpkg.plan.claims import Key
    from splitpkg.plan.relate import Link
    from splitpkg.plan.split import Split


def packages(split: Split) -> Iterator[Diagnostic]:
    """No name is used for two packages; no package is empty; every host is in a package with a lock."""
    yield from _taken_names(split)
    given = set(split.assignment.owners.values())
    yield from (_empty(split, suffix) for suffix in split.manifest.content.package if suffix not in given)
    for host in split.hosts:
        yield from _host(split, host)


def _taken_names(split: Split) -> Iterator[Diagnostic]:
    plain, meta = split.manifest.content.package, split.manifest.content.metapackage
    of_modules = split.members_of.keys() - {split.hub}
    for suffix in sorted(of_modules & plain.keys()):
        yield _name_taken(split, ("package", suffix), suffix)
    if meta is not None and meta.suffix in {*of_modules, *plain}:
        yield _name_taken(split, ("metapackage", "suffix"), meta.suffix)


def _host(split: Split, host: str) -> Iterator[Diagnostic]:
    owner = split.assignment.owners.get(host)
    package = split.manifest.content.package.get(owner or "")
    if owner is None:
        hint = "add it to `files` of the package of the hosts"
        yield Diagnostic("host-unowned", Location(host), "is a host and belongs to no package", hint=hint)
    elif package is not None and not package.locked:
        yield _unlocked(split, host, owner)


def relations(split: Split, links: Iterable[Link]) -> Iterator[Diagnostic]:
    """Targets exist, and nobody requires what it conflicts with."""
    required = {(link.source, link.target) for link in links if link.kind is RelationKind.REQUIRES}
    for link in sorted(set(links), key=lambda one: (one.source, one.target, one.kind)):
        if link.target not in split.roles:
            yield _unknown_target(split, link)
        if link.kind is RelationKind.CONFLICTS and (link.source, link.target) in required:
            yield _contradiction(split, link)


def _unlocked(split: Split, host: str, suffix: str) -> Diagnostic:
    return Diagnostic(
        "host-unlocked",
        split.manifest.where("package", suffix, "locked"),
        f"package `{suffix}` has no lock and holds a host: {host}",
        hint=f"remove `locked` from [package.{suffix}], or give the host to another package",
    )


def _name_taken(split: Split, key: Key, suffix: str) -> Diagnostic:
    return Diagnostic(
        "name-taken",
        split.manifest.where(*key),
        f"`{suffix}` is the name of two packages",
        ("packages, modules, bundles and the metapackage share one set of names",),
        "rename one of them",
    )


def _empty(split: Split, suffix: str) -> Diagnostic:
    hint = "give it `files`, or remove its table"
    return Diagnostic(
        "package-empty",
        split.manifest.where("package", suffix),
        f"package `{suffix}` gets no file",
        hint=hint,
    )


def _unknown_target(split: Split, link: Link) -> Diagnostic:
    near = difflib.get_close_matches(link.target, split.roles, 1)
    hint = f"did you mean `{near[0]}`? write that" if near else "name a package of this manifest"
    return Diagnostic(
        "target-unknown",
        _declared_at(split, link),
        f"`{link.source}` {link.kind} `{link.target}`, which is no package of the plan",
        (_listed(split.roles),),
        hint,
    )


def _contradiction(split: Split, link: Link) -> Diagnostic:
    return Diagnostic(
        "conflicts-required",
        _declared_at(split, link),
        f"`{link.source}` conflicts with `{link.target}`, which it requires",
        hint="remove the conflict",
    )


def _declared_at(split: Split, link: Link) -> Location:
    table = "package" if link.source in split.manifest.content.package else "module"
    return split.manifest.where(table, link.source, str(link.kind))


def _listed(names: Iterable[str]) -> str:
    return "packages are " + ", ".join(f"`{name}`" for name in sorted(names) if name)
