"""Tables that say how a package relates to others."""

from pydantic import Field

from splitpkg.manifest.spelling import PackageName, PlainPath, RpmName, Section
from splitpkg.manifest.table import (
    DebCapabilities,
    DebRelationList,
    RpmCapabilities,
    RpmRelationList,
    Suffixes,
    Table,
)


class RpmRelations(Table):
    """Relations spelled as in a spec, for this package in the RPM output only."""

    requires: RpmRelationList = Field((), description="what has to be installed with it")
    recommends: RpmRelationList = Field((), description="what is installed with it where that is possible")
    suggests: RpmRelationList = Field((), description="what goes well with it")
    supplements: RpmRelationList = Field((), description="what brings this package when it is installed")
    conflicts: RpmRelationList = Field((), description="what cannot be installed beside it")
    provides: RpmCapabilities = Field((), description="other names under which it can be required")
    obsoletes: RpmCapabilities = Field((), description="what it takes the place of at an upgrade")


class DebRelations(Table):
    """Relations spelled as in debian/control, for this package in the Debian output only."""

    depends: DebRelationList = Field((), description="what has to be installed with it")
    recommends: DebRelationList = Field((), description="what is installed with it unless told otherwise")
    suggests: DebRelationList = Field((), description="what goes well with it")
    conflicts: DebRelationList = Field((), description="what cannot be unpacked beside it")
    breaks: DebRelationList = Field((), description="what does not work beside it")
    replaces: DebRelationList = Field((), description="whose files it may overwrite")
    provides: DebCapabilities = Field((), description="other names under which it can be depended on")
    section: Section | None = Field(None, description="section of the archive, if not the source package's")


class FormatNames(Table):
    """The full name of the package in one format, where the ordinary one does not serve."""

    rpm: RpmName | None = Field(None, description="full name of the RPM package")
    deb: PackageName | None = Field(None, description="full name of the Debian package")


class Relations(Table):
    """Relations to other packages of the same manifest (by suffix), and to others (by format).

    And what installing the package switches on.
    """

    requires: Suffixes = Field((), description="packages of this manifest, locked to the same build")
    recommends: Suffixes = Field((), description="packages of this manifest that are wanted but not needed")
    suggests: Suffixes = Field((), description="packages of this manifest that go well with this one")
    conflicts: Suffixes = Field((), description="packages of this manifest that exclude this one")
    rpm: RpmRelations = Field(
        default_factory=RpmRelations, description="relations to packages of the distribution, for RPM"
    )
    deb: DebRelations = Field(
        default_factory=DebRelations, description="relations to packages of the distribution, for Debian"
    )
    enable: dict[PlainPath, PlainPath] = Field(
        {},
        description="links that are made when the package is installed, each with the path of the package"
        " that it leads to; who removes one keeps it off",
    )
