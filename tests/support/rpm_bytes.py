"""Writes RPM files byte by byte, right or wrong ("Package Format" of rpm's documentation)."""

from __future__ import annotations

import gzip
import hashlib
import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from splitpkg.verify.rpm_header import Tag
from splitpkg.verify.rpm_layout import INTRO, LEAD, MAGIC, Type

if TYPE_CHECKING:
    from collections.abc import Iterable

Value = str | list[str] | list[int] | bytes
Entry = tuple[int, Type, int, bytes]
"""Tag, type, count, and what goes into the store."""

CODES = {Type.INT8: "B", Type.INT16: "H", Type.INT32: "I", Type.INT64: "Q"}


@dataclass
class File:
    """One file of a package: what the header says of it, and what the payload has."""

    path: str
    data: bytes = b""
    mode: int = 0o100644
    target: str = ""
    digest: str | None = None
    flags: int = 0
    inode: int | None = None
    member: bytes | None = field(default=None, repr=False)


def entry(tag: int, value: Value, kind: Type | None = None) -> Entry:
    """One entry, of the type that such a value ordinarily has."""
    match value:
        case str():
            return tag, kind or Type.STRING, 1, value.encode("utf-8", "surrogateescape") + b"\0"
        case bytes():
            return tag, kind or Type.BINARY, len(value), value
        case [str(), *_]:
            data = b"".join(str(text).encode("utf-8", "surrogateescape") + b"\0" for text in value)
            return tag, kind or Type.STRING_ARRAY, len(value), data
        case _:
            code = CODES[kind or Type.INT32]
            return tag, kind or Type.INT32, len(value), struct.pack(f"!{len(value)}{code}", *value)


def table(entries: Iterable[Entry]) -> bytes:
    """A header structure."""
    index, store = b"", b""
    for tag, kind, count, data in entries:
        store += bytes(-len(store) % 8)
        index += struct.pack("!IIII", tag, kind, len(store), count)
        store += data
    return INTRO + bytes(4) + struct.pack("!II", len(index) // 16, len(store)) + index + store


def package(
    files: Iterable[File] = (), more: Iterable[Entry] = (), payload: bytes | None = None, **replaced: Value
) -> bytes:
    """An RPM file. `more` replaces entries of the same tags or adds to them, `replaced` by their names."""
    listed = list(files)
    entries = {one[0]: one for one in _head() + _files(listed)}
    entries |= {one[0]: one for one in [entry(Tag[name], value) for name, value in replaced.items()]}
    entries |= {one[0]: one for one in more}
    return assembled(table(entries.values()), gzip.compress(cpio(listed)) if payload is None else payload)


def assembled(header: bytes, payload: bytes, signature: bytes | None = None) -> bytes:
    """Lead, signature header, header and payload."""
    signed = table([]) if signature is None else signature
    return MAGIC + bytes(LEAD - len(MAGIC)) + signed + bytes(-len(signed) % 8) + header + payload


def cpio(files: Iterable[File]) -> bytes:
    """The archive of these files, without those that are ghosts."""
    members = [_member(file) for file in files if not file.flags & 1 << 6]
    return b"".join([*members, _header("TRAILER!!!", 0, 0)])


def _member(file: File) -> bytes:
    if file.member is not None:
        return file.member
    data = file.target.encode() or file.data
    return _header(f".{file.path}", file.mode, len(data)) + data + bytes(-len(data) % 4)


def _header(name: str, mode: int, size: int) -> bytes:
    encoded = name.encode("utf-8", "surrogateescape") + b"\0"
    fields = [1, mode, 0, 0, 1, 0, size, 0, 0, 0, 0, len(encoded), 0]
    head = b"070701" + b"".join(b"%08x" % one for one in fields) + encoded
    return head + bytes(-len(head) % 4)


def _head() -> list[Entry]:
    texts = {
        Tag.NAME: "demo",
        Tag.VERSION: "1",
        Tag.RELEASE: "2",
        Tag.ARCH: "x86_64",
        Tag.SOURCE_RPM: "demo-1-2.src.rpm",
        Tag.SUMMARY: "Demo",
        Tag.DESCRIPTION: "Demo.",
    }
    return [entry(tag, text) for tag, text in texts.items()]


def _files(files: list[File]) -> list[Entry]:
    if not files:
        return []
    folders = [f"{file.path.rpartition('/')[0]}/" for file in files]
    digests = [
        file.digest
        if file.digest is not None
        else hashlib.sha256(file.data).hexdigest()
        if file.mode >> 12 == 0o10
        else ""
        for file in files
    ]
    return [
        entry(Tag.BASE_NAMES, [file.path.rpartition("/")[2] for file in files]),
        entry(Tag.DIR_NAMES, folders),
        entry(Tag.DIR_INDEXES, list(range(len(files)))),
        entry(Tag.FILE_MODES, [file.mode for file in files], Type.INT16),
        entry(Tag.FILE_SIZES, [len(file.data) for file in files]),
        entry(Tag.FILE_LINK_TARGETS, [file.target for file in files]),
        entry(Tag.FILE_DIGESTS, digests),
        entry(Tag.FILE_FLAGS, [file.flags for file in files]),
        entry(Tag.FILE_USERS, ["root"] * len(files)),
        entry(Tag.FILE_GROUPS, ["root"] * len(files)),
        entry(Tag.FILE_DEVICES, [1] * len(files)),
        entry(
            Tag.FILE_INODES, [at if file.inode is None else file.inode for at, file in enumerate(files, 100)]
        ),
        entry(Tag.FILE_DIGEST_ALGORITHM, [8]),
    ]
