"""Paths that belong to others than root: handed over by the postinst, when the accounts are there."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from splitpkg.render.deb.modes import given_away, sysusers

if TYPE_CHECKING:
    from splitpkg.plan.model import PlannedPackage
    from splitpkg.render.deb.source import DebSource


@dataclass(frozen=True, slots=True)
class HandOver:
    """One path as words of a shell command."""

    owner: str
    mode: str
    path: str


@dataclass(frozen=True, slots=True)
class Postinst:
    """What a postinst does: make the accounts of these files of sysusers.d, hand over these paths."""

    accounts: tuple[str, ...]
    paths: tuple[HandOver, ...]


def postinst(source: DebSource, package: PlannedPackage) -> Postinst | None:
    """The postinst of a package, where it needs one."""
    entries = given_away(package)
    if not entries:
        return None
    paths = tuple(
        HandOver(f"{one.user}:{one.group}", f"{one.mode:04o}", _word(source, one.path)) for one in entries
    )
    return Postinst(tuple(_quoted(name) for name in sysusers(package)), paths)


def _word(source: DebSource, path: str) -> str:
    rest = source.below_libdir(path)
    return _quoted(f"/{path}") if rest is None else f"/usr/lib/#DEB_HOST_MULTIARCH#/{_quoted(rest)}"


def _quoted(text: str) -> str:
    """One word of shell in which dh_installdeb finds none of its tokens, as `#ENV.HOME#`."""
    return shlex.quote(text).replace("#", "'\"#\"'")
