"""In what a built file is not as planned."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from splitpkg.inventory.model import EntryKind
from splitpkg.plan.model import Config
from splitpkg.verify.model import PackageFormat

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from splitpkg.plan.model import PlannedFile
    from splitpkg.verify.model import BuiltFile

_PACKED = re.compile(r"(usr/share/(?:man|info|doc)/.+)\.(?:gz|bz2|xz|zst)", re.DOTALL)


def differences(
    planned: PlannedFile, built: BuiltFile, form: PackageFormat, tree: Mapping[str, str] | None
) -> tuple[str, ...]:
    """One clause for each difference, as `has the mode 0644, planned 0755`; `tree` as in `compare`."""
    if planned.kind is not built.kind:
        return (f"is a {built.kind}, planned as a {planned.kind}",)
    if built.is_ghost:
        return ("is a ghost: the package owns it, but does not have it",)
    return tuple(_differences(planned, built, form, tree))


def bare(path: str) -> str:
    """The path without the ending that brp-compress or dh_compress gives to documentation."""
    packed = _PACKED.fullmatch(path)
    return packed[1] if packed else path


def _differences(
    planned: PlannedFile, built: BuiltFile, form: PackageFormat, tree: Mapping[str, str] | None
) -> Iterator[str]:
    if planned.kind is EntryKind.FILE and tree is not None:
        yield from _content(planned, built, tree)
    if planned.kind is EntryKind.SYMLINK:
        yield from _target(planned, built, is_packed=tree is not None)
    elif planned.mode != built.mode and (tree is not None or planned.changed_mode):
        yield f"has the mode {built.mode:04o}, planned {planned.mode:04o}"
    if (planned.user, planned.group) != (built.user, built.group):
        yield f"belongs to {built.user}:{built.group}, planned {planned.user}:{planned.group}"
    if planned.kind is EntryKind.FILE and _config(planned.config, form) is not _config(built.config, form):
        yield f"is {_CONFIG[built.config]}, planned as {_CONFIG[planned.config]}"


def _content(planned: PlannedFile, built: BuiltFile, tree: Mapping[str, str]) -> Iterator[str]:
    digest = tree.get(planned.path)
    if digest is None:
        yield "is no longer in the tree"
    elif digest != built.digest and planned.size != built.size:
        yield f"has {built.size} bytes, in the tree {planned.size}"
    elif digest != built.digest:
        yield f"has other bytes than in the tree: SHA-256 {built.digest}, in the tree {digest}"


def _target(planned: PlannedFile, built: BuiltFile, *, is_packed: bool) -> Iterator[str]:
    """Afresh, dh_link makes absolute targets relative, and links to manual pages follow their compression."""
    if built.target != planned.target and (is_packed or _led(built) != _led(planned)):
        yield f"links to `{built.target}`, planned `{planned.target}`"


def _led(link: PlannedFile | BuiltFile) -> str:
    return bare(posixpath.normpath(posixpath.join("/", posixpath.dirname(link.path), link.target or ""))[1:])


def _config(config: Config, form: PackageFormat) -> Config:
    """Debian has one kind of configuration file only."""
    return Config.NOREPLACE if form is PackageFormat.DEB and config is not Config.NO else config


_CONFIG = {
    Config.NO: "no configuration file",
    Config.REPLACE: "a configuration file that upgrades replace",
    Config.NOREPLACE: "a configuration file that upgrades keep",
}
