"""The files that the header of an RPM package lists."""

from __future__ import annotations

import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from splitpkg.inventory.model import EntryKind
from splitpkg.plan.model import Config
from splitpkg.verify.fault import Fault, Unsupported
from splitpkg.verify.model import BuiltFile
from splitpkg.verify.paths import relative
from splitpkg.verify.rpm_header import Tag

if TYPE_CHECKING:
    from splitpkg.verify.rpm_header import Header

MOST = 1 << 18
"""How many files are read; packages in the wild have half of it at most."""

MD5, SHA256 = 1, 8
_ALGORITHMS = {
    MD5: "md5",
    2: "sha1",
    SHA256: "sha256",
    9: "sha384",
    10: "sha512",
    11: "sha224",
    12: "sha3_256",
    14: "sha3_512",
}
"""Digests by their numbers (RFC 9580, 9.5)."""

_CONFIG, _NOREPLACE, _GHOST = 1 << 0, 1 << 4, 1 << 6
"""RPMFILE_CONFIG, RPMFILE_NOREPLACE and RPMFILE_GHOST of rpm's rpmfiles.h."""

_KINDS = {stat.S_IFREG: EntryKind.FILE, stat.S_IFDIR: EntryKind.DIRECTORY, stat.S_IFLNK: EntryKind.SYMLINK}


@dataclass(frozen=True, slots=True)
class Row:
    """One file of the list, without digest.

    `mode` has the type bits too. `stated` is the digest as the header has it, by its own
    algorithm. Regular files with the same `inode` are hard links of each other.
    """

    file: BuiltFile
    mode: int
    stated: str
    inode: tuple[int, int]


class _Columns(NamedTuple):
    """What the header says of all files, a tag each."""

    paths: tuple[str, ...]
    modes: tuple[int, ...]
    sizes: tuple[int, ...]
    targets: tuple[str, ...]
    digests: tuple[str, ...]
    flags: tuple[int, ...]
    users: tuple[str, ...]
    groups: tuple[str, ...]
    devices: tuple[int, ...]
    inodes: tuple[int, ...]


def rows(header: Header, *, is_source: bool) -> tuple[Row, ...]:
    """The list in the header's order. Raises Fault."""
    if Tag.OLD_FILE_NAMES in header:
        raise Unsupported("lists its files as rpm did before version 4")
    names = header.texts(Tag.BASE_NAMES)
    if len(names) > MOST:
        raise Fault(f"its header lists {len(names)} files, more than any package needs")
    columns = _columns(header, names, is_source=is_source)
    found = tuple(_row(columns, at) for at in range(len(names)))
    if len({row.file.path for row in found}) != len(found):
        raise Fault("its header lists a path twice")
    return found


def algorithm(header: Header, tag: Tag, default: int) -> str:
    """The algorithm whose number the tag has, as hashlib names it; `default` where there is no tag."""
    number = header.number(tag)
    name = _ALGORITHMS.get(default if number is None else number)
    if name is None:
        raise Unsupported(f"has digests of the unknown algorithm {number}")
    return name


def _columns(header: Header, names: tuple[str, ...], *, is_source: bool) -> _Columns:
    columns = _Columns(
        paths=_paths(header, names, is_source=is_source),
        modes=header.numbers(Tag.FILE_MODES),
        sizes=header.numbers(Tag.LONG_FILE_SIZES) or header.numbers(Tag.FILE_SIZES),
        targets=header.texts(Tag.FILE_LINK_TARGETS),
        digests=header.texts(Tag.FILE_DIGESTS),
        flags=header.numbers(Tag.FILE_FLAGS),
        users=header.texts(Tag.FILE_USERS),
        groups=header.texts(Tag.FILE_GROUPS),
        devices=header.numbers(Tag.FILE_DEVICES),
        inodes=header.numbers(Tag.FILE_INODES),
    )
    if any(len(column) != len(names) for column in columns):
        raise Fault("its header says less of some files than of others")
    return columns


def _paths(header: Header, names: tuple[str, ...], *, is_source: bool) -> tuple[str, ...]:
    folders, places = header.texts(Tag.DIR_NAMES), header.numbers(Tag.DIR_INDEXES)
    if len(places) != len(names) or any(place >= len(folders) for place in places):
        raise Fault("its header lists files of directories that it does not list")
    pairs = zip(places, names, strict=True)
    return tuple([relative(folders[place] + name, rooted=not is_source) for place, name in pairs])


def _row(columns: _Columns, at: int) -> Row:
    path, mode, flags = columns.paths[at], columns.modes[at], columns.flags[at]
    kind = _KINDS.get(stat.S_IFMT(mode))
    if kind is None:
        raise Unsupported(f"holds `{path}`, which is no file, directory or symbolic link")
    is_ghost = bool(flags & _GHOST)
    file = BuiltFile(
        path=path,
        kind=kind,
        mode=stat.S_IMODE(mode),
        size=columns.sizes[at] if kind is EntryKind.FILE and not is_ghost else 0,
        target=columns.targets[at] if kind is EntryKind.SYMLINK else None,
        user=columns.users[at],
        group=columns.groups[at],
        config=_config(flags),
        is_ghost=is_ghost,
    )
    return Row(file, mode, columns.digests[at], (columns.devices[at], columns.inodes[at]))


def _config(flags: int) -> Config:
    if not flags & _CONFIG:
        return Config.NO
    return Config.NOREPLACE if flags & _NOREPLACE else Config.REPLACE
