"""Real installations of packages by dpkg alone, into a folder."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.support.mixtures.deb import BASE, stanza
from tests.support.packages import called

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def without_scripts(package: Path, folder: Path, *, unguarded: str = "") -> Path:
    """The same package without what it runs, which needs a whole system.

    `unguarded` is the operator of a bound, `<<` or `>>`: no Breaks with it is left either.
    """
    root, target = folder / package.stem, folder / package.name
    if not target.exists():
        folder.mkdir(exist_ok=True)
        called(["dpkg-deb", "--raw-extract", package, root])
        for script in ("preinst", "postinst", "prerm", "postrm", "triggers"):
            (root / "DEBIAN" / script).unlink(missing_ok=True)
        if unguarded:
            _remove_breaks(root / "DEBIAN/control", unguarded)
        called(["dpkg-deb", "--root-owner-group", "-Znone", "--build", root, target])
        shutil.rmtree(root)
    return target


def _remove_breaks(control: Path, operator: str) -> None:
    before = control.read_text()
    (breaks,) = re.findall(r"^Breaks: (.*)$", before, re.MULTILINE)
    left = ", ".join(one for one in breaks.split(", ") if f"({operator} " not in one)
    assert left != breaks
    control.write_text(before.replace(f"Breaks: {breaks}", f"Breaks: {left}"))


@dataclass(frozen=True, slots=True)
class Root:
    """A system that has the distribution's packages, as far as dpkg can tell."""

    folder: Path

    def make(self) -> Root:
        """Makes the folder; gives this."""
        for name in ("info", "updates", "triggers"):
            (self.folder / "var/lib/dpkg" / name).mkdir(parents=True)
        told = ("Status: install ok installed", "Maintainer: a <a@b>", "Description: a")
        base = [one for one in BASE if one.architecture == "amd64"]
        (self.folder / "var/lib/dpkg/status").write_text("".join(stanza(one, *told) for one in base))
        for one in base:
            (self.folder / f"var/lib/dpkg/info/{one.name}:amd64.list").write_text("/.\n")
        return self

    def copy(self, folder: Path) -> Root:
        """The same system once more."""
        shutil.copytree(self.folder, folder, symlinks=True)
        return Root(folder)

    def install(self, packages: Iterable[Path], *options: str) -> tuple[int, str]:
        """dpkg's exit status, and what it complains of."""
        argv = ["dpkg", f"--root={self.folder}", "--force-not-root", "--log=/dev/null", *options, "--install"]
        environment = {**os.environ, "LC_ALL": "C", "PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin"}
        done = subprocess.run(
            [*argv, *packages], capture_output=True, text=True, check=False, env=environment
        )
        return done.returncode, done.stderr

    def installed(self) -> dict[str, str]:
        """Versions of what is configured, but for the distribution's."""
        admin = f"--admindir={self.folder}/var/lib/dpkg"
        form = "${binary:Package} ${Version} ${db:Status-Status}\n"
        said = called(["dpkg-query", admin, "-W", f"--showformat={form}"]).decode()
        words = [line.split() for line in said.splitlines()]
        known = {one.name for one in BASE}
        found = {name.partition(":")[0]: version for name, version, status in words if status == "installed"}
        return {name: version for name, version in found.items() if name not in known}
