"""The folder in which a package is built: empty, of a fixed name, for one build at a time."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from splitpkg.diagnostics import Diagnostic, EnvironmentFailed, Failed, Location, reason

if TYPE_CHECKING:
    from collections.abc import Iterator

_FULL = os.strerror(errno.ENOSPC)
_MARGIN = 1 << 20
"""Bytes: with less left, a tool that failed had no room, whether or not that could be written to its log."""

_PLAIN = re.compile(r"[A-Za-z0-9_./+:@~-]+")


@contextmanager
def workshop(directory: Path, name: str) -> Iterator[Path]:
    """An empty folder for the output folder `directory`; gone afterwards.

    Its path gets into what compilers write (DW_AT_comp_dir), hence no random name: the output folder
    has to be the caller's alone meanwhile (`splitpkg.output`). It lies inside the output folder,
    unless that one's name would be taken apart by a shell or by make. Raises EnvironmentFailed
    (`output-unwritable`) when the system refuses anything, in the body too, and where the disk is full
    when a tool has failed.
    """
    top = _path(directory.resolve(), name)
    try:
        shutil.rmtree(top, ignore_errors=True)
        top.mkdir(mode=0o700)
        try:
            yield top
        except Failed as failure:
            _blame_full_disk(top, failure)
            raise
        finally:
            shutil.rmtree(top, ignore_errors=True)
    except OSError as error:
        where = Location(str(error.filename or top))
        text = f"cannot be worked in: {reason(error)}"
        raise EnvironmentFailed([Diagnostic("output-unwritable", where, text)]) from error


def moved(file: Path, directory: Path) -> Path:
    """Moves a finished file into `directory`, where it is whole at every moment; gives its path there."""
    fresh = directory / f".{file.name}.splitpkg-new"
    shutil.move(file, fresh)
    return fresh.replace(directory / file.name)


def _blame_full_disk(top: Path, failure: Failed) -> None:
    """Raises EnvironmentFailed in the place of a tool's failure that a full disk explains."""
    told = [clause for one in failure.diagnostics for clause in (one.message, *one.notes)]
    if shutil.disk_usage(top).free < _MARGIN or any(_FULL in clause for clause in told):
        text = f"cannot be worked in: {_FULL.lower()}"
        hint = "make room, or name a folder on another disk with `-o`"
        finding = Diagnostic("output-unwritable", Location(str(top)), text, tuple(told), hint)
        raise EnvironmentFailed([finding]) from failure


def _path(directory: Path, name: str) -> Path:
    if _PLAIN.fullmatch(str(directory)):
        return directory / f".splitpkg-{name}"
    digest = hashlib.sha256(os.fsencode(directory)).hexdigest()
    return Path(tempfile.gettempdir()) / f"splitpkg-{name}-{digest[:16]}"
