"""What must hold of a split, beyond the rules of one path: packages exist, relations make sense."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from splitpkg.diagnostics import Diagnostic, Location
from splitpkg.manifest.model import PackageKind
from splitpkg.plan.model import RelationKind
from splitpkg.plan.texts import full_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from splitpkg.manifest.model import Package
    from splitpkg.plan.claims import Key
    from splitpkg.plan.relate import Link
    from splitpkg.plan.split import Split


_WITHOUT_LOCK = (PackageKind.DEVELOPMENT, PackageKind.DATA, PackageKind.DOCUMENTATION)


def packages(split: Split) -> Iterator[Diagnostic]:
    """No name is used for two packages; no package is empty; every host is in a package with a lock."""
    yield from _taken_names(split)
    given = set(split.assignment.owners.values())
    yield from (_empty(split, suffix) for suffix in split.manifest.content.package if suffix not in given)
    for host in split.hosts:
        yield from _host(split, host)


def _taken_names(split: Split) -> Iterator[Diagnostic]:
    plain, meta = split.manifest.content.package, split.manifest.content.metapackage
    kept = {split.hub} - {member.suffix for member in split.members}
    of_modules = split.members_of.keys() - kept
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
    elif package is not None and (not package.locked or package.kind in _WITHOUT_LOCK):
        yield _unlocked(split, host, owner, package)


def relations(
    split: Split, links: Iterable[Link], pulled: Mapping[str, frozenset[str]]
) -> Iterator[Diagnostic]:
    """Targets exist, and no package requires two that conflict, itself counted.

    `pulled` has for each package all that its requirements bring.
    """
    declared = sorted(
        {link for link in links if link.declared},
        key=lambda one: (one.source, one.target, one.kind, str(one.declared)),
    )
    unknown = (link for link in declared if link.target not in split.roles)
    for link in {(one.declared, one.kind, one.target): one for one in unknown}.values():
        yield _unknown_target(split, link)
    for link in declared:
        if link.kind is RelationKind.CONFLICTS:
            yield from _contradiction(split, link, pulled)


def _unlocked(split: Split, host: str, suffix: str, package: Package) -> Diagnostic:
    table = f"[package.{suffix}]"
    mended = f"remove `locked` from {table}" if not package.locked else f'set `kind = "program"` in {table}'
    return Diagnostic(
        "host-unlocked",
        split.manifest.where("package", suffix, "kind" if package.locked else "locked"),
        f"package `{suffix}` has no lock and holds a host: {host}",
        hint=f"{mended}, or give the host to another package",
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
    hint = f"write `{near[0]}`" if near else "name a package of this manifest"
    table = ".".join(str(part) for part in link.declared)
    return Diagnostic(
        "target-unknown",
        split.manifest.where(*link.declared, str(link.kind)),
        f"`{link.kind}` in [{table}] names `{link.target}`, which is no package of the plan",
        (_listed(split.roles),),
        hint,
    )


def _contradiction(split: Split, link: Link, pulled: Mapping[str, frozenset[str]]) -> Iterator[Diagnostic]:
    both = (link.source, link.target)
    victims = [one for one in split.roles if all(two == one or two in pulled.get(one, ()) for two in both)]
    if link.source in victims:
        told = "which it requires"
    elif link.target in victims:
        told = "which requires it"
    elif victims:
        names = ", ".join(f"`{full_name(split.manifest.content, one)}`" for one in victims)
        told = f"and both are required by {names}"
    else:
        return
    yield Diagnostic(
        "conflicts-required",
        split.manifest.where(*link.declared, str(link.kind)),
        f"`{link.source}` conflicts with `{link.target}`, {told}",
        hint="remove the conflict",
    )


def _listed(names: Iterable[str]) -> str:
    return "packages are " + ", ".join(f"`{name}`" for name in sorted(names) if name)
