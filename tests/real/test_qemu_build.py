"""QEMU in packages, built by rpm's and Debian's own tools: nothing lost, nothing changed, modules load."""

from __future__ import annotations

import hashlib
import os
import stat
import subprocess
import sys
import tarfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.support import qemu
from tests.support.qemu import CASES, Case

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("case", CASES, ids=lambda case: case.suite)]

TOOLS = ("build-essential", "debhelper", "fakeroot")
SCRIPT = Path(qemu.__file__).with_name("qemu_install.sh")


class Fact(NamedTuple):
    """What a path is: permission bits (none for a link), and a link's target or the content's SHA-256."""

    mode: int | None
    content: str


@cache
def wanted(case: Case) -> dict[str, Fact]:
    """What the packages together have to hold."""
    left_out = {one["path"] for one in case.plan["excluded"]}
    return {path: fact for path, fact in _installed(qemu.tree(case.suite)) if path not in left_out}


def _installed(root: Path) -> Iterator[tuple[str, Fact]]:
    for path in root.rglob("*"):
        status = path.lstat()
        if stat.S_ISLNK(status.st_mode):
            yield str(path.relative_to(root)), Fact(None, str(path.readlink()))
        elif stat.S_ISREG(status.st_mode):
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            yield str(path.relative_to(root)), Fact(stat.S_IMODE(status.st_mode), digest)


def _packed(deb: Path) -> Iterator[tuple[str, Fact]]:
    reader = subprocess.Popen(["dpkg-deb", "--fsys-tarfile", deb], stdout=subprocess.PIPE)
    with reader, tarfile.open(fileobj=reader.stdout, mode="r|") as archive:
        for member in archive:
            path = member.name.removeprefix("./")
            assert (member.uid, member.gid) == (0, 0)
            if member.issym():
                yield path, Fact(None, member.linkname)
            elif not member.isdir():
                data = archive.extractfile(member)
                assert data is not None
                yield path, Fact(member.mode, hashlib.sha256(data.read()).hexdigest())
    assert reader.returncode == 0


def held_once(contents: Iterable[Iterable[tuple[str, Fact]]]) -> dict[str, Fact]:
    """What several packages hold; a path in two of them is a fault."""
    found: dict[str, Fact] = {}
    for content in contents:
        for path, fact in content:
            assert path not in found, path
            found[path] = fact
    return found


def splitpkg(case: Case, command: str, output: Path, *options: str) -> None:
    tool = (sys.executable, "-m", "splitpkg", command)
    subprocess.run([*tool, qemu.tree(case.suite), "-m", case.manifest, "-o", output, *options], check=True)


def test_rpm_packages_hold_the_tree_as_it_is(case: Case, tmp_path: Path) -> None:
    splitpkg(case, "rpm", tmp_path / "rpm", "--build")
    built = sorted((tmp_path / "rpm").glob("*.rpm"))
    assert len(built) == len(case.plan["packages"])
    roots = []
    for package in built:
        root = tmp_path / "root" / package.name
        root.mkdir(parents=True)
        unpack = 'rpm2cpio "$1" | cpio -idm --quiet -D "$2"'
        subprocess.run(["bash", "-o", "pipefail", "-c", unpack, "bash", package, root], check=True)
        roots.append(root)
    assert held_once(map(_installed, roots)) == wanted(case)


def test_debian_packages_hold_the_tree_and_take_the_place_of_debians(case: Case, tmp_path: Path) -> None:
    """In a root of that suite, since dpkg-shlibdeps wants the libraries; nothing of splitpkg is in it."""
    given, out = tmp_path / "work" / "given", tmp_path / "out"
    out.mkdir()
    splitpkg(case, "deb", given)
    (given.parent / "script").write_bytes(SCRIPT.read_bytes())
    _in_root(case, given.parent, out)
    built = sorted((out / "out").glob("*.deb"))
    assert len(built) == len(case.plan["packages"])
    found = held_once(map(_packed, built))
    names = [package.name.split("_")[0] for package in built]
    ours = {f"usr/share/doc/{name}/{file}" for name in names for file in ("changelog.Debian.gz", "copyright")}
    ours |= {f"usr/share/lintian/overrides/{name}" for name in names}
    assert {path: fact for path, fact in found.items() if path not in ours} == wanted(case)
    said = dict(line.rsplit(" ", 1) for line in (out / "out" / "said").read_text().splitlines())
    assert said == {
        "core": "0",
        "core virtio-vga": "1",
        "one virtio-vga": "0",
        "one qxl-vga": "1",
        "alone": "refused",
        "all virtio-vga": "0",
        "all qxl-vga": "0",
        "all": str(len(built) + 1),
        "debian": "0",
    }


def _in_root(case: Case, work: Path, out: Path) -> None:
    """Runs the script in a root that holds Debian's QEMU, and brings /work/out out of it."""
    tree = qemu.tree(case.suite)
    rows = tree.with_name(f"{tree.name}.owners.tsv").read_text(encoding="utf-8").splitlines()
    packages = {row.split("\t")[1] for row in rows}
    cache_home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    sources = cache_home / "splitpkg" / "debian" / f"{case.suite}-amd64" / "apt.sources"
    subprocess.run(
        [
            *("mmdebstrap", "--quiet", "--variant=apt", f"--include={','.join([*TOOLS, *sorted(packages)])}"),
            f"--customize-hook=copy-in {work} /",
            '--customize-hook=chroot "$1" sh /work/script',
            f"--customize-hook=copy-out /work/out {out}",
            *(case.suite, "/dev/null", sources),
        ],
        check=True,
    )
