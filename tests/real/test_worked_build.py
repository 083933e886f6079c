"""The worked programs in packages, built by rpm's and Debian's own tools: nothing lost, nothing changed."""

from __future__ import annotations

import hashlib
import stat
import subprocess
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.support import worked
from tests.support.worked import cases

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.support.worked import Case

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("case", cases(), ids=str)]


class Fact(NamedTuple):
    """What a path is: permission bits (none for a link), and a link's target or the content's SHA-256."""

    mode: int | None
    content: str


FOLDER = "a directory"
Content = dict[str, Fact]


def content_of(root: Path) -> Content:
    """What lies below a directory."""
    return {str(path.relative_to(root)): _fact(path) for path in root.rglob("*")}


def _fact(path: Path) -> Fact:
    status = path.lstat()
    if stat.S_ISLNK(status.st_mode):
        return Fact(None, str(path.readlink()))
    held = FOLDER if stat.S_ISDIR(status.st_mode) else hashlib.sha256(path.read_bytes()).hexdigest()
    return Fact(stat.S_IMODE(status.st_mode), held)


def wanted(case: Case) -> Content:
    """What the packages together have to hold: all but what is left out by name.

    Of directories those that are empty in the tree, and those where something that is kept lies.
    """
    whole = content_of(case.tree)
    kept = whole.keys() - {one["path"] for one in case.plan["excluded"]}
    full = {str(parent) for path in whole for parent in Path(path).parents}
    leaves = {path for path in kept if whole[path].content != FOLDER or path not in full}
    paths = leaves | {str(parent) for path in leaves for parent in Path(path).parents} - {"."}
    return {path: whole[path] for path in paths}


def unpacked_rpm(package: Path, root: Path) -> Content:
    """What an RPM package holds, unpacked by rpm's and cpio's own tools."""
    root.mkdir(parents=True)
    unpack = 'rpm2cpio "$1" | cpio -idm --quiet -D "$2"'
    subprocess.run(["bash", "-o", "pipefail", "-c", unpack, "bash", package, root], check=True)
    return content_of(root)


def listed_deb(package: Path) -> Content:
    """What a Debian package holds, by its own tool and tar; everything has to be root's."""
    reader = subprocess.Popen(["dpkg-deb", "--fsys-tarfile", package], stdout=subprocess.PIPE)
    with reader, tarfile.open(fileobj=reader.stdout, mode="r|") as archive:
        found = {member.name.removeprefix("./"): _member(archive, member) for member in archive}
    assert reader.returncode == 0
    return {path: fact for path, fact in found.items() if path not in ("", ".")}


def _member(archive: tarfile.TarFile, member: tarfile.TarInfo) -> Fact:
    assert (member.uid, member.gid) == (0, 0)
    if member.issym():
        return Fact(None, member.linkname)
    if member.isdir():
        return Fact(member.mode, FOLDER)
    data = archive.extractfile(member)
    assert data is not None, f"{member.name} is neither file nor link nor directory"
    return Fact(member.mode, hashlib.sha256(data.read()).hexdigest())


def held_together(contents: Iterable[Content]) -> Content:
    """What several packages hold; a path in two of them is a fault, unless it is a directory in both."""
    found: Content = {}
    for content in contents:
        for path, fact in content.items():
            assert path not in found or found[path] == fact == Fact(fact.mode, FOLDER), path
            found[path] = fact
    return found


def names(packages: Iterable[Path]) -> Iterator[str]:
    """Names of Debian packages by those of their files."""
    return (package.name.split("_")[0] for package in packages)


def test_rpm_packages_hold_the_tree_as_it_is(case: Case, tmp_path: Path) -> None:
    built = sorted(worked.rpms(case).glob("*.rpm"))
    assert len(built) == len(case.plan["packages"])
    contents = [unpacked_rpm(package, tmp_path / package.name) for package in built]
    assert held_together(contents) == wanted(case)
    worked.splitpkg(case, "verify", *built, "--tree", case.tree)


def test_debian_packages_hold_the_tree_as_it_is(case: Case) -> None:
    built = sorted(worked.debs(case).glob("*.deb"))
    assert len(built) == len(case.plan["packages"])
    found, expected = held_together(map(listed_deb, built)), wanted(case)
    ours = {
        f"usr/share/doc/{name}/{file}"
        for name in names(built)
        for file in ("changelog.Debian.gz", "copyright")
    }
    ours |= {f"usr/share/lintian/overrides/{name}" for name in names(built)}
    ours |= {str(parent) for path in ours for parent in Path(path).parents} - {"."}
    extra = ours - expected.keys()
    assert {path: fact for path, fact in found.items() if path not in extra} == expected
    worked.splitpkg(case, "verify", *built, "--tree", case.tree)
