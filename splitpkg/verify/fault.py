"""What is wrong with one package file; findings name the file, the parts that look inside don't know it."""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

from splitpkg.diagnostics import Diagnostic, EnvironmentFailed, Failed, Location, reason

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

UNREADABLE = "package-unreadable"


class Fault(Exception):
    """The package contradicts itself or its format. The message is one clause without the path."""

    slug = "package-corrupt"
    hint = "build or download the package again"


class Unreadable(Fault):
    """The file is no package of a format that can be read here."""

    slug = UNREADABLE
    hint = "name .rpm or .deb files, or folders that hold such"


class Unsupported(Fault):
    """The package is sound, but has what no split of ours can hold."""

    slug = "package-unsupported"
    hint = "take it out of the package; udev and systemd-tmpfiles make such at run time"


class Lacking(Exception):
    """The machine lacks what it takes to read the package. The message says what."""


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """The package file; whatever goes wrong inside becomes a finding that names it.

    Raises Failed (`package-corrupt`, `package-unreadable`, `package-unsupported`), and
    EnvironmentFailed (`package-unreadable`, `tool-missing`) when it is the system that refuses.
    """
    try:
        with _regular(path) as file:
            yield file
    except Fault as fault:
        finding = Diagnostic(fault.slug, Location(str(path)), str(fault), hint=fault.hint)
        raise Failed([finding]) from fault
    except Lacking as lack:
        finding = Diagnostic("tool-missing", Location(str(path)), str(lack), hint="install it")
        raise EnvironmentFailed([finding]) from lack
    except OSError as error:
        text = f"cannot be read: {reason(error)}"
        raise EnvironmentFailed([Diagnostic(UNREADABLE, Location(str(path)), text)]) from error


def _regular(path: Path) -> BinaryIO:
    """The file, opened so that a FIFO in its place does not block; raises Unreadable for what is no file."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    file = os.fdopen(descriptor, "rb")
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        file.close()
        raise Unreadable("is no regular file")
    return file
