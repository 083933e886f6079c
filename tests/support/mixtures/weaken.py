"""Relations of built packages, each left out or weakened by itself, in both builds at once."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from tests.support.mixtures.model import Case, Stated, closed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tests.support.mixtures.builds import Pair
    from tests.support.mixtures.model import Built, State

PROGRAM = "relay"
"""What the names of the program's own packages, capabilities and libraries have in them."""


class How(StrEnum):
    """What is done to a relation."""

    DROP = "drop"
    ANY_VERSION = "any version"
    AT_LEAST = "at least"
    ANY_ARCHITECTURE = "any architecture"
    NO_EPOCH = "no epoch"


_REWRITTEN = {
    How.ANY_VERSION: (r" = \S+?(?=\)?$)| \(= \S+\)|(?<=\S) = \S+(?= if )", ""),
    How.AT_LEAST: (r"(?<= )=(?= )|(?<=\()=(?= )", ">="),
    How.ANY_ARCHITECTURE: (r"\(x86-(32|64)\)", ""),
    How.NO_EPOCH: (r"(?<= )\d+:(?=\S)", ""),
}


@dataclass(frozen=True, slots=True, order=True)
class Weakening:
    """What is done to which relation of which package.

    The text has EVR and VERSION in the place of those of the build, ISA in that of the architecture.
    """

    package: str
    field: str
    text: str
    how: How

    def __str__(self) -> str:
        return f"{self.package}: {self.field}: {self.text} ({self.how})"


_ACCOUNT = re.compile(r"(user|group)\(")
"""What rpm says from 4.19 on of accounts that a package makes."""


def symbolic(stated: Stated, package: Built) -> Stated:
    """The relation as its template has it."""
    version = package.version.rpartition(":")[2].rpartition("-")[0]
    text = stated.text.replace(package.version, "EVR")
    for found in (version, version.replace(".", "-"), version.replace(".", "_")):
        text = text.replace(found, "VERSION")
    return Stated(stated.field, re.sub(r"\(x86-(32|64)\)", "(ISA)", text).replace("(64bit)", ""))


def emitted(pair: Pair) -> Iterator[tuple[str, Stated]]:
    """What the packages say of each other, as their templates have it, but for what each says of itself."""
    for name, package in zip(pair.names * 2, pair.packages, strict=True):
        itself = re.compile(rf"(config\()?{re.escape(package.name)}(\(ISA\)|\))? = EVR")
        for stated in dict.fromkeys(symbolic(one, package) for one in package.relations):
            if PROGRAM in stated.text and not (itself.fullmatch(stated.text) or _ACCOUNT.match(stated.text)):
                yield name, stated


def weakenings(pair: Pair, *ways: How) -> Iterator[Weakening]:
    """Each way to weaken each relation that changes its text."""
    for name, stated in dict.fromkeys(emitted(pair)):
        for how in ways:
            if how is How.DROP or _is_changed(pair, name, stated, how):
                yield Weakening(name, stated.field, stated.text, how)


def _is_changed(pair: Pair, name: str, stated: Stated, how: How) -> bool:
    """What is provided has its very version or none (Debian policy 7.5)."""
    if stated.field == "Provides" and how is How.AT_LEAST:
        return False
    meant = (one for package, one in _of(pair, name) if symbolic(one, package) == stated)
    return any(_weakened(one, how) != one.text for one in meant)


def _of(pair: Pair, name: str) -> Iterator[tuple[Built, Stated]]:
    for other, package in zip(pair.names * 2, pair.packages, strict=True):
        if other == name:
            yield from ((package, one) for one in package.relations)


def _weakened(stated: Stated, how: How) -> str:
    if how is How.DROP:
        return ""
    pattern, instead = _REWRITTEN[how]
    return re.sub(pattern, instead, stated.text)


def applied(pair: Pair, *weakenings: Weakening) -> tuple[Built, ...]:
    """The packages of both builds with those relations weakened."""
    packages = list(pair.packages)
    for one in weakenings:
        for at, name in enumerate(pair.names * 2):
            if name == one.package:
                packages[at] = _changed(packages[at], one)
    return tuple(packages)


def _changed(package: Built, weakening: Weakening) -> Built:
    relations = []
    for one in package.relations:
        meant = symbolic(one, package) == Stated(weakening.field, weakening.text)
        text = _weakened(one, weakening.how) if meant else one.text
        if text:
            relations.append(Stated(one.field, text))
    return replace(package, relations=tuple(relations))


def changes(
    pair: Pair, states: Sequence[State], given: Sequence[Weakening]
) -> dict[Weakening, tuple[State, ...]]:
    """For each weakening the states that are judged otherwise with it than without."""
    return dict(zip(given, _changed_states(pair, states, [((), one) for one in given]), strict=True))


def matters_without(
    pair: Pair, states: Sequence[State], given: Mapping[Weakening, Sequence[Weakening]]
) -> dict[Weakening, bool]:
    """Whether each weakening changes a state once those others were made."""
    found = _changed_states(pair, states, [(tuple(others), one) for one, others in given.items()])
    return {one: bool(changed) for one, changed in zip(given, found, strict=True)}


def _changed_states(
    pair: Pair, states: Sequence[State], given: Sequence[tuple[tuple[Weakening, ...], Weakening]]
) -> Iterator[tuple[State, ...]]:
    touched = [[state for state in states if state[pair.names.index(one.package)]] for _, one in given]
    before = {
        (others, one.package): _case(applied(pair, *others), some)
        for (others, one), some in zip(given, touched, strict=True)
    }
    after = [
        _case(applied(pair, *others, one), some) for (others, one), some in zip(given, touched, strict=True)
    ]
    found = pair.solver([*before.values(), *after])
    judged = dict(zip(before, found, strict=False))
    for (others, one), some, new in zip(given, touched, found[len(before) :], strict=True):
        old = judged[others, one.package]
        yield tuple(state for state, a, b in zip(some, old, new, strict=True) if a != b)


def _case(packages: tuple[Built, ...], states: Sequence[State]) -> Case:
    return Case(packages, tuple(map(closed, states)))
