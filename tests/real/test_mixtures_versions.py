"""Mixtures of builds whose versions differ in other ways: epochs, pre-releases, rebuilds, distributions."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest

from splitpkg.verify.model import PackageFormat
from tests.support.dnf import Machine
from tests.support.mixtures import deb
from tests.support.mixtures.builds import NAMED, Release, pair
from tests.support.mixtures.loading import Truth, unpacked
from tests.support.mixtures.model import (
    Which,
    all_states,
    answers,
    is_mixed,
    shown,
    small_states,
    whole_build_states,
)
from tests.support.mixtures.weaken import How, applied, weakenings
from tests.support.relay import NEW, OLD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.mixtures.model import State

RPM, DEB = PackageFormat


@dataclass(frozen=True, slots=True)
class Step:
    """Two builds one after the other; whether modules of the one fit hosts of the other."""

    old: Release
    new: Release
    fitting: bool = False


# A module of the new build beside a host of the old one.
NEW_MODULE = tuple(
    {"core": Which.OLD, "libs": Which.OLD, "block-raw": Which.NEW}.get(name, Which.ABSENT) for name in NAMED
)
STEPS = {
    "epoch": Step(Release(NEW, OLD), Release(NEW, NEW, epoch=1)),
    "downgrade": Step(Release(NEW, NEW), Release(OLD, OLD, epoch=1)),
    "candidate": Step(Release("1.6.1~rc1", OLD), Release(NEW, NEW)),
    "release": Step(Release(NEW, NEW), Release(NEW, NEW, release="2"), fitting=True),
}
OF_RPM = STEPS | {"dist": Step(Release(dist=".fc40"), Release(dist=".fc41"), fitting=True)}
OF_DEB = STEPS | {"binNMU": Step(Release(), Release(rebuilt=True), fitting=True)}


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with TemporaryDirectory(prefix="versions-") as name:
        yield Path(name)


def _check(form: PackageFormat, step: Step, folder: Path) -> None:
    given = pair(form, step.old, step.new)
    files = (unpacked(form, path, folder / str(at)) for at, path in enumerate(given.paths))
    truth = Truth(given.names, tuple(files), folder / "modules")
    truth.folder.mkdir()
    states = _states(form)
    judged = dict(zip(states, answers(given.solver, given.packages, states), strict=True))
    admitted = [state for state, fits in judged.items() if fits]
    assert [shown(state, NAMED) for state in admitted if any(truth.failures(state))] == []
    assert [shown(state, NAMED) for state in admitted if is_mixed(state)] == []
    assert len(admitted) == 291
    assert any(truth.failures(NEW_MODULE)) != step.fitting


def _states(form: PackageFormat) -> list[State]:
    if form is RPM:
        return list(all_states(len(NAMED)))
    some = random.Random(1).sample(list(all_states(len(NAMED))), 1000)
    states = [*small_states(len(NAMED), 3), *whole_build_states(len(NAMED)), *some]
    return list(dict.fromkeys(states))


def test_no_two_builds_mix(folder: Path) -> None:
    _check(RPM, STEPS["epoch"], folder / "epoch")


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(set(OF_RPM) - {"epoch"}))
def test_nor_do_they_by_other_steps(folder: Path, name: str) -> None:
    _check(RPM, OF_RPM[name], folder / name)


@pytest.mark.slow
@pytest.mark.parametrize("name", OF_DEB)
def test_nor_do_they_on_debian(folder: Path, name: str) -> None:
    _check(DEB, OF_DEB[name], folder / f"deb-{name}")


@pytest.mark.slow
@pytest.mark.parametrize("name", OF_RPM)
def test_dnf_takes_the_whole_step(folder: Path, name: str) -> None:
    step = OF_RPM[name]
    given = pair(RPM, step.old, step.new)
    count, machine = len(NAMED), Machine(folder / f"dnf-{name}")
    machine.publish(given.paths[:count])
    machine.install(*(f"relay-{one}" for one in NAMED))
    machine.publish(given.paths[count:])
    status, said = machine.dnf("upgrade")
    assert (status, "Nothing to do" in said) == (0, False), said
    wanted = {f"{one.name}-{one.version}" for one in given.packages[count:]}
    assert machine.installed("%{NAME}-%{EVR}") == wanted


@pytest.mark.slow
@pytest.mark.parametrize("name", OF_DEB)
def test_apt_takes_the_whole_step(folder: Path, name: str) -> None:
    step = OF_DEB[name]
    given = pair(DEB, step.old, step.new)
    count = len(NAMED)
    wanted = sorted(f"Inst {one.name} {one.version}" for one in given.packages[count:])
    place = folder / f"apt-{name}"
    assert deb.apt_changes(given.packages[:count], given.packages[count:], place, "dist-upgrade") == wanted


def test_locks_need_the_epoch() -> None:
    """Without it a new module would be locked to the old hub, were it not for the tag."""
    step = STEPS["epoch"]
    given = pair(RPM, step.old, step.new)
    (lock,) = (
        one
        for one in weakenings(given, How.NO_EPOCH)
        if (one.package, one.text) == ("block-raw", "relay-core(ISA) = EVR")
    )
    tag = [one for one in weakenings(given, How.DROP) if one.package == "block-raw" and "-abi(" in one.text]
    assert len(tag) == 2
    assert answers(given.solver, applied(given, *tag), [NEW_MODULE]) == [False]
    assert answers(given.solver, applied(given, lock), [NEW_MODULE]) == [False]
    assert answers(given.solver, applied(given, *tag, lock), [NEW_MODULE]) == [True]
