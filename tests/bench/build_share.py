"""splitpkg's own part of `rpm --build` and `deb --build`.

    python tests/bench/build_share.py [--packages N] [rpm] [deb]

Own is the CPU time of splitpkg's process: reading the tree, planning, rendering, packing the tarball,
reading the packages back and comparing them. The rest is that of rpmbuild and dpkg-buildpackage, and of
what they start. The tree is made up, with modules of 14 KiB, one package each. Exit status 1 when the
part is more than 5 %.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.bench.compiled_modules import make_compiled_tree
from tests.bench.many_modules import manifest
from tests.bench.processes import ENVIRONMENT

LIMIT = 0.05

# The command line in a process that tells at its end what it and its children have used.
TOLD = """
import json, resource, sys
from splitpkg.__main__ import main
told = sys.argv.pop(1)
status = main()
spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
with open(told, "w") as out:
    json.dump([one.ru_utime + one.ru_stime for one in spent], out)
sys.exit(status)
"""


class Share(NamedTuple):
    """CPU seconds of splitpkg, and of the tools that it started."""

    own: float
    tools: float

    @property
    def part(self) -> float:
        return self.own / (self.own + self.tools)


def measured(name: str, tree: Path, work: Path) -> Share:
    """One build in that format."""
    told = work / f"{name}.json"
    command = [sys.executable, "-c", TOLD, str(told), name, str(tree), "--build"]
    command += ["-m", str(work / "splitpkg.toml"), "-o", str(work / name)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=ENVIRONMENT)
    return Share(*json.loads(told.read_text()))


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--packages", type=int, default=200)
    parser.add_argument("format", nargs="*", default=["rpm", "deb"])
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        make_compiled_tree(work / "tree", arguments.packages)
        (work / "splitpkg.toml").write_text(manifest())
        shares = {name: measured(name, work / "tree", work) for name in arguments.format}
    print(f"{arguments.packages} packages; CPU seconds{'own':>9}{'tools':>9}{'part':>9}{'limit':>9}")
    for name, share in shares.items():
        own = f"{share.own:9.2f}{share.tools:9.2f}{share.part:9.1%}{LIMIT:9.0%}"
        print(f"{f'splitpkg {name} --build':33}{own}")
    return int(any(share.part > LIMIT for share in shares.values()))


if __name__ == "__main__":
    sys.exit(main())
