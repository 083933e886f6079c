"""Plans and manifests made by hand, for tests of what comes after planning."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from splitpkg.inventory.model import EntryKind
from splitpkg.manifest.model import DebRelations, FormatNames, Manifest, ManifestFile, RpmRelations
from splitpkg.plan.model import (
    Config,
    Constraint,
    LibraryFact,
    Plan,
    PlannedFile,
    PlannedPackage,
    Reason,
    Relation,
    RelationKind,
    Role,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

TIMESTAMP = 1732233600
"""2024-11-22 00:00:00 UTC."""


def manifest(**tables: Any) -> ManifestFile:
    """The manifest of the program `demo`; `tables` replace or add top-level tables.

    A `program` table is merged into the ordinary one.
    """
    program = {
        "name": "demo",
        "version": "1.6.0",
        "release": "2",
        "summary": "Program that loads modules",
        "description": "Demo does its work by modules.\n\nEach is loaded when it is needed.",
        "license": "MIT",
        "homepage": "https://demo.example/",
        "maintainer": "Jo Doe <jo@demo.example>",
        "date": datetime.date(2024, 11, 22),
    }
    content: dict[str, Any] = {
        "hosts": {"files": ["usr/bin/demod"]},
        "package": {"core": {"files": ["usr/bin/demod"]}},
        **tables,
        "program": {**program, **tables.get("program", {})},
    }
    return ManifestFile("splitpkg.toml", Manifest.model_validate(content), {})


def file(path: str, mode: int = 0o644, **facts: Any) -> PlannedFile:
    """A regular file."""
    return PlannedFile(path, EntryKind.FILE, mode, **facts)


def link(path: str, target: str) -> PlannedFile:
    """A symbolic link."""
    return PlannedFile(path, EntryKind.SYMLINK, 0o777, target=target)


def folder(path: str, mode: int = 0o755, **facts: Any) -> PlannedFile:
    """A directory."""
    return PlannedFile(path, EntryKind.DIRECTORY, mode, **facts)


def relation(
    kind: str, target: str, constraint: Constraint = Constraint.SAME_BUILD, reason: Reason = Reason.LOCK
) -> Relation:
    """A relation to the package of that neutral full name; a lock unless told otherwise."""
    return Relation(RelationKind(kind), target, constraint, reason)


def package(suffix: str, files: Iterable[PlannedFile] = (), **facts: Any) -> PlannedPackage:
    """The package `demo-SUFFIX`, a program's for this architecture unless told otherwise."""
    listed = sorted(files, key=lambda one: one.path)
    ordinary: dict[str, Any] = {
        "name": f"demo-{suffix}" if suffix else "demo",
        "suffix": suffix,
        "role": Role.PROGRAM,
        "is_hub": suffix == "core",
        "architecture_dependent": True,
        "summary": f"Part {suffix} of demo",
        "description": f"Demo does its work by modules.\n\nThis package holds {suffix}.",
        "modules": (),
        "libraries": (),
        "private_sonames": (),
        "external": (),
        "relations": (),
        "names": FormatNames(),
        "rpm": RpmRelations(),
        "deb": DebRelations(),
    }
    return PlannedPackage(
        **{**ordinary, **facts},
        files=tuple(one for one in listed if one.kind is not EntryKind.DIRECTORY),
        directories=tuple(one for one in listed if one.kind is EntryKind.DIRECTORY),
    )


def module(family: str, name: str, *edges: Relation, **facts: Any) -> PlannedPackage:
    """The package of one module, `usr/lib64/demo/FAMILY-NAME.so`, locked to the hub."""
    suffix, path = f"{family}-{name}", f"usr/lib64/demo/{family}-{name}.so"
    ordinary: dict[str, Any] = {"role": Role.MODULE, "modules": (path,)}
    locks = (relation("requires", "demo-core"), *edges)
    return package(suffix, [file(path, 0o755)], relations=locks, **{**ordinary, **facts})


def plan(*packages: PlannedPackage, **facts: Any) -> Plan:
    """A plan of these packages, with the hub `demo-core`."""
    ordinary: dict[str, Any] = {
        "hub": "demo-core",
        "timestamp": TIMESTAMP,
        "libdir": "usr/lib64",
        "tags": (),
        "hosts": ("usr/bin/demod",),
        "excluded": (),
    }
    return Plan(packages=tuple(sorted(packages, key=lambda one: one.name)), **{**ordinary, **facts})


def demo_plan() -> Plan:
    """A daemon, its library with development files, data, three modules and a metapackage."""
    return plan(
        _core(),
        _library(),
        _development(),
        _data(),
        module("block", "zip"),
        *_user_interfaces(),
        _everything(),
    )


def _core() -> PlannedPackage:
    return package(
        "core",
        [
            file("usr/bin/demod", 0o755),
            file("etc/demo/demo.conf", config=Config.NOREPLACE),
            folder("etc/demo"),
            file("usr/lib/systemd/system/demod.service"),
            file("usr/lib/sysusers.d/demo.conf"),
            file("usr/lib/tmpfiles.d/demo.conf"),
            file("usr/share/man/man8/demod.8"),
            folder("usr/lib64/demo"),
            folder("usr/share/doc/demo"),
            file("usr/share/doc/demo/README"),
            folder("usr/share/licenses/demo"),
            file("usr/share/licenses/demo/LICENSE"),
        ],
        relations=(relation("requires", "demo-libs"), relation("requires", "demo-data")),
    )


def _library() -> PlannedPackage:
    path = "usr/lib64/libdemo.so.0.1.6"
    return package(
        "libs",
        [file(path, 0o755), link("usr/lib64/libdemo.so.0", "libdemo.so.0.1.6")],
        role=Role.LIBRARY,
        libraries=(LibraryFact(path, "libdemo.so.0", ("DEMO_1.0", "DEMO_PRIVATE_1.6.0")),),
    )


def _development() -> PlannedPackage:
    return package(
        "devel",
        [
            folder("usr/include/demo"),
            file("usr/include/demo/demo.h"),
            link("usr/lib64/libdemo.so", "libdemo.so.0"),
            file("usr/lib64/pkgconfig/demo.pc"),
        ],
        role=Role.DEVELOPMENT,
        relations=(relation("requires", "demo-libs"),),
    )


def _data() -> PlannedPackage:
    return package(
        "data",
        [folder("usr/share/demo"), file("usr/share/demo/keys.map"), folder("usr/share/demo/empty")],
        role=Role.DATA,
        architecture_dependent=False,
        relations=(relation("requires", "demo-core"),),
    )


def _user_interfaces() -> tuple[PlannedPackage, PlannedPackage]:
    edge = relation("requires", "demo-ui-gl", reason=Reason.EDGE)
    return module("ui", "gl", private_sonames=("libuigl.so",)), module("ui", "term", edge)


def _everything() -> PlannedPackage:
    modules = ("demo-block-zip", "demo-ui-gl", "demo-ui-term")
    wanted = tuple(relation("requires", name, reason=Reason.MANIFEST) for name in ("demo-core", *modules))
    return package("", role=Role.META, relations=wanted)


def plant(planned: Plan, root: Path, contents: dict[str, bytes] | None = None) -> None:
    """Makes the plan's tree below `root`: each path with its type, mode and target.

    A file holds what `contents` has for its path, else a line that names it.
    """
    given = contents or {}
    root.mkdir(parents=True, exist_ok=True)
    listed = [one for part in planned.packages for one in (*part.directories, *part.files)]
    for one in sorted(listed, key=lambda entry: entry.path):
        place = root / one.path
        place.parent.mkdir(parents=True, exist_ok=True)
        match one.kind:
            case EntryKind.DIRECTORY:
                place.mkdir(exist_ok=True)
            case EntryKind.SYMLINK:
                place.symlink_to(one.target or "")
            case EntryKind.FILE:
                place.write_bytes(given.get(one.path, f"content of {one.path}\n".encode("utf-8", "replace")))
    for one in listed:
        if one.kind is not EntryKind.SYMLINK:
            (root / one.path).chmod(one.mode)
