"""CPU time and memory of whole processes."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

# The script that pip installed: what stands on a user's PATH may be a shim in front of it.
SPLITPKG = str(Path(sys.executable).with_name("splitpkg"))

# Bytecode is kept, as it is where pip installed splitpkg.
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}

NOTHING: Mapping[str, str] = {}


class Usage(NamedTuple):
    """Seconds of user and system time, of the process and what it waited for; most resident memory in MB."""

    cpu: float
    memory: float
    status: int


def used(command: list[str], more: Mapping[str, str] = NOTHING) -> Usage:
    """What a command used, with `more` in its environment; what it prints is dropped."""
    actions = [
        (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
        (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
    ]
    environment = ENVIRONMENT | dict(more)
    process = os.posix_spawnp(command[0], command, environment, file_actions=actions)
    _, status, usage = os.wait4(process, 0)
    return Usage(
        usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024 / 1e6, os.waitstatus_to_exitcode(status)
    )


def succeeded(command: list[str]) -> Usage:
    """What a command used that must succeed."""
    usage = used(command)
    if usage.status:
        raise SystemExit(f"{' '.join(command)}: exit status {usage.status}")
    return usage
