"""Tags that are part of the modules' paths: a directory or a suffix that carries the release."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from splitpkg.abi.directories import elsewhere, merged, parts
from splitpkg.abi.marked import count
from splitpkg.abi.model import Tag, TagFamily

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from splitpkg.abi.marked import Marked
    from splitpkg.inventory.model import Entry

_NUMBERED = re.compile(r"(?!x86_64)(?:[A-Za-z].*[-_])?v?[0-9]+(?:\.[0-9]+)*(?:[+~.][0-9A-Za-z.+~]*)?")
_SUFFIX = re.compile(r".+\.so\.(?P<version>[0-9]+(?:\.[0-9]+)+)")


class Release(NamedTuple):
    """Where a path carries a release: `above` is the directory that holds the part `text`.

    `value` is what tells it from other releases: the path below the libraries' directory.
    """

    interface: str
    value: str
    above: str
    text: str

    @property
    def texts(self) -> tuple[str, ...]:
        """What tells it, beside absolute paths: the part itself, and directories below a prefix."""
        below = merged(self.above)
        return self.text, below, f"{below}/", f"{below}/{self.text}", f"{below}/{self.text}/"


def release_of(path: str, soname: str | None) -> Release | None:
    """The last directory of a module's path that carries a number, or its suffix behind `.so.`.

    A library's suffix is that of its SONAME.
    """
    directory, _, name = path.rpartition("/")
    suffix = _SUFFIX.fullmatch(name) if soname is None or soname == name else None
    if suffix is not None:
        return Release(f"{directory}/*.so", f".so.{suffix['version']}", directory, suffix["version"])
    found = parts(directory)
    if found is None:
        return None
    head, below = found[0], found[1].split("/")
    for last in range(len(below) - 1, -1, -1):
        if _NUMBERED.fullmatch(below[last]):
            above = "/".join(below[:last])
            form = "/".join([*below[:last], re.sub(r"[0-9][0-9.]*", "*", below[last])])
            return Release(form, "/".join(below[: last + 1]), f"{head}/{above}".rstrip("/"), below[last])
    return None


def every_path(marked: Marked) -> Iterator[Tag]:
    """The releases in the paths of modules, whether a host knows them or not."""
    for release, files in sorted(_carriers(marked).items()):
        yield _tag(release, files, _knowing(marked, release, files[0]))


def paths(marked: Marked) -> Iterator[Tag]:
    """The releases in paths that a host or a library of the program knows.

    Others in their place have no provider: they are of another build.
    """
    found = tuple(every_path(marked))
    proven = {tag.interface for tag in found if tag.providers}
    return (tag for tag in found if tag.interface in proven)


def _carriers(marked: Marked) -> dict[Release, list[str]]:
    found = defaultdict[Release, list[str]](list)
    for path in marked.modules:
        release = release_of(path, marked.linkage.facts(path).soname)
        if release is not None:
            found[release].append(path)
    return found


def _tag(release: Release, files: list[str], providers: tuple[str, ...]) -> Tag:
    told = f"path of {count(files)}, which {providers[0]} has as text" if providers else "path of no host"
    return Tag(
        TagFamily.PATH, release.value, providers, tuple(sorted(files)), told, interface=release.interface
    )


def _knowing(marked: Marked, release: Release, module: str) -> tuple[str, ...]:
    """The hosts that hold the path as text, whole or in two parts; else libraries that do."""
    machine = marked.linkage.facts(module).machine
    aboves = {f"/{above}" for above in (release.above, *elsewhere(release.above, machine))}
    aboves.add(merged(release.above))
    found = [entry for entry in marked.loaders() if _holds(entry, aboves, release.text)]
    hosts = tuple(entry.path for entry in found if entry.path in marked.hosts)
    return hosts or tuple(sorted(entry.path for entry in found))


def _holds(entry: Entry, aboves: Iterable[str], text: str) -> bool:
    held = entry.mentions
    wholes = {f"{above}/{text}{end}" for above in aboves for end in ("", "/")}
    parts = {f"{above}{end}" for above in aboves for end in ("", "/")}
    return not held.isdisjoint(wholes) or (text in held and not held.isdisjoint(parts))
