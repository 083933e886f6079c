"""Reads built packages back, whatever their format; nothing is unpacked to disk, nothing is run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from splitpkg.diagnostics import Diagnostic, EnvironmentFailed, Failed, Location, ordered
from splitpkg.verify.ar import MAGIC as DEB_MAGIC
from splitpkg.verify.fault import UNREADABLE, Unreadable, opened
from splitpkg.verify.model import BuiltPackage, PackageFormat
from splitpkg.verify.rpm_layout import MAGIC as RPM_MAGIC

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from splitpkg.verify.model import BuiltFile
    from splitpkg.verify.stream import Part

SUFFIXES = (".rpm", ".deb")


def read(paths: Iterable[Path]) -> tuple[BuiltPackage, ...]:
    """The packages of these files, and of those in these folders that end as packages do.

    In the order given, those of a folder sorted. Raises Failed, with what is wrong with each of
    them: `package-corrupt`, `package-unreadable`, `package-unsupported`; EnvironmentFailed when all
    of it is the machine's fault.
    """
    packages, failures = list[BuiltPackage](), list[Failed]()
    for file in _files(paths, failures):
        try:
            packages.append(_read(file))
        except Failed as failure:
            failures.append(failure)
    if failures:
        kind = EnvironmentFailed if all(isinstance(one, EnvironmentFailed) for one in failures) else Failed
        raise kind(ordered(finding for one in failures for finding in one.diagnostics))
    return tuple(packages)


def payload(path: Path) -> Iterator[tuple[BuiltFile, Part]]:
    """Each regular file of the package with its content, in the payload's order.

    The content is to be read before the next is asked for. Of hard links only the one that carries
    the content comes, which is what `BuiltFile.same_as` of the others names. Raises as `read` does;
    only once all has been gone through the package is known to be sound.
    """
    match _format(path):
        case PackageFormat.RPM:
            from splitpkg.verify.read_rpm import rpm_payload  # noqa: PLC0415 - rpmfile takes 40 ms

            return rpm_payload(path)
        case PackageFormat.DEB:
            from splitpkg.verify.read_deb import deb_payload  # noqa: PLC0415 - python-debian takes 60 ms

            return deb_payload(path)


def _read(path: Path) -> BuiltPackage:
    match _format(path):
        case PackageFormat.RPM:
            from splitpkg.verify.read_rpm import read_rpm  # noqa: PLC0415 - rpmfile takes 40 ms

            return read_rpm(path)
        case PackageFormat.DEB:
            from splitpkg.verify.read_deb import read_deb  # noqa: PLC0415 - python-debian takes 60 ms

            return read_deb(path)


def _format(path: Path) -> PackageFormat:
    with opened(path) as file:
        magic = file.read(len(DEB_MAGIC))
        if magic.startswith(RPM_MAGIC):
            return PackageFormat.RPM
        if magic == DEB_MAGIC:
            return PackageFormat.DEB
        raise Unreadable("is neither an RPM nor a Debian package")


def _files(paths: Iterable[Path], failures: list[Failed]) -> Iterator[Path]:
    """The files, folders replaced by the packages in them; a folder without any is a failure."""
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        found = sorted(file for file in path.iterdir() if file.name.endswith(SUFFIXES))
        yield from found
        if not found:
            text, hint = "holds no .rpm and no .deb file", "build the packages first"
            failures.append(Failed([Diagnostic(UNREADABLE, Location(str(path)), text, hint=hint)]))
