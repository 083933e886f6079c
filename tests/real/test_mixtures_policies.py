"""Mixtures under other policies: no hub, and modules that fit every build with their tag."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest

from splitpkg.verify.model import PackageFormat
from tests.support.mixtures.builds import NAMED, NEW_RELEASE, OLD_RELEASE, Pair, Release, pair
from tests.support.mixtures.loading import PARTNERS, Truth, unpacked
from tests.support.mixtures.model import all_states, answers, is_mixed, shown, small_states
from tests.support.mixtures.weaken import How, changes, weakenings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.support.mixtures.model import State

RPM, DEB = PackageFormat
POLICIES = {
    "hubless": (('hub = "core"', "hub = false"),),
    "tag": (('hub = "core"', 'hub = "core"\npolicy = "tag"'),),
    "both": (('hub = "core"', 'hub = false\npolicy = "tag"'),),
}
STEPS = {"release": (OLD_RELEASE, NEW_RELEASE), "rebuild": (Release(), Release(release="2"))}
"""Two releases of the program; the same release built twice, so that each tag is the same."""


@dataclass(frozen=True, slots=True)
class Count:
    """States that go in, with packages of one build and of two; and those refused though all loads work."""

    one_build: int
    two_builds: int
    refused: dict[str, int]


# Nothing would load these modules; each wants a host of its build, or what has its tag.
ALONE = {"no host, one build": 506, "no host, two builds": 6050}
# A host that the modules here are not meant for; without a partner it could not load them either.
OTHER_HOSTS = {"no hub, two builds": 640, "no partner, one build": 112, "no partner, two builds": 400}
# The same where nothing differs but the release: the two builds would go together.
REBUILT = {"no hub, two builds": 5148, "no partner, one build": 112, "no partner, two builds": 3344}
# A hub is wanted even where all that is there goes together.
HUB = {"no host, one build": 508, "no hub, one build": 144}
COUNTS = {
    ("hubless", "release"): Count(437, 0, ALONE | OTHER_HOSTS),
    ("tag", "release"): Count(291, 0, ALONE | OTHER_HOSTS | HUB),
    ("both", "release"): Count(437, 0, ALONE | OTHER_HOSTS),
    ("hubless", "rebuild"): Count(437, 0, ALONE | REBUILT | {"all there, two builds": 15588}),
    ("tag", "rebuild"): Count(291, 1386, ALONE | REBUILT | HUB | {"all there, two builds": 14202}),
    ("both", "rebuild"): Count(
        437,
        218,
        ALONE
        | REBUILT
        | {"no host, two builds": 6048, "no hub, two builds": 5076, "all there, two builds": 15444},
    ),
}
"""Without a hub modules are locked to each host that is there, so that `tag` loosens only what has none.

With `tag` modules of both builds go in beside hosts of one; hosts, library and edges stay locked.
"""


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with TemporaryDirectory(prefix="policies-") as name:
        yield Path(name)


def _given(form: PackageFormat, policy: str, step: str) -> Pair:
    old, new = (replace(one, edits=POLICIES[policy]) for one in STEPS[step])
    return pair(form, old, new)


@cache
def _truth(folder: Path, step: str) -> Truth:
    """The files are the same whatever the relations say."""
    place = folder / step
    given = pair(RPM, *STEPS[step])
    files = (unpacked(RPM, path, place / str(at)) for at, path in enumerate(given.paths))
    truth = Truth(NAMED, tuple(files), place / "modules")
    truth.folder.mkdir()
    return truth


def _counted(truth: Truth, given: Pair, states: Iterable[State]) -> Count:
    fits, mixes, refused = 0, 0, Counter[str]()
    some = list(states)
    for state, admitted in zip(some, answers(given.solver, given.packages, some), strict=True):
        failures = list(truth.failures(state))
        assert not (admitted and failures), f"{shown(state, NAMED)}: {failures}"
        if admitted:
            fits, mixes = fits + (not is_mixed(state)), mixes + is_mixed(state)
        elif not failures:
            refused[_reason(state)] += 1
    return Count(fits, mixes, dict(sorted(refused.items())))


def _reason(state: State) -> str:
    """What such a state lacks; where it lacks nothing, it must be of two builds."""
    part = dict(zip(NAMED, state, strict=True))
    builds = "two builds" if is_mixed(state) else "one build"
    if not (part["core"] or part["tools"]):
        return f"no host, {builds}"
    if not part["core"]:
        alone = any(part[name] and not all(part[one] for one in needs) for name, needs in PARTNERS.items())
        return f"no {'partner' if alone else 'hub'}, {builds}"
    assert is_mixed(state), shown(state, NAMED)
    return "all there, two builds"


@pytest.mark.parametrize("policy", ["hubless", "tag"])
def test_no_mixture_in_which_a_load_fails_is_installable(folder: Path, policy: str) -> None:
    given = _given(RPM, policy, "release")
    assert _counted(_truth(folder, "release"), given, all_states(len(NAMED))) == COUNTS[policy, "release"]


@pytest.mark.slow
@pytest.mark.parametrize(("policy", "step"), COUNTS)
@pytest.mark.parametrize("form", PackageFormat)
def test_nor_with_any_policy_and_format(folder: Path, form: PackageFormat, policy: str, step: str) -> None:
    given, states = _given(form, policy, step), all_states(len(NAMED))
    assert _counted(_truth(folder, step), given, states) == COUNTS[policy, step]


@pytest.mark.slow
def test_without_a_hub_each_module_needs_a_word_on_each_host() -> None:
    """Where the tag is the same in both builds, and the module needs no library, nothing else ties it."""
    given = _given(RPM, "hubless", "rebuild")
    ties = [
        one
        for one in weakenings(given, How.DROP)
        if one.package == "block-raw" and one.text.startswith("(relay-")
    ]
    found = changes(given, tuple(small_states(len(NAMED), 3)), ties)
    assert {one.text: shown(states[0], NAMED) for one, states in found.items()} == {
        "(relay-core(ISA) = EVR if relay-core(ISA))": "core:old libs:old block-raw:new",
        "(relay-tools(ISA) = EVR if relay-tools(ISA))": "libs:old tools:old block-raw:new",
    }
