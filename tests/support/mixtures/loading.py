"""Which states work: every installed host loads every installed module of its families, or does not."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from splitpkg.verify.model import PackageFormat
from tests.support.mixtures.builds import LIBDIRS
from tests.support.relay import HOSTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.support.mixtures.model import State, Which

FAMILIES = {"relayd": ("block", "fmt", "net", "ui"), "relayctl": ("block",), "relaycat": ("fmt",)}
"""What each host loads, as the program's README has it."""

PARTNERS = {"net-tap": ("net-tun",), "ui-stat": ("ui-text",)}
"""Modules whose loading touches others; runs of whole states tell that there are no more."""


@dataclass(frozen=True, slots=True)
class Files:
    """One package unpacked."""

    root: Path
    libdir: str

    @property
    def hosts(self) -> tuple[str, ...]:
        """Programs in it that load modules."""
        return tuple(name for name, path in HOSTS.items() if (self.root / path).exists())

    @property
    def module_files(self) -> tuple[Path, ...]:
        """What it has in the directory of modules."""
        return tuple(sorted((self.root / self.libdir / "relay").glob("*.so*")))


def unpacked(form: PackageFormat, package: Path, root: Path) -> Files:
    """Takes the package apart."""
    root.mkdir(parents=True)
    if form is PackageFormat.RPM:
        with subprocess.Popen(["rpm2cpio", package], stdout=subprocess.PIPE) as archive:
            argv = ["cpio", "--quiet", "--extract", "--make-directories", "--no-absolute-filenames"]
            subprocess.run(argv, stdin=archive.stdout, cwd=root, check=True)
    else:
        subprocess.run(["dpkg-deb", "--extract", package, root], check=True)
    return Files(root, LIBDIRS[form])


@dataclass
class Truth:
    """What happens when hosts of a state load its modules; each combination is tried once.

    `files` are the packages of a pair unpacked: the old ones, then the new.
    """

    names: tuple[str, ...]
    files: tuple[Files, ...]
    folder: Path
    tried: dict[tuple[object, ...], str] = field(default_factory=dict)
    _hosts: list[tuple[int, str]] = field(default_factory=list)
    _modules: list[tuple[int, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        for at, name in enumerate(self.names):
            self._hosts += [(at, host) for host in self.files[at].hosts]
            if any(path.name == f"{name}.so" for path in self.files[at].module_files):
                self._modules.append((at, name))

    def failures(self, state: State) -> Iterator[str]:
        """What a host of the state cannot load, or why it does not start."""
        for at, host in self._hosts:
            if state[at]:
                yield from self._failures_of(state, at, host)

    def _failures_of(self, state: State, at: int, host: str) -> Iterator[str]:
        said = self._outcome(state, at, host, "")
        if said:
            yield said
            return
        for where, module in self._modules:
            if state[where] and module.partition("-")[0] in FAMILIES[host]:
                said = self._outcome(state, at, host, module)
                if said:
                    yield said

    def _outcome(self, state: State, at: int, host: str, module: str) -> str:
        """What the host says when it loads the module; empty: it did. Without a module it just starts."""
        touched = ("libs", module, *PARTNERS.get(module, ())) if module else ("libs",)
        part = {name: state[self.names.index(name)] for name in touched}
        key = (host, state[at], *part.items())
        if key not in self.tried:
            program = self._of(at, state[at]).root / HOSTS[host]
            self.tried[key] = self._run(program, part, *(("--load", module) if module else ("--version",)))[1]
        return self.tried[key]

    def loaded(self, state: State) -> dict[str, set[str]]:
        """What each host of the state has loaded once it was asked for all there is."""
        part = dict(zip(self.names, state, strict=True))
        found = {}
        for at, host in self._hosts:
            if state[at]:
                said = self._run(self._of(at, state[at]).root / HOSTS[host], part, "--all")[0]
                found[host] = {line.removeprefix("loaded: ") for line in said.splitlines()}
        return found

    def expected_loaded(self, state: State) -> dict[str, set[str]]:
        """The same from what was tried for each module by itself."""
        return {
            host: {
                module
                for where, module in self._modules
                if state[where]
                and module.partition("-")[0] in FAMILIES[host]
                and not self._outcome(state, at, host, "")
                and not self._outcome(state, at, host, module)
            }
            for at, host in self._hosts
            if state[at]
        }

    def _of(self, at: int, which: Which) -> Files:
        return self.files[at + len(self.names) * (which - 1)]

    def _run(self, program: Path, part: Mapping[str, Which], *arguments: str) -> tuple[str, str]:
        """What the program prints, and what it complains of, where these packages are installed."""
        directory = self._directory(part)
        library = part["libs"]
        libraries = self._of(self.names.index("libs"), library) if library else None
        environment = {
            "LD_LIBRARY_PATH": str(libraries.root / libraries.libdir) if libraries else str(self.folder),
            "RELAY_MODULE_DIR": str(directory),
            "LC_ALL": "C",
        }
        done = subprocess.run(
            [program, *arguments], env=environment, capture_output=True, text=True, check=False, timeout=60
        )
        assert (done.returncode == 0) == (not done.stderr), done
        return done.stdout, done.stderr

    def _directory(self, part: Mapping[str, Which]) -> Path:
        """The directory of modules that these packages make together."""
        label = ",".join(f"{name}={which.value}" for name, which in part.items() if which)
        directory = self.folder / label
        if not directory.exists():
            directory.mkdir()
            for name, which in part.items():
                files = self._of(self.names.index(name), which).module_files if which else ()
                for path in files:
                    (directory / path.name).symlink_to(path)
        return directory
