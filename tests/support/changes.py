"""Changes to a sound build of the demo, each with one fault; and how it is judged."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from splitpkg.verify.compare import compare
from splitpkg.verify.read import read
from tests.support import demo
from tests.support.demo import CORE, DATA, DEB, GL, RPM, expectation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from splitpkg.diagnostics import Diagnostic
    from splitpkg.verify.model import ExpectedPackage, PackageFormat
    from tests.support.packages import Item, Part

Set = dict[str, "Part"]

BOTH = (RPM, DEB)
EVR = "1:1.6.0-2"
ISA = "(x86-64)"


def findings(
    paths: Iterable[Path],
    form: PackageFormat,
    digests: Mapping[str, str] | None,
    expected: tuple[ExpectedPackage, ...] | None = None,
) -> tuple[Diagnostic, ...]:
    return compare(read(paths), expected or expectation(form), digests)


def drop(name: str) -> Callable[[Set], None]:
    def change(split: Set) -> None:
        del split[name]

    return change


def move(path: str, old: str, new: str) -> Callable[[Set], None]:
    def change(split: Set) -> None:
        split[new].items[path] = split[old].items.pop(path)

    return change


def share(path: str, old: str, new: str) -> Callable[[Set], None]:
    def change(split: Set) -> None:
        split[new].items[path] = split[old].items[path]

    return change


def put(name: str, path: str, item: Item) -> Callable[[Set], None]:
    def change(split: Set) -> None:
        split[name].items[path] = item

    return change


def remove(name: str, path: str) -> Callable[[Set], None]:
    def change(split: Set) -> None:
        del split[name].items[path]

    return change


def edit(name: str, old: str, new: str) -> Callable[[Set], None]:
    """Replaces a text in the relations; an empty line goes."""

    def change(split: Set) -> None:
        lines = split[name].relations
        assert any(old in line for line in lines), lines
        split[name].relations = [line.replace(old, new) for line in lines if line.replace(old, new)]

    return change


def dissolve(split: Set) -> None:
    """The module's package is gone and the core has its file."""
    split[CORE].items |= split.pop(GL).items


def newer(split: Set) -> None:
    part = replace(split[GL], version="1.6.1")
    split[GL] = part
    form = RPM if part.relations[0].startswith("Requires") else DEB
    part.relations = demo.relations(form, part)


def rebuilt(split: Set) -> None:
    """One module alone comes from a binNMU."""
    part = split[GL] = replace(split[GL], release="2+b1", source_version=EVR)
    part.relations = [line.replace(EVR, f"{EVR}+b1") for line in part.relations]


def binary_only(split: Set) -> None:
    """Debian's binNMU: all packages for one architecture get a new version, those for all keep theirs."""
    for name, part in split.items():
        if name != DATA:
            fresh = split[name] = replace(part, release="2+b1", source_version=EVR)
            fresh.relations = demo.relations(DEB, fresh)
