"""CPU time and memory of planning and rendering trees with 1,000 and 10,000 modules.

Whole processes, reading the tree and packing the tarball included, without a build. Exit status 1 when one
of them is over a limit, or when ten times the modules take much more than ten times the time.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.bench.many_modules import make_tree, manifest
from tests.bench.processes import SPLITPKG, Usage, succeeded

COUNTS = (1_000, 10_000)
COMMANDS = ("scan", "plan", "rpm", "deb")
SECONDS, MEGABYTES, GROWTH = 5.0, 300.0, 12.0


def measured(command: str, tree: Path, work: Path) -> Usage:
    """One command on one tree."""
    options = {"scan": [], "plan": ["-m", str(work / "splitpkg.toml")]}.get(
        command, ["-m", str(work / "splitpkg.toml"), "-o", str(work / f"{tree.name}-{command}")]
    )
    return succeeded([SPLITPKG, command, str(tree), *options])


def main() -> int:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
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
