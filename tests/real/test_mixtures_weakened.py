"""The negative control of the mixtures: a weaker relation lets other states in, or it is told why not.

The relations are changed in what was read of the built packages, in those of both builds.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import pytest

from splitpkg.verify.model import PackageFormat
from tests.support.mixtures.builds import NAMED, pair
from tests.support.mixtures.model import all_states, small_states
from tests.support.mixtures.weaken import How, Weakening, changes, matters_without, weakenings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.support.mixtures.builds import Pair
    from tests.support.mixtures.model import State

RPM, DEB = PackageFormat
WAYS = (How.DROP, How.ANY_VERSION, How.AT_LEAST)
VERSIONS = (How.ANY_VERSION, How.AT_LEAST)


class Kept(StrEnum):
    """Why a relation stays although others of the same package say as much."""

    GENERATED = "the format's own generators write it, and they stay on"
    LIBRARY = "the file needs the library itself; the hub, which brings it too, is there for another reason"
    HUB = "brings the host; the tag ties to it as well, but not a rebuild that has the same tag"
    TAG = "the lock says more; but it is by the tag that modules of others find what they fit"
    EDGE = "has the form of a lock so that it holds where two modules are locked to no hub"
    GUARD = "apt is told the same by what packages depend on, at which `dpkg -i` does not look"
    ITSELF = "no package breaks itself; where there is no hub, every host breaks what the others provide"


LINKED = ("block-hex", "net-tun", "ui-text", "fmt-json")
STAMPED = ("block-raw", "block-hex", "net-tun", "net-tap", "ui-text", "ui-stat")
PRIVATE = ("core", "tools", "fmt-json")
"""What needs the library and no other module; what has the stamp; what uses private symbols."""

Row = tuple[Kept, tuple[str, ...], str, tuple[How, ...]]


def _rows(form: PackageFormat) -> Iterator[Row]:
    """Reason, packages, relation, and the ways to weaken it that change nothing."""
    libs, core, tun, text, tag = (
        (
            *(f"Requires: relay-{name}(ISA) = EVR" for name in ("libs", "core", "net-tun", "ui-text")),
            "Requires: relay-abi(register_module_init_VERSION)(ISA)",
        )
        if form is RPM
        else (
            "Depends: librelay0 (= EVR)",
            *(f"Depends: relay-{name} (= EVR)" for name in ("core", "net-tun", "ui-text")),
            "Depends: relay-abi-register-module-init-VERSION",
        )
    )
    yield from _rows_of_rpm() if form is RPM else _rows_of_debian()
    yield Kept.LIBRARY, ("core", "tools", *LINKED, "ui-stat"), libs, WAYS
    yield Kept.HUB, STAMPED, core, WAYS
    yield Kept.HUB, ("tools", "fmt-json"), core, VERSIONS
    yield Kept.TAG, STAMPED, tag, (How.DROP,)
    yield Kept.EDGE, ("net-tap",), tun, VERSIONS
    yield Kept.EDGE, ("ui-stat",), text, VERSIONS


def _rows_of_rpm() -> Iterator[Row]:
    for needed in ("librelay.so.0()", "librelay.so.0(RELAY_1.0)"):
        yield Kept.GENERATED, ("core", "tools", *LINKED, "ui-stat"), f"Requires: {needed}", (How.DROP,)
    yield Kept.GENERATED, PRIVATE, "Requires: librelay.so.0(RELAY_PRIVATE_VERSION)", (How.DROP,)


def _rows_of_debian() -> Iterator[Row]:
    yield Kept.GENERATED, PRIVATE, "Depends: librelay0-private-abi (= VERSION)", WAYS
    for breaking, name, broken in (
        ("core", "relay-plugin", ("tools", *STAMPED, "fmt-json")),
        ("libs", "librelay0-plugin", ("core", "tools", *LINKED, "ui-stat")),
    ):
        yield Kept.GUARD, (breaking,), f"Breaks: {name} (<< EVR)", (How.DROP,)
        yield Kept.GUARD, (breaking,), f"Breaks: {name} (>> EVR)", (How.DROP,)
        yield Kept.GUARD, broken, f"Provides: {name} (= EVR)", (How.DROP, How.ANY_VERSION)
    yield Kept.ITSELF, ("core",), "Provides: relay-plugin (= EVR)", (How.DROP, How.ANY_VERSION)


def _redundant(form: PackageFormat) -> dict[Weakening, Kept]:
    found: dict[Weakening, Kept] = {}
    for reason, packages, relation, ways in _rows(form):
        field, text = relation.split(": ", 1)
        found |= {Weakening(name, field, text, how): reason for name in packages for how in ways}
    return found


def _unchanged(given: Pair, states: Iterable[State]) -> set[Weakening]:
    every = changes(given, tuple(states), list(weakenings(given, *WAYS)))
    return {one for one, changed in every.items() if not changed}


@pytest.mark.parametrize("form", PackageFormat)
def test_each_relation_is_needed_or_is_known_to_be_redundant(form: PackageFormat) -> None:
    assert _unchanged(pair(form), small_states(len(NAMED), 3)) == set(_redundant(form))


@pytest.mark.parametrize("form", [RPM, pytest.param(DEB, marks=pytest.mark.slow)])
def test_redundant_ones_hold_where_the_others_are_gone(form: PackageFormat) -> None:
    """The others are those of the same package; of a guard or an edge, all that packages depend on."""
    given = pair(form)
    dropped = list(weakenings(given, How.DROP))
    others = {
        one: [other for other in dropped if _says_the_same(other, one, reason)]
        for one, reason in _redundant(form).items()
        if reason is not Kept.ITSELF
    }
    held = matters_without(given, tuple(small_states(len(NAMED), 3)), others)
    assert [str(one) for one, matters in held.items() if not matters] == []


def _says_the_same(other: Weakening, one: Weakening, reason: Kept) -> bool:
    if (other.package, other.field, other.text) == (one.package, one.field, one.text):
        return False
    match reason:
        case Kept.GUARD:
            return other.field == "Depends"
        case Kept.EDGE:
            return other.field != "Provides" or "plugin" in other.text
        case _:
            return other.package == one.package


@pytest.mark.slow
@pytest.mark.parametrize("form", PackageFormat)
def test_redundant_ones_change_no_larger_state_either(form: PackageFormat) -> None:
    """Of all states by libsolv; of those with up to five packages by dose, which takes its time."""
    states = all_states(len(NAMED)) if form is RPM else small_states(len(NAMED), 5)
    assert _unchanged(pair(form), states) == set(_redundant(form))
