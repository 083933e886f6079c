"""The members of an archive of objects (ar(5), with the long names of GNU and System V)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from splitpkg.elf.errors import ElfError, Reason, corrupt

if TYPE_CHECKING:
    from collections.abc import Iterator

MAGIC = b"!<arch>\n"
"""Of archives that hold their members; a thin one (`!<thin>`) only names files that lie beside it."""

_HEADER = 60
_END = b"`\n"


def members(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of each member but the tables of symbols and of names. Raises ElfError."""
    at, long_names = len(MAGIC), b""
    while at < len(data):
        header, at = data[at : at + _HEADER], at + _HEADER
        size = header[48:58].rstrip()
        if len(header) < _HEADER or header[58:] != _END or not size.isdigit():
            raise corrupt(f"the header of an archive's member at offset {at - _HEADER:#x} is damaged")
        content, at = data[at : at + int(size)], at + int(size) + int(size) % 2
        if len(content) < int(size):
            raise ElfError(Reason.TRUNCATED, "the archive's last member is cut short")
        name = header[:16].rstrip()
        if name == b"//":
            long_names = content
        elif name not in {b"/", b"/SYM64/"}:
            yield _name(name, long_names), content


def _name(name: bytes, long_names: bytes) -> str:
    if name.startswith(b"/") and name[1:].isdigit():
        name = long_names[int(name[1:]) :].partition(b"\n")[0]
    return name.removesuffix(b"/").decode("utf-8", "surrogateescape")
