"""CPU time of `splitpkg scan` on 50,000 files with 5,000 ELF files, beside other tools on the same tree.

    python tests/bench/scan_scale.py [--rounds N] [--largest MB] [--whole FOLDER]

The files are the machine's own below /usr, drawn by a digest of their paths, as hard links where that
goes; where there are too few they are taken again into another folder. `--largest` leaves larger ELF files
out: programs of a hundred megabytes, with everything linked into them, load no modules. `--whole` measures
a folder as it is, too. Whole processes, medians of user and system time; the files are in memory then.
Exit status 1 when the limit is passed.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import stat
import statistics
import sys
import tempfile
from itertools import cycle, islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.bench.processes import SPLITPKG, Usage, used

FILES, ELF_FILES, LIMIT = 50_000, 5_000, 2.5
SOURCE = "/usr"
LEFT_OUT = "/usr/lib/debug/"


def candidates(largest: int) -> tuple[list[str], list[str]]:
    """The ELF files that are no larger than that, and all other files, in the order of their digests."""
    elf, other = list[str](), list[str]()
    for folder, _, names in os.walk(SOURCE):
        for path in (f"{folder}/{name}" for name in names):
            status = os.lstat(path)
            if stat.S_ISREG(status.st_mode) and not path.startswith(LEFT_OUT):
                if not _is_elf(path):
                    other.append(path)
                elif status.st_size <= largest:
                    elf.append(path)
    return sorted(elf, key=_digest), sorted(other, key=_digest)


def make_tree(root: Path, largest: int) -> int:
    """The tree; the size of its ELF files in bytes."""
    elf, other = candidates(largest)
    for paths, count in ((elf, ELF_FILES), (other, FILES - ELF_FILES)):
        for number, path in enumerate(islice(cycle(paths), count)):
            again = number // len(paths)
            target = root / (f"opt/{again}{path}" if again else path.lstrip("/"))
            target.parent.mkdir(parents=True, exist_ok=True)
            _link(path, target)
    return sum(Path(path).stat().st_size for path in islice(cycle(elf), ELF_FILES))


def _link(path: str, target: Path) -> None:
    try:
        os.link(path, target)
    except OSError:
        shutil.copyfile(path, target)


def _is_elf(path: str) -> bool:
    with open(path, "rb") as file:  # noqa: PTH123
        return file.read(4) == b"\x7fELF"


def _digest(path: str) -> bytes:
    return hashlib.sha256(path.encode("utf-8", "surrogateescape")).digest()


def compared(tree: str, rounds: int) -> dict[str, Usage]:
    """The median round of each command, taken in turn."""
    find = f"find '{tree}' -type f -print0 | xargs -0 "
    commands = {
        "splitpkg scan": [SPLITPKG, "scan", tree],
        "find, file": ["sh", "-c", find + "file -b"],
        "find, eu-readelf": ["sh", "-c", find + "eu-readelf -h -l -n -d -V --symbols=.dynsym 2> /dev/null"],
    }
    taken: dict[str, list[Usage]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            # eu-readelf fails on what is no ELF file, and such a tree has findings.
            taken[name].append(used(command))
    return {
        name: Usage(
            statistics.median(one.cpu for one in usages), max(one.memory for one in usages), usages[0].status
        )
        for name, usages in taken.items()
    }


def table(title: str, usages: dict[str, Usage]) -> None:
    """Print what was measured."""
    print(title)
    ours = usages["splitpkg scan"].cpu
    for name, usage in usages.items():
        print(f"  {name:18}{usage.cpu:8.2f} s{usage.memory:8.0f} MB{usage.cpu / ours:8.1f} times ours")


def main() -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--largest", type=float, default=1.0, metavar="MB")
    parser.add_argument("--whole", metavar="FOLDER")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        size = make_tree(Path(folder), int(arguments.largest * 1e6))
        usages = compared(folder, arguments.rounds)
    table(f"{FILES} files, {ELF_FILES} of them ELF with {size / 1e6:.0f} MB; CPU, limit {LIMIT} s", usages)
    if arguments.whole:
        whole = {"splitpkg scan": used([SPLITPKG, "scan", arguments.whole])}
        table(arguments.whole, whole)
    return int(usages["splitpkg scan"].cpu > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
