"""What was found in a tree, as people and programs read it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from splitpkg.diagnostics import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from splitpkg.abi.model import Tag
    from splitpkg.discover.model import Discovery, FoundFamily, Group

SCHEMA = 1
"""Version of the JSON form: raised when a key goes or changes its meaning."""


def as_json(found: Discovery, families: Iterable[FoundFamily]) -> dict[str, Any]:
    """The discovery as `splitpkg scan --json` prints it.

    `hosts`, `libraries`, `helpers` and `modules` are lists of paths; `details` has, for each of
    these paths, what else is known of it, the evidence first of all.
    """
    return {
        "schema": SCHEMA,
        "name": found.name,
        "hosts": [host.path for host in found.hosts],
        "libraries": [library.path for library in found.libraries],
        "helpers": [helper.path for helper in found.helpers],
        "modules": [module.path for module in found.modules],
        "programs": list(found.programs),
        "others": [_plain(other) for other in found.others],
        "groups": [_plain(group) for group in found.groups],
        "families": [_plain(family) for family in families],
        "tags": [_tag(tag) for tag in found.tags],
        "external": {module.path: list(module.external) for module in found.modules},
        "details": {
            str(one["path"]): one
            for part in (found.hosts, found.libraries, found.helpers, found.modules)
            for one in map(_plain, part)
        },
    }


def _plain(value: Any) -> dict[str, Any]:
    return {
        key: list(part) if isinstance(part, tuple) else str(part) if part is not None else None
        for key, part in asdict(value).items()
    }


def _tag(tag: Tag) -> dict[str, Any]:
    minor = {} if tag.minor is None else {"minor": tag.minor}
    return {
        "family": str(tag.family),
        "value": tag.value,
        **minor,
        "sure": tag.sure,
        "providers": list(tag.providers),
        "carriers": list(tag.carriers),
        "why": tag.why,
    }


def _told(tag: Tag) -> str:
    minor = "" if tag.minor is None else f", minor number {tag.minor}"
    return f"{tag.value} ({tag.family}{minor}{'' if tag.sure else '; not sure'}): {tag.why}"


def as_text(found: Discovery) -> str:
    """The discovery for a terminal: what, where and why, with the evidence."""
    return "\n".join(printable(line) for line in _lines(found)) + "\n"


def _lines(found: Discovery) -> Iterator[str]:
    yield f"{found.name}: {_number(found.modules, 'module')} in {_number(found.groups, 'directory')}"
    yield from _section("hosts", (f"{host.path}: {'; '.join(host.why)}" for host in found.hosts))
    yield from _section("libraries", (f"{one.path} ({one.soname})" for one in found.libraries))
    yield from _section("helper libraries", (f"{one.path}: {one.why}" for one in found.helpers))
    for group in found.groups:
        yield from _group(found, group)
    yield from _section("no modules", (f"{one.path}: {one.why}" for one in found.others))
    yield from _section("tags", map(_told, found.tags))
    if found.modules and not any(tag.sure for tag in found.tags):
        yield from _section("no tag", ["only packages of exactly the same build are known to fit"])


def _group(found: Discovery, group: Group) -> Iterator[str]:
    modules = {module.path: module for module in found.modules}
    yield ""
    yield f"modules in {group.directory}"
    if group.entry:
        yield f"  entered by {', '.join(group.entry[:4])}"
    yield f"  loaded by {', '.join(group.hosts) or 'no file of the tree'}"
    for path in group.modules:
        external = ", ".join(modules[path].external)
        yield f"  {path.rpartition('/')[2]}{f': brings {external}' if external else ''}"


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    listed = [f"  {line}" for line in lines]
    if listed:
        yield from ("", title, *listed)


def _number(things: tuple[object, ...], word: str) -> str:
    plural = f"{word[:-1]}ies" if word.endswith("y") else f"{word}s"
    return f"{len(things)} {word if len(things) == 1 else plural}"
