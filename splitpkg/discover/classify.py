"""Tells libraries, helper libraries and modules apart, by who links to whom and by what siblings share."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from splitpkg.discover.entry import MADE_BY_LINKER, Shapes, by_directory, shapes_of
from splitpkg.discover.interpreters import absent_interpreters, extension_of
from splitpkg.discover.model import Kind
from splitpkg.discover.places import has_library_version, is_public, stem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from splitpkg.discover.objects import Objects

_LIBTOOL_ENTRY = re.compile(r"(?P<name>\w+)_LTX_\w+")
"""How libtool calls what libltdl looks for in a module of that name (libtool, "Modules for libltdl")."""
_LINKER_NAME = re.compile(r"/lib[^/]*\.so$")
_NAME_SERVICE = re.compile(r"libnss_\w+\.so\.2")
_SEVERAL = 3
_WHOLE_INTERFACE, _BUILDS = 16, 4
"""Up to so many libraries that share so many names are builds of one library; modules share few entry
symbols, or there are more modules."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a file is, and why; of an extension, of which interpreter."""

    kind: Kind
    why: str
    interpreter: str | None = None


def classify(objects: Objects) -> tuple[dict[str, Verdict], Shapes]:
    """The kind of every ELF file of the tree, and the entry symbols of those that may be modules."""
    verdicts = {path: Verdict(Kind.DATA, why) for path, why in objects.data.items()}
    verdicts |= {path: Verdict(Kind.PROGRAM, "is started, not loaded") for path in objects.programs}
    verdicts |= _special(objects)
    rest = [path for path in objects.shared if path not in verdicts]
    shapes = shapes_of(objects, (path for path in rest if _may_be_module(objects, path)))
    verdicts |= {path: _public(objects, shapes, path) for path in rest if is_public(path)}
    verdicts |= _loaded_whole(objects, (path for path in rest if path not in verdicts))
    rest = [path for path in rest if path not in verdicts]
    verdicts |= _linked_from_outside(objects, shapes, verdicts, rest)
    verdicts |= {path: _private(objects, shapes, path) for path in rest if path not in verdicts}
    verdicts |= _empty(objects, verdicts)
    return verdicts, shapes


def _may_be_module(objects: Objects, path: str) -> bool:
    """Whether the file counts when siblings are compared: nothing links to it or could be meant to."""
    if path in objects.users:
        return False
    named_as_library = has_library_version(path.rpartition("/")[2]) or _linker_name(objects, path) is not None
    return not (is_public(path) and named_as_library)


def _special(objects: Objects) -> dict[str, Verdict]:
    """Extensions of interpreters that are elsewhere, and objects for LD_PRELOAD."""
    absent, found = absent_interpreters(objects), {}
    for path in objects.shared:
        if path in objects.users:
            continue
        extension = extension_of(objects, path, absent)
        if extension is not None:
            interpreter, entry = extension
            why = f"defines `{entry}` for {interpreter.name}, which is not in the tree"
            found[path] = Verdict(Kind.EXTENSION, why, interpreter.name)
        elif names := _interposed(objects, path):
            why = f"defines `{names[0]}` and {len(names) - 1} more names of libraries outside the tree"
            found[path] = Verdict(Kind.INTERPOSER, why)
    return found


def _interposed(objects: Objects, path: str) -> list[str]:
    """The names by which a file stands in for another library, if that is what it is for."""
    own = objects.facts(path).defined_names - MADE_BY_LINKER
    names = sorted(own & objects.imported)
    return names if len(names) > 1 and 4 * len(names) >= len(own) else []


def _public(objects: Objects, shapes: Shapes, path: str) -> Verdict:
    """A file that lies where the dynamic linker looks unasked: a library, unless it shows otherwise."""
    facts, name = objects.facts(path), path.rpartition("/")[2]
    service = _NAME_SERVICE.fullmatch(name)
    if service is not None and (
        entries := [one.name for one in facts.defined if one.name.startswith("_nss_")]
    ):
        return Verdict(Kind.MODULE, f"defines `{min(entries)}` for the name service switch")
    if path in objects.users:
        return Verdict(Kind.LIBRARY, f"{objects.users[path][0]} links to it")
    if not _may_be_module(objects, path):
        return Verdict(Kind.LIBRARY, "has a library's name in the libraries' directory")
    entry = shapes.entry(path, share=0)
    if entry and not _is_interface(shapes, path, entry):
        return Verdict(Kind.MODULE, f"defines `{entry[0]}` as its siblings do, and nothing links to it")
    if facts.soname is not None and name.startswith("lib"):
        return Verdict(Kind.LIBRARY, "has a library's name and SONAME in the libraries' directory")
    return Verdict(Kind.MODULE, "has no library's name or SONAME, and nothing links to it")


def _is_interface(shapes: Shapes, path: str, entry: tuple[str, ...]) -> bool:
    """Whether what a file shares with its siblings is a library's interface, of which they are builds."""
    return len(entry) >= _WHOLE_INTERFACE and shapes.sizes[path.rpartition("/")[0]] <= _BUILDS


def _linker_name(objects: Objects, path: str) -> str | None:
    """The link by which `ld -lNAME` finds the file, if there is one."""
    links = objects.links.get(path, ())
    return next((link for link in links if is_public(link) and _LINKER_NAME.search(link)), None)


def _loaded_whole(objects: Objects, paths: Iterable[str]) -> dict[str, Verdict]:
    """The files of private directories that a loader names, and where most libraries define nothing.

    Nothing can link to those: they are loaded for their constructors, and who loads them takes all
    that is there.
    """
    found: dict[str, Verdict] = {}
    for directory, files in by_directory(paths).items():
        mute = [
            path for path in files if _defines_nothing(objects, path) and _looks_like_library(objects, path)
        ]
        if len(mute) >= _SEVERAL and 2 * len(mute) >= len(files):
            for host in sorted(objects.naming(directory))[:1]:
                why = (
                    f"lies in {directory}, which {host} names, and where most files define nothing to link to"
                )
                found |= {path: Verdict(Kind.MODULE, why) for path in files}
    return found


def _defines_nothing(objects: Objects, path: str) -> bool:
    return objects.facts(path).defined_names <= MADE_BY_LINKER


def _linked_from_outside(
    objects: Objects, shapes: Shapes, verdicts: Mapping[str, Verdict], paths: Iterable[str]
) -> dict[str, Verdict]:
    """Those of the paths that a program or library links to, directly or over others of them."""
    found: dict[str, Verdict] = {}
    todo = [path for path in verdicts if verdicts[path].kind is not Kind.DATA]
    wanted = set(paths)
    while todo:
        user = todo.pop()
        for need in objects.linkage.needs(user):
            if need.provider in wanted and need.provider not in found:
                found[need.provider] = _linked(objects, shapes, need.provider, user)
                todo.append(need.provider)
    return found


def _linked(objects: Objects, shapes: Shapes, path: str, user: str) -> Verdict:
    preloaded = _libtool_entry(objects, path)
    if preloaded is not None:
        return Verdict(Kind.MODULE, f"defines `{preloaded}` for libltdl, though {user} links to it")
    entry = () if _looks_like_library(objects, path) else shapes.entry(path, least=3)
    if entry:
        return Verdict(Kind.MODULE, f"defines `{entry[0]}` as its siblings do, though {user} links to it")
    asked = None if path.rpartition("/")[2].startswith("lib") else shapes.asks(path)
    if asked is not None:
        return Verdict(Kind.MODULE, f"needs `{asked}` as its siblings do, though {user} links to it")
    return Verdict(Kind.HELPER, f"{user} links to it")


def _private(objects: Objects, shapes: Shapes, path: str) -> Verdict:
    """A file of a directory of the program's own that only such files link to, or none."""
    users, entry = objects.users.get(path, ()), shapes.entry(path)
    if users:
        return _linked(objects, shapes, path, users[0])
    own = _libtool_entry(objects, path)
    if own is not None:
        return Verdict(Kind.MODULE, f"defines `{own}` for libltdl")
    if _looks_like_library(objects, path):
        entry = shapes.entry(path, least=3)
        if not entry or _is_interface(shapes, path, entry):
            return Verdict(
                Kind.HELPER, "has a library's name and version, and no entry symbol of its siblings"
            )
    if entry:
        return Verdict(Kind.MODULE, f"defines `{entry[0]}` as its siblings do, and nothing links to it")
    if _has_typelib(objects, path):
        return Verdict(Kind.HELPER, "lies beside type libraries, by which scripts call it")
    return Verdict(Kind.MODULE, "lies in a directory of the program's own, and nothing links to it")


def _libtool_entry(objects: Objects, path: str) -> str | None:
    """The symbol that only lt_dlopen asks for, where the file has one of its own name."""
    own = re.sub(r"\W", "_", stem(path))
    names = (own, own.removeprefix("lib"))
    marked = (name for name in objects.facts(path).defined_names if "_LTX_" in name)
    found = map(_LIBTOOL_ENTRY.fullmatch, marked)
    return min((one[0] for one in found if one is not None and one["name"] in names), default=None)


def _looks_like_library(objects: Objects, path: str) -> bool:
    name = path.rpartition("/")[2]
    return name.startswith("lib") and has_library_version(objects.facts(path).soname or name)


def _has_typelib(objects: Objects, path: str) -> bool:
    """Whether GObject introspection's type libraries lie in the same directory."""
    return path.rpartition("/")[0] in objects.typelibs


def _empty(objects: Objects, verdicts: Mapping[str, Verdict]) -> dict[str, Verdict]:
    """Shared objects without symbols and needs: firmware, unless they lie among modules."""
    loaded = {path for path in objects.shared if objects.facts(path).defined or objects.facts(path).needed}
    homes = {path.rpartition("/")[0] for path in loaded if verdicts[path].kind is Kind.MODULE}
    return {
        path: Verdict(Kind.DATA, "is a shared object without symbols and needs, as firmware is")
        for path in objects.shared
        if path not in loaded and path.rpartition("/")[0] not in homes
    }
