"""The payload of an RPM package: a cpio archive in the new ASCII format, or in RPM's stripped one.

Sources: cpio(5) of FreeBSD, "New ASCII Format"; rpm's lib/cpio.cc for the stripped one, in which a
member has no more than its place in the package's header (RPM 4.12 and later, for files of 4 GiB
and more; always in RPM 6).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from splitpkg.verify.fault import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from splitpkg.verify.stream import Stream

PATH_MAX = 4096
"""The longest path that the kernel takes (limits.h), and that rpm packs."""

_NEW, _STRIPPED = b"070701", b"07070X"
_TRAILER = b"TRAILER!!!"
_FIELDS = 13
_HEX = re.compile(rb"[0-9A-Fa-f]+")


@dataclass(frozen=True, slots=True)
class Member:
    """One member: its name with mode and size, or, stripped, only its place in the package's header."""

    name: bytes
    mode: int
    size: int
    place: int | None = None


class Archive:
    """The members of an archive. After each, its content is the next thing in the stream."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._at = 0

    def __iter__(self) -> Iterator[Member]:
        while (member := self._member()).name != _TRAILER:
            yield member

    def passed(self, size: int) -> None:
        """Tells that a content of that many bytes has been read; passes over what fills it up."""
        self._at += size
        self._take(-self._at % 4)

    def _member(self) -> Member:
        magic = self._take(len(_NEW))
        if magic == _STRIPPED:
            place = _number(self._take(8))
            self._take(-self._at % 4)
            return Member(b"", 0, 0, place)
        if magic != _NEW:
            raise Fault("its payload is no cpio archive that rpm writes")
        return self._named()

    def _named(self) -> Member:
        fields = self._take(8 * _FIELDS)
        mode, size, length = (_number(fields[8 * at : 8 * at + 8]) for at in (1, 6, 11))
        if not 0 < length <= PATH_MAX + len("./"):
            raise Fault(f"its payload has a name of {length} bytes")
        name = self._take(length)
        self._take(-self._at % 4)
        if name.find(b"\0") != length - 1:
            raise Fault("its payload has a name that does not end where it should")
        return Member(name[:-1], mode, size)

    def _take(self, size: int) -> bytes:
        self._at += size
        return self._stream.take(size)


def _number(digits: bytes) -> int:
    if not _HEX.fullmatch(digits):
        raise Fault(f"its payload has {digits!r} where a number should be")
    return int(digits, 16)
