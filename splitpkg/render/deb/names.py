"""The names of Debian's binary packages: the manifest's, else by SONAME, else the neutral ones."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from splitpkg.inventory.model import EntryKind
from splitpkg.plan.model import Role

if TYPE_CHECKING:
    from splitpkg.plan.model import LibraryFact, Plan, PlannedPackage

VALID = re.compile(r"[a-z0-9][a-z0-9+.-]+")
"""Names of packages (Debian policy 5.6.7)."""


def debian_names(plan: Plan) -> dict[str, str]:
    """Debian's name for each package, by its neutral full name. Not yet checked to be unique."""
    libraries = tuple(library for package in plan.packages for library in package.libraries)
    return {package.name: _name(package, libraries) for package in plan.packages}


def _name(package: PlannedPackage, libraries: tuple[LibraryFact, ...]) -> str:
    if package.names.deb is not None:
        return package.names.deb
    match package.role:
        case Role.LIBRARY:
            own = _library_name(package)
        case Role.DEVELOPMENT:
            own = _development_name(package, libraries)
        case _:
            own = None
    return own if own is not None and VALID.fullmatch(own) else package.name


def _library_name(package: PlannedPackage) -> str | None:
    """After the SONAME, where the package has one public library (Debian policy 8.1)."""
    sonames = {library.soname for library in package.libraries if library.public}
    return by_soname(sonames.pop()) if len(sonames) == 1 else None


def by_soname(soname: str) -> str:
    """`librelay.so.0` is librelay0, `libdemo-1.2.so.3` is libdemo-1.2-3 (Debian policy 8.1, footnote)."""
    name = re.sub(r"([0-9])\.so\.", r"\1-", soname)
    return re.sub(r"\.so(\.|$)", "", name).replace("_", "-").lower()


def _development_name(package: PlannedPackage, libraries: tuple[LibraryFact, ...]) -> str:
    """After the library, where the package has the linker's name of one alone; else NAME-dev."""
    names = {name for name, library in linker_names(package, libraries) if library.public}
    if len(names) == 1:
        return f"{names.pop().removesuffix('.so')}-dev".replace("_", "-").lower()
    return re.sub(r"-devel$", "-dev", package.name)


def linker_names(
    package: PlannedPackage, libraries: tuple[LibraryFact, ...]
) -> tuple[tuple[str, LibraryFact], ...]:
    """The links of the package by which a linker finds libraries, as `librelay.so`, each with the library."""
    known = {name: one for one in libraries for name in (one.soname, posixpath.basename(one.path))}
    links = [file for file in package.files if file.kind is EntryKind.SYMLINK and file.path.endswith(".so")]
    targets = [(link.path, posixpath.basename(link.target or "")) for link in links]
    return tuple((posixpath.basename(path), known[target]) for path, target in targets if target in known)
