"""The payload of a Debian package: a tar archive, read as a stream.

Sources: deb(5), tar(5) of libarchive, POSIX.1-2001 pax. Read here and not by the standard library,
which takes what an archive says about itself on trust: sizes of extended headers, negative offsets.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING

from splitpkg.verify.fault import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from splitpkg.verify.stream import Stream

BLOCK = 512
LONGEST = 1024 * 1024
"""The largest extended header that is read."""

_END = bytes(BLOCK)
_POSIX = b"ustar\x00"
_RECORD = re.compile(rb"([1-9][0-9]{0,6}) ([^=]+)=")


class Kind(Enum):
    """What a member is; the values are the type flags of tar(5)."""

    FILE = b"0"
    HARD_LINK = b"1"
    SYMLINK = b"2"
    CHARACTER_DEVICE = b"3"
    BLOCK_DEVICE = b"4"
    DIRECTORY = b"5"
    FIFO = b"6"


_FLAGS = {**{kind.value: kind for kind in Kind}, b"\0": Kind.FILE, b"7": Kind.FILE}


@dataclass(frozen=True, slots=True)
class Member:
    """One member. Names and owners are as the archive has them, `size` counts the content that follows."""

    name: bytes
    kind: Kind
    mode: int
    size: int
    link: bytes
    user: bytes
    group: bytes


def members(stream: Stream) -> Iterator[Member]:
    """The members, in order. Before it goes on the caller has to read `size` bytes, then call `padding`.

    Ends at the archive's end mark. Raises Fault for what is no tar archive.
    """
    shared: dict[bytes, bytes] = {}
    own: dict[bytes, bytes] = {}
    while (block := stream.take(BLOCK)) != _END:
        _check(block)
        size = _number(block[124:136])
        match block[156:157]:
            case b"L":
                own[b"path"] = _extended(stream, size).split(b"\0")[0]
            case b"K":
                own[b"linkpath"] = _extended(stream, size).split(b"\0")[0]
            case b"x":
                own |= _records(_extended(stream, size))
            case b"g":
                shared |= _records(_extended(stream, size))
            case flag:
                yield _overridden(_member(block, flag, size), {**shared, **own})
                own = {}


def padding(size: int) -> int:
    """How many bytes follow a content of `size` bytes, up to the next block."""
    return -size % BLOCK


def _check(block: bytes) -> None:
    """The sum of all bytes, its own field counted as blanks, must be what that field says."""
    if _number(block[148:156]) != sum(block) - sum(block[148:156]) + 8 * ord(" "):
        raise Fault("its payload has a tar header whose checksum is wrong")


def _member(block: bytes, flag: bytes, size: int) -> Member:
    name = _text(block[0:100])
    kind = _FLAGS.get(flag)
    if kind is None:
        raise Fault(f"its payload has a tar member of the unknown type {flag!r}")
    if flag == b"\0" and name.endswith(b"/"):
        kind = Kind.DIRECTORY
    if block[257:263] == _POSIX and block[345]:
        name = _text(block[345:500]) + b"/" + name
    owners = (_owner(block[265:297], block[108:116]), _owner(block[297:329], block[116:124]))
    return Member(name, kind, _number(block[100:108]) & 0o7777, size, _text(block[157:257]), *owners)


def _overridden(member: Member, records: dict[bytes, bytes]) -> Member:
    """The member with what extended headers say of it; only a file has content (tar(5))."""
    if records:
        member = replace(
            member,
            name=records.get(b"path", member.name),
            link=records.get(b"linkpath", member.link),
            user=records.get(b"uname", member.user),
            group=records.get(b"gname", member.group),
            size=_decimal(records[b"size"]) if b"size" in records else member.size,
        )
    if any(key.startswith(b"GNU.sparse") for key in records):
        raise Fault("its payload has a sparse file, which no Debian package may have")
    return member if member.kind is Kind.FILE else replace(member, size=0)


def _extended(stream: Stream, size: int) -> bytes:
    if size > LONGEST:
        raise Fault(f"its payload has an extended tar header of {size} bytes")
    data = stream.take(size)
    stream.skip(padding(size))
    return data


def _records(data: bytes) -> dict[bytes, bytes]:
    """The records of a pax header: length, blank, key, equals sign, value, newline."""
    found, at = {}, 0
    while at < len(data):
        record = _RECORD.match(data, at)
        end = at + int(record[1]) if record else 0
        if record is None or end <= record.end() or data[end - 1 : end] != b"\n":
            raise Fault("its payload has a damaged pax header")
        found[record[2]] = data[record.end() : end - 1]
        at = end
    return found


def _text(field: bytes) -> bytes:
    return field.split(b"\0", 1)[0]


def _owner(name: bytes, number: bytes) -> bytes:
    """The owner's name, or its number where there is no name; number 0 is root."""
    if text := _text(name):
        return text
    return b"%d" % _number(number) if _number(number) else b"root"


def _number(field: bytes) -> int:
    """A number in octal digits, or in GNU's base 256, whose first bit is set (tar(5))."""
    if field[0] & 0x80:
        if field[0] != 0x80:
            raise Fault("its payload has a tar header with a negative number")
        return int.from_bytes(field[1:], "big")
    digits = field.strip(b" \0")
    if not digits:
        return 0
    if not re.fullmatch(rb"[0-7]+", digits):
        raise Fault(f"its payload has {digits!r} where a tar header should have a number")
    return int(digits, 8)


def _decimal(digits: bytes) -> int:
    if not re.fullmatch(rb"[0-9]{1,19}", digits):
        raise Fault(f"its payload has {digits!r} where a pax header should have a number")
    return int(digits)
