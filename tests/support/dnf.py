"""Real installations with dnf and real questions to its solver, from a repository of our packages."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support.rpm import run

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# Only root may make a file system's root; a namespace makes one of anybody.
AS_ROOT = [] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user"]
REPOSITORY = "[test]\nname=test\nbaseurl=file://{folder}\ngpgcheck=0\nmetadata_expire=0\n"
LIBRARIES = ("libc.so.6", "libm.so.6", "libz.so.1", "libbz2.so.1.0", "libgcc_s.so.1")
BASE = """
Name: base
Version: 1
Release: 1
Summary: What the machine has, as capabilities
License: MIT
Provides: /bin/sh
Provides: /usr/bin/pkg-config
Provides: rtld(GNU_HASH)
{provides}
%description
Stands for a distribution.
%files
"""
SOLVER = """
import json, sys, solv
asked = json.load(sys.stdin)
pool = solv.Pool()
pool.setarch("x86_64")
repo = pool.add_repo("test")
for path in asked["packages"]:
    assert repo.add_rpm(path, solv.Repo.REPO_REUSE_REPODATA | solv.Repo.REPO_NO_INTERNALIZE), path
repo.internalize()
pool.createwhatprovides()
packages = {str(one): one for one in pool.solvables}
def possible(names):
    how = solv.Job.SOLVER_INSTALL | solv.Job.SOLVER_SOLVABLE
    return not pool.Solver().solve([pool.Job(how, packages[name].id) for name in names])
json.dump([possible(names) for names in asked["sets"]], sys.stdout)
"""


@cache
def base() -> Path:
    """A package that provides what the libraries of this machine provide, a shell and pkg-config."""
    folder = Path(tempfile.mkdtemp(prefix="rpm-base-"))
    atexit.register(shutil.rmtree, folder)
    known = _library_paths()
    asked = "".join(f"{known[name]}\n" for name in LIBRARIES)
    done = subprocess.run(
        ["/usr/lib/rpm/elfdeps", "--provides"], input=asked, capture_output=True, text=True, check=True
    )
    provides = "\n".join(f"Provides: {line}" for line in sorted(set(done.stdout.split("\n"))) if line)
    (folder / "base.spec").write_text(BASE.format(provides=provides))
    options = ["--define", f"_topdir {folder}", "--define", f"_dbpath {folder}/db"]
    run("rpmbuild", "-bb", "--nodeps", *options, folder / "base.spec")
    (found,) = folder.glob("RPMS/*/base-*.rpm")
    return found


def _library_paths() -> dict[str, str]:
    """Where this machine has each library, the loader's first choice."""
    lines = [line.split() for line in run("ldconfig", "-p").splitlines()[1:]]
    return {words[0]: words[-1] for words in reversed(lines)}


def possible(packages: Iterable[Path], sets: Sequence[Sequence[str]]) -> list[bool]:
    """For each set of packages (`name-version-release.arch`): can it be installed?"""
    asked = {"packages": [str(path) for path in (base(), *packages)], "sets": [list(one) for one in sets]}
    done = subprocess.run(
        ["/usr/bin/python3", "-c", SOLVER],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answers: list[bool] = json.loads(done.stdout)
    return answers


@dataclass(frozen=True, slots=True)
class Machine:
    """An empty root and a repository, below one folder."""

    folder: Path

    @property
    def root(self) -> Path:
        """The root that packages are installed into."""
        return self.folder / "root"

    def publish(self, packages: Iterable[Path]) -> None:
        """Puts packages into the repository, beside those that it has."""
        store = self.folder / "repository"
        store.mkdir(parents=True, exist_ok=True)
        for path in (base(), *packages):
            shutil.copy(path, store)
        run("createrepo_c", "-q", store)
        (self.folder / "reposdir").mkdir(exist_ok=True)
        (self.folder / "reposdir/test.repo").write_text(REPOSITORY.format(folder=store))

    def dnf(self, *argv: str) -> tuple[int, str]:
        """dnf's exit status and all that it said. A refused upgrade may well end with 0."""
        options = {
            "reposdir": self.folder / "reposdir",
            "cachedir": self.folder / "cache",
            "install_weak_deps": 0,
            "pluginpath": "/nonexistent",
            "tsflags": "noscripts",
        }
        home = self.folder / "home"
        home.mkdir(exist_ok=True)
        (home / ".rpmmacros").write_text("%_dbpath /var/lib/rpm\n")
        command = [
            *AS_ROOT,
            "dnf",
            "-y",
            f"--installroot={self.root}",
            "--releasever=1",
            "--best",
            "--refresh",
        ]
        command += [f"--setopt={key}={value}" for key, value in options.items()]
        done = subprocess.run(
            [*command, *argv],
            env={**os.environ, "HOME": str(home)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout

    def install(self, *names: str) -> None:
        """Installs packages with all that they require."""
        status, said = self.dnf("install", *names)
        assert status == 0, said
        assert "Nothing to do" not in said

    def installed(self, form: str = "%{NAME}-%{VERSION}") -> set[str]:
        """What rpm prints in this form of each package that is there, but for the base."""
        query = ["rpm", "--root", str(self.root), "--dbpath", "/var/lib/rpm", "-qa", "--qf", f"{form}\\n"]
        done = subprocess.run([*AS_ROOT, *query], capture_output=True, text=True, check=True)
        return {line for line in done.stdout.split() if not line.startswith("base-")}
