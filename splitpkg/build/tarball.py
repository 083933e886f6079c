"""Packs a tree as the source of prebuilt packages: the same tree gives the same bytes."""

from __future__ import annotations

import gzip
import io
import os
import tarfile
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

from splitpkg.build.whole import whole
from splitpkg.diagnostics import Diagnostic, Failed, Location, reason
from splitpkg.inventory.model import EntryKind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from splitpkg.inventory.model import Entry, Inventory

BUFFER = 256 * 1024
"""Bytes that are packed at a time: tarfile writes small pieces, and each would be a call of zlib."""

LEVEL = 1
"""zlib's fastest: the tarball is read once, by the build that follows."""


def pack(root: Path, inventory: Inventory, target: Path, *, top: str, timestamp: int) -> None:
    """Writes the tree below `root` to `target`, a .tar.gz with the top folder `top`.

    Sorted by path; owned by root; modes as the inventory has them; hard links as files of their
    own; pax headers (POSIX.1-2001) for names that ustar cannot hold. Regular files keep their
    modification times, in whole seconds, since compiled Python code is only valid with those of its
    source; folders and links get `timestamp`. The target appears whole or not at all. Raises Failed
    (`tree-changed`) when the tree is not what the inventory says, EnvironmentFailed
    (`output-unwritable`) when the system refuses.
    """
    with whole(target, "packed") as fresh, fresh.open("wb") as out, _archive(out) as tar:
        tar.addfile(_folder(top, 0o755, timestamp))
        for entry in inventory.entries:
            _add(tar, root, entry, top, timestamp)


@contextmanager
def _archive(out: BinaryIO) -> Iterator[tarfile.TarFile]:
    with (
        gzip.GzipFile(filename="", mode="wb", compresslevel=LEVEL, fileobj=out, mtime=0) as packed,
        io.BufferedWriter(packed, BUFFER) as joined,
        tarfile.open(fileobj=joined, mode="w", format=tarfile.PAX_FORMAT, errors="surrogateescape") as tar,
    ):
        yield tar


def _add(tar: tarfile.TarFile, root: Path, entry: Entry, top: str, timestamp: int) -> None:
    name = f"{top}/{entry.path}"
    match entry.kind:
        case EntryKind.DIRECTORY:
            tar.addfile(_folder(name, entry.mode, timestamp))
        case EntryKind.SYMLINK:
            tar.addfile(_link(name, entry.target or "", timestamp))
        case EntryKind.FILE:
            _add_file(tar, root / entry.path, entry, name)


def _add_file(tar: tarfile.TarFile, path: Path, entry: Entry, name: str) -> None:
    with _opened(path, entry) as source:
        status = os.fstat(source.fileno())
        if status.st_size != entry.size:
            raise _changed(entry, f"has {status.st_size} bytes, had {entry.size} when the tree was read")
        info = _info(name, tarfile.REGTYPE, entry.mode, int(status.st_mtime))
        info.size = entry.size
        tar.addfile(info, source)


def _opened(path: Path, entry: Entry) -> BinaryIO:
    try:
        return os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC), "rb")
    except OSError as error:
        raise _changed(entry, f"was a file when the tree was read, now: {reason(error)}") from error


def _changed(entry: Entry, text: str) -> Failed:
    return Failed([Diagnostic("tree-changed", Location(entry.path), text)])


def _folder(name: str, mode: int, timestamp: int) -> tarfile.TarInfo:
    return _info(name, tarfile.DIRTYPE, mode, timestamp)


def _link(name: str, target: str, timestamp: int) -> tarfile.TarInfo:
    info = _info(name, tarfile.SYMTYPE, 0o777, timestamp)
    info.linkname = target
    return info


def _info(name: str, kind: bytes, mode: int, time: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.mode, info.mtime = kind, mode, time
    info.uname = info.gname = "root"
    return info
