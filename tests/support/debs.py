"""Builds Debian packages, and asks dpkg what is in them."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import subprocess
import tarfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from splitpkg.build.deb import build_deb, prepare
from splitpkg.inventory.scan import scan
from splitpkg.render.deb.render import render
from splitpkg.render.write import write

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from splitpkg.manifest.model import ManifestFile
    from splitpkg.plan.model import Plan


@dataclass(frozen=True, slots=True)
class Member:
    """One path of a payload: `kind` as in `ls -l`; `content` is a link's target or a file's SHA-256."""

    kind: str
    mode: int
    content: str
    owner: str = "root:root"


def lay_out(manifest: ManifestFile, plan: Plan, tree: Path, directory: Path) -> None:
    """Writes debian/ and the upstream tarball into `directory`."""
    files, findings = render(manifest, plan)
    assert files, "\n".join(map(str, findings))
    write(files, directory)
    prepare(tree, manifest, scan(tree)[0], plan, directory)


def build(
    manifest: ManifestFile,
    plan: Plan,
    tree: Path,
    directory: Path,
    select: Sequence[str] = ("--build=binary",),
) -> dict[str, Path]:
    """The built packages by name; those with debugging symbols left out."""
    lay_out(manifest, plan, tree, directory)
    built = build_deb(manifest, plan, directory, select=select)
    return {path.name.partition("_")[0]: path for path in built if "-dbgsym_" not in path.name}


def source_package(directory: Path, top: str) -> Path:
    """Makes the source package of what `lay_out` wrote; gives its .dsc."""
    root = directory / top
    tarball = next(directory.glob("*.orig.tar.*"))
    subprocess.run(["tar", "--extract", "--file", tarball], check=True, cwd=directory)
    shutil.copytree(directory / "debian", root / "debian")
    subprocess.run(["dpkg-source", "--build", top], check=True, cwd=directory, capture_output=True)
    return next(directory.glob("*.dsc"))


def payload(deb: Path) -> dict[str, Member]:
    """What dpkg-deb says is in the package, by path without a leading slash; the root itself left out."""
    data = subprocess.run(["dpkg-deb", "--fsys-tarfile", deb], check=True, capture_output=True).stdout
    found = {}
    with tarfile.open(fileobj=io.BytesIO(data), errors="surrogateescape") as tar:
        for info in tar:
            path = info.name.removeprefix("./").rstrip("/")
            if path not in ("", "."):
                found[path] = _member(tar, info)
    return found


def contents(deb: Path, path: str) -> bytes:
    """The bytes of one file of the package."""
    data = subprocess.run(["dpkg-deb", "--fsys-tarfile", deb], check=True, capture_output=True).stdout
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        file = tar.extractfile(f"./{path}")
        assert file is not None
        return file.read()


def _member(tar: tarfile.TarFile, info: tarfile.TarInfo) -> Member:
    owner = f"{info.uname}:{info.gname}"
    if info.isdir():
        return Member("d", info.mode, "", owner)
    if info.issym():
        return Member("l", 0o777, info.linkname, owner)
    content = tar.extractfile(info)
    assert content is not None
    return Member("-", info.mode, hashlib.sha256(content.read()).hexdigest(), owner)


def on_disk(root: Path) -> dict[str, Member]:
    """The same of a tree."""
    found = {}
    for folder, folders, files in os.walk(root):
        for name in (*folders, *files):
            path = os.path.join(folder, name)  # noqa: PTH118 - names that are no UTF-8
            found[os.path.relpath(path, root)] = _entry(path)
    return found


def _entry(path: str) -> Member:
    status = os.lstat(path)
    if os.path.islink(path):  # noqa: PTH114
        return Member("l", 0o777, os.readlink(path))  # noqa: PTH115
    if os.path.isdir(path):  # noqa: PTH112
        return Member("d", status.st_mode & 0o7777, "")
    with open(path, "rb") as content:  # noqa: PTH123
        return Member("-", status.st_mode & 0o7777, hashlib.sha256(content.read()).hexdigest())


def field(deb: Path, name: str) -> str:
    """One field of the control file, empty when absent."""
    return _output(["dpkg-deb", "--field", str(deb), name]).strip()


def relations(deb: Path, name: str) -> set[str]:
    """The entries of a relation field."""
    return {one.strip() for one in field(deb, name).split(",")} - {""}


def control_file(deb: Path, name: str) -> str:
    """A file of the control archive, as postinst or symbols; empty when absent."""
    done = subprocess.run(["dpkg-deb", "--info", deb, name], capture_output=True, text=True, check=False)
    return done.stdout


def lintian(packages: Iterable[Path], *options: str) -> list[str]:
    """What lintian says of the packages."""
    argv = ["lintian", "--allow-root", "--tag-display-limit=0", *options, *map(str, packages)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode in (0, 2), done.stderr
    return done.stdout.splitlines()


def unpack(root: Path, packages: Iterable[Path]) -> None:
    """Unpacks packages into an empty system; a file that two of them have is an error of dpkg's."""
    for folder in ("info", "updates", "triggers"):
        (root / "var/lib/dpkg" / folder).mkdir(parents=True)
    (root / "var/lib/dpkg/status").touch()
    argv = ["dpkg", f"--root={root}", "--force-not-root", "--force-depends", "--log=/dev/null", "--unpack"]
    done = subprocess.run([*argv, *packages], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for conffile in (root / "etc").rglob("*.dpkg-new"):
        conffile.rename(conffile.with_suffix(""))


def apt_install(directory: Path, packages: Iterable[Path], installed: str, wanted: str) -> set[str]:
    """The packages that apt would install for `wanted` on a system that has those called `installed`."""
    for folder in ("etc/apt.conf.d", "etc/preferences.d", "lists/partial", "cache/archives/partial", "repo"):
        (directory / folder).mkdir(parents=True, exist_ok=True)
    for package in packages:
        shutil.copy(package, directory / "repo")
    index = _output(["dpkg-scanpackages", "."], cwd=directory / "repo")
    (directory / "repo/Packages").write_text(index)
    (directory / "status").write_text("".join(map(_stub, installed.split())))
    (directory / "etc/sources.list").write_text(f"deb [trusted=yes] file:{directory}/repo ./\n")
    (directory / "apt.conf").write_text(_APT.format(directory))
    environment = {**os.environ, "APT_CONFIG": str(directory / "apt.conf"), "LC_ALL": "C"}
    subprocess.run(["apt-get", "-qq", "update"], check=True, env=environment, capture_output=True)
    said = _output(["apt-get", "--simulate", "install", wanted], environment=environment)
    return {line.split()[1] for line in said.splitlines() if line.startswith("Inst ")}


_APT = """Dir "{0}"; Dir::Etc "{0}/etc"; Dir::State "{0}"; Dir::State::lists "{0}/lists";
Dir::State::status "{0}/status"; Dir::Cache "{0}/cache"; Dir::Log "{0}"; APT::Sandbox::User "";
Acquire::Languages "none"; Debug::NoLocking "1";
#clear APT::Update::Post-Invoke; #clear APT::Update::Post-Invoke-Success; #clear DPkg::Post-Invoke;
"""


def _stub(name: str) -> str:
    return (
        f"Package: {name}\nStatus: install ok installed\nVersion: 9:999\nArchitecture: amd64\n"
        f"Multi-Arch: same\nMaintainer: a <a@b>\nDescription: {name}\n\n"
    )


def _output(
    argv: Sequence[str], *, cwd: Path | None = None, environment: Mapping[str, str] | None = None
) -> str:
    done = subprocess.run(argv, capture_output=True, text=True, check=True, cwd=cwd, env=environment)
    return done.stdout
