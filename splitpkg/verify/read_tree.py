"""Hashes a built tree, to compare what was packed with what was built."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

from splitpkg.diagnostics import Diagnostic, EnvironmentFailed, Location

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def digests(tree: Path) -> dict[str, str]:
    """SHA-256, in hexadecimal, of every regular file below `tree`, by tree-relative path, sorted.

    Symbolic links are not followed. Raises EnvironmentFailed (`unreadable`).
    """
    try:
        return {path: _digest(tree / path) for path in sorted(_regular_files(str(tree), ""))}
    except OSError as error:
        text = f"cannot be read: {error.strerror or error}"
        where = Location(str(error.filename or tree))
        raise EnvironmentFailed([Diagnostic("unreadable", where, text)]) from error


def _regular_files(root: str, below: str) -> Iterator[str]:
    with os.scandir(f"{root}/{below}") as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _regular_files(root, f"{below}{entry.name}/")
            elif entry.is_file(follow_symlinks=False):
                yield below + entry.name


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
