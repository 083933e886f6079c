"""CPU time of splitpkg's start above that of the bare interpreter: `make bench`.

Whole processes in turn, user and system time; the minimum is compared with the limit, as whatever
else the machine does only adds. Exit status 1 when one is over its limit.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROUNDS = 21

# The script that pip installed: what stands on a user's PATH may be a shim in front of it.
SCRIPT = str(Path(sys.executable).with_name("splitpkg"))

# What is run, and how many milliseconds above the bare interpreter it may take.
LIMITS: dict[tuple[str, ...], float] = {
    ("--version",): 40,
    ("--help",): 90,
    ("scan", "TREE"): 200,
}


# Bytecode is kept, as it is where pip installed splitpkg.
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


@dataclass(frozen=True, slots=True)
class Times:
    """CPU milliseconds of one command."""

    minimum: float
    median: float


def cpu_milliseconds(argv: list[str]) -> float:
    """User and system time of one process and what it started; its output is dropped."""
    null = (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)
    pid = os.posix_spawn(argv[0], argv, ENVIRONMENT, file_actions=[null])
    _, status, usage = os.wait4(pid, 0)
    if status != 0:
        raise SystemExit(f"{' '.join(argv)}: exit status {os.waitstatus_to_exitcode(status)}")
    return (usage.ru_utime + usage.ru_stime) * 1000


def measured(commands: list[list[str]]) -> list[Times]:
    """The times of each command, taken in turn so that a busy moment meets all of them."""
    rounds = [[cpu_milliseconds(command) for command in commands] for _ in range(ROUNDS + 1)]
    columns = zip(*rounds[1:], strict=True)
    return [Times(min(column), statistics.median(column)) for column in columns]


def main() -> int:
    """Print the table."""
    with tempfile.TemporaryDirectory() as tree:
        Path(tree, "file").touch()
        started = [[SCRIPT, *(tree if word == "TREE" else word for word in words)] for words in LIMITS]
        bare, *times = measured([[sys.executable, "-c", "pass"], *started])
    print(f"{'CPU ms above python':24}{'minimum':>9}{'median':>9}{'limit':>9}")
    for (words, limit), time in zip(LIMITS.items(), times, strict=True):
        minimum, median = time.minimum - bare.minimum, time.median - bare.median
        print(f"{'splitpkg ' + ' '.join(words):24}{minimum:9.1f}{median:9.1f}{limit:9.0f}")
    print(f"{'(python -c pass)':24}{bare.minimum:9.1f}{bare.median:9.1f}")
    return int(
        any(time.minimum - bare.minimum > limit for time, limit in zip(times, LIMITS.values(), strict=True))
    )


if __name__ == "__main__":
    sys.exit(main())
