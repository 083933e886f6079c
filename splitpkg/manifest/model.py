"""The manifest, `splitpkg.toml`, as typed values. Loaded by `splitpkg.manifest.load`.

The field descriptions are the reference that `splitpkg schema` publishes.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from splitpkg.diagnostics import Location
from splitpkg.manifest.glob import Glob
from splitpkg.manifest.text import Line, PackageName, Paragraphs, Suffix, Template, Version

if TYPE_CHECKING:
    from collections.abc import Mapping


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Globs = Annotated[tuple[Glob, ...], BeforeValidator(_listed)]
Suffixes = tuple[Suffix, ...]
Lines = tuple[Line, ...]


class Table(BaseModel):
    """A table of the manifest: no key but those listed, and nothing changes after loading."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=False,
        alias_generator=lambda name: name.replace("_", "-"),
        populate_by_name=False,
    )


class PackageKind(StrEnum):
    """What a plain package holds; decides its name in each format, its relations and its section."""

    PROGRAM = "program"
    LIBRARY = "library"
    DEVELOPMENT = "development"
    DATA = "data"
    DOCUMENTATION = "documentation"


class Strength(StrEnum):
    """How strongly the metapackage pulls the modules in."""

    REQUIRES = "requires"
    RECOMMENDS = "recommends"


class BuildSystem(StrEnum):
    """Who builds the program in source mode."""

    MESON = "meson"
    CMAKE = "cmake"
    AUTOTOOLS = "autotools"
    MAKE = "make"
    COMMANDS = "commands"


class RpmRelations(Table):
    """Relations spelled as in a spec, for this package in the RPM output only."""

    requires: Lines = ()
    recommends: Lines = ()
    suggests: Lines = ()
    supplements: Lines = ()
    conflicts: Lines = ()
    provides: Lines = ()
    obsoletes: Lines = ()


class DebRelations(Table):
    """Relations spelled as in debian/control, for this package in the Debian output only."""

    depends: Lines = ()
    recommends: Lines = ()
    suggests: Lines = ()
    conflicts: Lines = ()
    breaks: Lines = ()
    replaces: Lines = ()
    provides: Lines = ()
    section: Line | None = None


class FormatNames(Table):
    """The full name of the package in one format, where the ordinary one does not serve."""

    rpm: PackageName | None = None
    deb: PackageName | None = None


class Relations(Table):
    """Relations to other packages of the same manifest (by suffix), and to others (by format)."""

    requires: Suffixes = Field((), description="packages of this manifest, locked to the same build")
    recommends: Suffixes = Field((), description="packages of this manifest that are wanted but not needed")
    suggests: Suffixes = Field((), description="packages of this manifest that go well with this one")
    conflicts: Suffixes = Field((), description="packages of this manifest that exclude this one")
    rpm: RpmRelations = RpmRelations()
    deb: DebRelations = DebRelations()


class Program(Table):
    """Facts of the whole: one source package in either format."""

    name: PackageName = Field(description="name of the source package and prefix of every other name")
    version: Version = Field(description="upstream version")
    release: Line = Field("1", description="the packaging's own count; Debian's revision, RPM's Release")
    epoch: int = Field(0, ge=0, le=2**31 - 1, description="raised when versions have to start anew")
    summary: Line = Field(description="what the program is, in one line without a full stop")
    description: Paragraphs = Field(description="what the program does; paragraphs parted by empty lines")
    license: Line = Field(description="SPDX expression")
    homepage: Line | None = Field(None, description="upstream's page")
    maintainer: Line = Field(description="`Name <address>`")
    date: datetime.date | None = Field(None, description="date of this release of the packaging")
    architectures: tuple[Line, ...] = Field((), description="Debian names; none means every architecture")


class Hosts(Table):
    """Programs and libraries that load the modules."""

    files: Globs = Field(description="paths of the hosts; their packages come from [package.*]")


class Lock(Table):
    """What ties the packages of one build together."""

    hub: Suffix = Field("core", description="the package every host and module is locked to")


class Tag(Table):
    """Where the binaries carry the mark of their build."""

    node: Line | None = Field(None, description="glob of version nodes, as `LIBVIRT_PRIVATE_*`")
    symbol: Line | None = Field(None, description="glob of dynamic symbols, as `qemu_stamp_*`")
    soname: Line | None = Field(None, description="glob of private sonames, as `libsystemd-shared-*.so`")


class Abi(Table):
    """The tag that marks the build in the binaries."""

    tag: Literal["auto", "none"] | Tag = Field("auto", description="found by itself, absent, or described")


class Package(Relations):
    """A package that is no module: its suffix is the table's name."""

    kind: PackageKind = Field(PackageKind.PROGRAM, description="what it holds")
    files: Globs = Field((), description="what belongs to it; a directory brings all that is below it")
    summary: Line | None = Field(None, description="one line; the program's own serves where it is absent")
    description: Paragraphs | None = Field(None, description="added to the program's description")
    name: FormatNames = FormatNames()


class Family(Relations):
    """Modules of one type, found by pattern. Captures as `{name}` may be used in the other keys."""

    files: Globs = Field(description="patterns of the modules themselves")
    package: Template = Field(description="suffix of each module's package, as `block-{name}`")
    summary: Template = Field(description="one line, captures allowed")
    description: Template | None = Field(None, description="captures allowed")
    beside: tuple[Template, ...] = Field((), description="globs of files that go with a module")


class Module(Relations):
    """Overrides for the package of one module, or for a bundle; the table's name is its suffix."""

    summary: Line | None = None
    description: Paragraphs | None = None
    files: Globs = Field((), description="files beside the module: configuration, manual page, data")
    bundle: Suffix | None = Field(None, description="the package that takes this module with others")
    keep_in_core: bool = Field(False, description="the module stays in the hub")
    name: FormatNames = FormatNames()


class Metapackage(Table):
    """A package without files that brings all modules."""

    suffix: Annotated[str, Field(pattern=r"^([a-z0-9][a-z0-9+.-]*)?$")] = Field(
        "", description="its suffix; none gives it the program's own name"
    )
    modules: Strength = Field(Strength.REQUIRES, description="how strongly it pulls the modules in")
    summary: Line | None = None
    description: Paragraphs | None = None


class Exclude(Table):
    """Paths of the tree that no package takes, with the reason."""

    files: Globs
    reason: Line


class Attribute(Table):
    """How some paths are installed, where it is not as the tree has them."""

    files: Globs
    mode: Annotated[str, Field(pattern=r"^[0-7]{3,4}$")] | None = None
    user: Line | None = None
    group: Line | None = None
    config: Literal["noreplace", "replace", "no"] | None = None


class Waiver(Table):
    """A finding that is known and accepted, with the reason."""

    slug: Line
    files: Globs = Field((), description="where; everywhere if absent")
    match: Line | None = Field(None, description="text that the finding's message must hold")
    reason: Line


class BuildRequires(Table):
    """What the build needs, in each distribution's names."""

    rpm: Lines = ()
    deb: Lines = ()


class Build(Table):
    """Source mode: how the program is built from upstream's source. Without it the tree itself is packed."""

    system: BuildSystem
    source: Line = Field(description="upstream's tarball: an address, or a file beside the manifest")
    directory: Line | None = Field(None, description="the tarball's top folder, if not NAME-VERSION")
    options: Lines = Field((), description="arguments of the configure step")
    configure: Lines = Field((), description="system `commands`: the configure step")
    compile: Lines = Field((), description="system `commands`: the compile step")
    test: Lines = Field((), description="the check step; the build system's own if absent")
    install: Lines = Field((), description="system `commands`: the install step, into $DESTDIR")
    requires: BuildRequires = BuildRequires()


class RpmOptions(Table):
    """What only the RPM output needs."""

    group: Line | None = None


class DebOptions(Table):
    """What only the Debian output needs."""

    section: Line = "misc"
    priority: Line = "optional"
    standards_version: Line = "4.6.2"


class Manifest(Table):
    """The whole file."""

    program: Program
    hosts: Hosts
    lock: Lock = Lock()
    abi: Abi = Abi()
    package: dict[Suffix, Package]
    family: dict[Suffix, Family] = {}
    module: dict[Suffix, Module] = {}
    metapackage: Metapackage | None = None
    exclude: tuple[Exclude, ...] = ()
    attribute: tuple[Attribute, ...] = ()
    waiver: tuple[Waiver, ...] = ()
    build: Build | None = None
    rpm: RpmOptions = RpmOptions()
    deb: DebOptions = DebOptions()


@dataclass(frozen=True, slots=True)
class ManifestFile:
    """A manifest and where each of its keys stands."""

    path: str
    content: Manifest
    lines: Mapping[tuple[str | int, ...], int]

    def where(self, *key: str | int) -> Location:
        """The place of a key, as `where("family", "block", "files", 0)`; of its table when unknown."""
        while key and key not in self.lines:
            key = key[:-1]
        return Location(self.path, self.lines.get(key))
