"""CPU time and memory of looking up all symbols of real files, beside ld.so and dpkg-shlibdeps.

    python tests/bench/load_check.py [--modules N] [--rounds N]

1. Every program and shared object of the machine: ld.so(8) traces what each loads, and binds it with
   LD_BIND_NOW, as `ldd -r` does; splitpkg looks at all in one process. Its time is told with
   the facts of the files, which `splitpkg scan` reads anyway, and for the check alone.
2. With `--modules N`: dpkg-shlibdeps on so many shared objects, in one call.
3. `splitpkg plan` with a million exports, in libraries outside the tree and in the tree.

Whole processes, in turn, medians of user and system time; the files are in memory then. Exit status 1 when
one of the limits is passed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.bench import many_exports
from tests.bench.elf_facts import elf_files
from tests.bench.processes import SPLITPKG, Usage, succeeded, used
from tests.support.loader_oracle import INTERPRETER, TRACE, is_readable, only_traces

FOLDERS = ["/usr/bin", "/usr/sbin", "/usr/lib", "/usr/libexec"]
OF_LOADER, OF_SHLIBDEPS, MEGABYTES = 0.25, 0.05, 200.0
LIBRARIES, EXPORTS = 10, 100_000
ORACLE = str(Path(__file__).parents[1] / "support" / "loader_oracle.py")


def by_splitpkg(paths: list[str], what: str, folder: Path) -> Usage:
    """One process for all files: `facts` only reads them."""
    names = folder / "names"
    names.write_text("\n".join(paths))
    return succeeded([sys.executable, ORACLE, what, str(names)])


def by_loader(paths: list[str]) -> float:
    """CPU seconds of ld.so, one process for each file."""
    return sum(used([INTERPRETER, path], TRACE).cpu for path in paths)


def beside_loader(rounds: int, folder: Path) -> bool:
    """Print the table; whether the limit holds."""
    if not only_traces(folder):
        raise SystemExit("ld.so starts what it is to trace")
    paths = [path for path in elf_files(FOLDERS) if is_readable(path)]
    taken = [
        (by_splitpkg(paths, "facts", folder), by_splitpkg(paths, "check", folder), by_loader(paths))
        for _ in range(rounds)
    ]
    facts = statistics.median(one.cpu for one, _, _ in taken)
    whole = statistics.median(one.cpu for _, one, _ in taken)
    loader = statistics.median(one for _, _, one in taken)
    memory = max(one.memory for _, one, _ in taken)
    print(f"all symbols of {len(paths)} files; limit {OF_LOADER:.0%} of ld.so")
    print(f"  ld.so, one process each     {loader:7.2f} s")
    print(f"  splitpkg, facts and check   {whole:7.2f} s {whole / loader:6.0%}{memory:8.0f} MB")
    print(f"  splitpkg, the check alone   {whole - facts:7.2f} s {(whole - facts) / loader:6.0%}")
    return whole - facts <= OF_LOADER * loader


def beside_shlibdeps(count: int, folder: Path) -> bool:
    """Print the table; whether the limit holds."""
    shared = [path for path in elf_files(["/usr/lib"]) if is_readable(path) and ".so" in Path(path).name]
    modules = [path for path in shared if not os.access(path, os.X_OK)][:count]
    (folder / "debian").mkdir()
    (folder / "debian" / "control").write_text("Source: demo\n\nPackage: demo\nArchitecture: any\n")
    ours = by_splitpkg(modules, "check", folder)
    os.chdir(folder)
    theirs = used(["dpkg-shlibdeps", "--ignore-missing-info", "-O", *(f"-e{path}" for path in modules)])
    share = ours.cpu / theirs.cpu
    print(f"{len(modules)} shared objects; limit {OF_SHLIBDEPS:.0%} of dpkg-shlibdeps")
    print(f"  dpkg-shlibdeps              {theirs.cpu:7.2f} s{theirs.memory:15.0f} MB")
    print(f"  splitpkg, facts and check   {ours.cpu:7.2f} s {share:6.1%}{ours.memory:8.0f} MB")
    return share <= OF_SHLIBDEPS


def million_exports(folder: Path) -> bool:
    """Print the table; whether the limit holds."""
    manifest = folder / "splitpkg.toml"
    manifest.write_text(many_exports.MANIFEST)
    system, tree = folder / "system", folder / "tree"
    libraries = [system / f"usr/lib/libmany{number}.so" for number in range(LIBRARIES)]
    for number, path in enumerate(libraries):
        many_exports.library(path, number, EXPORTS)
    shutil.copyfile("/lib/x86_64-linux-gnu/libc.so.6", system / "usr/lib/libc.so.6")
    shutil.copyfile(INTERPRETER, system / "usr/lib" / Path(INTERPRETER).name)
    many_exports.program(tree, libraries)
    plan = [SPLITPKG, "plan", str(tree), "-m", str(manifest), "--sysroot", str(system)]
    outside = succeeded(plan)
    for path in libraries:
        path.rename(tree / "usr/lib" / path.name)
    inside = succeeded(plan)
    print(f"{LIBRARIES * EXPORTS:,} exports; limit {MEGABYTES:.0f} MB")
    print(f"  in libraries outside the tree{outside.cpu:6.2f} s{outside.memory:15.0f} MB")
    print(f"  in libraries of the tree     {inside.cpu:6.2f} s{inside.memory:15.0f} MB")
    return outside.memory <= MEGABYTES


def main() -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--modules", type=int, default=0)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        held = [beside_loader(arguments.rounds, Path(folder)), million_exports(Path(folder))]
        if arguments.modules:
            held.append(beside_shlibdeps(arguments.modules, Path(folder)))
    return int(not all(held))


if __name__ == "__main__":
    sys.exit(main())
