"""Built packages by their relations, and questions about sets of them."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


class Which(IntEnum):
    """What of a package is installed."""

    ABSENT = 0
    OLD = 1
    NEW = 2


State = tuple[Which, ...]
"""What is installed of each of the packages, in their order."""


@dataclass(frozen=True, slots=True, order=True)
class Stated:
    """One relation of a built package in the words of its format, such as `Requires`, `relay-core = 1-1`."""

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class Built:
    """What a solver knows of a package. `version` is the whole of it, as EPOCH:VERSION-RELEASE."""

    name: str
    version: str
    architecture: str
    relations: tuple[Stated, ...]
    multi_arch: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """May these packages be installed together, and none of those? Indexes into the packages of a case."""

    present: tuple[int, ...]
    absent: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """Packages, and questions about them. What the distribution has is there besides."""

    packages: tuple[Built, ...]
    questions: tuple[Question, ...]


class Solver(Protocol):
    """Answers the questions of each case."""

    def __call__(self, cases: Sequence[Case], /) -> list[list[bool]]: ...


def chosen(state: State) -> tuple[int, ...]:
    """Indexes of what is installed, where all old packages come first, then all new ones."""
    return tuple(at + len(state) * (which - 1) for at, which in enumerate(state) if which)


def closed(state: State) -> Question:
    """Exactly this state; the packages of the case are all old ones, then all new ones."""
    present = chosen(state)
    return Question(present, tuple(sorted(set(range(2 * len(state))) - set(present))))


def all_states(count: int) -> Iterator[State]:
    """Every state of so many packages."""
    return itertools.product(Which, repeat=count)


def whole_build_states(count: int) -> Iterator[State]:
    """Those in which all that is installed is of one build."""
    for which in (Which.OLD, Which.NEW):
        yield from itertools.product((Which.ABSENT, which), repeat=count)


def small_states(count: int, largest: int) -> Iterator[State]:
    """Those with at most `largest` packages installed."""
    return (state for state in all_states(count) if sum(map(bool, state)) <= largest)


def is_mixed(state: State) -> bool:
    """Whether packages of both builds are installed."""
    return {Which.OLD, Which.NEW} <= set(state)


def shown(state: State, names: Sequence[str]) -> str:
    """The state in words, for who reads a failed test."""
    return " ".join(f"{name}:{which.name.lower()}" for name, which in zip(names, state, strict=True) if which)


def answers(solver: Solver, packages: Iterable[Built], states: Sequence[State]) -> list[bool]:
    """For each state whether it is consistent as it is, nothing added."""
    (found,) = solver([Case(tuple(packages), tuple(map(closed, states)))])
    return found
