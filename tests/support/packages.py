"""Builds small packages on the spot, by rpmbuild and dpkg-deb, from one description."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

RPM_ARCHITECTURES = {"amd64": "x86_64", "i386": "i686", "all": "noarch"}

QUIET_RPM = {
    "__os_install_post": "%{nil}",
    "debug_package": "%{nil}",
    "_build_id_links": "none",
    "_missing_doc_files_terminate_build": "0",
}
"""What rpmbuild adds to a tree or takes from it, turned off."""


@dataclass
class Item:
    """One path: a file has `data`, a symbolic link `target`, a directory neither.

    `flags` are a spec's words, as `%config`; only an RPM package can have another `owner`.
    """

    data: bytes | None = None
    target: str | None = None
    mode: int = 0o644
    flags: str = ""
    owner: str = "root"


@dataclass
class Part:
    """One package. Relations are lines of a spec or of a control file, as the format wants them."""

    name: str
    items: dict[str, Item] = field(default_factory=dict)
    relations: list[str] = field(default_factory=list)
    version: str = "1.6.0"
    release: str = "2"
    epoch: int | None = 1
    architecture: str = "amd64"
    source_version: str = ""
    shlibs: str = ""

    @property
    def evr(self) -> str:
        version = f"{self.version}-{self.release}"
        return version if self.epoch is None else f"{self.epoch}:{version}"


def called(argv: Sequence[str | os.PathLike[str]], **env: str) -> bytes:
    """What the program prints; a failure shows what it had to say."""
    done = subprocess.run(
        argv,
        capture_output=True,
        env={**os.environ, **env},
        timeout=300,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    assert done.returncode == 0, f"{argv}: {done.returncode}\n{done.stderr.decode(errors='replace')}"
    return done.stdout


def rpmbuild(
    spec: str, folder: Path, *options: str, mode: str = "-bb", macros: Mapping[str, str] | None = None
) -> list[Path]:
    """The packages of a spec, built in `folder`, which is made; `macros` replace those of `QUIET_RPM`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "demo.spec").write_text(spec)
    defined = {**QUIET_RPM, "_topdir": str(folder), "_dbpath": f"{folder}/db", **(macros or {})}
    defines = [text for name, body in defined.items() for text in ("--define", f"{name} {body}")]
    argv = ["rpmbuild", mode, "--quiet", "--nodeps", *defines, *options, str(folder / "demo.spec")]
    called(argv, HOME=str(folder))
    return sorted((folder / ("SRPMS" if mode == "-bs" else "RPMS")).rglob("*.rpm"))


def rpms(parts: Iterable[Part], folder: Path) -> list[Path]:
    """The parts as RPM packages, one build for each combination of version and architecture."""
    builds: dict[tuple[str, str, int | None, str], list[Part]] = {}
    for part in parts:
        kind = "amd64" if part.architecture == "all" else part.architecture
        builds.setdefault((part.version, part.release, part.epoch, kind), []).append(part)
    found: list[Path] = []
    for at, ((*_, architecture), group) in enumerate(sorted(builds.items(), key=repr)):
        root = folder / f"build{at}"
        for part in group:
            plant(part.items, root / "tree" / part.name)
        target = f"--target={RPM_ARCHITECTURES[architecture]}"
        found += rpmbuild(_spec(group, root / "tree"), root, target)
    return found


def debs(parts: Iterable[Part], folder: Path, *options: str) -> list[Path]:
    """The parts as Debian packages; `options` go to dpkg-deb."""
    found = []
    for part in parts:
        root = folder / f"{part.name}-{part.architecture}-{part.version}"
        plant(part.items, root)
        control = root / "DEBIAN"
        control.mkdir()
        (control / "control").write_text(_control(part))
        if part.shlibs:
            (control / "shlibs").write_text(part.shlibs)
        conffiles = [f"/{path}\n" for path, item in part.items.items() if item.flags.startswith("%config")]
        if conffiles:
            (control / "conffiles").write_text("".join(conffiles))
        target = folder / f"{part.name}_{part.version}-{part.release}_{part.architecture}.deb"
        called(["dpkg-deb", "--root-owner-group", *(options or ("-Zgzip", "-z1")), "-b", root, target])
        shutil.rmtree(root)
        found.append(target)
    return found


def plant(items: Mapping[str, Item], root: Path) -> None:
    """Makes the paths below `root`."""
    root.mkdir(parents=True, exist_ok=True)
    for path, item in sorted(items.items()):
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        if item.data is not None:
            place.write_bytes(item.data)
            place.chmod(item.mode)
        elif item.target is not None:
            place.symlink_to(item.target)
        else:
            place.mkdir(exist_ok=True)
            place.chmod(item.mode)


def _spec(parts: Sequence[Part], trees: Path) -> str:
    first = parts[0]
    head = [
        "Name: demo",
        *([f"Epoch: {first.epoch}"] if first.epoch is not None else []),
        f"Version: {first.version}",
        f"Release: {first.release}",
        "Summary: Demo",
        "License: MIT",
        "%description",
        "Demo.",
        "%install",
        "mkdir -p %{buildroot}",
        *(f"cp -a --remove-destination {trees}/{part.name}/. %{{buildroot}}/" for part in parts),
    ]
    return "\n".join([*head, *(line for part in parts for line in _section(part)), ""])


def _section(part: Part) -> list[str]:
    return [
        f"%package -n {part.name}",
        f"Summary: Part {part.name}",
        *(["BuildArch: noarch"] if part.architecture == "all" else []),
        *part.relations,
        f"%description -n {part.name}",
        "A part of demo.",
        f"%files -n {part.name}",
        *(_listed(path, item) for path, item in part.items.items()),
    ]


def _listed(path: str, item: Item) -> str:
    is_directory = item.data is None and item.target is None
    mode = "-" if item.target is not None else f"{item.mode:04o}"
    attributes = f"%attr({mode}, {item.owner}, {item.owner})"
    return f'{"%dir " if is_directory else ""}{item.flags} {attributes} "/{path}"'


def _control(part: Part) -> str:
    fields = [
        f"Package: {part.name}",
        f"Source: demo ({part.source_version or part.evr})",
        f"Version: {part.evr}",
        f"Architecture: {part.architecture}",
        "Maintainer: Jo Doe <jo@demo.example>",
        *part.relations,
        "Description: part of demo",
        " A part of demo.",
        "",
    ]
    return "\n".join(fields)
