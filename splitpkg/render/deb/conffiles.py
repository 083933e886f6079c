"""Configuration files: what dpkg keeps when the user changed it (deb-conffiles(5))."""

from __future__ import annotations

from typing import TYPE_CHECKING

from splitpkg.inventory.model import EntryKind
from splitpkg.plan.model import Config

if TYPE_CHECKING:
    from splitpkg.plan.model import PlannedFile, PlannedPackage


def is_conffile(file: PlannedFile) -> bool:
    """Whether dpkg keeps what the user changed in it."""
    return file.kind is EntryKind.FILE and (_is_found(file) or file.config is not Config.NO)


def listed(package: PlannedPackage) -> tuple[PlannedFile, ...]:
    """The conffiles that have to be named, since dh_installdeb does not find them by itself."""
    return tuple(one for one in package.files if is_conffile(one) and not _is_found(one))


def conffiles_text(package: PlannedPackage) -> str:
    """debian/PACKAGE.conffiles, which is copied as it stands (dh_installdeb(1))."""
    return "".join(f"/{one.path}\n" for one in listed(package))


def _is_found(file: PlannedFile) -> bool:
    return file.path.startswith("etc/")
