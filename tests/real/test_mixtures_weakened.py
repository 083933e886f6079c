"""The negative control of the mixtures: a weaker relation lets other states in, or it is told why not.

The relations are changed in what was read of the built packages, in those of both builds.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from splitpkg.verify.model import PackageFormat
from tests.support.mixtures.builds import NAMED, Pair, pair
from tests.support.mixtures.model import all_states, answers, is_mixed, small_states
from tests.support.mixtures.weaken import How, Weakening, applied, changes, weakenings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.support.mixtures.model import State

RPM, DEB = PackageFormat
WAYS = (How.DROP, How.ANY_VERSION, How.AT_LEAST)
VERSIONS = (How.ANY_VERSION, How.AT_LEAST)
LINKED = ("block-hex", "net-tun", "ui-text", "fmt-json")
"""Modules that need the library, and no other module."""

GENERATED = "rpm's own generator writes it; the exact lock on the library asks for more"
THROUGH_LIBRARY = (
    "the lock on the library, which the hub is locked to as well, ties it to the build, too;"
    " kept for it is this one that brings the host, and modules that need no library have no other"
)
THROUGH_HUB = (
    "the hub brings the library of its build;"
    " kept since the file needs the library itself, and so no other relation has to stay for its sake"
)
THROUGH_PRIVATE_NODE = (
    "the private node that rpm's generator writes ties hosts to the library as well;"
    " kept since a release without private symbols has no such node"
)
THROUGH_PARTNER = (
    "the module that it needs brings the hub of its build, and is locked to it;"
    " kept for every module says by itself what loads it, so that an edge may go"
)
PARTNER_BY_HUB = (
    "both are locked to the hub, and so are of one build;"
    " kept for an edge has the form of a lock, so that it holds without the hub, too"
)


def _rows(form: PackageFormat) -> Iterator[tuple[str, tuple[str, ...], str, tuple[How, ...]]]:
    """Reason, packages, relation, and the ways to weaken it that change nothing."""
    if form is RPM:
        field, libs, core, tun, text = (
            "Requires",
            *(f"relay-{name}(ISA) = EVR" for name in ("libs", "core", "net-tun", "ui-text")),
        )
        users = ("core", "tools", *LINKED, "ui-stat")
        yield GENERATED, users, f"{field}: librelay.so.0()", (How.DROP,)
        yield GENERATED, users, f"{field}: librelay.so.0(RELAY_1.0)", (How.DROP,)
        private = f"{field}: librelay.so.0(RELAY_PRIVATE_VERSION)"
        yield GENERATED, ("core", "tools", "fmt-json"), private, (How.DROP,)
        yield THROUGH_PRIVATE_NODE, ("core",), f"{field}: {libs}", WAYS
    else:
        field, libs, core, tun, text = (
            "Depends",
            "librelay0 (= EVR)",
            *(f"relay-{name} (= EVR)" for name in ("core", "net-tun", "ui-text")),
        )
    yield THROUGH_HUB, ("tools", *LINKED, "ui-stat"), f"{field}: {libs}", WAYS
    yield THROUGH_LIBRARY, ("tools", *LINKED), f"{field}: {core}", VERSIONS
    yield THROUGH_PARTNER, ("net-tap", "ui-stat"), f"{field}: {core}", WAYS
    yield PARTNER_BY_HUB, ("net-tap",), f"{field}: {tun}", VERSIONS
    yield PARTNER_BY_HUB, ("ui-stat",), f"{field}: {text}", VERSIONS


def _redundant(form: PackageFormat) -> dict[Weakening, str]:
    found: dict[Weakening, str] = {}
    for reason, packages, relation, ways in _rows(form):
        field, text = relation.split(": ", 1)
        found |= {Weakening(name, field, text, how): reason for name in packages for how in ways}
    return found


def _unchanged(given: Pair, states: Iterable[State]) -> set[Weakening]:
    return {
        one
        for one, changed in changes(given, tuple(states), list(weakenings(given, *WAYS))).items()
        if not changed
    }


@pytest.mark.parametrize("form", PackageFormat)
def test_each_relation_is_needed_or_is_known_to_be_redundant(form: PackageFormat) -> None:
    assert _unchanged(pair(form), small_states(len(NAMED), 3)) == set(_redundant(form))


@pytest.mark.parametrize("form", PackageFormat)
def test_without_all_versions_every_package_mixes(form: PackageFormat) -> None:
    """What is redundant is so only because of others: each package is held by something."""
    given = pair(form)
    every = list(weakenings(given, How.ANY_VERSION, How.DROP))
    versions = [one for one in every if one.how is How.ANY_VERSION or "VERSION" in one.text]
    for name in set(NAMED) - {"libs"}:
        free = replace(given, packages=applied(given, *(one for one in versions if one.package == name)))
        states = [state for state in small_states(len(NAMED), 4) if state[NAMED.index(name)]]
        admitted = answers(given.solver, free.packages, states)
        mixed = [state for state, fits in zip(states, admitted, strict=True) if fits and is_mixed(state)]
        assert mixed, f"{name}: nothing but other packages' relations holds it"


@pytest.mark.slow
@pytest.mark.parametrize("form", PackageFormat)
def test_redundant_ones_change_no_larger_state_either(form: PackageFormat) -> None:
    """Of all states by libsolv; of those with up to five packages by dose, which takes its time."""
    states = all_states(len(NAMED)) if form is RPM else small_states(len(NAMED), 5)
    assert _unchanged(pair(form), states) == set(_redundant(form))
