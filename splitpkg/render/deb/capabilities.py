"""Tags as virtual packages, by symbols files and by what debian/control states.

The private version nodes of a library with a symbols file are one virtual package with a version,
`LIBRARY-private-abi (= VERSION)`: dpkg-shlibdeps asks for it wherever such a symbol is used, in
this source and in others.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from splitpkg.abi.model import Strength, TagFamily, says_private
from splitpkg.render.capability import Capability, capability
from splitpkg.render.deb.seen import described

if TYPE_CHECKING:
    from collections.abc import Iterator

    from splitpkg.abi.model import Tag
    from splitpkg.plan.model import LibraryFact, PlannedPackage
    from splitpkg.render.deb.source import DebSource

_UNFIT = re.compile(r"[^a-z0-9+.-]")


@dataclass(frozen=True, slots=True)
class PrivateAbi:
    """What a library's package provides for its private nodes.

    `version` is for debian/control, a substitution variable, so that a release for which the
    symbols file was not written anew fits none of its users; `literal` is what that file has.
    """

    name: str
    version: str
    literal: str


def private_nodes(source: DebSource, library: LibraryFact) -> frozenset[str]:
    """The library's nodes that mark the build, or call themselves private."""
    marks = {tag.value for tag in _of_nodes(source, library)}
    return frozenset(node for node in library.nodes if node in marks or says_private(node))


def _of_nodes(source: DebSource, library: LibraryFact) -> Iterator[Tag]:
    for tag in source.plan.tags:
        if tag.family is TagFamily.NODE and library.path in tag.providers and tag.value in library.nodes:
            yield tag


def private_abi(source: DebSource, package: PlannedPackage) -> PrivateAbi | None:
    """None where the package has no such nodes, or the manifest does not offer them to others.

    The version is upstream's, or the package's own where a node may change with the package: one with a
    hash is of unknown origin.
    """
    libraries = described(package)
    if not source.content.abi.offer or not any(private_nodes(source, one) for one in libraries):
        return None
    tags = [tag for library in libraries for tag in _of_nodes(source, library)]
    name = f"{source.name(package)}-private-abi"
    if any(_may_change_with_the_package(source, tag) for tag in tags):
        return PrivateAbi(name, "${source:Version}", source.version)
    return PrivateAbi(name, "${source:Upstream-Version}", source.upstream_version)


def _may_change_with_the_package(source: DebSource, tag: Tag) -> bool:
    if tag.strength is Strength.VERSION:
        plain = re.split(r"[+~]", source.content.program.version)[0]
        return not any(text in tag.value for text in (plain, plain.replace(".", "_")))
    return tag.strength in (Strength.BUILD, Strength.COMMIT)


def spelled(program: str, tag: Tag) -> Capability:
    """The virtual package of a tag: `PROGRAM-abi-VALUE`, or what is customary."""
    return capability(tag, f"{fit(program)}-abi-{{value}}", tag.names.deb, fit)


def fit(value: str) -> str:
    """A tag's value in the characters that names of packages may have (Debian policy 5.6.7)."""
    return _UNFIT.sub("-", value.lower())


def as_version(tag: Tag) -> str:
    """A tag's value as a version: the same for the same value alone (deb-version(7))."""
    minor = "" if tag.minor is None else f".{tag.minor}"
    return f"0+{re.sub(r'[^A-Za-z0-9.+~]', '+', tag.value)}{minor}"
