"""States of two architectures: each package for 64 bits and for 32, of two builds."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING

from splitpkg.verify.model import PackageFormat
from tests.support.mixtures import deb, rpm
from tests.support.mixtures.loading import FAMILIES
from tests.support.relay import HOSTS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.mixtures.builds import Pair
    from tests.support.mixtures.loading import Truth
    from tests.support.mixtures.model import State

_ELF_CLASS = 4
"""Offset of EI_CLASS: 1 for 32 bits, 2 for 64 (gABI, ELF header)."""


def both(given: Pair) -> Pair:
    """The packages of 64 bits, then the same as a build for 32 bits would have them."""
    foreign = rpm.foreign if given.form is PackageFormat.RPM else deb.foreign
    count = len(given.names)
    builds = (given.packages[:count], given.packages[count:])
    packages = (one for build in builds for one in (*build, *map(foreign, build)))
    return replace(
        given,
        names=(*given.names, *(f"{name}:32" for name in given.names)),
        packages=tuple(packages),
        paths=(),
    )


def failures(truth: Truth, state: State) -> Iterator[str]:
    """What cannot be loaded: hosts look for modules where those of their own architecture are.

    The program is the same for 32 bits, and so is what it loads. A module of the one architecture without
    a host, where the other has a host, is meant for that one, which refuses it: see `refused_by_loader`.
    """
    count = len(truth.names)
    halves = (state[:count], state[count:])
    for half in halves:
        yield from truth.failures(half)
    for own, other in (halves, halves[::-1]):
        reached, meant = set(_families(truth, own)), set(_families(truth, other))
        for at, name in enumerate(truth.names):
            family = name.partition("-")[0]
            if own[at] and family in meant - reached:
                yield f"{name}: wrong ELF class"


def _families(truth: Truth, half: State) -> Iterator[str]:
    for at, which in enumerate(half):
        if which:
            for host in truth.files[at].hosts:
                yield from FAMILIES[host]


def refused_by_loader(truth: Truth, module: str, folder: Path) -> str:
    """What the daemon says of a module whose header has the other class."""
    at, libs = truth.names.index(module), truth.files[truth.names.index("libs")]
    own, core = truth.files[at], truth.files[truth.names.index("core")]
    folder.mkdir()
    target = folder / f"{module}.so"
    shutil.copy(own.root / own.libdir / "relay" / target.name, target)
    with target.open("r+b") as file:
        file.seek(_ELF_CLASS)
        file.write(b"\1")
    environment = {
        "LD_LIBRARY_PATH": str(libs.root / libs.libdir),
        "RELAY_MODULE_DIR": str(folder),
        "LC_ALL": "C",
    }
    argv = [str(core.root / HOSTS["relayd"]), "--load", module]
    done = subprocess.run(argv, env=environment, capture_output=True, text=True, check=False)
    return done.stderr
