"""The payload of an RPM package, compared with what its header lists."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from splitpkg.inventory.model import EntryKind
from splitpkg.verify.cpio import Archive
from splitpkg.verify.fault import Fault
from splitpkg.verify.paths import relative
from splitpkg.verify.stream import Content

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from splitpkg.verify.cpio import Member
    from splitpkg.verify.model import BuiltFile
    from splitpkg.verify.rpm_files import Row
    from splitpkg.verify.stream import Part, Stream

SHA256 = "sha256"


class Payload:
    """What has been seen of a payload so far; complete once `contents` has been gone through.

    Hard links: all but one of a set have no content in the archive, in the stripped format all but
    the last of the header's list (rpm's lib/rpmfi.cc).
    """

    def __init__(self, rows: Sequence[Row], algorithm: str) -> None:
        self._rows, self._algorithm = rows, algorithm
        self._places = {row.file.path: place for place, row in enumerate(rows)}
        self._missing = {place for place, row in enumerate(rows) if not row.file.is_ghost}
        self._carriers: dict[int, int] = {}
        self._digests: dict[int, str] = {}
        self._links = _links(rows)

    def contents(self, stream: Stream) -> Iterator[tuple[BuiltFile, Part]]:
        """Each regular file whose content stands in the payload, with that content.

        What the caller does not read of it is passed over. All is compared with the header: names,
        modes, sizes, targets, digests, and that nothing is missing. Raises Fault.
        """
        archive = Archive(stream)
        for member in archive:
            place = self._take(member)
            row, size = self._rows[place], self._size(place, member)
            if row.file.kind is EntryKind.FILE and size == row.file.size:
                yield from self._content(stream, place)
            elif row.file.kind is EntryKind.SYMLINK:
                _compare_target(row.file, stream.take(size))
            archive.passed(size)
        stream.finish()
        self._check()

    def files(self) -> tuple[BuiltFile, ...]:
        """The header's list with what only the payload tells, sorted by path."""
        found = (self._completed(place, row) for place, row in enumerate(self._rows))
        return tuple(sorted(found, key=lambda file: file.path))

    def _take(self, member: Member) -> int:
        """The place in the list that the member has; each only once."""
        place = member.place
        if place is None:
            place = self._places.get(relative(member.name.removeprefix(b"/"), rooted=False))
        if place not in self._missing:
            name = member.name.decode("utf-8", "surrogateescape")
            raise Fault(f"its payload has `{name or place}`, which its header does not list or lists once")
        self._missing.discard(place)
        return place

    def _size(self, place: int, member: Member) -> int:
        """How many bytes of content follow the member."""
        row, links = self._rows[place], self._links.get(self._rows[place].inode, ())
        full = len(_bytes(row.file.target)) if row.file.target is not None else row.file.size
        if member.place is not None:
            return full if links[-1:] in ((), (place,)) else 0
        if member.mode != row.mode:
            raise _contradiction(row, f"the mode {member.mode:o}", f"{row.mode:o}")
        if member.size != full and (member.size or len(links) < 2):
            raise _contradiction(row, f"{member.size} bytes", f"{full}")
        return member.size

    def _content(self, stream: Stream, place: int) -> Iterator[tuple[BuiltFile, Part]]:
        row = self._rows[place]
        sha256 = hashlib.sha256()
        stated = sha256 if self._algorithm == SHA256 else hashlib.new(self._algorithm, usedforsecurity=False)
        watchers = [sha256.update] if stated is sha256 else [sha256.update, stated.update]
        content = Content(stream, row.file.size, *watchers)
        yield replace(row.file, digest=row.stated) if stated is sha256 else row.file, content
        content.skip()
        if stated.hexdigest() != row.stated:
            raise Fault(f"`{row.file.path}` has other bytes than its header says")
        for link in self._links.get(row.inode, (place,)):
            if self._carriers.setdefault(link, place) != place and row.file.size:
                raise Fault(f"`{row.file.path}` has its content twice in the payload")
            self._digests[link] = sha256.hexdigest()

    def _check(self) -> None:
        """Raises Fault unless the whole list has been seen, with its contents."""
        bare = {place for place, row in enumerate(self._rows) if _has_content(row)} - self._digests.keys()
        for place in sorted(self._missing | bare)[:1]:
            what = "" if place in self._missing else "the content of "
            raise Fault(f"its payload lacks {what}`{self._rows[place].file.path}`")

    def _completed(self, place: int, row: Row) -> BuiltFile:
        if not _has_content(row):
            return row.file
        carrier = self._carriers[place]
        same = None if carrier == place else self._rows[carrier].file.path
        return replace(row.file, digest=self._digests[place], same_as=same)


def _has_content(row: Row) -> bool:
    return row.file.kind is EntryKind.FILE and not row.file.is_ghost


def _links(rows: Sequence[Row]) -> dict[tuple[int, int], tuple[int, ...]]:
    """The places of the regular files that are hard links of each other, by inode."""
    found: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        if _has_content(row):
            found[row.inode].append(place)
    sets = {inode: tuple(places) for inode, places in found.items() if len(places) > 1}
    for places in sets.values():
        if len({(rows[place].stated, rows[place].file.size) for place in places}) > 1:
            raise Fault(f"its header tells hard links apart: `{rows[places[0]].file.path}` and others")
    return sets


def _contradiction(row: Row, payload: str, header: str) -> Fault:
    return Fault(f"`{row.file.path}` has {payload} in its payload, {header} in its header")


def _compare_target(file: BuiltFile, found: bytes) -> None:
    if found != _bytes(file.target):
        raise Fault(f"`{file.path}` leads elsewhere in its payload than its header says")


def _bytes(target: str | None) -> bytes:
    return (target or "").encode("utf-8", "surrogateescape")
