"""CPU time and memory of planning and rendering trees with 1,000 and 10,000 modules.

Whole processes, reading the tree and packing the tarball included, without a build; the best of three
runs, as whatever else the machine does only adds. The files lie in memory: what a disk's file system takes
for 10,000 new files differs by a factor of ten from one to another. Exit status 1 when a command is over a
limit, or when ten times the modules take much more than ten times the time.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.bench.many_modules import make_tree, manifest
from tests.bench.processes import SPLITPKG, Usage, succeeded

COUNTS = (1_000, 10_000)
COMMANDS = ("scan", "plan", "rpm", "deb")
SECONDS, MEGABYTES, GROWTH = 5.0, 300.0, 12.0
RUNS = 3
MEMORY = Path("/dev/shm")


def measured(command: str, tree: Path, work: Path) -> Usage:
    """One command on one tree, the run with the least CPU time; each has an output folder of its own."""
    return min((_run(command, tree, work) for _ in range(RUNS)), key=lambda usage: usage.cpu)


def _run(command: str, tree: Path, work: Path) -> Usage:
    output = work / "output"
    manifest = [] if command == "scan" else ["-m", str(work / "splitpkg.toml")]
    written = ["-o", str(output)] if command in {"rpm", "deb"} else []
    usage = succeeded([SPLITPKG, command, str(tree), *manifest, *written])
    shutil.rmtree(output, ignore_errors=True)
    return usage


def main() -> int:
    """Print the table."""
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        work = Path(folder)
        (work / "splitpkg.toml").write_text(manifest())
        for count in COUNTS:
            make_tree(work / str(count), count)
        taken = {
            command: [measured(command, work / str(count), work) for count in COUNTS] for command in COMMANDS
        }
    print("modules          " + "".join(f"{count:>9,}{'':12}" for count in COUNTS) + "   growth")
    for command, usages in taken.items():
        cells = "".join(f"{usage.cpu:8.2f} s{usage.memory:8.0f} MB" for usage in usages)
        print(f"splitpkg {command:7}{cells}{usages[1].cpu / usages[0].cpu:9.1f}")
    print(f"limits: {SECONDS:.0f} s of CPU, {MEGABYTES:.0f} MB, {GROWTH:.0f} times")
    return int(
        any(
            usage.cpu > SECONDS or usage.memory > MEGABYTES or usages[1].cpu > GROWTH * usages[0].cpu
            for usages in taken.values()
            for usage in usages
        )
    )


if __name__ == "__main__":
    sys.exit(main())
