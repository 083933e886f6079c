"""What QEMU's core pulls in, and what its modules add: `tests/bench/qemu_pulls.py [bookworm] [trixie]`.

Takes the libraries from the reviewed plans in specs/qemu. apt tells the packages that hold them
(Contents), what these need in turn (a simulated installation without recommendations, into an empty
system) and their size (Installed-Size). QEMU's own files are not counted. Needs the network.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

SPEC = Path(__file__).parents[2] / "specs" / "qemu"
PLANS = {"bookworm": SPEC / "plan.json", "trixie": SPEC / "trixie" / "plan.json"}
CORE = ("qemu-common", "qemu-system-x86")

# Where the dynamic loader looks by default (ld.so(8)).
LIBRARY = re.compile(r"(?:usr/)?lib(?:64|/x86_64-linux-gnu)?/([^/\s]+)\s+(\S+)")

CONTENTS = """\
#include "{base}";
Dir::State::Lists "{lists}";
Dir::Cache "{cache}";
Acquire::IndexTargets::deb::Contents-deb {{
  MetaKey "$(COMPONENT)/Contents-$(ARCHITECTURE)"; ShortDescription "Contents"; Description "Contents";
}};
"""


class Archive:
    """apt's view of one suite, with the lists of which package holds which file."""

    def __init__(self, suite: str, work: Path) -> None:
        home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        base = home / "splitpkg" / "debian" / f"{suite}-amd64" / "apt.conf"
        if not base.exists():
            subprocess.run(
                [SPEC / "get-tree", "--suite", suite, work / "tree"], check=True, stdout=sys.stderr
            )
        for part in ("lists/partial", "cache/archives/partial"):
            (work / part).mkdir(parents=True)
        self.configuration = work / "apt.conf"
        text = CONTENTS.format(base=base, lists=work / "lists", cache=work / "cache")
        self.configuration.write_text(text, encoding="utf-8")
        self.run("apt-get", "-qq", "update")

    def run(self, *command: str) -> str:
        """What one of apt's commands prints."""
        setting = os.environ | {"APT_CONFIG": str(self.configuration), "LC_ALL": "C.UTF-8"}
        return subprocess.run(command, env=setting, check=True, stdout=subprocess.PIPE, text=True).stdout

    def holders(self, sonames: frozenset[str]) -> dict[str, str]:
        """The package of each library; of several the first by name."""
        found: dict[str, str] = {}
        for index in self.run(
            "apt-get", "indextargets", "--format", "$(FILENAME)", "Created-By: Contents-deb"
        ).split():
            for line in self.run("/usr/lib/apt/apt-helper", "cat-file", index).splitlines():
                match = LIBRARY.fullmatch(line)
                if match is not None and match[1] in sonames:
                    packages = (name.rpartition("/")[2] for name in match[2].split(","))
                    found[match[1]] = min([*packages, *found.get(match[1], "").split()])
        if sonames - found.keys():
            raise SystemExit(f"no package holds {', '.join(sorted(sonames - found.keys()))}")
        return found

    def closure(self, packages: Iterable[str]) -> frozenset[str]:
        """The packages that come with these, and these."""
        command = (
            "apt-get",
            "-qq",
            "--simulate",
            "--no-install-recommends",
            "install",
            *sorted(set(packages)),
        )
        return frozenset(re.findall(r"^Inst (\S+)", self.run(*command), re.MULTILINE))

    def size(self, packages: frozenset[str]) -> float:
        """Installed size in MB (Installed-Size counts KiB)."""
        shown = self.run("apt-cache", "show", "--no-all-versions", *sorted(packages)) if packages else ""
        return sum(map(int, re.findall(r"^Installed-Size: (\d+)$", shown, re.MULTILINE))) * 1024 / 1e6


def external(packages: Iterable[Any]) -> frozenset[str]:
    """The libraries that packages of a plan need from outside."""
    return frozenset(name for package in packages for name in package["external"])


def required(packages: Mapping[str, Any], package: Any) -> list[Any]:
    """A package of a plan, and all that it requires of the same plan."""
    found, todo = {}, [package]
    while todo:
        one = todo.pop()
        found[one["name"]] = one
        targets = {relation["target"] for relation in one["relations"] if relation["kind"] == "requires"}
        todo += [packages[target] for target in targets - found.keys()]
    return list(found.values())


def measured(suite: str, work: Path) -> Iterator[str]:
    """The lines of the report on one suite."""
    packages = {package["name"]: package for package in json.loads(PLANS[suite].read_text())["packages"]}
    modules = [package for package in packages.values() if package["role"] == "module"]
    core = [packages[name] for name in CORE]
    archive = Archive(suite, work)
    holder = archive.holders(external([*core, *modules]))

    def pulled(which: Iterable[Any]) -> frozenset[str]:
        return archive.closure({holder[name] for name in external(which)})

    little, much = pulled(core), pulled([*core, *modules])
    yield f"{suite}: {' and '.join(CORE)} pull in {len(little)} packages, {archive.size(little):.0f} MB"
    yield f"  with all {len(modules)} modules {len(much)} packages, {archive.size(much):.0f} MB"
    only = {holder[name] for name in external(modules)} - {holder[name] for name in external(core)}
    yield f"  modules alone need {len(only)} packages; the core pulls in {len(only & little)} of them"
    yield from (f"    {name}" for name in sorted(only & little))
    grown = {one["name"]: pulled([*core, *required(packages, one)]) - little for one in modules}
    for name, more in sorted(grown.items(), key=lambda one: (-archive.size(one[1]), one[0])):
        if more:
            yield f"  {name:34} {len(more):4} packages {archive.size(more):+7.1f} MB"


def main() -> None:
    """Prints the report on the suites that are named, or on all."""
    for suite in sys.argv[1:] or PLANS:
        with tempfile.TemporaryDirectory() as work:
            print("\n".join(measured(suite, Path(work))))


if __name__ == "__main__":
    main()
