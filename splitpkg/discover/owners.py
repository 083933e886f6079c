"""Which package each path that is no module should go to, in a split that asks no questions."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from splitpkg.abi.directories import is_library_directory
from splitpkg.discover.families import RESERVED
from splitpkg.discover.model import Kind
from splitpkg.discover.naming import safe_suffix
from splitpkg.discover.places import (
    is_development,
    is_documentation,
    is_public,
    private_parts,
    stem,
)
from splitpkg.inventory.model import EntryKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from splitpkg.abi.linkage import Linkage
    from splitpkg.discover.model import Discovery, Helper
    from splitpkg.inventory.model import Entry, Inventory

CORE, LIBS, DEVEL, DATA, DOC = RESERVED

_SIZEABLE = 1 << 20
_COMMON_PLACE = re.compile(
    r"""
      aclocal | appdata | applications | apport | augeas | bash-completion | bug | cmake | dbus-1 | defaults
    | doc | doc-base | fish | gir-1\.0 | glib-2\.0 | gtk-doc | help | icons | info | licenses | lintian
    | locale | man | menu | metainfo | mime | mime-info | pam-configs | perl5 | pixmaps | pkgconfig | polkit-1
    | snmp | systemtap | vala | xml | xsessions | zsh
    """,
    re.VERBOSE,
)
_COMMENTS = {
    CORE: "The programs, and what they and all modules have in common.",
    LIBS: "Shared libraries, which other programs may link to as well.",
    DEVEL: "What is needed to build software against the libraries.",
    DATA: "Data that does not depend on the architecture.",
    DOC: "Documentation.",
}
KINDS = {CORE: "program", LIBS: "library", DEVEL: "development", DATA: "data", DOC: "documentation"}


@dataclass(frozen=True, slots=True)
class Plain:
    """A package that is no module."""

    suffix: str
    kind: str
    comment: str


@dataclass(frozen=True, slots=True)
class Owners:
    """The package of each path that is no module; the packages, the core first; what goes with a module."""

    paths: dict[str, str]
    packages: tuple[Plain, ...]
    with_module: dict[str, str]


def choose(
    inventory: Inventory,
    discovery: Discovery,
    linkage: Linkage,
    members: Iterable[str],
    suffixes: Iterable[str],
) -> Owners:
    """Owners for all files, links and empty directories that no family takes.

    `suffixes` are those of the modules' packages.
    """
    taken = {*suffixes, *KINDS}
    apart, with_module = _helpers_apart(discovery, linkage, taken)
    extensions = _extensions(inventory, discovery, taken)
    libraries = _libraries(discovery, linkage)
    data = _data_places(inventory, discovery)
    found: dict[str, str] = {}
    for entry in _unclaimed(inventory, set(members)):
        file = _file_behind(inventory, entry)
        root = next((one for one in extensions if entry.path.startswith(f"{one}/")), None)
        if file in with_module:
            with_module.setdefault(entry.path, with_module[file])
        elif file in apart:
            found[entry.path] = apart[file].suffix
        elif root is not None:
            found[entry.path] = extensions[root].suffix
        else:
            found[entry.path] = _usual(entry, file, libraries, data)
    found = _merged(inventory, found)
    return Owners(found, _packages(set(found.values()), (*apart.values(), *extensions.values())), with_module)


def _unclaimed(inventory: Inventory, members: set[str]) -> Iterator[Entry]:
    """The files and links that no family takes, and the directories that hold nothing."""
    full = {entry.path.rpartition("/")[0] for entry in inventory.entries}
    for entry in inventory.entries:
        if entry.path not in (full if entry.kind is EntryKind.DIRECTORY else members):
            yield entry


def _packages(used: set[str], special: Iterable[Plain]) -> tuple[Plain, ...]:
    """The packages that have a path, the usual ones first; the core where none has."""
    known = {plain.suffix: plain for plain in special}
    known |= {suffix: Plain(suffix, kind, _COMMENTS[suffix]) for suffix, kind in KINDS.items()}
    used = used or {CORE}
    usual = [suffix for suffix in KINDS if suffix in used]
    return tuple(known[suffix] for suffix in (*usual, *sorted(used.difference(usual))))


def _file_behind(inventory: Inventory, entry: Entry) -> str:
    if entry.kind is not EntryKind.SYMLINK:
        return entry.path
    target = inventory.resolve(entry.path)
    return target.path if target is not None else entry.path


def _usual(entry: Entry, file: str, libraries: Mapping[str, frozenset[str]], data: frozenset[str]) -> str:
    """The package by what the path says, and by the library behind it."""
    directory, _, name = entry.path.rpartition("/")
    if file in libraries:
        needed = file == entry.path or name in libraries[file] or ".so." in name
        return LIBS if needed else DEVEL
    linker_name = entry.kind is EntryKind.SYMLINK and name.startswith("lib") and name.endswith(".so")
    if is_library_directory(directory) and (linker_name or name.endswith((".a", ".la", ".o"))):
        return DEVEL
    if entry.elf is None and is_development(entry.path):
        return DEVEL
    if is_documentation(entry.path):
        return DOC
    return DATA if "/".join(entry.path.split("/")[:3]) in data else CORE


def _libraries(discovery: Discovery, linkage: Linkage) -> dict[str, frozenset[str]]:
    """Public libraries, and the helpers that they need, each with the names by which it is needed."""
    public = [library.path for library in discovery.libraries if is_public(library.path)]
    helpers = {helper.path for helper in discovery.helpers}
    files = set(public) | {path for one in public for path in linkage.closure(one).files if path in helpers}
    names = defaultdict[str, set[str]](set)
    for path in (*discovery.programs, *(module.path for module in discovery.modules), *files):
        for need in linkage.needs(path):
            names[need.provider or ""].add(need.name)
    return {path: frozenset({*names[path], linkage.facts(path).soname or ""}) for path in files}


def _helpers_apart(
    discovery: Discovery, linkage: Linkage, taken: set[str]
) -> tuple[dict[str, Plain], dict[str, str]]:
    """Helpers that no program or library needs and that would bring more libraries into the core.

    That of one module goes with it, any other gets a package of its own.
    """
    base = [*discovery.programs, *(library.path for library in discovery.libraries)]
    present = {name for path in base for name in linkage.closure(path).external}
    needed = {file for path in base for file in linkage.closure(path).files}
    apart, with_module = dict[str, Plain](), dict[str, str]()
    for helper in discovery.helpers:
        more = linkage.closure(helper.path).external - present
        if helper.path in needed or not more:
            continue
        users = [one.path for one in discovery.modules if helper.path in linkage.closure(one.path).files]
        if len(users) == 1:
            with_module[helper.path] = users[0]
        else:
            apart[helper.path] = _apart(discovery, helper, len(users), sorted(more), taken)
            taken.add(apart[helper.path].suffix)
    return apart, with_module


def _apart(discovery: Discovery, helper: Helper, users: int, more: list[str], taken: set[str]) -> Plain:
    name = stem(helper.path).removeprefix("lib").lower().replace("_", "-")
    own = name.removeprefix(f"{discovery.name}-").removesuffix("-common")
    suffix = safe_suffix(f"{own}-common", taken)
    who = f"that {users} modules share" if users else "for modules that do not name it"
    what = f"{more[0]}{f' and {len(more) - 1} more' if len(more) > 1 else ''}"
    return Plain(suffix, "program", f"A library {who}; apart from the core because it needs {what}.")


def _extensions(inventory: Inventory, discovery: Discovery, taken: set[str]) -> dict[str, Plain]:
    """Directories with extensions of an interpreter that is not in the tree, each with its package."""
    other: set[str] = {module.path for module in discovery.modules} | set(discovery.programs)
    other |= {helper.path for helper in discovery.helpers} | {one.path for one in discovery.libraries}
    homes = {directory for path in other for directory in _above(path)}
    packages, found = dict[str, Plain](), dict[str, Plain]()
    for one in discovery.others:
        if (
            one.kind is not Kind.EXTENSION
            or one.interpreter is None
            or not private_parts(one.path.rpartition("/")[0])
        ):
            continue
        if one.interpreter not in packages:
            language = one.interpreter.lower().split(".")[0]
            suffix = language if language not in taken else safe_suffix(f"{language}-bindings", taken)
            taken.add(suffix)
            comment = (
                f"Extensions of {one.interpreter}, which is not in the tree: no modules of this program."
            )
            packages[one.interpreter] = Plain(suffix, "program", comment)
        roots = [directory for directory in _above(one.path) if directory not in homes]
        found[min(roots, key=len, default=one.path.rpartition("/")[0])] = packages[one.interpreter]
        if one.interpreter == "Perl" and inventory.get("usr/share/perl5") is not None:
            found["usr/share/perl5"] = packages[one.interpreter]
    return dict(sorted(found.items(), key=lambda item: -len(item[0])))


def _above(path: str) -> Iterator[str]:
    """The private directories that hold a path, the nearest first."""
    directory = path.rpartition("/")[0]
    while directory and not is_library_directory(directory) and "/" in directory:
        yield directory
        directory = directory.rpartition("/")[0]


def _data_places(inventory: Inventory, discovery: Discovery) -> frozenset[str]:
    """The directories usr/share/X with much data and no file that this machine runs."""
    size = defaultdict[str, int](int)
    native = {*discovery.programs, *(module.path for module in discovery.modules)}
    native |= {helper.path for helper in discovery.helpers}
    barred = {"/".join(path.split("/")[:3]) for path in native}
    for entry in inventory.entries:
        parts = entry.path.split("/")
        if len(parts) > 3 and parts[:2] == ["usr", "share"] and not _COMMON_PLACE.fullmatch(parts[2]):
            size["/".join(parts[:3])] += entry.size
    return frozenset(place for place, number in size.items() if number >= _SIZEABLE and place not in barred)


def _merged(inventory: Inventory, found: dict[str, str]) -> dict[str, str]:
    """The owners with packages that are not worth it merged into others."""
    size = defaultdict[str, int](int)
    for path, suffix in found.items():
        entry = inventory.get(path)
        size[suffix] += entry.size if entry is not None else 0
    away = dict[str, str]()
    if size[DOC] < _SIZEABLE:
        away[DOC] = CORE
    headers = any(suffix == DEVEL and not path.startswith("usr/share/man/") for path, suffix in found.items())
    if not headers:
        away[DEVEL] = CORE
    kept = {path: away.get(suffix, suffix) for path, suffix in found.items()}
    if CORE not in kept.values() and LIBS not in kept.values() and kept:
        lone = min(set(kept.values()), key=lambda suffix: (suffix != DOC, suffix))
        kept = {path: CORE if suffix == lone else suffix for path, suffix in kept.items()}
    return kept
