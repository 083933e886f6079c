"""The manifest, `splitpkg.toml`, as typed values. Loaded by `splitpkg.manifest.load`.

The field descriptions are the reference that `splitpkg schema` publishes.
"""

# Without `from __future__ import annotations`: pydantic would have to compile each of them again.

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Discriminator, Field
from pydantic import Tag as Branch

from splitpkg.abi.descriptor import Descriptor as Interface
from splitpkg.diagnostics import Location
from splitpkg.manifest.building import LIBDIR, SOURCE, Build, BuildRequires, BuildSystem
from splitpkg.manifest.capture import capture_faults
from splitpkg.manifest.fault import Fault
from splitpkg.manifest.interface import Descriptor, InterfaceName
from splitpkg.manifest.license import License
from splitpkg.manifest.relations import DebRelations, FormatNames, Relations, RpmRelations
from splitpkg.manifest.spelling import (
    Architecture,
    BesideName,
    CapabilityName,
    Homepage,
    Maintainer,
    Mode,
    OptionalSuffix,
    PackageName,
    PathPattern,
    PlainPath,
    Release,
    Section,
    Slug,
    StandardsVersion,
    Suffix,
    SuffixTemplate,
    SymbolPattern,
    UnitName,
    User,
    Version,
)
from splitpkg.manifest.table import Flag, Globs, Lines, OneOrMore, Table, Whole
from splitpkg.manifest.text import Line, Paragraphs, ParagraphsTemplate, Template

__all__ = [
    "LIBDIR",
    "SOURCE",
    "Abi",
    "Attribute",
    "Build",
    "BuildRequires",
    "BuildSystem",
    "DebOptions",
    "DebRelations",
    "Descriptor",
    "Exclude",
    "Family",
    "FormatNames",
    "Hosts",
    "Lock",
    "Manifest",
    "ManifestFile",
    "Metapackage",
    "Module",
    "Package",
    "PackageKind",
    "Policy",
    "Program",
    "Relations",
    "RpmOptions",
    "RpmRelations",
    "Strength",
    "Table",
    "Tag",
    "Trigger",
    "Unit",
    "Waiver",
]


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


class Program(Table):
    """Facts of the whole: one source package in either format."""

    name: PackageName = Field(description="name of the source package and prefix of every other name")
    version: Version = Field(description="upstream version")
    release: Release = Field(
        "1", description="the packaging's own count; Debian's revision, RPM's Release without %{?dist}"
    )
    epoch: Whole = Field(0, ge=0, le=2**31 - 1, description="raised when versions have to start anew")
    summary: Line = Field(description="what the program is, in one line without a full stop")
    description: Paragraphs = Field(description="what the program does; paragraphs parted by empty lines")
    license: License = Field(description="SPDX expression, as `GPL-2.0-or-later AND MIT`")
    copyright: Lines = Field((), description="years and holders of the copyright, as `2003-2024 Jo Doe`")
    homepage: Homepage | None = Field(None, description="upstream's page")
    maintainer: Maintainer = Field(description="`Name <address>` of who maintains the packages")
    date: datetime.date | None = Field(
        None,
        strict=True,
        description="date of this release of the packaging; the tree's newest file's if absent",
    )
    architectures: Annotated[tuple[Architecture, ...], OneOrMore()] = Field(
        (), description="Debian's names of those it is built for; none means every architecture"
    )


class Hosts(Table):
    """Programs and libraries that load the modules."""

    files: Globs = Field((), description="paths of the hosts; their packages come from [package.*]")
    outside: Flag = Field(
        False,
        description="whether a program outside the tree loads modules of it, and may define what they need",
    )

    def faults(self) -> Iterator[Fault]:
        """Something loads the modules."""
        if not self.files and not self.outside:
            hint = "name the programs in `files`, or set `outside = true` if the tree does not hold them"
            yield Fault("empty-table", "[hosts] names nothing that loads modules", hint, whole=True)


class Policy(StrEnum):
    """What ties modules to the packages of their build."""

    EXACT = "exact"
    TAG = "tag"


class Lock(Table):
    """What ties the packages of one build together."""

    hub: Annotated[
        Annotated[Literal[False], Branch("<no>")] | Annotated[Suffix, Branch("<name>")],
        Discriminator(lambda value: "<no>" if value is False else "<name>"),
    ] = Field(
        "core",
        description="the [package.*] that every host and module is locked to; `false` where none can be: "
        "then each module fits whichever hosts are installed, or none",
    )
    policy: Policy = Field(
        Policy.EXACT,
        description="`exact`: all packages of one build; `tag`: a module fits every build with its tag, "
        "one without a tag its own build alone",
    )


class CapabilityNames(Table):
    """What packages are to call a tag: without its value all builds would have one capability."""

    rpm: CapabilityName | None = Field(None, description="as `demo-api = {value}`")
    deb: CapabilityName | None = Field(None, description="as `demo-api-{value}`")


class Tag(Table):
    """Where the binaries carry the mark of their build; at least one key."""

    node: SymbolPattern | None = Field(None, description="glob of version nodes, as `LIBVIRT_PRIVATE_*`")
    symbol: SymbolPattern | None = Field(None, description="glob of dynamic symbols, as `qemu_stamp_*`")
    soname: SymbolPattern | None = Field(
        None, description="glob of private sonames, as `libsystemd-shared-*.so`"
    )
    path: PathPattern | None = Field(
        None,
        description="glob of directories below the libraries' one, as `php/*`, or of suffixes as `.so.*`",
    )
    constant: (
        Annotated[
            Annotated[InterfaceName, Branch("<name>")] | Annotated[Descriptor, Branch("<descriptor>")],
            Discriminator(lambda value: "<name>" if isinstance(value, str) else "<descriptor>"),
        ]
        | None
    ) = Field(None, description="name of a descriptor, as `httpd`, or a descriptor itself")
    capability: CapabilityNames = Field(
        default_factory=CapabilityNames, description="what packages are to call the tag, by format"
    )

    @property
    def interface(self) -> str:
        """The name of the constant's descriptor, empty where there is none."""
        found = self.constant
        return found.name if isinstance(found, Descriptor) else found or ""

    def faults(self) -> Iterator[Fault]:
        """A tag is somewhere."""
        if not any((self.node, self.symbol, self.soname, self.path, self.constant)):
            message = "[abi.tag] is empty; expected `node`, `symbol`, `soname`, `path` or `constant`"
            yield Fault(
                "empty-table", message, 'say where the tag is, or set `tag = "auto"` in [abi]', whole=True
            )


def _kind_of_tag(value: object) -> str:
    if isinstance(value, str):
        return "<word>"
    return "<list>" if isinstance(value, list | tuple) else "<table>"


class Abi(Table):
    """The tag that marks the build in the binaries."""

    tag: Annotated[
        Annotated[Literal["auto", "none"], Branch("<word>")]
        | Annotated[Tag, Branch("<table>")]
        | Annotated[tuple[Tag, ...], Branch("<list>")],
        Discriminator(_kind_of_tag),
    ] = Field(
        "auto",
        description="`auto`: found by itself; `none`: there is none; or one table or more that describe it",
    )
    offer: Flag = Field(
        True, description="whether packages of others can ask for the tag; what is closed needs no capability"
    )
    descriptors: Annotated[tuple[BesideName, ...], OneOrMore()] = Field(
        (), description="files beside the manifest that describe module interfaces, one each"
    )

    @property
    def tables(self) -> tuple[Tag, ...]:
        """The tables that describe tags."""
        if isinstance(self.tag, str):
            return ()
        return self.tag if isinstance(self.tag, tuple) else (self.tag,)

    @property
    def inline(self) -> tuple[Descriptor, ...]:
        """The descriptors that stand in the tables of `tag`."""
        return tuple(one.constant for one in self.tables if isinstance(one.constant, Descriptor))


class Package(Relations):
    """A package that is no module: its suffix is the table's name."""

    kind: PackageKind = Field(PackageKind.PROGRAM, description="what it holds")
    files: Globs = Field((), description="what belongs to it; a directory brings all that is below it")
    summary: Line | None = Field(None, description="one line; made from the program's where it is absent")
    description: Paragraphs | None = Field(None, description="added to the program's description")
    locked: Flag = Field(
        True, description="whether it needs the hub of the same build; what holds no host may do without"
    )
    name: FormatNames = Field(
        default_factory=FormatNames, description="its full name in a format where NAME-SUFFIX does not serve"
    )


class Family(Relations):
    """Modules of one type, found by pattern. Captures as `{name}` may be used in the other keys."""

    files: Globs = Field(
        min_length=1, description="patterns of the modules themselves, as `{libdir}/demo/block-{name}.so`"
    )
    package: SuffixTemplate = Field(description="suffix of each module's package, as `block-{name}`")
    summary: Template = Field(description="one line, captures allowed")
    description: ParagraphsTemplate | None = Field(
        None, description="added to the program's description; captures allowed"
    )
    beside: Globs = Field((), description="patterns of files that go with a module; captures are filled in")

    def faults(self) -> Iterator[Fault]:
        """What is used has to be captured, by every pattern."""
        yield from capture_faults(
            self.files,
            {
                "package": self.package,
                "summary": self.summary,
                "description": self.description or "",
                "enable": " ".join((*self.enable, *self.enable.values())),
            },
            self.beside,
        )


class Module(Relations):
    """Overrides for the package of one module, or for a bundle; the table's name is its suffix."""

    summary: Line | None = Field(None, description="one line, in the place of the family's")
    description: Paragraphs | None = Field(None, description="in the place of the family's")
    files: Globs = Field((), description="files beside the module: configuration, manual page, data")
    bundle: Suffix | None = Field(None, description="the package that takes this module with others")
    keep_in_core: Flag = Field(False, description="the module stays in the hub")
    name: FormatNames = Field(
        default_factory=FormatNames, description="its full name in a format where NAME-SUFFIX does not serve"
    )

    def faults(self) -> Iterator[Fault]:
        """A module goes to one package, and describes one only where that is its own."""
        if self.keep_in_core and self.bundle is not None:
            message = f"keeps the module in the hub, and `bundle` puts it into `{self.bundle}`"
            yield Fault("two-homes", message, "remove one of the two keys", key=("keep-in-core",))
        elif self.keep_in_core or self.bundle is not None:
            home = "the hub" if self.bundle is None else f"`{self.bundle}`"
            hint = f"write it into the table of {home}, or remove it"
            for key in sorted(self.model_fields_set & {"summary", "description", "name"}):
                message = f"has no effect: the module goes to {home}"
                yield Fault("key-unused", message, hint, key=(key,))


class Metapackage(Table):
    """A package without files that brings all modules; all programs, too, where the hub is a library."""

    suffix: OptionalSuffix = Field("", description="its suffix; none gives it the program's own name")
    modules: Strength = Field(Strength.REQUIRES, description="how strongly it pulls in what it brings")
    summary: Line | None = Field(None, description="one line; the program's own where it is absent")
    description: Paragraphs | None = Field(None, description="added to the program's description")


class Exclude(Table):
    """Paths of the tree that no package takes, with the reason."""

    files: Globs = Field(min_length=1, description="what is left out; a directory with all that is below it")
    reason: Line = Field(description="why, for those who read the manifest")


class Attribute(Table):
    """How some paths are installed, where it is not as the tree has them; at least one key but `files`."""

    files: Globs = Field(min_length=1, description="the paths; of several tables the later one counts")
    mode: Mode | None = Field(None, description="permission bits in octal digits, as `0750`")
    user: User | None = Field(None, description="the owning user, if not root")
    group: User | None = Field(None, description="the owning group, if not root")
    config: Literal["noreplace", "replace", "no"] | None = Field(
        None, description="whether it is configuration, and what an upgrade does to one that was changed"
    )

    def faults(self) -> Iterator[Fault]:
        """An attribute changes something."""
        if self.model_fields_set <= {"files"}:
            message = "[[attribute]] sets nothing; expected `mode`, `user`, `group` or `config`"
            yield Fault("empty-table", message, "say what is different, or remove the table", whole=True)


class Unit(Table):
    """Systemd units that are not treated as usual: switched on when installed, restarted by an upgrade."""

    files: Globs = Field(min_length=1, description="paths of the units below lib/systemd/system")
    enabled: Flag = Field(True, description="whether installing the package switches them on")
    restart: Flag = Field(True, description="whether an upgrade of the package restarts them")

    def faults(self) -> Iterator[Fault]:
        """The table changes something."""
        if self.enabled and self.restart:
            message = "[[unit]] changes nothing; expected `enabled = false` or `restart = false`"
            yield Fault("empty-table", message, "say what is different, or remove the table", whole=True)


class Trigger(Table):
    """What a package does when files below some paths came, changed or went, whoever has them."""

    package: Suffix = Field(description="suffix of the package that does it")
    paths: Annotated[tuple[PlainPath, ...], OneOrMore()] = Field(
        min_length=1, description="directories or files of the system, without the slash at their head"
    )
    reload: Annotated[tuple[UnitName, ...], OneOrMore()] = Field(
        (), description="services that read their configuration anew, where they run"
    )
    run: Lines = Field((), description="lines of shell")

    def faults(self) -> Iterator[Fault]:
        """A trigger does something."""
        if not self.reload and not self.run:
            message = "the trigger does nothing; expected `reload` or `run`"
            yield Fault("empty-table", message, "say what is to be done, or remove the table", whole=True)


class Waiver(Table):
    """A finding that is known and accepted, with the reason."""

    slug: Slug = Field(description="which finding: the word in brackets of its first line")
    files: Globs = Field((), description="where; everywhere if absent")
    match: Line | None = Field(None, description="text that the finding's message must hold")
    reason: Line = Field(description="why it is accepted")


class RpmOptions(Table):
    """What only the RPM output needs."""

    group: Line | None = Field(None, description="the tag Group, which only old distributions want")


class DebOptions(Table):
    """What only the Debian output needs."""

    section: Section = Field("misc", description="section of the archive")
    priority: Literal["required", "important", "standard", "optional", "extra"] = Field(
        "optional", description="priority in the archive"
    )
    standards_version: StandardsVersion = Field(
        "4.6.2", description="version of the Debian policy that the packaging follows"
    )


class Manifest(Table):
    """The manifest of splitpkg: how a program and its loadable modules become packages."""

    program: Program = Field(description="facts of the whole")
    hosts: Hosts = Field(description="what loads the modules")
    lock: Lock = Field(default_factory=Lock, description="what ties the packages of one build together")
    abi: Abi = Field(default_factory=Abi, description="what marks the build in the binaries")
    package: dict[Suffix, Package] = Field(description="packages that are no modules, by suffix")
    family: dict[Suffix, Family] = Field({}, description="modules of one type each, by pattern")
    module: dict[Suffix, Module] = Field({}, description="overrides for single modules, by suffix")
    metapackage: Metapackage | None = Field(None, description="a package that brings all modules")
    exclude: tuple[Exclude, ...] = Field((), description="paths that no package takes")
    attribute: tuple[Attribute, ...] = Field((), description="modes, owners and configuration files")
    unit: tuple[Unit, ...] = Field((), description="systemd units that stay off, or running")
    trigger: tuple[Trigger, ...] = Field((), description="what is done when files come or go")
    waiver: tuple[Waiver, ...] = Field((), description="findings that are accepted")
    build: Build | None = Field(
        None, description="how to build from source; else the tree is packed as it is"
    )
    rpm: RpmOptions = Field(default_factory=RpmOptions, description="what only the RPM output needs")
    deb: DebOptions = Field(default_factory=DebOptions, description="what only the Debian output needs")


@dataclass(frozen=True, slots=True)
class ManifestFile:
    """A manifest and where each of its keys stands; `beside` has the texts of files that it names.

    `descriptors` are of the module interfaces that the user describes.
    """

    path: str
    content: Manifest
    lines: Mapping[tuple[str | int, ...], int]
    beside: Mapping[str, str] = field(default_factory=dict)
    descriptors: tuple[Interface, ...] = ()

    def where(self, *key: str | int) -> Location:
        """The place of a key, as `where("family", "block", "files", 0)`; of its table when unknown."""
        while key and key not in self.lines:
            key = key[:-1]
        return Location(self.path, self.lines.get(key))
