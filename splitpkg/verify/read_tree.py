"""Hashes files of a built tree, to compare what was packed with what was built."""

from __future__ import annotations

import hashlib
import os
import stat
from typing import TYPE_CHECKING

from splitpkg.diagnostics import Diagnostic, EnvironmentFailed, Location, reason

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def digests(tree: Path, paths: Iterable[str]) -> dict[str, str]:
    """SHA-256, in hexadecimal, of those of the tree-relative paths that are regular files, by path.

    Symbolic links are not followed. Raises EnvironmentFailed (`unreadable`).
    """
    try:
        return {path: _digest(tree / path) for path in paths if _is_file(tree / path)}
    except OSError as error:
        text = f"cannot be read: {reason(error)}"
        where = Location(str(error.filename or tree))
        raise EnvironmentFailed([Diagnostic("unreadable", where, text)]) from error


def _is_file(path: Path) -> bool:
    try:
        return stat.S_ISREG(os.lstat(path).st_mode)
    except FileNotFoundError:
        return False


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
