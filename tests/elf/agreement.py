"""Comparing our facts with readelf's."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from splitpkg.elf.model import ElfFile
    from tests.elf.by_readelf import Facts


def differences(ours: ElfFile, theirs: Facts) -> list[str]:
    """The names of the facts in which the two differ, with what each has alone."""
    tags = theirs.tags
    pairs: dict[str, tuple[list[object], list[object]]] = {
        "needed": ([*ours.needed], [*tags.get("NEEDED", [])]),
        "soname": ([ours.soname] if ours.soname is not None else [], [*tags.get("SONAME", [])]),
        "rpath": ([ours.rpath] if ours.rpath is not None else [], [*tags.get("RPATH", [])]),
        "runpath": ([ours.runpath] if ours.runpath is not None else [], [*tags.get("RUNPATH", [])]),
        "verdefs": ([*ours.verdefs], [*theirs.verdefs]),
        "verneeds": ([*ours.verneeds], [*theirs.verneeds]),
        "undefined": ([*ours.undefined], [*theirs.undefined]),
        "defined": ([*ours.defined], [*theirs.defined]),
    }
    return [
        f"{name}: only we {_without(left, right)}, only they {_without(right, left)}"
        for name, (left, right) in pairs.items()
        if left != right
    ]


def _without(some: list[object], others: list[object]) -> list[object]:
    return [fact for fact in some if fact not in others]
