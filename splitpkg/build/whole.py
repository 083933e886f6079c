"""Files that appear whole or not at all."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from splitpkg.diagnostics import Diagnostic, EnvironmentFailed, Location, reason

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def whole(target: Path, what: str) -> Iterator[Path]:
    """The path of a file to be written, which becomes `target` at the end; gone where anything fails.

    Its mode is 0644 whatever the umask. Raises EnvironmentFailed (`output-unwritable`) when the system
    refuses: it cannot be `what`.
    """
    fresh = target.with_name(f".{target.name}.splitpkg-new")
    try:
        yield fresh
        fresh.chmod(0o644)
        fresh.replace(target)
    except OSError as error:
        where = Location(str(error.filename or target))
        text = f"cannot be {what}: {reason(error)}"
        raise EnvironmentFailed([Diagnostic("output-unwritable", where, text)]) from error
    finally:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
