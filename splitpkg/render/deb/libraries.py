"""What dpkg's generators have to know of shared libraries: which are private, and where they lie."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from splitpkg.plan.model import PlannedPackage
    from splitpkg.render.deb.source import DebSource

_VERSIONED = (re.compile(r"(.+)\.so\.(.+)"), re.compile(r"(.+)-(\d.*)\.so"))
"""SONAMEs that a shlibs file can name: library and version (deb-shlibs(5), dpkg-shlibdeps)."""

_SEARCHED = re.compile(r"(usr/)?lib(32|64|x32|/[a-z0-9_]+-linux-gnu[a-z0-9_]*)?")
"""Directories in which dpkg-shlibdeps looks for libraries by itself (Dpkg::Shlibs)."""

_PLAIN = re.compile(r"[A-Za-z0-9_.+-]+")


@dataclass(frozen=True, slots=True)
class PrivateLibrary:
    """A library that files of the build need and no symbols or shlibs file describes."""

    soname: str
    folder: str
    owner: PlannedPackage


def private_libraries(source: DebSource) -> tuple[PrivateLibrary, ...]:
    """The private libraries that are needed by some file of the plan, by SONAME.

    One is known by the file, or the link, that bears the SONAME as its name: that is what the
    dynamic loader looks for.
    """
    wanted = {soname for file in source.plan.files for soname in file.needed or ()}
    wanted -= {one.soname for package in source.plan.packages for one in package.libraries if one.public}
    found = {}
    for package in source.plan.packages:
        for file in package.files:
            name = posixpath.basename(file.path)
            if name in wanted:
                found[name] = PrivateLibrary(name, posixpath.dirname(file.path), package)
    return tuple(found[name] for name in sorted(found))


def search_folders(source: DebSource) -> tuple[str, ...]:
    """The folders of private libraries in which dpkg-shlibdeps would not look."""
    folders = {one.folder for one in private_libraries(source)}
    return tuple(sorted(folder for folder in folders if not _SEARCHED.fullmatch(folder)))


def search_packages(source: DebSource) -> tuple[str, ...]:
    """The packages, by Debian's names, that hold private libraries."""
    return tuple(sorted({source.name(one.owner) for one in private_libraries(source)}))


def shlibs_local_text(source: DebSource) -> str:
    """debian/shlibs.local: private libraries come from the same build of their packages."""
    lines = []
    for one in private_libraries(source):
        matched = next((found for form in _VERSIONED if (found := form.fullmatch(one.soname))), None)
        if matched is not None and _PLAIN.fullmatch(one.soname):
            lines.append(f"{matched[1]} {matched[2]} {source.name(one.owner)} (= ${{binary:Version}})\n")
    return "".join(lines)


def without_shlibs(source: DebSource) -> tuple[str, ...]:
    """Parts of paths by which dh_makeshlibs leaves out what others must not link to.

    A folder where there is nothing but modules and private libraries, else the file itself. What is
    also a part of a public library's path would hide that.
    """
    public = {one.path for package in source.plan.packages for one in package.libraries if one.public}
    kept = {posixpath.dirname(path) for path in public}
    modules = {path for package in source.plan.packages for path in package.modules}
    hidden = modules | {f"{one.folder}/{one.soname}" for one in private_libraries(source)}
    hidden |= {one.path for package in source.plan.packages for one in package.libraries if not one.public}
    found = set()
    for path in hidden - public:
        folder = posixpath.dirname(path)
        found.add(path if folder in kept or _SEARCHED.fullmatch(folder) else f"{folder}/")
    return tuple(sorted(part for part in found if not any(part in path for path in public)))
