"""Mixtures of two architectures: modules for 32 bits do not go in beside hosts for 64 bits alone."""

from __future__ import annotations

import itertools
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest

from splitpkg.verify.model import PackageFormat
from tests.support.mixtures import deb
from tests.support.mixtures.architectures import both, failures, refused_by_loader
from tests.support.mixtures.builds import Pair, pair
from tests.support.mixtures.loading import Truth, unpacked
from tests.support.mixtures.model import Which, all_states, answers, shown, small_states
from tests.support.mixtures.weaken import How, applied, weakenings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.support.mixtures.model import State

RPM, DEB = PackageFormat
NAMES = ("core", "libs", "tools", "block-raw", "fmt-json")
SLOTS = 2 * len(NAMES)


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with TemporaryDirectory(prefix="architectures-") as name:
        yield Path(name)


def _given(form: PackageFormat) -> Pair:
    return both(pair(form, names=NAMES))


@cache
def _truth(folder: Path, form: PackageFormat) -> Truth:
    place = folder / form
    paths = pair(form, names=NAMES).paths
    files = (unpacked(form, path, place / str(at)) for at, path in enumerate(paths))
    truth = Truth(NAMES, tuple(files), place / "modules")
    truth.folder.mkdir()
    return truth


def _holes(truth: Truth, given: Pair, states: Sequence[State]) -> list[str]:
    judged = zip(states, answers(given.solver, given.packages, states), strict=True)
    admitted = [state for state, fits in judged if fits]
    assert len(admitted) >= 20
    return [shown(state, given.names) for state in admitted if any(failures(truth, state))]


def _states(form: PackageFormat) -> list[State]:
    return list(all_states(SLOTS) if form is RPM else small_states(SLOTS, 4))


@pytest.mark.parametrize("form", PackageFormat)
def test_no_module_goes_in_without_a_host_of_its_architecture(folder: Path, form: PackageFormat) -> None:
    assert _holes(_truth(folder, form), _given(form), _states(form)) == []


@pytest.mark.slow
def test_nor_in_any_state_at_all_by_dose(folder: Path) -> None:
    assert _holes(_truth(folder, DEB), _given(DEB), list(all_states(SLOTS))) == []


def test_the_loader_refuses_modules_of_the_other_architecture(folder: Path) -> None:
    for module in ("block-raw", "fmt-json"):
        said = refused_by_loader(_truth(folder, RPM), module, folder / f"wrong-{module}")
        assert "wrong ELF class: ELFCLASS32" in said


def _sound(form: PackageFormat) -> Iterator[State]:
    """All of one build, for either architecture; the other may have the library, or all where rpm is."""
    none, library = (Which.ABSENT,) * len(NAMES), NAMES.index("libs")
    for which in (Which.OLD, Which.NEW):
        whole = (which,) * len(NAMES)
        alone = (*none[:library], which, *none[library + 1 :])
        yield from itertools.chain.from_iterable(
            ((*whole, *half), (*half, *whole)) for half in (none, alone, *([whole] if form is RPM else []))
        )


@pytest.mark.parametrize("form", PackageFormat)
def test_no_whole_build_is_refused(folder: Path, form: PackageFormat) -> None:
    given, states = _given(form), list(_sound(form))
    judged = zip(states, answers(given.solver, given.packages, states), strict=True)
    assert [shown(state, given.names) for state, fits in judged if not fits] == []
    assert [state for state in states if any(failures(_truth(folder, form), state))] == []


WITHOUT_ARCHITECTURE = {
    "core": "",
    "tools": "libs:old tools:old core:32:old libs:32:old",
    "block-raw": "block-raw:old core:32:old libs:32:old",
    "fmt-json": "libs:old fmt-json:old core:32:old libs:32:old",
}
"""The first state that packages would let in without `%{?_isa}`: the hub for 32 bits would do for 64.

The hub needs the library alone, and rpm's own generator asks for that of its architecture.
"""


def test_rpm_needs_the_architecture_in_what_ties_to_the_hub() -> None:
    given, states = _given(RPM), list(small_states(SLOTS, 4))
    before = answers(given.solver, given.packages, states)
    every = list(weakenings(given, How.ANY_ARCHITECTURE))
    for name, expected in WITHOUT_ARCHITECTURE.items():
        ties = [
            one
            for one in every
            if (one.field == "Requires" and one.package.removesuffix(":32") == name)
            or (one.field == "Provides" and "-abi(" in one.text)
        ]
        judged = zip(states, before, answers(given.solver, applied(given, *ties), states), strict=True)
        let_in = [state for state, fitted, fits in judged if fits and not fitted]
        assert (shown(let_in[0], given.names) if let_in else "") == expected


def test_debian_needs_a_hub_that_is_not_foreign(folder: Path) -> None:
    """Were the hub `Multi-Arch: foreign`, that for amd64 would do for modules of i386: apt says so."""
    given = _given(DEB)
    state = [given.packages[given.names.index(name)] for name in ("core", "libs", "block-raw:32")]
    assert not deb.apt_accepts(state, folder / "apt")
    state[0] = replace(state[0], multi_arch="foreign")
    assert deb.apt_accepts(state, folder / "apt")
