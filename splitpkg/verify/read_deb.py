"""Reads a Debian package back: container by python-debian, its archives as streams.

Alone in importing python-debian's deb files. Its own reading of the archives is not used: it has
zstd unpacked by another program and wholly in memory, and hands the rest to tarfile.
"""

from __future__ import annotations

import os
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

from debian.arfile import ArError
from debian.debfile import DebFile

from splitpkg.verify import ar, control
from splitpkg.verify.compression import Compression
from splitpkg.verify.deb_payload import Payload, control_files
from splitpkg.verify.fault import Fault, opened
from splitpkg.verify.model import BuiltPackage, PackageFormat
from splitpkg.verify.paths import relative
from splitpkg.verify.stream import Stream, limit_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from splitpkg.verify.model import BuiltFile
    from splitpkg.verify.stream import Part

_COMPRESSIONS = {
    "": Compression.NONE,
    ".gz": Compression.GZIP,
    ".xz": Compression.XZ,
    ".zst": Compression.ZSTD,
    ".bz2": Compression.BZIP2,
    ".lzma": Compression.LZMA,
}

_CONTROL_LIMIT = 256 * 1024 * 1024
"""Bytes of all control files; those of the largest packages have a tenth of it."""

_CONTROL = ("control", "conffiles", "shlibs", "symbols")


def read_deb(path: Path) -> BuiltPackage:
    """What the package says and holds; files are hashed in passing.

    Raises Failed and EnvironmentFailed as `fault.opened` does.
    """
    with opened(path) as file, _unpacked(file) as (controls, stream):
        payload = Payload()
        for _ in payload.contents(stream):
            pass
        return _package(path, controls, payload.files(_conffiles(controls.get("conffiles", ""))))


def deb_payload(path: Path) -> Iterator[tuple[BuiltFile, Part]]:
    """Each regular file with its content, in the payload's order; see `Payload.contents`.

    Raises Failed and EnvironmentFailed as `fault.opened` does.
    """
    with opened(path) as file, _unpacked(file) as (_, stream):
        yield from Payload().contents(stream)


@contextmanager
def _unpacked(file: BinaryIO) -> Iterator[tuple[Mapping[str, str], Stream]]:
    """The control files, and the stream of the installed ones, which has to be read inside."""
    size = os.fstat(file.fileno()).st_size
    ar.check(file, size)
    try:
        package = DebFile(fileobj=file)
    except ArError as error:
        raise Fault(f"is no Debian package: {error}") from error
    if not re.fullmatch(rb"2\.[0-9]+(?:\n.*)?", package.version, re.DOTALL):
        raise Fault(f"is of the format {package.version!r}, not 2.0")
    controls = control_files(_stream(package, "control.tar", _CONTROL_LIMIT), _CONTROL)
    yield controls, _stream(package, "data.tar", limit_of(size))


def _stream(package: DebFile, part: str, limit: int) -> Stream:
    """The part of that name; its compression is told by the name's end (deb(5))."""
    name = next(name for name in package.getnames() if name.startswith(part))
    return Stream(package.getmember(name), _COMPRESSIONS[name.removeprefix(part)], limit)


def _conffiles(text: str) -> frozenset[str]:
    """The paths that the package ships as configuration (deb-conffiles(5))."""
    lines = [line.rstrip() for line in text.split("\n")]
    return frozenset(
        relative(line, rooted=True) for line in lines if line and not line.startswith("remove-on-upgrade ")
    )


def _package(path: Path, controls: Mapping[str, str], files: tuple[BuiltFile, ...]) -> BuiltPackage:
    if "control" not in controls:
        raise Fault("has no control file")
    fields = control.paragraph(controls["control"])
    source, source_version = control.source(fields)
    summary, description = control.description(fields)
    return BuiltPackage(
        format=PackageFormat.DEB,
        file=str(path),
        name=control.needed(fields, "Package"),
        version=control.needed(fields, "Version"),
        architecture=control.needed(fields, "Architecture"),
        source=source,
        source_version=source_version,
        qualifier="",
        summary=summary,
        description=description,
        relations=control.relations(fields),
        files=files,
        sonames=_sonames(controls, files),
        multi_arch=fields.get("multi-arch", "").strip(),
    )


def _sonames(controls: Mapping[str, str], files: tuple[BuiltFile, ...]) -> tuple[str, ...]:
    """The libraries that other packages are told of (deb-shlibs(5), deb-symbols(5))."""
    symbols = controls.get("symbols", "").split("\n")
    found = {line.split()[0] for line in symbols if line.strip() and line[0] not in " \t#*|"}
    names = {file.path.rpartition("/")[2] for file in files}
    lines = (line.split("#")[0].split() for line in controls.get("shlibs", "").split("\n"))
    found |= {_soname(words, names) for words in lines if len(words) >= 2}
    return tuple(sorted(found))


def _soname(words: list[str], names: Collection[str]) -> str:
    """`[TYPE:] LIBRARY VERSION ...` stands for `LIBRARY.so.VERSION`, or for `LIBRARY-VERSION.so`."""
    library, version = words[1:3] if words[0].endswith(":") and len(words) > 2 else words[:2]
    other = f"{library}-{version}.so"
    return other if other in names else f"{library}.so.{version}"
