"""The `splitpkg` command: answers `--version` at once, and turns every way to end into an exit status.

Nothing that the interpreter has not loaded already is imported before the command line is known to
need it; `typing` alone costs 7 ms.
"""

from __future__ import annotations

import gc
import os
import sys
from contextlib import suppress

from splitpkg import __version__

USAGE = 2
ENVIRONMENT = 3
BUG = 70
INTERRUPTED = 130
BROKEN_PIPE = 141
"""128 + SIGPIPE, as a shell reports a program that such a signal ended."""


def main() -> int:
    """Run the command line of this process; returns the exit status (0-3, 70, 130, 141)."""
    # The imports of a command alone would have the collector run dozens of times, and free nothing.
    gc.set_threshold(100_000)
    _open_streams()
    try:
        status = _run(sys.argv[1:])
        _flush()
    except BrokenPipeError:
        status = BROKEN_PIPE
    except KeyboardInterrupt:
        status = INTERRUPTED
    except OSError as error:
        status = _environment(error)
    except Exception as error:
        status = _bug(error)
    _drop_unwritable()
    return status


def _run(arguments: list[str]) -> int:
    if arguments == ["--version"]:
        print(f"splitpkg {__version__}")
        return 0
    if any(not one or (one.startswith("--") and one.endswith("=")) for one in arguments):
        _say("splitpkg: error: an argument is empty\n  hint: set the variable that it is from\n")
        return USAGE
    _insist_on_utf8()
    from splitpkg.cli import app  # noqa: PLC0415 - typer alone takes 50 ms

    try:
        app(args=arguments, prog_name="splitpkg")
    except SystemExit as stop:
        # typer turns a broken pipe into exit status 1, which means findings here.
        if isinstance(stop.__context__, BrokenPipeError):
            raise stop.__context__ from None
        if not arguments:
            return USAGE  # click before 8.2 has 0 for the help that nobody asked for
        return stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    return 0


def _open_streams() -> None:
    """Have all three streams; what their encoding does not have is written as an escape.

    One that was closed at the start leads nowhere: else the first file that is opened would take its
    place. The lowest free descriptor is the one that is missing (POSIX, open).
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode))
        getattr(sys, name).reconfigure(errors="backslashreplace")


def _insist_on_utf8() -> None:
    """Start anew in Python's UTF-8 mode where the locale has names of files mean something else.

    They come from a package's content, and are the same everywhere (PEP 540).
    """
    if sys.getfilesystemencoding() != "utf-8" and sys.executable:
        os.execv(sys.executable, [sys.executable, "-X", "utf8", *sys.orig_argv[1:]])


def _environment(error: OSError) -> int:
    from splitpkg.diagnostics import printable, reason  # noqa: PLC0415

    where = "" if error.filename is None else f"{os.fsdecode(error.filename)}: "
    _say(f"splitpkg: error: {printable(where + reason(error))}\n")
    return ENVIRONMENT


def _bug(error: Exception) -> int:
    import platform  # noqa: PLC0415
    import traceback  # noqa: PLC0415

    _say("".join(traceback.format_exception(error)))
    _say(
        f"splitpkg: internal error: {type(error).__name__}\n"
        f"  note: splitpkg {__version__}, Python {platform.python_version()}, {platform.platform()}\n"
        "  note: this is a bug in splitpkg, whatever the input\n"
        "  hint: report it with all the lines above, the command line and the manifest\n"
    )
    return BUG


def _say(text: str) -> None:
    """Print to standard error, if that is writable; the exit status tells in any case."""
    with suppress(OSError):
        sys.stderr.write(text)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        stream.flush()


def _drop_unwritable() -> None:
    """Send what can't be written nowhere, lest the interpreter tries again at its end and complains."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


if __name__ == "__main__":
    sys.exit(main())
