"""The outermost layer of a Debian package, checked before python-debian reads it.

python-debian takes a part's header on trust: a negative size sends it round in circles. Source: deb(5).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, BinaryIO

from splitpkg.verify.fault import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

MAGIC = b"!<arch>\n"

_LENGTH = 60
_END = b"`\n"
_NUMBERS = (slice(16, 28), slice(28, 34), slice(34, 40), slice(40, 48), slice(48, 58))
"""Where a part's header has time, owner, group, mode and, last, size."""

_NUMBER = re.compile(rb"[0-9]+ *")
_MOST = 64
_PARTS = (rb"debian-binary", rb"control\.tar(?:\.\w+)?", rb"data\.tar(?:\.\w+)?")


def check(file: BinaryIO, size: int) -> None:
    """Raises Fault unless the file of `size` bytes is an archive of the three parts in their order.

    Members that begin with an underscore may stand between the last two, others behind them.
    """
    if file.read(len(MAGIC)) != MAGIC:
        raise Fault("does not begin as a Debian package does")
    names = list(_names(file, size))
    if len(set(names)) != len(names):
        raise Fault("has two parts of the same name")
    order = [name for at, name in enumerate(names) if at < 2 or not name.startswith(b"_")]
    for at, part in enumerate(_PARTS):
        if at >= len(order) or not re.fullmatch(part, order[at]):
            stated = order[at].decode("ascii", "backslashreplace") if at < len(order) else "nothing"
            raise Fault(f"has `{stated}` where its part {at + 1} should be")
    file.seek(0)


def _names(file: BinaryIO, size: int) -> Iterator[bytes]:
    for _ in range(_MOST):
        header = file.read(_LENGTH)
        if not header:
            return
        numbers = [header[at] for at in _NUMBERS]
        if not all(map(_NUMBER.fullmatch, numbers)) or header[58:] != _END:
            raise Fault("has a part with a damaged header")
        end = file.tell() + int(numbers[-1])
        if end > size:
            raise Fault("is cut short")
        file.seek(end + end % 2)
        yield header[:16].split(b"/")[0].rstrip(b" ")
    raise Fault(f"has more than {_MOST} parts")
