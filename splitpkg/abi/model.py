"""A mark of the build in its binaries. Found by `splitpkg.abi.tags`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

_PRIVATE = re.compile(r"(?:^|_)(?:PRIVATE|INTERNAL)(?:_|$)", re.IGNORECASE)


def says_private(name: str) -> bool:
    """Whether the name of a version node, or such a part of a SONAME, calls itself private."""
    return _PRIVATE.search(name) is not None


class TagFamily(StrEnum):
    """Where in the binaries a tag stands."""

    NODE = "version-node"
    SONAME = "private-soname"
    STAMP = "stamp-symbol"
    CONSTANT = "data-constant"
    PATH = "path"


PRIVATE = (TagFamily.NODE, TagFamily.SONAME)
"""Families whose tags are names of private symbols: one without the release stays when these change."""


class Strength(StrEnum):
    """What has to change before the tag does: from a single commit to the interface alone."""

    COMMIT = "commit"
    BUILD = "build"
    VERSION = "version"
    INTERFACE = "interface"


@dataclass(frozen=True, slots=True, order=True)
class CapabilityNames:
    """What packages customarily call the tag, by format: `{value}` and `{minor}` stand for its parts.

    None where the format has no custom of its own.
    """

    rpm: str | None = None
    deb: str | None = None


@dataclass(frozen=True, slots=True, order=True)
class Tag:
    """A mark of the build: its value, the files that provide it and the modules that carry it.

    `value` has to be equal on both sides. `minor` is what the hosts offer at least, and `needs` pairs
    each carrier with the minor it asks for: a carrier fits hosts whose minor is not smaller. `strength`
    is None where nothing tells it; `judged` is the evidence. `sure` is false where a finder took the
    mark for a tag of the build without proof. `form` is an extended regular expression (POSIX) of the value
    in any build, where the packaging can read it from the files that it builds. `interface` names what a
    constant or path belongs to: only tags of the same one exclude each other.
    """

    family: TagFamily
    value: str
    providers: tuple[str, ...]
    carriers: tuple[str, ...]
    why: str
    minor: int | None = None
    strength: Strength | None = None
    judged: str = ""
    sure: bool = True
    needs: tuple[tuple[str, int], ...] = ()
    names: CapabilityNames = CapabilityNames()
    form: str | None = None
    interface: str = ""

    @property
    def is_named_whole(self) -> bool:
        """Whether each customary name has the value, and a minor where there is one: else it ties less."""
        customs = (name for name in (self.names.rpm, self.names.deb) if name is not None)
        return all("{value}" in name and self._tells_minor(name) for name in customs)

    def _tells_minor(self, name: str) -> bool:
        """A name without a version of its own gets the minor as its version."""
        return self.minor is None or "{minor}" in name or " = " not in name
