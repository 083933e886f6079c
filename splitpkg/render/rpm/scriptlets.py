"""What has to run when packages come and go (Fedora's packaging guidelines, Scriptlets; daemon(7)).

Compressed pages, icons, schemas and the like need none: file triggers of their own packages see to
them. Accounts and temporary files have triggers as well, but only at the transaction's end.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from splitpkg.render.rpm import quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from splitpkg.plan.model import Plan, PlannedPackage
    from splitpkg.render.rpm.paths import Spelling

_UNITS = re.compile(r"(?:usr/)?lib/systemd/(system|user)/([A-Za-z0-9:_.\\-]+@?)\.([a-z]+)")
_UNIT_TYPES = ("service", "socket", "timer", "path", "mount", "automount", "swap", "target", "slice")
_SYSUSERS = re.compile(r"usr/lib/sysusers\.d/([A-Za-z0-9_.+-]+\.conf)")
_TMPFILES = re.compile(r"usr/lib/tmpfiles\.d/([A-Za-z0-9_.+-]+\.conf)")
_SYSTEMD = re.compile(r"(?:usr/)?lib/(?:systemd|sysusers\.d|tmpfiles\.d|udev)/")
_LIBRARY = re.compile(r"(?:usr/)?lib(?:64|32|x32|/[a-z0-9_]+-linux-gnu[a-z0-9_]*)?/[^/]+")


@dataclass(frozen=True, slots=True)
class Scriptlet:
    """One section: `post`, `preun`, `postun` or a file trigger's, and its lines.

    `paths` are what a trigger watches, as its argument has them.
    """

    section: str
    lines: tuple[str, ...]
    paths: str = ""


@dataclass(frozen=True, slots=True)
class _Unit:
    """A systemd unit; a template's instances are meant by a pattern."""

    manager: str
    name: str
    type: str
    enabled: bool
    restart: bool

    @property
    def file(self) -> str:
        return _shell_word(f"{self.name}.{self.type}")

    @property
    def instances(self) -> str:
        return _shell_word(f"{self.name}*.{self.type}") if self.name.endswith("@") else self.file


def triggers(package: PlannedPackage, plan: Plan) -> tuple[Scriptlet, ...]:
    """The file triggers of a package, at a transaction's end: when files came, and when files went.

    Of a trigger with several paths, rpm (seen in 4.18) heeds but the first in alphabetical order when
    files go, so that each has one of its own there.
    """
    found = []
    for trigger in plan.triggers:
        if trigger.package == package.name:
            lines = (*(_reloaded(unit) for unit in trigger.reload), *map(quote.value, trigger.run))
            paths = [f"/{path}" for path in trigger.paths]
            found.append(Scriptlet("transfiletriggerin", lines, f"-- {' '.join(paths)}"))
            found += [Scriptlet("transfiletriggerpostun", lines, f"-- {path}") for path in paths]
    return tuple(found)


def _reloaded(unit: str) -> str:
    return f"[ ! -d /run/systemd/system ] || systemctl try-reload-or-restart {unit} >/dev/null 2>&1 || :"


def _linked(links: Iterable[tuple[str, str]], spelling: Spelling) -> Iterator[str]:
    """At the first installation only: who removed a link wants it so."""
    for link, target in links:
        at, to = quote.argument(f"/{link}"), _target(spelling, target)
        yield f"[ $1 -ne 1 ] || [ -e {at} ] || [ -L {at} ] || ln -s {to} {at} || :"


def _unlinked(links: Iterable[tuple[str, str]]) -> Iterator[str]:
    for link, _ in links:
        at = quote.argument(f"/{link}")
        yield f"[ $1 -ne 0 ] || [ ! -L {at} ] || rm -f {at} || :"


def _target(spelling: Spelling, path: str) -> str:
    """As one word, below the distribution's directories."""
    placed = spelling.placed(quote.value(path))
    return placed if re.fullmatch(r"[A-Za-z0-9_./+:@%{}-]+", placed) else shlex.quote(placed)


def scriptlets(package: PlannedPackage, spelling: Spelling) -> tuple[Scriptlet, ...]:
    """The sections that the package's files ask for, in the order in which they run."""
    units = tuple(_units(package))
    services = [unit for unit in units if unit.type == "service" and unit.restart]
    others = [unit for unit in units if unit not in services]
    preset = [unit for unit in units if unit.enabled]
    sections = {
        "post": (
            *_created(package),
            *_called(preset, "post", instances=False),
            *_linked(package.enabled, spelling),
        ),
        "preun": (*_called(units, "preun", instances=True), *_unlinked(package.enabled)),
        "postun": (
            *_called(services, "postun_with_restart", instances=True),
            *_called(others, "postun", instances=True),
        ),
    }
    return tuple(Scriptlet(name, lines) for name, lines in sections.items() if lines)


def has_units(package: PlannedPackage) -> bool:
    """Whether scriptlets call systemd: for units, or for accounts and temporary files."""
    return any(_units(package)) or any(_created(package))


def has_public_library(package: PlannedPackage) -> bool:
    """Whether the package puts a library where ldconfig looks."""
    return any(library.public and _LIBRARY.fullmatch(library.path) for library in package.libraries)


def needs_systemd_macros(package: PlannedPackage) -> bool:
    """Whether a scriptlet or a path of the package is spelled by systemd's macros."""
    return any(_SYSTEMD.match(file.path) for file in package.files)


def _units(package: PlannedPackage) -> Iterator[_Unit]:
    for file in package.files:
        found = _UNITS.fullmatch(file.path)
        if found is not None and found[3] in _UNIT_TYPES:
            yield _Unit(found[1], found[2], found[3], file.enabled, file.restart)


def _shell_word(name: str) -> str:
    """A unit's name may hold a backslash (systemd.unit(5)), a pattern a star."""
    return name if re.fullmatch(r"[^*\\]+", name) else f"'{name}'"


def _created(package: PlannedPackage) -> Iterator[str]:
    """Accounts before the files that belong to them; rpm 4.19 makes accounts itself, then this finds them."""
    for pattern, macro in ((_SYSUSERS, "%sysusers_create"), (_TMPFILES, "%tmpfiles_create")):
        found = [match[1] for file in package.files if (match := pattern.fullmatch(file.path))]
        if found:
            yield " ".join((macro, *found))


def _called(units: Sequence[_Unit], phase: str, *, instances: bool) -> tuple[str, ...]:
    """One macro call for the system's units, one for those of users."""
    lines = []
    for manager, prefix in (("system", "%systemd_"), ("user", "%systemd_user_")):
        named = [unit.instances if instances else unit.file for unit in units if unit.manager == manager]
        if named:
            lines.append(" ".join((f"{prefix}{phase}", *named)))
    return tuple(lines)
