"""CPU time of reading the facts of real ELF files, beside other readers.

    python tests/bench/elf_facts.py [--count N] [--rounds N] [FOLDER...]

Whole processes, each for all files, in turn, medians of user and system time; the files are in memory
then. Facts are the header, the interpreter, the dynamic table, both version tables, and all dynamic symbols
with their versions; elfdeps tells less.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

READERS = str(Path(__file__).with_name("elf_readers.py"))
FOLDERS = ("/usr/bin", "/usr/sbin", "/usr/lib")
# Debug information has no dynamic facts, and some readers take long to find nothing.
LEFT_OUT = "/usr/lib/debug/"


class Reader(NamedTuple):
    """Commands that together read all facts, and whether they take the files' names from standard input."""

    name: str
    commands: tuple[tuple[str, ...], ...]
    by_input: bool = True


COMPARED = (
    *(Reader(name, ((sys.executable, READERS, name),)) for name in ("splitpkg", "lief", "pyelftools")),
    Reader(
        "eu-readelf",
        (("/usr/bin/eu-readelf", "-h", "-l", "-n", "-d", "-V", "--symbols=.dynsym"),),
        by_input=False,
    ),
    Reader("elfdeps", tuple(("/usr/lib/rpm/elfdeps", what) for what in ("--provides", "--requires"))),
)


def elf_files(folders: list[str]) -> list[str]:
    """The ELF files below the folders, each once, in a stable order."""
    found: dict[tuple[int, int], str] = {}
    for top in folders:
        for folder, _, names in sorted(os.walk(top)):
            for name in sorted(names):
                path = Path(folder, name)
                if (
                    path.is_file()
                    and not path.is_symlink()
                    and not folder.startswith(LEFT_OUT)
                    and _is_elf(path)
                ):
                    status = path.stat()
                    found.setdefault((status.st_dev, status.st_ino), str(path))
    return list(found.values())


def _is_elf(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def cpu_seconds(reader: Reader, names: Path) -> float:
    """User and system time of a reader's processes; their output is dropped."""
    total = 0.0
    for command in reader.commands:
        arguments = command if reader.by_input else (*command, *names.read_text().splitlines())
        actions = [
            (os.POSIX_SPAWN_OPEN, 0, str(names) if reader.by_input else os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
            (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
        ]
        process = os.posix_spawn(command[0], arguments, os.environ, file_actions=actions)
        _, _, usage = os.wait4(process, 0)
        total += usage.ru_utime + usage.ru_stime
    return total


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, help="the first so many files only")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("folder", nargs="*", default=FOLDERS)
    arguments = parser.parse_args()
    paths = elf_files(arguments.folder)[: arguments.count]
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as names:
        names.write("\n".join(paths) + "\n")
        names.flush()
        rounds = [
            [cpu_seconds(reader, Path(names.name)) for reader in COMPARED] for _ in range(arguments.rounds)
        ]
    medians = [statistics.median(column) for column in zip(*rounds, strict=True)]
    size = sum(Path(path).stat().st_size for path in paths)
    print(f"{len(paths)} files, {size / 1e6:.0f} MB; CPU seconds, medians of {arguments.rounds} rounds")
    for reader, median in zip(COMPARED, medians, strict=True):
        print(f"{reader.name:12}{median:8.3f}{median / medians[0]:8.1f} times ours")


if __name__ == "__main__":
    main()
