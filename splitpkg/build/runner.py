"""Runs the tools that build packages. The runner is a parameter of every stage that needs one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol, TextIO

from splitpkg.diagnostics import Diagnostic, EnvironmentFailed, Location, printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

TICK = 0.2
"""Seconds between two looks at a running tool when its progress is shown."""

TAIL = 65536
"""Bytes of a log that are looked at for its last lines."""


class Runner(Protocol):
    """Starts one program and waits for its end."""

    def __call__(self, argv: Sequence[str], *, cwd: Path, env: Mapping[str, str], log: Path) -> int:
        """The exit status of `argv`, run in `cwd`; all that it prints is appended to `log`.

        `env` is added to the environment. Raises EnvironmentFailed (`tool-missing`) where there is
        no such program.
        """


def run(argv: Sequence[str], *, cwd: Path, env: Mapping[str, str], log: Path) -> int:
    """The real `Runner`: no shell, no standard input, messages in English, umask 022.

    Shows progress on a terminal.
    """
    program = found(argv[0])
    with log.open("ab") as out:
        process = subprocess.Popen(
            [program, *argv[1:]],
            cwd=cwd,
            env=environment(env),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            umask=0o022,
        )
        with _ended(process):
            return _watch(process, argv[0], log, sys.stderr) if sys.stderr.isatty() else process.wait()


def found(tool: str) -> str:
    """The tool's path. Raises EnvironmentFailed (`tool-missing`) where there is none."""
    path = shutil.which(tool)
    if path is None:
        hint = f"install the package that brings `{tool}`"
        raise EnvironmentFailed([Diagnostic("tool-missing", Location(tool), "is not installed", hint=hint)])
    return path


def environment(extra: Mapping[str, str]) -> dict[str, str]:
    """The caller's environment without its language, with `extra`."""
    kept = {key: text for key, text in os.environ.items() if not key.startswith(("LANG", "LC_"))}
    return {**kept, "LC_ALL": "C.UTF-8", **extra}


def last_lines(log: Path, count: int) -> tuple[str, ...]:
    """The last lines of a log that are not empty, from its last 64 KiB; odd bytes as escapes."""
    with log.open("rb") as text:
        text.seek(max(0, log.stat().st_size - TAIL))
        lines = text.read().decode("utf-8", "backslashreplace").splitlines()
    return tuple([line for line in lines if line.strip()][-count:])


@contextmanager
def _ended(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Whatever happens inside, the program does not outlive it."""
    try:
        yield
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()


def _watch(process: subprocess.Popen[bytes], name: str, log: Path, screen: TextIO) -> int:
    width = shutil.get_terminal_size().columns - 1
    while process.poll() is None:
        line = " ".join((f"{name}:", *last_lines(log, 1)))
        screen.write(f"\r\x1b[K{printable(line)[:width]}")
        screen.flush()
        time.sleep(TICK)
    screen.write("\r\x1b[K")
    screen.flush()
    return process.returncode
