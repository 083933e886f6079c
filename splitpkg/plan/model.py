"""Which package gets what, and how packages relate: the same for every format.

Sorted and frozen; `splitpkg plan --json` prints it (`splitpkg.plan.report`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from splitpkg.abi.model import Tag
    from splitpkg.inventory.model import EntryKind
    from splitpkg.manifest.model import DebRelations, FormatNames, RpmRelations


class Role(StrEnum):
    """What a package is for."""

    PROGRAM = "program"
    LIBRARY = "library"
    MODULE = "module"
    DEVELOPMENT = "development"
    DATA = "data"
    DOCUMENTATION = "documentation"
    META = "meta"


class RelationKind(StrEnum):
    """How one package relates to another."""

    REQUIRES = "requires"
    RECOMMENDS = "recommends"
    SUGGESTS = "suggests"
    SUPPLEMENTS = "supplements"
    ENHANCES = "enhances"
    CONFLICTS = "conflicts"
    BREAKS = "breaks"
    REPLACES = "replaces"
    OBSOLETES = "obsoletes"
    PROVIDES = "provides"


class Constraint(StrEnum):
    """Which versions of the target satisfy the relation."""

    SAME_BUILD = "same-build"
    SAME_BUILD_IF_INSTALLED = "same-build-if-installed"
    AT_LEAST = "at-least"
    RANGE = "range"
    NONE = "none"


class Reason(StrEnum):
    """Why the relation is there."""

    LOCK = "lock"
    TAG = "tag"
    EDGE = "edge"
    MANIFEST = "manifest"
    HISTORY = "history"


@dataclass(frozen=True, slots=True, order=True)
class Relation:
    """One relation. `target` is the neutral full name of a package of the plan, or of a capability.

    With the constraint same-build-if-installed the target may be absent, but not of another build.
    Relations that are there for a tag, and they alone, have it as `tag`; its minor is then what this
    side has or needs, and the target is NAME-abi, or for a lock a virtual name with the tag as version.
    """

    kind: RelationKind
    target: str
    constraint: Constraint
    reason: Reason
    evidence: tuple[str, ...] = ()
    tag: Tag | None = None


class Config(StrEnum):
    """What happens to a configuration file that the user changed."""

    NO = "no"
    REPLACE = "replace"
    NOREPLACE = "noreplace"


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """A path and how it is installed; `changed_mode` tells that `mode` is not the tree's.

    `needed` is the DT_NEEDED of an ELF file, None for any other; `soname` the DT_SONAME, if it has one.
    `enabled` and `restart` are of systemd units: whether installing switches one on, and whether an
    upgrade restarts it.
    """

    path: str
    kind: EntryKind
    mode: int
    size: int = 0
    target: str | None = None
    user: str = "root"
    group: str = "root"
    config: Config = Config.NO
    changed_mode: bool = False
    needed: tuple[str, ...] | None = None
    soname: str | None = None
    enabled: bool = True
    restart: bool = True


@dataclass(frozen=True, slots=True)
class LibraryFact:
    """A shared library that others link to: its path, SONAME and version nodes.

    It is not `public` where files of the tree find it by their run path in a directory of their own.
    """

    path: str
    soname: str
    nodes: tuple[str, ...] = ()
    public: bool = True


@dataclass(frozen=True, slots=True)
class Trigger:
    """What a package does when something below the paths came or went.

    `package` is its neutral full name; `reload` names units, `run` are lines of shell.
    """

    package: str
    paths: tuple[str, ...]
    reload: tuple[str, ...]
    run: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Assumed:
    """How many symbols of modules were not looked up, and the libraries from outside that may have them."""

    symbols: int = 0
    libraries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class Partners:
    """What must be loaded with RTLD_GLOBAL before a module that is not linked to it.

    One of the files `first` defines each of the `symbols`.
    """

    module: str
    first: tuple[str, ...]
    symbols: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlannedPackage:
    """One package.

    `name` is the neutral full name, NAME-SUFFIX. `files` holds files and symbolic links;
    `directories` those directories that this package has to own. `modules` and `libraries` are
    among `files`. `external` names the libraries from outside the tree that its files need.
    `private_sonames` are SONAMEs of its modules and helpers: no public capabilities. `enabled` pairs
    links that are made at its installation with what they lead to.
    """

    name: str
    suffix: str
    role: Role
    is_hub: bool
    architecture_dependent: bool
    summary: str
    description: str
    files: tuple[PlannedFile, ...]
    directories: tuple[PlannedFile, ...]
    modules: tuple[str, ...]
    libraries: tuple[LibraryFact, ...]
    private_sonames: tuple[str, ...]
    external: tuple[str, ...]
    relations: tuple[Relation, ...]
    names: FormatNames
    rpm: RpmRelations
    deb: DebRelations
    enabled: tuple[tuple[str, str], ...] = ()

    @property
    def size(self) -> int:
        """Bytes of its files, as the tree has them."""
        return sum(file.size for file in self.files)


@dataclass(frozen=True, slots=True)
class Hint:
    """A package that may need another one, for people to review; both by suffix."""

    source: str
    target: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole split.

    `hub` is a neutral full name, None where there is none; `lock` explains what ties the build.
    `libdir` is the tree's directory for libraries, where it has one alone. `timestamp` dates the
    changelogs and the packed tree, in seconds since 1970. `excluded` pairs each path that no package
    takes with the reason. `load_order` has modules after their partners. `doubtful` are marks that may
    be tags, and that no relation stands on.
    """

    hub: str | None
    timestamp: int
    libdir: str | None
    packages: tuple[PlannedPackage, ...]
    tags: tuple[Tag, ...]
    hosts: tuple[str, ...]
    excluded: tuple[tuple[str, str], ...]
    triggers: tuple[Trigger, ...] = ()
    assumed: Assumed = Assumed()
    load_order: tuple[Partners, ...] = ()
    hints: tuple[Hint, ...] = ()
    lock: tuple[str, ...] = ()
    doubtful: tuple[Tag, ...] = ()

    @property
    def files(self) -> Iterator[PlannedFile]:
        """Files and links of all packages."""
        return (file for package in self.packages for file in package.files)

    def package(self, name: str) -> PlannedPackage:
        """The package of that neutral full name; KeyError when there is none."""
        for package in self.packages:
            if package.name == name:
                return package
        raise KeyError(name)
