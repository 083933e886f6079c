"""Maintainer scripts and triggers: links that an installation makes, what is done when files come or go."""

from __future__ import annotations

import posixpath
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from splitpkg.render.deb.modes import given_away, sysusers

if TYPE_CHECKING:
    from splitpkg.plan.model import PlannedPackage
    from splitpkg.render.deb.source import DebSource


@dataclass(frozen=True, slots=True)
class HandOver:
    """One path that belongs to another than root, as words of a shell command."""

    owner: str
    mode: str
    path: str


@dataclass(frozen=True, slots=True)
class Scripts:
    """What the maintainer scripts of a package do, in words and lines of shell.

    `accounts` are files of sysusers.d, made before paths are handed over; `links` pairs links with
    what they lead to, and `activated` are triggers that these set off; `reloaded` are services, and
    `run` lines, for when a trigger goes off. `interests` are the paths of PACKAGE.triggers.
    """

    accounts: tuple[str, ...]
    handed_over: tuple[HandOver, ...]
    links: tuple[tuple[str, str], ...]
    activated: tuple[str, ...]
    reloaded: tuple[str, ...]
    run: tuple[str, ...]
    interests: tuple[str, ...]

    @property
    def has_postinst(self) -> bool:
        """Whether there is anything to be done after unpacking."""
        return bool(self.handed_over or self.links or self.interests)


def scripts(source: DebSource, package: PlannedPackage) -> Scripts:
    """The scripts of a package; nothing in them where it needs none."""
    entries = given_away(package)
    own = [trigger for trigger in source.plan.triggers if trigger.package == package.name]
    folders = {posixpath.dirname(link) for link, _ in package.enabled}
    watched = sorted({path for trigger in source.plan.triggers for path in trigger.paths})
    return Scripts(
        tuple(_quoted(name) for name in sysusers(package)) if entries else (),
        tuple(
            HandOver(f"{one.user}:{one.group}", f"{one.mode:04o}", _word(source, one.path)) for one in entries
        ),
        tuple((_quoted(f"/{link}"), _word(source, target)) for link, target in package.enabled),
        tuple(_quoted(f"/{path}") for path in watched if any(_covers(path, folder) for folder in folders)),
        tuple(_quoted(unit.removesuffix(".service")) for trigger in own for unit in trigger.reload),
        tuple(line for trigger in own for line in trigger.run),
        tuple(sorted({f"/{path}" for trigger in own for path in trigger.paths})),
    )


def triggers_text(found: Scripts) -> str:
    """debian/PACKAGE.triggers, deb-triggers(5): nobody waits for what it does."""
    return "".join(f"interest-noawait {path}\n" for path in found.interests)


def _covers(path: str, folder: str) -> bool:
    return f"{folder}/".startswith(f"{path}/")


def _word(source: DebSource, path: str) -> str:
    rest = source.below_libdir(path)
    return _quoted(f"/{path}") if rest is None else f"/usr/lib/#DEB_HOST_MULTIARCH#/{_quoted(rest)}"


def _quoted(text: str) -> str:
    """One word of shell in which dh_installdeb finds none of its tokens, as `#ENV.HOME#`."""
    return shlex.quote(text).replace("#", "'\"#\"'")
