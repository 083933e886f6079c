"""The manifest's file as text: read whole, or a finding that says why not."""

from __future__ import annotations

import codecs
import os
import stat
from typing import TYPE_CHECKING, NoReturn

from splitpkg.diagnostics import Diagnostic, EnvironmentFailed, Failed, Location, reason

if TYPE_CHECKING:
    from pathlib import Path

SIZE_LIMIT = 1 << 20
"""Bytes of a manifest; a table for each of a thousand modules takes a tenth of it."""

_KINDS = (
    (stat.S_ISDIR, "a directory"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def read_text(path: Path) -> str:
    """The text of the manifest.

    Raises Failed where there is no such file, or none of UTF-8 text; EnvironmentFailed where the system
    refuses to read it.
    """
    place = Location(str(path))
    try:
        content = _bytes(path, place)
    except FileNotFoundError:
        hint = "draft one with `splitpkg init TREE`, or name it with `--manifest`"
        _fail("manifest-missing", place, "no such file; expected the manifest", hint)
    except OSError as error:
        raise EnvironmentFailed(
            [Diagnostic("manifest-unreadable", place, f"cannot be read: {reason(error)}")]
        ) from None
    if len(content) > SIZE_LIMIT:
        message = f"is larger than {SIZE_LIMIT >> 20} MiB; expected a manifest"
        _fail("over-limit", place, message, "name the manifest with `--manifest`")
    return _decoded(content, place)


def _bytes(path: Path, place: Location) -> bytes:
    # A pipe without a writer would block without O_NONBLOCK; on regular files it means nothing.
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY)
    try:
        mode = os.fstat(descriptor).st_mode
        for is_kind, words in _KINDS:
            if is_kind(mode):
                _fail("manifest-unreadable", place, f"is {words}; expected a file")
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            return file.read(SIZE_LIMIT + 1)
    finally:
        os.close(descriptor)


def _decoded(content: bytes, place: Location) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        _fail("bad-encoding", place, "is UTF-16; expected UTF-8", "save the file as UTF-8")
    if content.startswith(codecs.BOM_UTF8):
        message = "begins with a byte order mark, which TOML does not have"
        _fail("bad-encoding", Location(place.path, 1), message, "save the file as UTF-8 without it")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        message = f"holds the byte 0x{content[error.start]:02x}, which is no UTF-8 there"
        _fail("bad-encoding", Location(place.path, line), message, "save the file as UTF-8")


def _fail(slug: str, where: Location, message: str, hint: str | None = None) -> NoReturn:
    raise Failed([Diagnostic(slug, where, message, hint=hint)]) from None
