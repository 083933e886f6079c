"""Systemd units and init scripts: how debhelper is to switch them on, start and restart them.

dh_installsystemd(1), dh_installinit(1). Both take options for all that one call is about, so there is
a call for each way in which the units of a package are treated.
"""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from typing import TYPE_CHECKING

from splitpkg.inventory.model import EntryKind
from splitpkg.render.deb import quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from splitpkg.plan.model import PlannedFile, PlannedPackage
    from splitpkg.render.deb.source import DebSource

_UNIT = re.compile(
    r"(?:usr/)?lib/systemd/system/([A-Za-z0-9:_.@\\-]+\.(?:service|socket|target|path|timer|mount))"
)
_SCRIPT = re.compile(r"etc/init\.d/([A-Za-z0-9_.-]+)")
_PLAIN = "dh_installsystemd --no-also"
"""What a unit's `Also=` names is switched on by the package that has it; debhelper insists on this one's."""


def systemd_calls(source: DebSource, packages: Iterable[PlannedPackage]) -> tuple[str, ...]:
    """The calls of dh_installsystemd; none where no package has a unit of the system."""
    groups = {source.name(package): _groups(package) for package in packages}
    special = {name: group for name, group in groups.items() if group.keys() - {(True, True)}}
    if not any(groups.values()):
        return ()
    plain = " ".join((_PLAIN, *(f"-N{name}" for name in sorted(special))))
    calls = (_call(name, *treated) for name, group in sorted(special.items()) for treated in group.items())
    return (plain, *calls)


def init_calls(source: DebSource, packages: Iterable[PlannedPackage]) -> tuple[str, ...]:
    """The calls of dh_installinit for the scripts below etc/init.d, which debhelper has not installed.

    A script is treated as the service of the same name is.
    """
    named = ((source.name(package), package) for package in packages)
    return tuple(_script_call(name, *found) for name, package in sorted(named) for found in _scripts(package))


def _groups(package: PlannedPackage) -> dict[tuple[bool, bool], list[str]]:
    """The units by whether they are enabled and restarted, those that are both first."""
    found: defaultdict[tuple[bool, bool], list[str]] = defaultdict(list)
    for unit, file in _units(package):
        found[file.enabled, file.restart].append(unit)
    return dict(sorted(found.items(), reverse=True))


def _units(package: PlannedPackage) -> Iterator[tuple[str, PlannedFile]]:
    """The units; a link is only another name for one."""
    for file in package.files:
        matched = _UNIT.fullmatch(file.path)
        if matched is not None and file.kind is EntryKind.FILE:
            yield matched[1], file


def _call(package: str, treated: tuple[bool, bool], units: list[str]) -> str:
    return " ".join((_PLAIN, *_options(*treated), f"-p{package}", *map(quote.word, units)))


def _options(enabled: bool, restart: bool) -> Iterator[str]:
    if not enabled:
        yield from ("--no-enable", "--no-start")
    if not restart:
        yield "--no-stop-on-upgrade"
    elif not enabled:
        # Else it would be stopped at an upgrade, though the administrator has switched it on.
        yield "--restart-after-upgrade"


def _scripts(package: PlannedPackage) -> Iterator[tuple[str, PlannedFile]]:
    """The init scripts, each with what tells how it is treated."""
    services = {
        posixpath.splitext(unit)[0]: file for unit, file in _units(package) if unit.endswith(".service")
    }
    for file in package.files:
        matched = _SCRIPT.fullmatch(file.path)
        if matched is not None and file.mode & 0o111:
            yield matched[1], services.get(matched[1], file)


def _script_call(package: str, script: str, treated: PlannedFile) -> str:
    options = _options(treated.enabled, treated.restart)
    return " ".join(("dh_installinit --onlyscripts", *options, f"-p{package}", f"--name={script}"))
