"""Modes and owners that a package's files must have and would not get by themselves."""

from __future__ import annotations

import posixpath
from dataclasses import replace
from typing import TYPE_CHECKING

from splitpkg.inventory.model import EntryKind
from splitpkg.render.deb.install import parents

if TYPE_CHECKING:
    from splitpkg.plan.model import Plan, PlannedFile, PlannedPackage
    from splitpkg.render.deb.source import DebSource

ORDINARY = "a-st,u=rwX,go=rX"
"""What every path of a packed tree first gets (chmod(1)): an unpacked source keeps only its x bits."""

_SET_ID = 0o7000
_READABLE = 0o044


def special_modes(source: DebSource, package: PlannedPackage) -> tuple[tuple[str, int], ...]:
    """The paths whose modes have to be set one by one; folders on the way to them included."""
    folders = source.directories
    entries = {one.path: packed(one) for one in (*package.files, *package.directories)}
    for path in list(entries):
        entries |= {up: packed(folders[up]) for up in parents(path) if up in folders}
    wanted = (one for path, one in sorted(entries.items()) if one.kind is not EntryKind.SYMLINK)
    return tuple((one.path, one.mode) for one in wanted if _is_special(source, one))


def _is_special(source: DebSource, one: PlannedFile) -> bool:
    if one.kind is EntryKind.DIRECTORY:
        return one.mode != 0o755
    if source.is_built:
        # dh_fixperms makes every file readable and takes set-id bits away.
        return one.changed_mode or bool(one.mode & _SET_ID) or one.mode & _READABLE != _READABLE
    return one.mode != (0o755 if one.mode & 0o111 else 0o644)


def packed(file: PlannedFile) -> PlannedFile:
    """The entry as it is in the package: root's own, and without set-id bits where it goes to another owner.

    The postinst gives it away: the account may exist only then. A program that is to be set-id to
    that account must not be set-id to root before.
    """
    if not is_given_away(file):
        return file
    return replace(file, user="root", group="root", mode=file.mode & ~_SET_ID)


def is_given_away(file: PlannedFile) -> bool:
    """Whether it belongs to somebody else than root."""
    return (file.user, file.group) != ("root", "root")


def given_away(package: PlannedPackage) -> tuple[PlannedFile, ...]:
    """What the postinst hands over, folders first."""
    entries = (*package.directories, *package.files)
    found = [one for one in entries if is_given_away(one) and one.kind is not EntryKind.SYMLINK]
    return tuple(sorted(found, key=lambda one: one.path))


def sysusers(package: PlannedPackage) -> tuple[str, ...]:
    """The names of the package's files of accounts (sysusers.d(5))."""
    folder = "usr/lib/sysusers.d"
    paths = (file.path for file in package.files)
    return tuple(
        posixpath.basename(one) for one in paths if posixpath.dirname(one) == folder and one.endswith(".conf")
    )


def top_level(plan: Plan) -> tuple[str, ...]:
    """The first parts of all planned paths."""
    entries = (one for package in plan.packages for one in (*package.files, *package.directories))
    return tuple(sorted({one.path.partition("/")[0] for one in entries}))
