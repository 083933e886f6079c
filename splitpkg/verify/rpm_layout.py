"""Where the parts of an RPM file are, checked before anything else reads them.

rpmfile trusts what the headers say of themselves: it reads a negative size as "all", takes a table
that is cut short for a short one, and copies the store once for every entry. So sizes, types,
offsets and digests are checked here. Source: "Package Format" of rpm's documentation; limits as in
rpm's lib/header.cc, tightened to what real packages need.
"""

from __future__ import annotations

import hashlib
import re
import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from splitpkg.verify.fault import Fault

if TYPE_CHECKING:
    from collections.abc import Mapping

MAGIC = b"\xed\xab\xee\xdb"
LEAD = 96
INTRO = b"\x8e\xad\xe8\x01"

_ENTRIES = 1024
_STORE = 64 * 1024 * 1024
_STRINGS = 4 * 1024 * 1024
_COPIED = 4 * 1024 * 1024 * 1024

_DIGITS = re.compile(rb"[0-9a-f]+")
_SIGNED = ((273, "SHA-256", hashlib.sha256), (269, "SHA-1", hashlib.sha1))
"""RPMSIGTAG_SHA256 and RPMSIGTAG_SHA1: digests of the whole main header, in hexadecimal."""


class Type(IntEnum):
    """Types of header entries (rpmTagType)."""

    CHAR = 1
    INT8 = 2
    INT16 = 3
    INT32 = 4
    INT64 = 5
    STRING = 6
    BINARY = 7
    STRING_ARRAY = 8
    I18N_STRING = 9


WIDTHS = {Type.CHAR: 1, Type.INT8: 1, Type.INT16: 2, Type.INT32: 4, Type.INT64: 8, Type.BINARY: 1}
"""Bytes of one value; strings have no fixed width."""

_TYPES = {kind.value: kind for kind in Type}


class Entry(NamedTuple):
    """Type, place in the store and number of values."""

    type: Type
    offset: int
    number: int


@dataclass(frozen=True, slots=True)
class Table:
    """One header structure: its bytes as they stand in the file, its entries by tag, its store."""

    data: bytes
    entries: Mapping[int, Entry]
    store: bytes


@dataclass(frozen=True, slots=True)
class Layout:
    """The main header, and where the payload begins."""

    header: Table
    payload: int


def layout(file: BinaryIO, size: int) -> Layout:
    """The layout of an RPM file of `size` bytes, read from its beginning. Raises Fault.

    The main header is compared with the digests that the signature header has of it.
    """
    lead = _exactly(file, LEAD)
    if not lead.startswith(MAGIC):
        raise Fault("does not begin as an RPM package does")
    signature = _table(file, size, "signature header")
    if any(_exactly(file, -len(signature.data) % 8)):
        raise Fault("has something between its two headers")
    header = _table(file, size, "header")
    _compare(signature, header)
    return Layout(header, file.tell())


def _compare(signature: Table, header: Table) -> None:
    for tag, name, make in _SIGNED:
        stated = _text(signature, tag)
        found = make(header.data).hexdigest()
        if stated is not None and stated != found:
            raise Fault(f"its header has the {name} {found}, its signature header says {stated}")


def _table(file: BinaryIO, size: int, name: str) -> Table:
    intro = _exactly(file, 16)
    if not intro.startswith(INTRO):
        raise Fault(f"has no {name} where one should begin")
    count, length = struct.unpack("!II", intro[8:])
    if count > _ENTRIES or length > _STORE:
        raise Fault(f"its {name} claims {count} entries and {length} bytes, more than any package needs")
    if file.tell() + 16 * count + length > size:
        raise Fault(f"its {name} claims more bytes than the file has")
    index, store = _exactly(file, 16 * count), _exactly(file, length)
    return Table(intro + index + store, _entries(index, store, name), store)


def _entries(index: bytes, store: bytes, name: str) -> dict[int, Entry]:
    entries: dict[int, Entry] = {}
    strings = copied = 0
    length = len(store)
    for tag, number, offset, count in struct.iter_unpack("!IIII", index):
        kind = _TYPES.get(number)
        if tag in entries or kind is None or not _fits(kind, offset, count, length):
            raise Fault(f"its {name} has an impossible entry for tag {tag}")
        entries[tag] = Entry(kind, offset, count)
        if kind not in WIDTHS:
            strings += count
            copied += length - offset
    if strings > _STRINGS or copied > _COPIED:
        raise Fault(f"its {name} claims {strings} strings, more than any package needs")
    return entries


def _fits(kind: Type, offset: int, count: int, length: int) -> bool:
    if count == 0 or (kind is Type.STRING and count != 1):
        return False
    return offset < length and offset + count * WIDTHS.get(kind, 1) <= length


def _text(table: Table, tag: int) -> str | None:
    entry = table.entries.get(tag)
    if entry is None:
        return None
    found = _DIGITS.match(table.store, entry.offset)
    return found[0].decode("ascii") if found else ""


def _exactly(file: BinaryIO, size: int) -> bytes:
    data = file.read(size)
    if len(data) != size:
        raise Fault("is cut short")
    return data
