"""A built package, in one form for every format; and what a plan lets one expect of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from splitpkg.inventory.model import EntryKind
    from splitpkg.plan.model import Constraint, PlannedFile, Reason, RelationKind


@dataclass(frozen=True, slots=True)
class BuiltFile:
    """One path of a payload. `digest` is the SHA-256 of a regular file's content, in hexadecimal."""

    path: str
    kind: EntryKind
    mode: int
    size: int
    target: str | None = None
    digest: str | None = None
    user: str = "root"
    group: str = "root"
    is_config: bool = False


@dataclass(frozen=True, slots=True, order=True)
class Dependency:
    """One name with, at most, one bound: `operator` is one of `= < <= > >=` or empty."""

    name: str
    operator: str = ""
    version: str = ""

    def __str__(self) -> str:
        return f"{self.name} {self.operator} {self.version}" if self.operator else self.name


@dataclass(frozen=True, slots=True, order=True)
class BuiltRelation:
    """One relation as the built package states it; several alternatives are joined by *or*.

    A relation that has no such form (an RPM rich dependency) is one alternative whose name is its text.
    """

    kind: RelationKind
    alternatives: tuple[Dependency, ...]


@dataclass(frozen=True, slots=True)
class BuiltPackage:
    """What one package file says and holds.

    `version` is complete (epoch, version, release) in the format's own spelling. `qualifier` is
    what the format puts behind a name to bind it to this architecture: `(x86-64)` in RPM.
    """

    file: str
    name: str
    version: str
    architecture: str
    source: str
    qualifier: str
    summary: str
    description: str
    relations: tuple[BuiltRelation, ...]
    files: tuple[BuiltFile, ...]


@dataclass(frozen=True, slots=True, order=True)
class ExpectedRelation:
    """A planned relation in the names of one format.

    `qualified` asks for the architecture behind the name. With the constraint same-build the
    version has to be that of the target among the same built packages.
    """

    kind: RelationKind
    target: str
    qualified: bool
    constraint: Constraint
    reason: Reason
    spelling: str


@dataclass(frozen=True, slots=True)
class ExpectedPackage:
    """What a plan lets one expect of a built package; `name` is the format's own.

    `generated` lists globs of paths that the format's tools add by themselves.
    """

    name: str
    files: tuple[PlannedFile, ...]
    relations: tuple[ExpectedRelation, ...]
    generated: tuple[str, ...] = ()
