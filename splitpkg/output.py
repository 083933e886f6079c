"""The folder that a command writes to: apart from the tree, and one command's at a time."""

from __future__ import annotations

import fcntl
import os
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

from splitpkg.diagnostics import Diagnostic, EnvironmentFailed, Failed, Location, reason

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def refuse_inside(tree: Path, output: Path) -> None:
    """Raises Failed (`output-in-tree`) where the output would be packed as a part of the tree."""
    inside, top = os.path.realpath(output), os.path.realpath(tree)
    if os.path.commonpath([inside, top]) == top:
        hint = "name a place outside of it with `-o`"
        finding = Diagnostic("output-in-tree", Location(str(output)), f"lies in the tree {tree}", hint=hint)
        raise Failed([finding])


@contextmanager
def reserved(directory: Path) -> Iterator[None]:
    """Makes the folder, and keeps other runs out of it meanwhile: they wait.

    What a run writes belongs together, and it builds and compares what it wrote. Raises
    EnvironmentFailed (`output-unwritable`) when the system refuses.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise _unwritable(error, directory) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@contextmanager
def staging(directory: Path) -> Iterator[Path]:
    """An empty folder inside `directory`, for what is to go there once it is finished; gone afterwards.

    Raises EnvironmentFailed (`output-unwritable`) when the system refuses.
    """
    folder = directory / ".splitpkg-staged"
    try:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
    except OSError as error:
        raise _unwritable(error, directory) from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unwritable(error: OSError, directory: Path) -> EnvironmentFailed:
    what = "is no folder" if isinstance(error, (FileExistsError, NotADirectoryError)) else None
    text = what or f"cannot be written: {reason(error)}"
    where = Location(str(error.filename or directory))
    return EnvironmentFailed([Diagnostic("output-unwritable", where, text)])
