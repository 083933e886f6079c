"""The %files sections: short lists that name exactly what the plan gives to each package."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from splitpkg.diagnostics import Diagnostic, Location
from splitpkg.inventory.model import EntryKind
from splitpkg.plan.model import Config, RelationKind
from splitpkg.render.rpm.paths import Spelling

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from splitpkg.manifest.model import Build
    from splitpkg.plan.model import Plan, PlannedFile, PlannedPackage

_LICENSE = re.compile(r"usr/share/licenses/.+|usr/share/doc/(?:.+/)?(?:LICEN[CS]E|COPYING)[^/]*")
_DOCUMENTATION = re.compile(r"usr/share/doc/.+")
# What find-lang of rpm marks with --with-man, and how it names the language.
_TRANSLATED = re.compile(r"usr/share/(?:locale/([^/_]+)[^/]*/.+|man/(?!man[^/]*/)([^/_.]+)[^/]*/man[^/]*/.+)")
_ORDINARY_MODES = {EntryKind.FILE: (0o644, 0o755), EntryKind.DIRECTORY: (0o755,)}


@dataclass(frozen=True)
class Listing:
    """The files of a whole build, and how its spec lists them.

    A directory stands for all that is below it where one package owns it all and nothing there
    needs a word of its own. In source mode libtool's archives are left out: no distribution wants
    them, and the spec removes them.
    """

    plan: Plan
    source_mode: bool

    def lines(self, package: PlannedPackage) -> tuple[str, ...]:
        """The section's lines: licenses, then documentation, then the rest by path."""
        listed = [file for file in self.packed(package) if not self._within_whole(file.path)]
        listed.sort(key=lambda file: (_RANK.get(_flag(file.path), len(_RANK)), file.path))
        return tuple(self._line(file) for file in listed)

    def packed(self, package: PlannedPackage) -> Iterator[PlannedFile]:
        """The files and directories that get into the package."""
        for file in (*package.directories, *package.files):
            if not (self.source_mode and file.path.endswith(".la")):
                yield file

    def findings(self, package: PlannedPackage) -> Iterator[Diagnostic]:
        """Paths that a spec cannot spell."""
        for file in self.packed(package):
            if self.spelling.listed(file.path) is None:
                yield _unspeakable(file.path)

    def removed(self) -> tuple[str, ...]:
        """The paths that no package takes; of a directory that is left out as a whole, only itself."""
        kept = {parent for path in self._paths for parent in (path, *_parents(path))}
        gone = {path for path, _reason in self.plan.excluded} - kept
        return tuple(sorted(path for path in gone if gone.isdisjoint(_parents(path))))

    @cached_property
    def spelling(self) -> Spelling:
        """How this build's paths are written."""
        return Spelling(frozenset(self._paths), self.plan.libdir, self.source_mode)

    def _line(self, file: PlannedFile) -> str:
        path = self.spelling.listed(file.path) or ""
        if file.path in self._whole:
            return " ".join((*_words(_flag(file.path)), f"{path}/"))
        first = "%dir" if file.kind is EntryKind.DIRECTORY else _flag(file.path)
        words = (first, _attributes(file), _CONFIG[file.config])
        return " ".join((*_words(*words), path))

    def _within_whole(self, path: str) -> bool:
        return any(parent in self._whole for parent in _parents(path))

    @cached_property
    def _paths(self) -> tuple[str, ...]:
        return tuple(
            file.path for package in self.plan.packages for file in (*package.directories, *package.files)
        )

    @cached_property
    def _whole(self) -> frozenset[str]:
        """The directories that stand for their content."""
        return frozenset(
            directory.path
            for package in self.plan.packages
            for directory in package.directories
            if self._content[directory.path] == {(package.name, _flag(directory.path))}
        )

    @cached_property
    def _content(self) -> Mapping[str, set[tuple[str, str]]]:
        """Of each path and what is below it: the packages that have it, and what they say of it."""
        found: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
        for package in self.plan.packages:
            for file in (*package.directories, *package.files):
                said = (package.name, _said(file))
                for parent in (file.path, *_parents(file.path)):
                    found[parent].add(said)
        return found


def upstream(plan: Plan, package: PlannedPackage, build: Build | None) -> tuple[str, ...]:
    """Lines for files of the source itself: the licence in the hub, and in what stands alone."""
    if build is None:
        return ()
    names = {one.name for one in plan.packages}
    alone = not any(one.kind is RelationKind.REQUIRES and one.target in names for one in package.relations)
    licences = tuple(f"%license {path}" for path in build.license_files if alone or package.is_hub)
    return (*licences, *(f"%doc {path}" for path in build.doc_files if package.is_hub))


_UNSPEAKABLE = (
    "it holds a control character, or bytes that are no UTF-8, or another name differs from it only"
    " where it has a special character"
)
_RANK = {"%license": 0, "%doc": 1}
_CONFIG = {Config.NO: "", Config.REPLACE: "%config", Config.NOREPLACE: "%config(noreplace)"}


def _flag(path: str) -> str:
    if _LICENSE.fullmatch(path):
        return "%license"
    if _DOCUMENTATION.fullmatch(path):
        return "%doc"
    translated = _TRANSLATED.fullmatch(path)
    language = translated and (translated[1] or translated[2])
    return f"%lang({language})" if language and re.fullmatch(r"[A-Za-z]{2,3}(@[a-z]+)?", language) else ""


def _attributes(file: PlannedFile) -> str:
    """%attr where unpacking and installing would not by themselves give the plan's mode and owner."""
    if file.kind is EntryKind.SYMLINK:
        return ""
    ordinary = file.mode in _ORDINARY_MODES[file.kind] and not file.changed_mode
    if ordinary and (file.user, file.group) == ("root", "root"):
        return ""
    return f"%attr({file.mode:04o}, {file.user}, {file.group})"


def _said(file: PlannedFile) -> str:
    """What the list has to say of a file: its flag, or something that no other file shares."""
    return f"%attr {file.path}" if _attributes(file) or file.config is not Config.NO else _flag(file.path)


def _parents(path: str) -> Iterator[str]:
    at = path.rfind("/")
    while at > 0:
        yield path[:at]
        at = path.rfind("/", 0, at)


def _words(*words: str) -> Iterator[str]:
    return (word for word in words if word)


def _unspeakable(path: str) -> Diagnostic:
    return Diagnostic(
        "path-unspeakable",
        Location(path),
        "has a name that %files cannot spell so that it means this path alone",
        (_UNSPEAKABLE,),
        "rename it, or leave it out with [[exclude]]",
    )
