"""The two archives in a Debian package: control files, and the files that are installed."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from splitpkg.inventory.model import EntryKind
from splitpkg.plan.model import Config
from splitpkg.verify.fault import Fault, Unsupported
from splitpkg.verify.model import BuiltFile
from splitpkg.verify.paths import relative
from splitpkg.verify.stream import Content
from splitpkg.verify.tar import Kind, members, padding

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from splitpkg.verify.stream import Part, Stream
    from splitpkg.verify.tar import Member

MOST = 1 << 18
"""How many files are read; packages in the wild have half of it at most."""

LARGEST = 16 * 1024 * 1024
"""Bytes of the largest control file that is read."""


def control_files(stream: Stream, wanted: Collection[str]) -> dict[str, str]:
    """The texts of those control files that are wanted and there. Raises Fault."""
    found: dict[str, str] = {}
    for member in members(stream):
        name = relative(member.name, rooted=False)
        if member.kind is Kind.FILE and name in wanted:
            if member.size > LARGEST or name in found:
                raise Fault(f"its control file `{name}` is there twice, or far too large")
            found[name] = stream.take(member.size).decode("utf-8", "surrogateescape")
            stream.skip(padding(member.size))
        else:
            stream.skip(member.size + padding(member.size))
    stream.finish()
    return found


class Payload:
    """What has been seen of a payload so far; complete once `contents` has been gone through."""

    def __init__(self) -> None:
        self._files: dict[str, BuiltFile] = {}

    def contents(self, stream: Stream) -> Iterator[tuple[BuiltFile, Part]]:
        """Each regular file, its digest not yet known, with its content; hard links not.

        What the caller does not read of it is passed over. Raises Fault.
        """
        for member in members(stream):
            path = relative(member.name, rooted=False)
            if not path and member.kind is Kind.DIRECTORY:
                continue
            if path in self._files or not path:
                raise Fault(f"has the path `{path}` twice, or as no directory")
            if len(self._files) >= MOST:
                raise Fault(f"has more than {MOST} files, more than any package needs")
            self._files[path] = file = self._file(path, member)
            if member.kind is Kind.FILE:
                yield from self._content(stream, file)
        stream.finish()

    def files(self, conffiles: Collection[str]) -> tuple[BuiltFile, ...]:
        """All paths, sorted; each conffile, given by its path, has to be among them. Raises Fault."""
        missing = sorted(set(conffiles) - self._files.keys())
        if missing:
            raise Fault(f"its conffile `{missing[0]}` is not in the package")
        for path in conffiles:
            self._files[path] = replace(self._files[path], config=Config.NOREPLACE)
        return tuple(file for _, file in sorted(self._files.items()))

    def _content(self, stream: Stream, file: BuiltFile) -> Iterator[tuple[BuiltFile, Part]]:
        digest = hashlib.sha256()
        content = Content(stream, file.size, digest.update)
        yield file, content
        content.skip()
        stream.skip(padding(file.size))
        self._files[file.path] = replace(file, digest=digest.hexdigest())

    def _file(self, path: str, member: Member) -> BuiltFile:
        match member.kind:
            case Kind.FILE:
                return _built(path, member, EntryKind.FILE)
            case Kind.DIRECTORY:
                return _built(path, member, EntryKind.DIRECTORY)
            case Kind.SYMLINK:
                target = member.link.decode("utf-8", "surrogateescape")
                return replace(_built(path, member, EntryKind.SYMLINK), target=target)
            case Kind.HARD_LINK:
                return self._linked(path, relative(member.link, rooted=False))
            case Kind.CHARACTER_DEVICE | Kind.BLOCK_DEVICE | Kind.FIFO:
                raise Unsupported(f"holds `{path}`, which is no file, directory or symbolic link")

    def _linked(self, path: str, target: str) -> BuiltFile:
        """A further name of a file that came before; only that file's own facts count (link(2))."""
        file = self._files.get(target)
        if file is None or file.kind is not EntryKind.FILE:
            raise Fault(f"has the hard link `{path}` to `{target}`, which is no file before it")
        return replace(file, path=path, same_as=file.same_as or target)


def _built(path: str, member: Member, kind: EntryKind) -> BuiltFile:
    return BuiltFile(
        path=path,
        kind=kind,
        mode=member.mode,
        size=member.size,
        user=member.user.decode("utf-8", "surrogateescape"),
        group=member.group.decode("utf-8", "surrogateescape"),
    )
