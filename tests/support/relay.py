"""Installed trees of the sample program, specs/relay, built once per test session."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SPEC = Path(__file__).parents[2] / "specs" / "relay"
SOURCE = SPEC / "src"
GET_TREE = SPEC / "get-tree"

OLD = "1.6.0"
NEW = "1.6.1"

HOSTS = {"relayd": "usr/sbin/relayd", "relayctl": "usr/bin/relayctl", "relaycat": "usr/bin/relaycat"}
MODULES = (
    "block-bzip2",
    "block-hex",
    "block-raw",
    "block-rot13",
    "block-subst",
    "block-zlib",
    "fmt-json",
    "net-file",
    "net-stdout",
    "net-tap",
    "net-tun",
    "ui-stat",
    "ui-text",
)


@dataclass(frozen=True, slots=True)
class Run:
    """How a host ended: exit status (negative: the signal), and what it wrote."""

    status: int
    output: bytes
    warnings: str


@dataclass(frozen=True, slots=True)
class Tree:
    """One release, installed as into a DESTDIR. Shared by all tests: only to be read."""

    root: Path
    version: str
    libdir: str

    @property
    def library_dir(self) -> Path:
        """Where librelay is."""
        return self.root / self.libdir

    @property
    def module_dir(self) -> Path:
        """Where the modules are."""
        return self.library_dir / "relay"

    def module(self, name: str) -> Path:
        """The file that the host opens for a module of this name."""
        return self.module_dir / f"{name}.so"

    def copy(self, target: Path) -> Tree:
        """A tree of one's own, to be changed."""
        shutil.copytree(self.root, target, symlinks=True)
        return Tree(target, self.version, self.libdir)

    def run(
        self,
        host: str,
        *arguments: str,
        modules: Path | None = None,
        library_dir: Path | None = None,
        config_dir: Path | None = None,
        stdin: bytes = b"",
    ) -> Run:
        """Runs a host, with its tree's own modules, library and configuration unless others are given."""
        environment = os.environ | {
            "LD_LIBRARY_PATH": str(library_dir or self.library_dir),
            "RELAY_MODULE_DIR": str(modules or self.module_dir),
            "RELAY_CONFIG_DIR": str(config_dir or self.root / "etc/relay"),
            "RELAY_DATA_DIR": str(self.root / "usr/share/relay"),
        }
        done = subprocess.run(
            [self.root / HOSTS[host], *arguments],
            input=stdin,
            capture_output=True,
            env=environment,
            check=False,
            timeout=60,
        )
        return Run(done.returncode, done.stdout, done.stderr.decode())


@cache
def _scratch() -> Path:
    directory = Path(tempfile.mkdtemp(prefix="relay-trees-"))
    atexit.register(shutil.rmtree, directory)
    return directory


@cache
def multiarch_libdir() -> str:
    """Debian's library directory for this machine."""
    triplet = subprocess.run(["cc", "-print-multiarch"], capture_output=True, text=True, check=True)
    return f"usr/lib/{triplet.stdout.strip()}"


def tree(version: str = NEW, libdir: str | None = None) -> Tree:
    """The installed tree of a release; `libdir` defaults to `multiarch_libdir()`."""
    return _built(version, libdir or multiarch_libdir())


@cache
def _built(version: str, libdir: str) -> Tree:
    root = _scratch() / f"{version}-{libdir.replace('/', '-')}"
    subprocess.run([GET_TREE, "--version", version, "--libdir", libdir, root], check=True, timeout=120)
    return Tree(root, version, libdir)


def paths(root: Path) -> list[str]:
    """Every path below a tree's root that is not a directory, relative and sorted."""
    return sorted(
        str(path.relative_to(root)) for path in root.rglob("*") if path.is_symlink() or not path.is_dir()
    )
