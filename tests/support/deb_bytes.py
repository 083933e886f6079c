"""Writes Debian packages byte by byte, right or wrong (deb(5), tar(5))."""

from __future__ import annotations

import gzip
import io
import tarfile
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

CONTROL = "Package: demo\nVersion: 1-2\nArchitecture: amd64\nDescription: demo\n"


def member(name: str, data: bytes = b"", **facts: Any) -> tuple[tarfile.TarInfo, bytes]:
    """A file unless `type` is given; `facts` are those of TarInfo."""
    info = tarfile.TarInfo(name)
    info.size = len(data)
    for key, value in facts.items():
        setattr(info, key, value)
    return info, data


def tar(members: Iterable[tuple[tarfile.TarInfo, bytes]], form: int = tarfile.GNU_FORMAT) -> bytes:
    """The archive of these members."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form, errors="surrogateescape") as archive:
        for info, data in members:
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def header(name: str = "./a", **facts: Any) -> bytes:
    """One header alone, whatever it says of its content."""
    return member(name, **facts)[0].tobuf(tarfile.GNU_FORMAT)


def resummed(block: bytes) -> bytes:
    """A tar header with the checksum that is right for it."""
    total = sum(block[:148]) + 8 * ord(" ") + sum(block[156:512])
    return block[:148] + b"%06o\0 " % total + block[156:]


def control(text: str = CONTROL, **files: str) -> bytes:
    """The archive of control files."""
    texts = {"control": text, **files}
    return gzip.compress(tar(member(f"./{name}", body.encode()) for name, body in texts.items()))


def part(name: str, data: bytes, size: str | None = None) -> bytes:
    """One part of the outermost archive; `size` replaces what its header says."""
    stated = str(len(data)) if size is None else size
    head = f"{name:<16}{0:<12}{0:<6}{0:<6}{100644:<8}{stated:<10}`\n"
    return head.encode() + data + b"\n" * (len(data) % 2)


def package(data: bytes = b"", controls: bytes | None = None, name: str = "data.tar") -> bytes:
    """A package; `data` is its archive of files as it stands, named `name`."""
    parts = [
        part("debian-binary", b"2.0\n"),
        part("control.tar.gz", control() if controls is None else controls),
        part(name, data or tar([])),
    ]
    return b"!<arch>\n" + b"".join(parts)
