"""What a tag is called as a capability: by custom, or after the program and the tag's value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from splitpkg.diagnostics import Diagnostic, Location

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from splitpkg.abi.model import Tag


@dataclass(frozen=True, slots=True)
class Capability:
    """A name, and the version where the capability has one; `is_customary` tells it from our own names.

    `is_least` says that whoever requires it takes newer versions too.
    """

    name: str
    version: str = ""
    is_least: bool = False
    is_customary: bool = False


def capability(tag: Tag, own: str, custom: str | None, fit: Callable[[str], str]) -> Capability:
    """The capability of a tag in one format.

    `own` and `custom` are templates as `demo-abi({value})` and `demo-api = {value}`, with `{minor}`
    where that is part of them; `fit` makes a value fit for the format.
    """
    template = own if custom is None else custom
    minor = "" if tag.minor is None else str(tag.minor)
    filled = template.replace("{value}", fit(tag.value)).replace("{minor}", minor)
    name, _, version = filled.partition(" = ")
    if version or not minor or "{minor}" in template:
        return Capability(name, version, is_customary=custom is not None)
    return Capability(name, minor, is_least=True, is_customary=custom is not None)


def collisions(
    tags: Iterable[Tag], spelled: Callable[[Tag], Capability], packages: Collection[str], form: str
) -> Iterator[Diagnostic]:
    """Tags whose values come to one name in a format, which would make two builds one; or a package's."""
    seen: dict[tuple[str, str], Tag] = {}
    for tag in tags:
        found = spelled(tag)
        key = found.name, "" if found.is_least else found.version
        first = seen.setdefault(key, tag)
        if first is not tag:
            yield _colliding(tag, found, f"as tag `{first.value}` is", form)
        elif found.name in packages:
            yield _colliding(tag, found, "which is the name of a package", form)


def unfit(tag: Tag, found: Capability, slug: str, form: str) -> Diagnostic:
    """The finding for a name or version that the format does not take, whose finding has that slug."""
    spelled = f"{found.name} = {found.version}" if found.version else found.name
    return Diagnostic(
        slug,
        Location(tag.providers[0]),
        f"tag `{tag.value}` is called `{spelled}` in {form}, which cannot be a capability",
        hint="give the tag another name: `capability` in its table of [abi]",
    )


def _colliding(tag: Tag, found: Capability, told: str, form: str) -> Diagnostic:
    return Diagnostic(
        "capability-collides",
        Location(tag.providers[0]),
        f"tag `{tag.value}` is called `{found.name}` in {form}, {told}",
        hint="give one of the tags another name: `capability` in its table of [abi]",
    )
