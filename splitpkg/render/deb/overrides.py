"""Lintian overrides: what lintian says of files that have to be as they are, with the reason (lintian(1))."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from splitpkg.plan.model import PlannedFile, PlannedPackage
    from splitpkg.render.deb.source import DebSource

_ODD = re.compile(r"[^A-Za-z0-9/._+~-]")


@dataclass(frozen=True, slots=True)
class Override:
    """One tag, why it is no fault here, and the files that it names, as patterns."""

    tag: str
    reason: str
    files: tuple[str, ...]


_BARE = "Nothing but what loads it defines the symbols that it needs: there was no library to link it to."
_LIBC = "It calls nothing of the C library, and so was not linked to it."


def overrides(source: DebSource, package: PlannedPackage) -> tuple[Override, ...]:
    """The overrides of one package, for exactly the files that bring the tag about."""
    reasons: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for file in package.files:
        if file.path in package.modules or posixpath.basename(file.path) in package.private_sonames:
            for tag, reason in _module_tags(file):
                reasons[tag, reason].append(_pattern(source, file.path))
    return tuple(
        Override(tag, reason, tuple(sorted(files))) for (tag, reason), files in sorted(reasons.items())
    )


def _module_tags(file: PlannedFile) -> tuple[tuple[str, str], ...]:
    if file.needed is None:
        return ()
    if not file.needed:
        return (("shared-library-lacks-prerequisites", _BARE),)
    if not any(name.startswith("libc.so.") for name in file.needed):
        return (("library-not-linked-against-libc", _LIBC),)
    return ()


def _pattern(source: DebSource, path: str) -> str:
    """The path as lintian's patterns have it; what they cannot say becomes `*`."""
    return _ODD.sub("*", path) if not source.is_built else _ODD.sub("*", source.placed(path, "*"))
