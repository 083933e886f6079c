"""The text of a drafted manifest, table by table, with comments that say why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from splitpkg.discover import toml
from splitpkg.discover.owners import CORE, DATA

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from splitpkg.abi.model import Tag
    from splitpkg.discover.model import Discovery, FoundFamily
    from splitpkg.discover.overrides import Override
    from splitpkg.discover.owners import Owners, Plain
    from splitpkg.discover.waivers import Accepted

_HEAD = """A first draft, made from the tree: it can be planned as it stands, and is meant to be edited.
`splitpkg plan TREE` shows which package gets what, and why. Every path goes to one package: of
several patterns that fit, the one with the longest literal beginning counts."""
_UNKNOWN_VERSION = "The tree does not tell the version."
_OUTSIDE = """No file of this tree shows that it loads the modules: the program that does is elsewhere. If it
is here all the same, name it in `files` in the place of this."""
_NO_MODULE = "No module was found in this tree; what is to load some is named here."
_HUB = "A library loads the modules: every host and module is locked to the package of the libraries."
_NO_TAG = """Nothing is known to mark the build in the binaries: only packages of exactly the same version and
release fit. A mark that is there all the same can be described here."""
_DOUBTFUL = "No host proves these; `tag` can name them if they are what hosts compare:"
_MANY, _MANY_TAGS = 4, 12

Value = str | bool | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Drafted:
    """All that the text of a manifest is made of."""

    name: str
    version: str
    version_from: str | None
    discovery: Discovery
    hub: str
    hosts: tuple[str, ...]
    families: tuple[FoundFamily, ...]
    owners: Owners
    files: Mapping[str, tuple[str, ...]]
    overrides: tuple[Override, ...]
    waivers: tuple[tuple[Accepted, tuple[str, ...]], ...]
    heavy: tuple[tuple[str, int], ...]


def sections(one: Drafted) -> Iterator[str]:
    """The parts of the manifest, in their order."""
    yield toml.comment(_HEAD)
    yield _program(one)
    yield _hosts(one)
    if one.hub != CORE:
        yield _table(_HUB, ("lock",), hub=one.hub)
    if one.discovery.modules:
        yield _table(_abi(one.discovery.tags), ("abi",), tag="auto")
    for package in one.owners.packages:
        yield _package(one, package)
    for family in one.families:
        yield _family(one, family)
    for override in one.overrides:
        yield _override(override)
    if one.families:
        yield _table("A package without files that brings all modules.", ("metapackage",), modules="requires")
    for waiver, files in one.waivers:
        comment = "The program's own fault, which splitpkg reports unless it is waived."
        table = _table(comment, ("waiver",), slug=waiver.slug, files=files, reason=waiver.reason)
        yield table.replace("[waiver]", "[[waiver]]", 1)


def _abi(tags: Iterable[Tag]) -> str:
    """What marks the build, and what may; of many, the first ones."""
    sure = [f"- {tag.value}: {tag.why}" for tag in tags if tag.providers and tag.sure]
    doubtful = [f"- {tag.value}: {tag.why}" for tag in tags if not tag.sure]
    lines = ["What marks the build in the binaries:", *_first(sure)] if sure else [_NO_TAG]
    return "\n".join([*lines, *([_DOUBTFUL, *_first(doubtful)] if doubtful else [])])


def _first(lines: list[str]) -> list[str]:
    more = len(lines) - _MANY_TAGS
    return lines[:_MANY_TAGS] + ([f"- and {more} more, as `splitpkg scan` shows"] if more > 0 else [])


def _table(note: str, keys: tuple[str, ...], /, **values: Value) -> str:
    """A table with a comment above it; what is empty is left out."""
    lines = [toml.comment(note)] if note else []
    lines.append(toml.table(*keys))
    for key, value in values.items():
        match value:
            case bool():
                lines.append(f"{key.replace('_', '-')} = {'true' if value else 'false'}")
            case str():
                lines.append(f"{key.replace('_', '-')} = {toml.string(value)}")
            case _ if value:
                lines.append(f"{key.replace('_', '-')} = {toml.array(value)}")
    return "\n".join(lines)


def _program(one: Drafted) -> str:
    known = f"The version is from {one.version_from}." if one.version_from else ""
    note = known or ("" if one.version != "0" else _UNKNOWN_VERSION)
    return _table(
        "\n".join(filter(None, ("Fill in what is known of the program.", note))),
        ("program",),
        name=one.name,
        version=one.version,
        summary=f"The program {one.name}",
        description=f"This is {one.name}, with its loadable modules in packages of their own.",
        license="LicenseRef-unknown",
        maintainer="Unknown <unknown@localhost>",
    )


def _hosts(one: Drafted) -> str:
    if not one.hosts:
        return _table(_OUTSIDE, ("hosts",), outside=True)
    if not one.discovery.hosts:
        return _table(_NO_MODULE, ("hosts",), files=one.hosts)
    lines = ["What loads the modules:"]
    lines += [f"- {host.path} {host.why[0]}" for host in one.discovery.hosts[:_MANY]]
    more = len(one.discovery.hosts) - _MANY
    lines += [f"- and {more} more, as `splitpkg scan` shows"] if more > 0 else []
    return _table("\n".join(lines), ("hosts",), files=one.hosts)


def _package(one: Drafted, package: Plain) -> str:
    note, values = [package.comment], dict[str, Value]()
    if package.suffix == CORE and one.heavy:
        names = ", ".join(f"{path} ({number})" for path, number in one.heavy)
        note.append(f"Programs with many libraries of their own may deserve packages of their own: {names}.")
    if package.kind != "program":
        values["kind"] = package.kind
    values["files"] = one.files.get(package.suffix, ())
    if package.suffix == one.hub and any(other.suffix == DATA for other in one.owners.packages):
        values["requires"] = (DATA,)
    return _table("\n".join(note), ("package", package.suffix), **values)


def _family(one: Drafted, family: FoundFamily) -> str:
    return _table(
        f"{family.why[0].upper()}{family.why[1:]}.",
        ("family", family.name),
        files=family.files,
        package=family.package,
        summary=_summary(one.name, family.package),
        beside=family.beside,
    )


def _summary(program: str, template: str) -> str:
    """One line for a module's package: `demo block module {name}`."""
    words = template.split("-")
    own = "{name}" if "{name}" in words else template
    others = [word for word in words if word != own and own in words]
    kind = [] if others[-1:] in (["plugin"], ["module"], ["filter"]) else ["module"]
    return " ".join([program, *others, *kind, own])


def _override(override: Override) -> str:
    values = dict[str, Value]()
    if override.bundle is not None:
        values["bundle"] = override.bundle
    if override.keep:
        values["keep_in_core"] = True
    if override.files:
        values["files"] = override.files
    return _table(override.comment, ("module", override.suffix), **values)
