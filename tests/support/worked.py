"""The worked programs of specs/ that come from Debian: their trees, reviewed plans, and packages."""

from __future__ import annotations

import atexit
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from debian.deb822 import Deb822, PkgRelation

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SPECS = Path(__file__).parents[2] / "specs"
SUITES = {"bookworm": "", "trixie": "trixie"}
"""The suites of Debian, and the folder of a worked program with what it has for each."""

_TOOLS = ("build-essential", "debhelper", "fakeroot")
_BUILD = Path(__file__).with_name("deb_build.sh")


@dataclass(frozen=True, slots=True)
class Case:
    """A program of one suite; `folder` has the manifest and the reviewed plan."""

    program: str
    suite: str
    folder: Path

    def __str__(self) -> str:
        return f"{self.program}-{self.suite}"

    @property
    def manifest(self) -> Path:
        """The manifest of this suite's version."""
        return self.folder / "splitpkg.toml"

    @property
    def plan(self) -> Any:
        """The reviewed plan, as `splitpkg plan --json` printed it."""
        return json.loads((self.folder / "plan.json").read_text(encoding="utf-8"))

    @property
    def tree(self) -> Path:
        """Its tree, from the network. Shared by all tests: only to be read."""
        return _tree(self.program, self.suite)

    @property
    def owners(self) -> dict[str, str]:
        """Debian's package of each path of the tree that is no directory."""
        rows = self.tree.with_name(f"{self.tree.name}.owners.tsv").read_text(encoding="utf-8").splitlines()
        return dict(row.split("\t") for row in rows)

    @property
    def needed(self) -> tuple[str, ...]:
        """Debian's packages that bring what the tree's programs and libraries are linked to.

        Not all that are in the tree: some exclude each other.
        """
        elf = {owner for path, owner in self.owners.items() if is_elf(self.tree / path)}
        return tuple(sorted({*elf, *_recommended(self.suite, *sorted(elf))}))

    @property
    def trial(self) -> Path:
        """What is tried with the Debian packages in the root that they were built in, if anything."""
        return Path(__file__).with_name(f"{self.program}_install.sh")


def _recommended(suite: str, *packages: str) -> Iterator[str]:
    """The libraries that packages only recommend or suggest, since modules alone need them."""
    for stanza in stanzas(suite, *packages):
        for field in stanza.keys() & {"Recommends", "Suggests"}:
            for first, *_ in PkgRelation.parse_relations(stanza[field]):
                if first.get("version") or re.fullmatch(r"lib.+[0-9](?:t64)?", first["name"]):
                    yield str(first["name"])


def stanzas(suite: str, *packages: str) -> Iterator[Deb822]:
    """What the suite's package list says of packages; its tree was fetched before."""
    environment = os.environ | {"APT_CONFIG": str(_apt(suite) / "apt.conf")}
    command = ("apt-cache", "show", "--no-all-versions", *packages)
    shown = subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout
    return Deb822.iter_paragraphs(shown, use_apt_pkg=False)


def _apt(suite: str) -> Path:
    """The folder in which get-tree keeps what apt has to know of the suite."""
    cache_home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache_home / "splitpkg" / "debian" / f"{suite}-amd64"


def is_elf(path: Path) -> bool:
    """Whether a path is a file of ELF, and no link."""
    if path.is_symlink():
        return False
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def cases(program: str = "*") -> tuple[Case, ...]:
    """The programs that have a reviewed plan of what get-tree brings, for each suite; by default all."""
    found = []
    for script in sorted(SPECS.glob(f"{program}/get-tree")):
        for suite, below in SUITES.items():
            folder = script.parent / below
            if (folder / "plan.json").exists():
                found.append(Case(script.parent.name, suite, folder))
    return tuple(found)


@cache
def _tree(program: str, suite: str) -> Path:
    folder = Path(tempfile.mkdtemp(prefix=f"{program}-tree-"))
    atexit.register(shutil.rmtree, folder)
    script = SPECS / program / "get-tree"
    subprocess.run([script, "--suite", suite, folder / "tree"], check=True, env=dict(os.environ))
    return folder / "tree"


def splitpkg(case: Case, command: str, *arguments: Path | str) -> None:
    """One command of splitpkg with the case's manifest; it has to end with 0."""
    splitpkg_with(case.manifest, command, *arguments)


def splitpkg_with(manifest: Path, command: str, *arguments: Path | str) -> None:
    """The same with another manifest."""
    tool = (sys.executable, "-m", "splitpkg", command)
    subprocess.run([*tool, *arguments, "-m", manifest], check=True)


@cache
def rpms(case: Case) -> Path:
    """The folder with the spec and the RPM packages built from it, by this machine's rpmbuild."""
    out = Path(tempfile.mkdtemp(prefix=f"{case}-rpm-"))
    atexit.register(shutil.rmtree, out)
    splitpkg(case, "rpm", case.tree, "-o", out, "--build")
    return out


@cache
def debs(case: Case) -> Path:
    """The folder with the Debian packages, and with `said`, if the program has a trial.

    They are built in a root of that suite with Debian's packages of the program, since dpkg-shlibdeps
    wants the libraries; nothing of splitpkg is in it. What `said` has is for the program's own test.
    """
    folder = Path(tempfile.mkdtemp(prefix=f"{case}-deb-"))
    atexit.register(shutil.rmtree, folder)
    work, out = folder / "work", folder / "out"
    out.mkdir()
    splitpkg(case, "deb", case.tree, "-o", work / "given")
    shutil.copy(_BUILD, work / "build")
    if case.trial.exists():
        shutil.copy(case.trial, work / "trial")
    in_root(case, (*_TOOLS, *case.needed), work, out)
    return out / "out"


def in_root(case: Case, packages: Iterable[str], work: Path, out: Path) -> None:
    """Runs /work/build in a root of the case's suite with those packages, and brings /work/out out of it."""
    sources = _apt(case.suite) / "apt.sources"
    subprocess.run(
        [
            *("mmdebstrap", "--quiet", "--variant=apt", f"--include={','.join(packages)}"),
            f"--customize-hook=copy-in {work} /",
            '--customize-hook=chroot "$1" sh /work/build',
            f"--customize-hook=copy-out /work/out {out}",
            *(case.suite, "/dev/null", sources),
        ],
        check=True,
    )
