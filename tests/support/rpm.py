"""What rpm's own tools say of specs and packages, and packages built for a test."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from splitpkg.build.rpm import build_rpm, prepare
from splitpkg.inventory.scan import scan
from splitpkg.render.rpm.spec import render
from splitpkg.render.write import write
from tests.support.plans import manifest, plant

if TYPE_CHECKING:
    from pathlib import Path

    from splitpkg.manifest.model import ManifestFile
    from splitpkg.plan.model import Plan


@dataclass(frozen=True, slots=True)
class Packed:
    """One path of a package as its header has it; `flags` are rpm's letters (c config, d doc, l license)."""

    mode: int
    owner: str
    flags: str
    target: str
    digest: str


def run(*argv: str | Path) -> str:
    """The standard output of a tool that must not fail."""
    done = subprocess.run(argv, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    return done.stdout.decode("utf-8", "surrogateescape")


def query(what: Path, text: str) -> list[str]:
    """The lines of a query format, asked of a package; fields end with \\x1f in place of a line's end."""
    return run("rpm", "-qp", "--qf", text, what).split("\x1f")[:-1]


def relations(package: Path, kind: str) -> list[str]:
    """`requires`, `provides` and so on, without rpm's own features."""
    lines = run("rpm", "-qp", f"--{kind}", package).splitlines()
    return sorted(line for line in lines if not line.startswith("rpmlib("))


def contents(package: Path) -> dict[str, Packed]:
    """What the package holds, by path without the leading slash."""
    fields = "%{FILENAMES}\\t%{FILEMODES:octal}\\t%{FILEUSERNAME}:%{FILEGROUPNAME}\\t%{FILEFLAGS:fflags}"
    lines = query(package, f"[{fields}\\t%{{FILELINKTOS}}\\t%{{FILEDIGESTS}}\x1f]")
    return dict(map(_packed, lines))


def _packed(line: str) -> tuple[str, Packed]:
    path, mode, owner, flags, target, digest = line.split("\t")
    return path.removeprefix("/"), Packed(int(mode, 8) & 0o7777, owner, flags, target, digest)


def written(planned: Plan, given: ManifestFile | None, folder: Path) -> Path:
    """The spec of a plan, in that folder."""
    given = given or manifest()
    files, findings = render(given, planned)
    assert findings == ()
    write(files, folder)
    return folder / f"{given.content.program.name}.spec"


def built(
    planned: Plan,
    folder: Path,
    given: ManifestFile | None = None,
    held: dict[str, bytes] | None = None,
) -> dict[str, Path]:
    """The packages of a plan whose tree is made for it, by name."""
    given = given or manifest()
    plant(planned, folder / "tree", held)
    written(planned, given, folder / "out")
    inventory, _findings = scan(folder / "tree")
    prepare(folder / "tree", given, inventory, planned, folder / "out")
    paths = build_rpm(given, planned, folder / "out")
    return {path.name.rsplit("-", 2)[0]: path for path in paths}


@cache
def by_rpm_itself() -> tuple[str, ...]:
    """How to have rpm install packages: before 4.20 Debian's wants a word for it, later it knows none."""
    asked = subprocess.run(["rpm", "--force-debian", "--version"], capture_output=True, check=False)
    return ("rpm", "--force-debian") if asked.returncode == 0 else ("rpm",)
