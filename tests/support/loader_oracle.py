"""Which symbols and libraries real files do not find: as ld.so(8) says, and as splitpkg does."""

from __future__ import annotations

import gc
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from splitpkg.abi.installed import Installed
from splitpkg.abi.linkage import Linkage
from splitpkg.abi.symbols import Scope
from splitpkg.elf.errors import ElfError
from splitpkg.elf.gabi import EM_X86_64
from splitpkg.elf.read import read
from splitpkg.inventory.model import Entry, EntryKind, Inventory
from splitpkg.inventory.sysroot import read_sysroot

if TYPE_CHECKING:
    from collections.abc import Iterable

INTERPRETER = "/lib64/ld-linux-x86-64.so.2"
# Without the first one the file would be started.
TRACE = {"LD_TRACE_LOADED_OBJECTS": "1", "LD_WARN": "1", "LD_BIND_NOW": "1", "LC_ALL": "C"}
_UNDEFINED = re.compile(r"undefined symbol: (\S+?)(?:, version (\S*))?\t\((.*)\)")
_ABSENT = re.compile(r"\t(.*) => not found")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a file does not find: symbols, each with its version; libraries, for it and what it loads."""

    symbols: frozenset[tuple[str, str | None]]
    libraries: frozenset[str]

    @property
    def told(self) -> Answer:
        """What ld.so is sure of: it loses versions where a library is missing (glibc, elf/dl-version.c)."""
        names = frozenset((name, None) for name, _ in self.symbols)
        return Answer(names, self.libraries) if self.libraries else self


def by_loader(path: str) -> Answer:
    """What ld.so says of a file when it binds all its symbols. Raises ValueError where it reads none."""
    done = subprocess.run(
        [INTERPRETER, path],
        env=os.environ | TRACE,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="surrogateescape",
        check=False,
    )
    lines = (done.stdout + done.stderr).splitlines()
    if done.returncode:
        raise ValueError(done.stderr)
    symbols = {(m[1], m[2]) for line in lines if (m := _UNDEFINED.search(line)) and m[3] == path}
    return Answer(frozenset(symbols), frozenset(m[1] for line in lines if (m := _ABSENT.fullmatch(line))))


def only_traces(folder: Path) -> bool:
    """Whether ld.so starts nothing: tried with a program of our own before any other is given to it."""
    program = folder / "canary"
    source = '#include <stdio.h>\nint main(void) { return puts("started") < 0; }'
    subprocess.run(["cc", "-x", "c", "-", "-o", program], input=source, text=True, check=True)
    done = subprocess.run([INTERPRETER, program], env=os.environ | TRACE, capture_output=True, check=True)
    return b"libc.so.6" in done.stdout and b"started" not in done.stdout


def by_splitpkg(paths: Iterable[str]) -> dict[str, Answer]:
    """The same of files of the running system, all at once; nothing of what has no dynamic table."""
    entries = sorted(_entries(paths), key=lambda entry: entry.path)
    inventory = Inventory("/", tuple(entries))
    linkage = Linkage(inventory)
    installed = Installed(linkage, read_sysroot(Path("/"), inventory))
    scope = Scope(linkage, (), (), installed=installed)
    answers = {}
    for entry in entries:
        (loaded,) = scope.loads(entry.path)
        symbols = frozenset((one.name, one.version) for one in scope.unbound(entry.path, entry.path))
        answers[f"/{entry.path}"] = Answer(symbols, frozenset(one.name for one in loaded.missing))
    return answers


def is_readable(path: str) -> bool:
    """Whether ld.so and splitpkg both read the file: of this machine's class, and linked dynamically."""
    try:
        facts = read(path, frozenset())
    except ElfError:
        return False
    return facts is not None and facts.dynamic and (facts.bits, facts.machine) == (64, EM_X86_64)


def _entries(paths: Iterable[str]) -> Iterable[Entry]:
    for path in paths:
        facts = read(path)
        if facts is not None and facts.dynamic:
            yield Entry(path.lstrip("/"), EntryKind.FILE, 0o755, 1, elf=facts)


def main() -> None:
    """Read the facts of the files whose names are in a file; with `check` also look up their symbols."""
    _, what, names = sys.argv
    gc.disable()
    paths = Path(names).read_text(encoding="utf-8").splitlines()
    if what == "facts":
        list(_entries(paths))
        return
    for name, answer in by_splitpkg(paths).items():
        print(name, len(answer.symbols), len(answer.libraries))


if __name__ == "__main__":
    main()
