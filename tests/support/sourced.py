"""Worked programs that are built from source: in a root of their suite, without splitpkg in it."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from debian.deb822 import Deb822, PkgRelation

from splitpkg.build.fallback import MACROS
from tests.support import worked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.worked import Case

_SCRIPT = Path(__file__).with_name("source_build.sh")
_TOOLS = (
    "build-essential",
    "ccache",
    "debhelper",
    "debugedit",
    "elfutils",
    "fakeroot",
    "lintian",
    "rpm",
    "rpmlint",
)


def cases() -> tuple[Case, ...]:
    """Those of which get-source brings the source and its manifest."""
    return tuple(case for case in worked.cases() if (case.folder / "build.toml").exists())


@cache
def built(case: Case) -> Path:
    """What source_build.sh leaves: `full`, `all`, `any` and `rpm` with packages, and what the linters say.

    With SPLITPKG_TEST_KEEP as a folder, it stays there and is taken again.
    """
    kept = os.environ.get("SPLITPKG_TEST_KEEP")
    folder = Path(kept) / str(case) if kept else Path(tempfile.mkdtemp(prefix=f"{case}-source-"))
    if not kept:
        atexit.register(shutil.rmtree, folder)
    if not (folder / "out" / "out").exists():
        _build(case, folder)
    return folder / "out" / "out"


def _build(case: Case, folder: Path) -> None:
    work, out, given = folder / "work", folder / "out", folder / "given"
    for one in (work, out):
        one.mkdir(parents=True)
    script = worked.SPECS / case.program / "get-source"
    subprocess.run([script, "--suite", case.suite, given], check=True)
    for command in ("deb", "rpm"):
        worked.splitpkg_with(given / "splitpkg.toml", command, case.tree, "-o", work / command)
    shutil.copy(_SCRIPT, work / "build")
    text = "".join(f"%{name} {body}\n" for name, body in MACROS.items())
    (work / "macros").write_text(text, encoding="utf-8")
    needed = [*_TOOLS, *_build_depends(work / "deb" / "debian" / "control")]
    worked.in_root(case, needed, work, out)


def _build_depends(control: Path) -> Iterator[str]:
    """What debian/control asks for, the first of alternatives each; debhelper is among the tools."""
    source = Deb822(control.read_text(encoding="utf-8"))
    for alternatives in PkgRelation.parse_relations(source["Build-Depends"]):
        name = alternatives[0]["name"]
        if not name.startswith(("debhelper", "dh-sequence-")):
            yield name
