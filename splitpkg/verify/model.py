"""A built package, in one form for every format; and what a plan lets one expect of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from splitpkg.plan.model import Config

if TYPE_CHECKING:
    from collections.abc import Callable

    from splitpkg.abi.model import TagFamily
    from splitpkg.inventory.model import EntryKind
    from splitpkg.plan.model import Constraint, PlannedFile, Reason, RelationKind


class PackageFormat(StrEnum):
    """Whose package it is."""

    RPM = "rpm"
    DEB = "deb"


@dataclass(frozen=True, slots=True)
class BuiltFile:
    """One path of a package, relative to /, without a leading slash; bytes that are no UTF-8 are surrogates.

    `mode` holds the permission bits (0o7777); `size` is that of a regular file's content, else 0;
    `digest` the SHA-256 of that content, in hexadecimal. A hard link has the facts of its file and
    names in `same_as` the path under which the payload carries the content. A ghost (RPM) is owned
    by the package but has no content in it, hence no digest. Debian's conffiles are `Config.NOREPLACE`.
    """

    path: str
    kind: EntryKind
    mode: int
    size: int
    target: str | None = None
    digest: str | None = None
    user: str = "root"
    group: str = "root"
    config: Config = Config.NO
    is_ghost: bool = False
    same_as: str | None = None


@dataclass(frozen=True, slots=True, order=True)
class Dependency:
    """One name with, at most, one bound: `operator` is one of `= < <= > >=` or empty.

    The name is complete, with what the format puts behind it: `relay(x86-64)`, `python3:any`.
    """

    name: str
    operator: str = ""
    version: str = ""

    def __str__(self) -> str:
        return f"{self.name} {self.operator} {self.version}" if self.operator else self.name


@dataclass(frozen=True, slots=True, order=True)
class BuiltRelation:
    """One relation as the built package states it; several alternatives are joined by *or*.

    A relation that has no such form (an RPM rich dependency) is one alternative whose name is its
    text. `field` is the format's own name of the relation: `Pre-Depends`, `Requires(post)`.
    """

    kind: RelationKind
    alternatives: tuple[Dependency, ...]
    field: str


@dataclass(frozen=True, slots=True)
class BuiltPackage:
    """What one package file says and holds.

    `file` is the path under which it was read. `version` is complete (epoch, version, release) in
    the format's own spelling. `architecture` is the format's; a source package of RPM has `src`.
    `source` and `source_version` are name and version of the source package, for RPM without the
    epoch. `qualifier` is what the format puts behind a name to bind it to this architecture:
    `(x86-64)` in RPM. `sonames` are those that others can come to depend on: of RPM's Provides, of
    Debian's shlibs and symbols files. `multi_arch` is Debian's field. Relations and files are
    sorted; a .deb has all the directories that lead to its files.
    """

    format: PackageFormat
    file: str
    name: str
    version: str
    architecture: str
    source: str
    source_version: str
    qualifier: str
    summary: str
    description: str
    relations: tuple[BuiltRelation, ...]
    files: tuple[BuiltFile, ...]
    sonames: tuple[str, ...] = ()
    multi_arch: str = ""


@dataclass(frozen=True, slots=True)
class LateTag:
    """A tag that the build decided: its files alone tell the value. `planned` is that of an earlier build.

    `form` is a regular expression of the value in any build; `carriers` and `providers` are the paths of
    those that need and those that have it, as they are in the packages.
    """

    family: TagFamily
    planned: str
    form: str
    carriers: tuple[str, ...]
    providers: tuple[str, ...]


LateValues = dict[tuple[str, "TagFamily", str], str]
"""The values of late tags by architecture, family, and the value that was planned."""


@dataclass(frozen=True, slots=True, order=True)
class ExpectedRelation:
    """A planned relation in the names of one format.

    `qualified` asks for the architecture behind the name. With the constraint same-build the
    version has to be that of the target among the same built packages; where `operator` and `version`
    are given, these count. What the format's own generator makes has `is_generated`: in RPM there is
    the class of the files behind its name. Name and version of a tag that is `late` are what `with_value`
    makes of its value.
    """

    kind: RelationKind
    target: str
    qualified: bool
    constraint: Constraint
    reason: Reason
    spelling: str
    operator: str = ""
    version: str = ""
    is_generated: bool = False
    late: LateTag | None = field(default=None, compare=False)
    with_value: Callable[[str], tuple[str, str]] = field(default=lambda value: (value, ""), compare=False)


@dataclass(frozen=True, slots=True)
class ExpectedPackage:
    """What a plan lets one expect of a built package; `name` is the format's own.

    `files` holds the directories it has to own too. `generated` lists globs of paths that the
    format's tools add by themselves. `private_sonames` must not be offered to others.
    """

    name: str
    files: tuple[PlannedFile, ...]
    relations: tuple[ExpectedRelation, ...]
    generated: tuple[str, ...] = ()
    private_sonames: tuple[str, ...] = ()
