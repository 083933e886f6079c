"""The table [build]: how the program is built from upstream's source."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field

from splitpkg.manifest.fault import Fault, Key
from splitpkg.manifest.spelling import (
    BesideName,
    FlagsVariable,
    Folder,
    InstalledPath,
    Mode,
    Source,
    SourcePath,
    Variable,
)
from splitpkg.manifest.table import DebRelationList, Flag, Lines, OneOrMore, RpmRelationList, Table
from splitpkg.manifest.template import filled
from splitpkg.manifest.text import Line


class BuildSystem(StrEnum):
    """Who builds the program in source mode."""

    MESON = "meson"
    CMAKE = "cmake"
    AUTOTOOLS = "autotools"
    MAKE = "make"
    COMMANDS = "commands"


class BuildRequires(Table):
    """What the build needs, in each distribution's names."""

    rpm: RpmRelationList = Field((), description="BuildRequires of the spec")
    deb: DebRelationList = Field((), description="Build-Depends of debian/control")


FLAGS = ("CFLAGS", "CPPFLAGS", "CXXFLAGS", "LDFLAGS")
"""Variables by which a distribution gives its options to compilers and linkers."""

SOURCE = "{source}"
"""In a variable's text: the top folder of the unpacked source, as an absolute path."""


LIBDIR = "{libdir}"
"""In an option: the directory for libraries, as an absolute path."""


class Added(Table):
    """A file of the packaging's own that is installed with what the build installs: a unit, a snippet."""

    file: BesideName = Field(description="its name beside the manifest")
    to: InstalledPath = Field(description="where it is installed, as `usr/lib/systemd/system/demo.service`")
    mode: Mode = Field("0644", description="permission bits in octal digits")


class Build(Table):
    """Source mode: how the program is built from upstream's source. Without it the tree itself is packed."""

    system: BuildSystem = Field(description="the build system, or `commands` for steps of your own")
    source: Source = Field(
        description="tarball of upstream: address, or file beside the manifest; `{name}`, `{version}` allowed"
    )
    directory: Folder | None = Field(
        None, description="the tarball's top folder, if not NAME-VERSION; `{name}`, `{version}` allowed"
    )
    patches: Annotated[tuple[BesideName, ...], OneOrMore()] = Field(
        (), description="patches beside the manifest, applied with -p1 in this order"
    )
    environment: dict[Variable, Line] = Field(
        {}, description="variables of all steps; `{source}` is the source's top folder"
    )
    flags: dict[FlagsVariable, Line] = Field(
        {}, description="CFLAGS and the like, added to the distribution's; `{source}` is the top folder"
    )
    autoreconf: Flag = Field(False, description="system `autotools`: configure is made by autoreconf(1)")
    options: Lines = Field(
        (), description="arguments of the configure step, one in each string; `{libdir}` allowed"
    )
    configure: Lines = Field((), description="system `commands`: lines of shell that configure")
    compile: Lines = Field((), description="system `commands`: lines of shell that compile")
    test: Lines = Field(
        (), description="lines of shell that test; the build system's own if absent, nothing if empty"
    )
    install: Lines = Field(
        (),
        description="lines of shell that install into $DESTDIR, beside which is $LIBDIR",
    )
    add: tuple[Added, ...] = Field((), description="files of the packaging's own that are installed too")
    license_files: Annotated[tuple[SourcePath, ...], OneOrMore()] = Field(
        (), description="files of the source that hold the licence; RPM packages that stand alone have them"
    )
    doc_files: Annotated[tuple[SourcePath, ...], OneOrMore()] = Field(
        (), description="files of the source that the hub has as documentation"
    )
    requires: BuildRequires = Field(default_factory=BuildRequires, description="what the build needs")

    @property
    def file_name(self) -> str:
        """The tarball's name: all behind the last slash, also of an address's fragment, as rpm has it."""
        return self.source.rpartition("/")[2]

    @property
    def is_untested(self) -> bool:
        """Whether the manifest says that nothing is to be tested."""
        return "test" in self.model_fields_set and not self.test

    def filled(self, name: str, version: str) -> Self:
        """The same with the program's name and version in their places."""
        texts = {key: text for key in ("source", "directory") if (text := getattr(self, key)) is not None}
        captures = {"name": name, "version": version}
        return self.model_copy(update={key: filled(text, captures) for key, text in texts.items()})

    def faults(self) -> Iterator[Fault]:
        """Steps of one's own belong to the system `commands`, which needs at least the last of them."""
        yield from self._variable_faults()
        yield from self._file_faults()
        own = self.system is BuildSystem.COMMANDS
        if own and not self.install:
            message = "[build] has no `install`, which the system `commands` needs"
            hint = 'write `install = ["..."]` with the commands that install into $DESTDIR'
            yield Fault("build-step", message, hint, whole=True)
        for key in ("options",) if own else ("configure", "compile"):
            if getattr(self, key):
                message = f"has no meaning with the system `{self.system}`"
                hint = "write it into `configure`" if own else f'remove `{key}`, or set `system = "commands"`'
                yield Fault("build-step", message, hint, key=(key,))

    def _file_faults(self) -> Iterator[Fault]:
        """A name beside the spec, and a path of the tree, is one file's alone."""
        files: list[tuple[Key, str]] = [(("patches", index), name) for index, name in enumerate(self.patches)]
        files += [(("add", index, "file"), one.file) for index, one in enumerate(self.add)]
        targets: list[tuple[Key, str]] = [
            (("add", index, "to"), one.to) for index, one in enumerate(self.add)
        ]
        for group in (files, targets):
            seen = set[str]()
            for key, text in group:
                if text in seen:
                    yield Fault("name-taken", f"is `{text}`, which is taken", "remove it", key=key)
                seen.add(text)

    def _variable_faults(self) -> Iterator[Fault]:
        for name in sorted(self.environment.keys() & FLAGS):
            message = "would take the place of the distribution's own"
            hint = "write what is to be added to them into [build.flags]"
            yield Fault("build-step", message, hint, key=("environment", name))
        if self.autoreconf and self.system is not BuildSystem.AUTOTOOLS:
            message = f"has no meaning with the system `{self.system}`"
            yield Fault("build-step", message, "remove `autoreconf`", key=("autoreconf",))
