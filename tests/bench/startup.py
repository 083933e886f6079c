"""CPU time of splitpkg's start above that of the bare interpreter: `make bench`.

Whole processes in turn, medians, user and system time. Exit status 1 when one is over its limit.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
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


def cpu_milliseconds(argv: list[str]) -> float:
    """User and system time of one process and what it started; its output is dropped."""
    null = (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)
    pid = os.posix_spawn(argv[0], argv, os.environ, file_actions=[null])
    _, status, usage = os.wait4(pid, 0)
    if status != 0:
        raise SystemExit(f"{' '.join(argv)}: exit status {os.waitstatus_to_exitcode(status)}")
    return (usage.ru_utime + usage.ru_stime) * 1000


def medians(commands: list[list[str]]) -> list[float]:
    """The median of each command, measured in turn so that a busy moment meets all of them."""
    samples = [[cpu_milliseconds(command) for command in commands] for _ in range(ROUNDS)]
    return [statistics.median(column) for column in zip(*samples, strict=True)]


def main() -> int:
    """Print the table."""
    with tempfile.TemporaryDirectory() as tree:
        started = [[SCRIPT, *(tree if word == "TREE" else word for word in words)] for words in LIMITS]
        bare, *times = medians([[sys.executable, "-c", "pass"], *started])
    print(f"{'python -c pass':24}{bare:8.1f} ms")
    for (words, limit), time in zip(LIMITS.items(), times, strict=True):
        print(f"{'splitpkg ' + ' '.join(words):24}{time - bare:+8.1f} ms   limit {limit:.0f}")
    return int(any(time - bare > limit for limit, time in zip(LIMITS.values(), times, strict=True)))


if __name__ == "__main__":
    sys.exit(main())
