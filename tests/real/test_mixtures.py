"""All mixtures of two builds of the sample program: what solvers admit against what the loader loads."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest

from splitpkg.verify.model import PackageFormat
from tests.support.mixtures import deb, rpm
from tests.support.mixtures.builds import NAMED, Pair, pair
from tests.support.mixtures.loading import Truth, unpacked
from tests.support.mixtures.model import (
    State,
    Which,
    all_states,
    answers,
    chosen,
    is_mixed,
    shown,
    small_states,
    whole_build_states,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FORMATS = list(PackageFormat)
SEED = 20261122
EVERY = tuple(all_states(len(NAMED)))

# Refused although every load works: the policy of the hub. Whatever is locked to the hub does not go in
# without it, whether there is a host that would load it, and one that could not, or none.
REFUSED_BY_POLICY = {
    "no hub, no host, one build": 508,
    "no hub, no host, two builds": 6050,
    "no hub, a host that loads what there is, one build": 256,
    "no hub, a host that loads what there is, two builds": 1040,
}


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with TemporaryDirectory(prefix="mixtures-") as name:
        yield Path(name)


@cache
def _truth(folder: Path, form: PackageFormat) -> Truth:
    given = pair(form)
    place = folder / form
    files = (unpacked(form, path, place / str(at)) for at, path in enumerate(given.paths))
    truth = Truth(given.names, tuple(files), place / "modules")
    truth.folder.mkdir()
    return truth


def _sampled(form: PackageFormat) -> tuple[State, ...]:
    """All for RPM, whose solver is quick enough; else the small ones, those of one build, and some others."""
    if form is PackageFormat.RPM:
        return EVERY
    count = len(NAMED)
    some = random.Random(SEED).sample(EVERY, 1000)
    return tuple(dict.fromkeys([*small_states(count, 3), *whole_build_states(count), *some]))


def _judge(truth: Truth, given: Pair, states: Sequence[State]) -> Counter[str]:
    """Fails on a hole and on a build that is refused; counts the rest by what explains it."""
    counts = Counter[str]()
    for state, admitted in zip(states, answers(given.solver, given.packages, states), strict=True):
        failures = list(truth.failures(state))
        assert not (admitted and failures), f"{shown(state, given.names)}: {failures}"
        if admitted:
            counts["installable"] += 1
        elif not failures:
            counts[_policy(state)] += 1
    return counts


def _policy(state: State) -> str:
    """Why a state is refused in which nothing fails."""
    part = dict(zip(NAMED, state, strict=True))
    assert not part["core"], shown(state, NAMED)
    host = "a host that loads what there is" if part["tools"] else "no host"
    return f"no hub, {host}, {'two builds' if is_mixed(state) else 'one build'}"


@pytest.mark.parametrize("form", FORMATS)
def test_no_mixture_in_which_a_load_fails_is_installable(folder: Path, form: PackageFormat) -> None:
    states = _sampled(form)
    counts = _judge(_truth(folder, form), pair(form), states)
    assert counts["installable"] == 291
    assert set(counts) == {*REFUSED_BY_POLICY, "installable"}
    assert states != EVERY or counts == REFUSED_BY_POLICY | {"installable": 291}


@pytest.mark.slow
def test_nor_is_any_by_dose(folder: Path) -> None:
    form = PackageFormat.DEB
    assert _judge(_truth(folder, form), pair(form), EVERY) == REFUSED_BY_POLICY | {"installable": 291}


def _sound(which: Which) -> Iterator[State]:
    """States of one build that have what each of their packages needs, as the program's README says it."""
    for state in itertools.product((Which.ABSENT, which), repeat=len(NAMED)):
        part = {name for name, one in zip(NAMED, state, strict=True) if one}
        wanted = {"libs", "core"} if part - {"libs"} else set[str]()
        wanted |= {"net-tun"} if "net-tap" in part else set()
        wanted |= {"ui-text"} if "ui-stat" in part else set()
        if wanted <= part:
            yield state


def _all_sound() -> list[State]:
    return list(dict.fromkeys([*_sound(Which.OLD), *_sound(Which.NEW)]))


@pytest.mark.parametrize("form", FORMATS)
def test_no_whole_build_is_refused(folder: Path, form: PackageFormat) -> None:
    given, truth = pair(form), _truth(folder, form)
    states = _all_sound()
    assert len(states) == 291
    judged = zip(states, answers(given.solver, given.packages, states), strict=True)
    assert [shown(state, given.names) for state, admitted in judged if not admitted] == []
    assert [shown(state, given.names) for state in states if any(truth.failures(state))] == []


@pytest.mark.parametrize("form", FORMATS)
def test_the_loader_agrees_when_a_whole_state_is_installed(folder: Path, form: PackageFormat) -> None:
    """Modules are tried by themselves, with those that they need; here all of a state are together."""
    truth = _truth(folder, form)
    for state in random.Random(SEED).sample(EVERY, 40):
        assert truth.loaded(state) == truth.expected_loaded(state), shown(state, NAMED)


def test_loads_fail_in_most_mixtures(folder: Path) -> None:
    """By the stamp, by the private node, for want of a partner, and for want of the library."""
    truth = _truth(folder, PackageFormat.RPM)
    failing = [list(truth.failures(state)) for state in EVERY]
    assert sum(map(bool, failing)) == len(EVERY) - 8145
    said = "".join(sorted({line for lines in failing for line in lines}))
    assert "undefined symbol: register_module_init_1_6_0" in said
    assert "version `RELAY_PRIVATE_1.6.1' not found" in said
    assert "ui-stat: needs ui-text" in said
    assert "net-tun.so.1: cannot open shared object file" in said
    assert "librelay.so.0: cannot open shared object file" in said


def _at_random(given: Pair, count: int) -> tuple[list[State], list[bool]]:
    """States, a third of them installable, and the solver's verdicts."""
    source = random.Random(SEED)
    states = source.sample(_all_sound(), count // 3) + source.sample(EVERY, count - count // 3)
    found = answers(given.solver, given.packages, states)
    assert count // 3 <= sum(found) < count // 2
    return states, found


def _compare_with_apt(folder: Path, count: int) -> None:
    given = pair(PackageFormat.DEB)
    states, expected = _at_random(given, count)
    for state, admitted in zip(states, expected, strict=True):
        installed = [given.packages[at] for at in chosen(state)]
        assert deb.apt_accepts(installed, folder / "apt") == admitted, shown(state, NAMED)


def _compare_with_rpm(folder: Path, count: int) -> None:
    given = pair(PackageFormat.RPM)
    (folder / "root").mkdir(exist_ok=True)
    states, expected = _at_random(given, count)
    for state, admitted in zip(states, expected, strict=True):
        installed = [given.paths[at] for at in chosen(state)]
        assert rpm.rpm_accepts(installed, folder / "root") == admitted, shown(state, NAMED)


def test_apt_says_the_same_as_dose(folder: Path) -> None:
    _compare_with_apt(folder, 15)


def test_rpm_says_the_same_as_libsolv(folder: Path) -> None:
    _compare_with_rpm(folder, 30)


@pytest.mark.slow
def test_apt_and_rpm_say_the_same_of_many_states(folder: Path) -> None:
    _compare_with_apt(folder, 500)
    _compare_with_rpm(folder, 500)
