"""Which package takes which paths: .install, .dirs, not-installed (dh_install(1), dh_missing(1))."""

from __future__ import annotations

import posixpath
import re
from bisect import bisect_left
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from splitpkg.manifest.model import BuildSystem
from splitpkg.render.deb import quote
from splitpkg.render.deb.source import ARCHIVES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from splitpkg.plan.model import Plan, PlannedPackage
    from splitpkg.render.deb.source import DebSource

MULTIARCH = "${DEB_HOST_MULTIARCH}"
STAGE = "debian/tmp/"
"""Where the build installs to; dh_install drops everything of a path up to there, wherever it stands."""

_COMPRESSED = re.compile(r"(usr/share/(?:doc|info|man)/.+)\.gz")
"""What dh_compress compresses, as a tree has it that was made from packages."""


@dataclass(frozen=True, slots=True)
class Lists:
    """Paths of one package: to be copied (whole folders among them), and empty folders to be made."""

    copied: tuple[str, ...]
    made: tuple[str, ...]


def lists(source: DebSource) -> dict[str, Lists]:
    """The paths that each package lists, by its neutral full name.

    A folder that one package owns alone, with several files and nothing of it left out, is listed
    itself in the place of its files.
    """
    users = _users(source.plan)
    return {package.name: _lists(package, users) for package in source.plan.packages}


def _users(plan: Plan) -> dict[str, set[str | None]]:
    """Which packages have something in or below each folder; None stands for paths that are left out."""
    users: defaultdict[str, set[str | None]] = defaultdict(set)
    for package in plan.packages:
        for directory in package.directories:
            users[directory.path].add(package.name)
        for entry in (*package.files, *package.directories):
            for parent in parents(entry.path):
                users[parent].add(package.name)
    for path, _ in plan.excluded:
        for parent in (path, *parents(path)):
            users[parent].add(None)
    return users


def _lists(package: PlannedPackage, users: dict[str, set[str | None]]) -> Lists:
    own = {one.path for one in package.directories}
    if not own:
        return Lists(tuple(sorted(file.path for file in package.files)), ())
    counts = Counter(parent for file in package.files for parent in parents(file.path))
    whole = {path for path in own if counts[path] > 1 and users[path] == {package.name}}
    copied = [path for path in (*whole, *(file.path for file in package.files)) if not _inside(path, whole)]
    full = {parent for path in (*counts, *own) for parent in parents(path)} | set(counts)
    made = [path for path in own if path not in full and not _inside(path, whole)]
    return Lists(tuple(sorted(copied)), tuple(sorted(made)))


def _inside(path: str, whole: set[str]) -> bool:
    return any(parent in whole for parent in parents(path))


def parents(path: str) -> Iterator[str]:
    """The folders above a path, the nearest first."""
    at = path.rfind("/")
    while at > 0:
        yield path[:at]
        at = path.rfind("/", 0, at)


def install_text(source: DebSource, paths: tuple[str, ...]) -> str:
    """debian/PACKAGE.install: the paths below debian/tmp, sorted by what is written."""
    return "".join(sorted(f"{_install_line(source, path)}\n" for path in paths))


def _install_line(source: DebSource, path: str) -> str:
    line = _listed(source, path)
    if STAGE not in f"{path}/":
        return line
    return f"{line} {_spelled(source, posixpath.dirname(path), quote.listed)}"


def docs_text(source: DebSource, package: PlannedPackage) -> str:
    """debian/PACKAGE.docs of the hub: upstream's files from the source (dh_installdocs(1))."""
    build = source.content.build
    return "".join(f"{name}\n" for name in build.doc_files) if build is not None and package.is_hub else ""


def dirs_text(source: DebSource, paths: tuple[str, ...]) -> str:
    """debian/PACKAGE.dirs."""
    return "".join(sorted(f"{_spelled(source, path, quote.listed)}\n" for path in paths))


def not_installed_text(source: DebSource) -> str:
    """debian/not-installed: what is left out, under the reason; what is below such a path goes with it.

    Empty for a packed tree: there the source package does not have it.
    """
    build = source.content.build
    if build is None:
        return ""
    reasons: defaultdict[str, list[str]] = defaultdict(list)
    excluded = dict(source.plan.excluded)
    for path, reason in source.plan.excluded:
        if not any(parent in excluded for parent in parents(path)):
            reasons[reason].append(_listed(source, path))
    if build.system is BuildSystem.AUTOTOOLS:
        # The tree may come from a build that had removed them.
        reasons[ARCHIVES] = [f"usr/lib/{MULTIARCH}/*.la", f"usr/lib/{MULTIARCH}/*/*.la"]
    blocks = ("\n".join((f"# {reason}", *sorted(lines), "")) for reason, lines in sorted(reasons.items()))
    return "\n".join(blocks)


def _listed(source: DebSource, path: str) -> str:
    """A path as a pattern; what is built may get compressed later only."""
    found = _COMPRESSED.fullmatch(path) if source.is_built else None
    if found is None:
        return _spelled(source, path, quote.pattern)
    return f"{quote.pattern(found[1])}{'*' if _is_alone(source, found[1]) else ''}"


def _is_alone(source: DebSource, beginning: str) -> bool:
    """Whether no more than one path begins so."""
    second = bisect_left(source.paths, beginning) + 1
    return second >= len(source.paths) or not source.paths[second].startswith(beginning)


def _spelled(source: DebSource, path: str, spell: Callable[[str], str]) -> str:
    rest = source.below_libdir(path)
    return spell(path) if rest is None else f"usr/lib/{MULTIARCH}/{spell(rest)}"
