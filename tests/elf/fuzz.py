"""Damaged ELF files: each must be an ElfError or an answer, soon and in little memory.

    python tests/elf/fuzz.py --count 100000 --seed 1
    python tests/elf/fuzz.py --seed 1 --only 4711     # one input again, with its traceback; kept as a file

What is checked of an answer: only ElfError is raised, nothing is taken from outside of the file, the pieces
taken are not much more than the file, a file and its bytes give the same, an answer is the original's
where nothing that was read has changed, and pyelftools reads the same strings of the dynamic table.
"""

from __future__ import annotations

import argparse
import io
import resource
import signal
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from elftools.elf.elffile import ELFFile

from splitpkg.elf.facts import read_facts
from splitpkg.elf.read import ElfError, read, registered, section, strings_present
from tests.elf.mutations import mutated
from tests.elf.sectionless import without_sections
from tests.elf.seeds import Recorder, Seed, seeds

if TYPE_CHECKING:
    from types import FrameType

    from splitpkg.elf.model import ElfFile

SECONDS = 2.0  # of CPU for one input; they take a few milliseconds
MEMORY = 512 << 20  # of address space above what the start took
PIECES = 8  # times the file, and two megabytes for tables with many links
NAMES = ("stamp_0123456789", "stamp_0123456789abcdef", "printf", "x")
EVERY_FILE, EVERY_PYELFTOOLS = 16, 20


class Slow(Exception):
    """An input took more CPU than it may."""


class Wrong(Exception):
    """An answer is not right."""


def check(data: bytes, seed: Seed) -> str:
    """What became of one input. Raises whatever is not as it must be."""
    recorder = Recorder(data)
    try:
        facts = read_facts(recorder)
        outcome = "not ELF" if facts is None else "other facts" if facts != seed.facts else "same facts"
    except ElfError as error:
        facts, outcome = None, str(error.reason)
    if sum(size for offset, size in recorder.taken if offset + size <= len(data)) > PIECES * len(data) + (
        2 << 20
    ):
        raise Wrong("much more was read than there is")
    if outcome != "same facts" and _as_was(data, seed):
        raise Wrong(f"{outcome}, though nothing that was read has changed")
    questions = (section, data, ".rodata"), (strings_present, data, NAMES), (registered, data)
    for ask, *arguments in questions:
        with suppress(ElfError):
            ask(*arguments)
    return outcome


def _as_was(data: bytes, seed: Seed) -> bool:
    """True when all bytes are as they were that the answer was read from."""
    if len(data) < len(seed.data):
        return False
    return all(
        data[offset : offset + size] == seed.data[offset : offset + size] for offset, size in seed.pieces
    )


def check_file(data: bytes, path: Path) -> None:
    """The same bytes in a file give the same."""
    path.write_bytes(data)
    if _outcome(lambda: read(path)) != _outcome(lambda: read_facts(Recorder(data))):
        raise Wrong("a file and its bytes give different answers")


def _outcome(ask: Any) -> tuple[str, ElfFile | None]:
    try:
        return "", ask()
    except ElfError as error:
        return f"{error.reason}: {error}", None


def check_by_pyelftools(data: bytes) -> bool:
    """Compares with pyelftools where both have an answer; tells whether that was so."""
    theirs = None
    with suppress(Exception):  # It fails in any way where a file is damaged.
        theirs = _pyelftools(data)
    try:
        ours = read_facts(Recorder(data))
    except ElfError:
        return False
    if ours is None or theirs is None or not ours.dynamic:
        return False
    if (ours.soname, ours.needed, ours.rpath, ours.runpath) != theirs:
        raise Wrong(f"pyelftools reads {theirs}")
    return True


def _pyelftools(data: bytes) -> tuple[str | None, tuple[str, ...], str | None, str | None] | None:
    elf: Any = ELFFile(io.BytesIO(without_sections(data)))
    segments = [segment for segment in elf.iter_segments() if segment["p_type"] == "PT_DYNAMIC"]
    if not segments:
        return None
    tags = list(segments[0].iter_tags())
    last = {tag.entry.d_tag: tag for tag in tags}
    return (
        last["DT_SONAME"].soname if "DT_SONAME" in last else None,
        tuple(tag.needed for tag in tags if tag.entry.d_tag == "DT_NEEDED"),
        last["DT_RPATH"].rpath if "DT_RPATH" in last else None,
        last["DT_RUNPATH"].runpath if "DT_RUNPATH" in last else None,
    )


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise Slow(f"more than {SECONDS} s of CPU")


class Run:
    """All inputs of one number; each depends on that and its own number alone."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.seeds = seeds()
        self.outcomes: Counter[str] = Counter()
        self.slowest = 0.0

    def input(self, number: int) -> tuple[bytes, Seed]:
        random = Random(f"{self.seed}:{number}")
        seed = random.choice(self.seeds)
        return mutated(random, seed), seed

    def one(self, number: int, path: Path) -> None:
        data, seed = self.input(number)
        signal.setitimer(signal.ITIMER_PROF, SECONDS)
        begin = time.process_time()
        self.outcomes[check(data, seed)] += 1
        self.slowest = max(self.slowest, time.process_time() - begin)
        signal.setitimer(signal.ITIMER_PROF, 0)
        if number % EVERY_FILE == 0:
            check_file(data, path)
        if number % EVERY_PYELFTOOLS == 0:
            self.outcomes["as pyelftools"] += check_by_pyelftools(data)


def limit_memory() -> None:
    """From here on this process gets little more memory: what needs it fails with MemoryError."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def main() -> int:
    """Exit status 1 at the first input that is not handled as it must be; it is kept as a file."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, metavar="NUMBER", help="this one input")
    arguments = parser.parse_args()
    numbers = range(arguments.count) if arguments.only is None else [arguments.only]
    run = Run(arguments.seed)
    signal.signal(signal.SIGPROF, _stop)
    limit_memory()
    with tempfile.TemporaryDirectory() as folder:
        for number in numbers:
            try:
                run.one(number, Path(folder, "file"))
            except BaseException:
                kept = Path(f"fuzz-{arguments.seed}-{number}.elf")
                data, seed = run.input(number)
                kept.write_bytes(data)
                print(
                    f"input {number} of seed {arguments.seed}, from {seed.name}, is kept as {kept}",
                    file=sys.stderr,
                )
                raise
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{len(numbers)} inputs of {len(run.seeds)} seeds: {dict(sorted(run.outcomes.items()))}")
    print(f"slowest {run.slowest * 1000:.0f} ms, peak {peak} MiB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
