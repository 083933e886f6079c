"""Reads an RPM package back: header by rpmfile, payload as a stream. Alone in importing rpmfile."""

from __future__ import annotations

import hashlib
import io
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO

import rpmfile
from rpmfile.headers import rtags

from splitpkg.verify.compression import CHUNK, Compression
from splitpkg.verify.cpio import PATH_MAX
from splitpkg.verify.fault import Fault, opened
from splitpkg.verify.model import BuiltPackage, PackageFormat
from splitpkg.verify.rpm_files import MD5, SHA256, algorithm, rows
from splitpkg.verify.rpm_header import Header, Tag
from splitpkg.verify.rpm_layout import INTRO, LEAD, layout
from splitpkg.verify.rpm_payload import Payload
from splitpkg.verify.rpm_relations import qualifier, relations, sonames
from splitpkg.verify.stream import Stream, limit_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from splitpkg.verify.model import BuiltFile
    from splitpkg.verify.rpm_files import Row
    from splitpkg.verify.rpm_layout import Table
    from splitpkg.verify.stream import Part

_MAGICS = (
    (b"\x1f\x8b", Compression.GZIP),
    (b"\xfd7zXZ\0", Compression.XZ),
    (b"\x28\xb5\x2f\xfd", Compression.ZSTD),
    (b"BZh", Compression.BZIP2),
    (b"0707", Compression.NONE),
    (b"\x5d\0\0", Compression.LZMA),
)
_MEMBER = 2 * PATH_MAX + 256
"""The most that a payload has for a member beside a file's content: names and padding."""

_NO_SIGNATURE = INTRO + bytes(12)


def read_rpm(path: Path) -> BuiltPackage:
    """What the package says and holds; its payload is unpacked in passing and compared with its header.

    Raises Failed and EnvironmentFailed as `fault.opened` does.
    """
    with opened(path) as file, _unpacked(file) as (header, payload, stream):
        for _ in payload.contents(stream):
            pass
        return _package(path, header, payload.files())


def rpm_payload(path: Path) -> Iterator[tuple[BuiltFile, Part]]:
    """Each regular file with its content, in the payload's order; see `Payload.contents`.

    Raises Failed and EnvironmentFailed as `fault.opened` does.
    """
    with opened(path) as file, _unpacked(file) as (_, payload, stream):
        yield from payload.contents(stream)


@contextmanager
def _unpacked(file: BinaryIO) -> Iterator[tuple[Header, Payload, Stream]]:
    """The header, and the payload ready to be gone through, which has to be done inside."""
    size = os.fstat(file.fileno()).st_size
    parts = layout(file, size)
    header = _header(parts.header)
    listed = rows(header, is_source=_is_source(header))
    packed = _Packed(file, header)
    stream = Stream(packed, _compression(file), _limit(listed, size))
    yield header, Payload(listed, algorithm(header, Tag.FILE_DIGEST_ALGORITHM, MD5)), stream
    packed.compare()


def _limit(listed: Sequence[Row], size: int) -> int:
    """How many bytes the payload may unpack to: what the header claims, if that is believable."""
    claimed = sum(row.file.size for row in listed)
    if claimed > limit_of(size):
        raise Fault(f"its header claims {claimed} bytes of files, too many for {size} packed ones")
    return claimed + _MEMBER * (len(listed) + 1)


def _header(table: Table) -> Header:
    """The header as rpmfile reads it: from memory, with an empty signature header before it.

    rpmfile joins both headers in one mapping, where the signature's entries could pass for others.
    """
    head = io.BytesIO(bytes(LEAD) + _NO_SIGNATURE + table.data)
    try:
        values: dict[Any, Any] = rpmfile.open(fileobj=head).headers
    except Exception as error:
        # rpmfile raises whatever its reading happens to run into, assertions included.
        raise Fault(f"its header cannot be read: {error or type(error).__name__}") from error
    return Header(table, lambda tag: values.get(rtags.get(tag, tag)))


class _Packed:
    """The packed payload, which has to have the digest that the header says."""

    def __init__(self, file: BinaryIO, header: Header) -> None:
        self._file = file
        self._stated = header.text(Tag.PAYLOAD_DIGEST)
        name = algorithm(header, Tag.PAYLOAD_DIGEST_ALGORITHM, SHA256)
        self._digest = hashlib.new(name, usedforsecurity=False)

    def read(self, size: int, /) -> bytes:
        data = self._file.read(size)
        if self._stated:
            self._digest.update(data)
        return data

    def compare(self) -> None:
        """Reads what is left. Raises Fault when the digest is not the one stated."""
        while self.read(CHUNK):
            pass
        if self._stated and self._digest.hexdigest() != self._stated:
            raise Fault("its payload has other bytes than its header says")


def _compression(file: BinaryIO) -> Compression:
    """What the payload itself looks like: the header need not say, and old rpm wrote other names."""
    begin = file.tell()
    magic = file.read(8)
    if not magic:
        raise Fault("ends where its payload should begin")
    file.seek(begin)
    for known, compression in _MAGICS:
        if magic.startswith(known):
            return compression
    raise Fault("its payload is packed in no way that rpm knows")


def _is_source(header: Header) -> bool:
    """Binary packages name their source (rpm's headerIsSource)."""
    return Tag.SOURCE_PACKAGE in header or Tag.SOURCE_RPM not in header


def _package(path: Path, header: Header, files: tuple[BuiltFile, ...]) -> BuiltPackage:
    built, name = relations(header), header.needed(Tag.NAME)
    source, source_version = _source(header)
    return BuiltPackage(
        format=PackageFormat.RPM,
        file=str(path),
        name=name,
        version=_version(header),
        architecture=_architecture(header),
        source=source,
        source_version=source_version,
        qualifier=qualifier(name, built),
        summary=header.text(Tag.SUMMARY) or "",
        description=header.text(Tag.DESCRIPTION) or "",
        relations=built,
        files=files,
        sonames=sonames(built),
    )


def _version(header: Header) -> str:
    epoch = header.number(Tag.EPOCH)
    version = f"{header.needed(Tag.VERSION)}-{header.needed(Tag.RELEASE)}"
    return version if epoch is None else f"{epoch}:{version}"


def _architecture(header: Header) -> str:
    if not _is_source(header):
        return header.needed(Tag.ARCH)
    return "nosrc" if Tag.NO_SOURCE in header or Tag.NO_PATCH in header else "src"


def _source(header: Header) -> tuple[str, str]:
    """Name and version-release of the source package, whose file is named by them."""
    if _is_source(header):
        return header.needed(Tag.NAME), f"{header.needed(Tag.VERSION)}-{header.needed(Tag.RELEASE)}"
    file = header.needed(Tag.SOURCE_RPM)
    parts = file.rsplit(".", 2)[0].rsplit("-", 2)
    if len(parts) != 3:
        raise Fault(f"its header names the source package `{file}`, which is no name of one")
    return parts[0], f"{parts[1]}-{parts[2]}"
