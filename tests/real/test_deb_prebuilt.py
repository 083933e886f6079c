"""A tree that is packed as it is: dpkg-buildpackage changes no byte, mode, link or name of it."""

from __future__ import annotations

import functools
import os
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from splitpkg.diagnostics import EnvironmentFailed
from splitpkg.inventory.model import EntryKind
from splitpkg.plan.model import Config, PlannedFile, Reason, Role
from splitpkg.render.deb.expect import expected
from splitpkg.render.deb.install import parents
from splitpkg.verify.compare import compare
from splitpkg.verify.read import read
from splitpkg.verify.read_tree import digests
from tests.support import debs
from tests.support.plans import file, folder, link, manifest, package, plan, relation

if TYPE_CHECKING:
    from pathlib import Path

    from splitpkg.plan.model import Plan, PlannedPackage

SUMMARY = "Costs ${source:Version} $(touch pwned) `touch pwned` ${}"
DESCRIPTION = """.NET and all that: ${F:Description} is no variable here, ${Newline}nor is this.

  set in by hand:  two   spaces
- an item that is so long that it has to go on in a second line, which is set in as far as its text
- another item

Package: not-a-field
# no comment
.
. a stop"""
DESCRIBED = """
  .NET and all that: ${F:Description} is no variable here, ${Newline}nor is
 this.
 .
   set in by hand:  two   spaces
  - an item that is so long that it has to go on in a second line, which is set
    in as far as its text
  - another item
 .
 Package: not-a-field # no comment . . a stop"""

NAMES = (
    "with space",
    " leading and trailing ",
    "star*",
    "star1",
    "quest?ion",
    "br[a]cket",
    "br[!a]",
    "cur{l,y}",
    "back\\slash",
    "end\\",
    "dol$lar",
    "sub${Space}st",
    "env${env:HOME}",
    "make$(shell touch pwned)",
    "sh$(touch pwned)",
    "tick`touch pwned`",
    "semi;touch pwned",
    "pipe|touch pwned",
    "amp&touch pwned",
    "~tilde",
    'quo"te',
    "apo'strophe",
    "#hash",
    "-dash",
    "perc%ent",
    "com,ma:colon=@!",
    "ünïcode",
    "no-break\u00a0space",
    "next-line\u0085mark",
    "backup~",
    "#auto#",
    "patch.orig",
    "patch.rej",
    "old.bak",
    "TAGS",
    "DEADJOE",
    "x-stamp",
)

CONTENTS = {
    "Makefile": b"all install check test clean distclean:\n\ttouch pwned\n",
    "configure": b"#!/bin/sh\ntouch pwned\n",
    "configure.ac": b"AC_INIT([demo],[1])\nAC_OUTPUT\n",
    "usr/share/demo/config.guess": b"#!/bin/sh\necho mine\n",
    "usr/bin/demo-perl": b"#!/usr/bin/env perl\nprint 1;\n",
    "usr/share/man/man1/latin.1": b".TH LATIN 1\n.SH NAME\nlatin \\- caf\xe9\n",
    "usr/share/man/man1/so.1": b".so man1/latin.1\n",
    "usr/share/doc/demo-core/changelog": b"upstream's\n" * 500,
    "usr/share/doc/demo-core/README": b"long\n" * 5000,
    "usr/share/doc/demo-data/copyright": b"the tree's own\n",
    "usr/share/lintian/overrides/demo-core": b"demo-core: uncompressed-manual-page [usr/share/man/man1/*]\n",
    "usr/share/demo/old.gz": b"\x1f\x8b\x08\x08\xff\xff\xff\xff\x00\x03name\x00\x03\x00" + b"\x00" * 8,
    "usr/share/demo/page.zip": b"PK\x05\x06" + b"\x00" * 18,
}


def tricky_plan() -> Plan:
    """Everything that a helper of debhelper might touch, and every kind of name; one package stays empty."""
    names = [f"usr/share/demo/names/{name}" for name in NAMES]
    core = [
        *(
            file(path, 0o755 if path == "configure" else 0o644)
            for path in CONTENTS
            if "demo-data" not in path
        ),
        *(file(path, 0o644 + 0o11 * (number % 3)) for number, path in enumerate(names[::2])),
        folder("usr/share/demo"),
        folder("usr/share/demo/names"),
        folder("usr/share/doc/demo-core"),
        file("usr/bin/setuid", 0o4755),
        file("usr/bin/setgid", 0o2711),
        folder("etc/demo", 0o750),
        file("etc/demo/secret", 0o600),
        file("etc/demo/plain"),
        file("usr/share/demo/kept by dpkg", config=Config.NOREPLACE),
        folder("var/lib/demo", 0o3775),
        folder("usr/share/demo/empty"),
        folder("usr/share/demo/empty odd{}*", 0o700),
        link("usr/share/demo/dangling", "nowhere/at all"),
        link("usr/share/demo/absolute", "/usr/share/demo/names"),
        link("usr/share/demo/folder", "names"),
        link("usr/share/demo/up", "../demo/../demo/names"),
        folder("usr/share/demo/debian"),
        folder("usr/share/demo/debian/tmp"),
        file("usr/share/demo/debian/tmp/staged"),
        folder("usr/local/demo"),
        file("usr/local/demo/local"),
        folder("usr/share/demo/whole"),
        file("usr/share/demo/whole/a"),
        file("usr/share/demo/whole/b", 0o640),
        folder("usr/share/demo/whole/none"),
    ]
    data = [
        *(file(path) for path in names[1::2]),
        file("usr/share/doc/demo-data/copyright"),
        file("usr/share/doc/demo/copyright"),
        file("etc/demo/data"),
        folder("usr/share/doc/demo-data"),
    ]
    third = [file("usr/share/demo/third")]
    return plan(
        package(
            "core",
            core,
            summary=SUMMARY,
            description=DESCRIPTION,
            relations=(relation("requires", "demo-data", reason=Reason.MANIFEST),),
        ),
        package("data", data, role=Role.DATA, architecture_dependent=False),
        package("third", third, relations=(relation("requires", "demo-core"),)),
        package("", role=Role.META, relations=(relation("requires", "demo-core"),)),
        excluded=(("srv/demo/left out", "of no use"), ("usr/share/demo/left out", "of no use")),
    )


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("tricky") / "tree"
    root.mkdir()
    for path, _ in tricky_plan().excluded:
        (root / path).mkdir(parents=True)
    _plant_all(tricky_plan(), root)
    return root


def _plant_all(planned: Plan, root: Path) -> None:
    listed = [one for part in planned.packages for one in (*part.directories, *part.files)]
    for one in sorted(listed, key=lambda entry: entry.path):
        _plant(one, root / one.path)
    for one in sorted(listed, key=lambda entry: entry.path, reverse=True):
        if one.kind is not EntryKind.SYMLINK:
            (root / one.path).chmod(one.mode)


def _plant(one: PlannedFile, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    match one.kind:
        case EntryKind.DIRECTORY:
            place.mkdir(exist_ok=True)
        case EntryKind.SYMLINK:
            place.symlink_to(one.target or "")
        case EntryKind.FILE:
            place.write_bytes(CONTENTS.get(one.path, os.fsencode(f"content of {one.path}\n")))


@pytest.fixture(scope="module")
def built(tree: Path) -> dict[str, Path]:
    return debs.build(manifest(), tricky_plan(), tree, tree.parent / "out")


def _wanted(tree: Path, part: PlannedPackage) -> dict[str, debs.Member]:
    """The package's own part of the tree, with the folders that lead there."""
    disk = debs.on_disk(tree)
    own = [one.path for one in (*part.files, *part.directories)]
    return {path: disk[path] for path in {*own, *(up for path in own for up in parents(path))}}


def _is_added(part: PlannedPackage, path: str) -> bool:
    """Changelog and copyright, where the tree has none for the package, and the folders above them."""
    folder = f"usr/share/doc/{part.name}"
    has_own = part.name in ("demo", "demo-data")
    added = [f"{folder}/changelog.Debian.gz", *(() if has_own else [f"{folder}/copyright"])]
    return path in {*added, *(up for one in added for up in parents(one))}


@pytest.mark.parametrize("part", tricky_plan().packages, ids=lambda part: str(part.name))
def test_every_path_is_in_its_package_as_it_is(
    tree: Path, built: dict[str, Path], part: PlannedPackage
) -> None:
    found, wanted = debs.payload(built[part.name]), _wanted(tree, part)
    assert {path: found.get(path) for path in wanted} == wanted
    assert {path for path in found if path not in wanted and not _is_added(part, path)} == set()


def test_what_is_added_is_there(built: dict[str, Path]) -> None:
    found = debs.payload(built["demo-core"])
    assert {path for path in found if path.startswith("usr/share/doc/demo-core/")} == {
        "usr/share/doc/demo-core/README",
        "usr/share/doc/demo-core/changelog",
        "usr/share/doc/demo-core/changelog.Debian.gz",
        "usr/share/doc/demo-core/copyright",
    }


def test_it_is_what_the_plan_lets_expect(tree: Path, built: dict[str, Path]) -> None:
    packages, packed = read(built.values()), digests(tree, (file.path for file in tricky_plan().files))
    assert compare(packages, expected(manifest(), tricky_plan()), packed) == ()
    lost = [replace(package, files=package.files[1:]) for package in packages]
    assert compare(lost, expected(manifest(), tricky_plan()), packed) != ()


def test_texts_are_taken_literally(built: dict[str, Path]) -> None:
    assert debs.field(built["demo-core"], "Description") == SUMMARY + DESCRIBED


def test_locks_fit_the_architectures(built: dict[str, Path]) -> None:
    assert debs.relations(built["demo-core"], "Depends") == {"demo-data (= 1.6.0-2)"}
    assert debs.relations(built["demo-third"], "Depends") == {"demo-core (= 1.6.0-2)"}


def test_conffiles_are_the_files_below_etc_and_those_that_the_plan_names(built: dict[str, Path]) -> None:
    named = ["/usr/share/demo/kept by dpkg", "/etc/demo/plain", "/etc/demo/secret"]
    assert debs.control_file(built["demo-core"], "conffiles").splitlines() == named


def test_a_source_package_builds_the_same_whoever_unpacks_it(
    tree: Path, built: dict[str, Path], tmp_path: Path
) -> None:
    """dpkg-source applies the umask; build daemons build the two kinds of packages apart, and clean first."""
    debs.lay_out(manifest(), tricky_plan(), tree, tmp_path)
    source = debs.source_package(tmp_path, "demo-1.6.0")
    run = functools.partial(subprocess.run, check=True, capture_output=True, umask=0o077)
    for kind in ("all", "any"):
        folder = tmp_path / kind / "demo"
        folder.parent.mkdir()
        run(["dpkg-source", "--extract", source, folder])
        run(["dpkg-buildpackage", f"--build={kind}", "-us", "-uc"], cwd=folder)
        assert not list(folder.rglob("pwned"))
        run(["make", "-C", folder])
        assert list(folder.rglob("pwned")) == [folder / "pwned"]
    again = {path.name: path for path in tmp_path.glob("a*/*.deb")}
    assert {name: path.read_bytes() for name, path in again.items()} == {
        path.name: path.read_bytes() for path in built.values()
    }


def test_libraries_that_are_not_installed_are_all_named(tmp_path: Path) -> None:
    """Two packages need one each: dpkg-shlibdeps gives up at the first."""
    tree = tmp_path / "tree/usr/bin"
    tree.mkdir(parents=True)
    parts = []
    for name in ("one", "two"):
        (tmp_path / f"{name}.c").write_text(f"int {name}(void) {{ return 0; }}")
        soname = f"libabsent-{name}.so.1"
        shared = ["-shared", "-fPIC", f"-Wl,-soname,{soname}", "-o", str(tmp_path / soname)]
        subprocess.run(["cc", tmp_path / f"{name}.c", *shared], check=True)
        (tmp_path / "main.c").write_text(f"int {name}(void); int main(void) {{ return {name}(); }}")
        subprocess.run(["cc", tmp_path / "main.c", tmp_path / soname, "-o", tree / name], check=True)
        program = file(f"usr/bin/{name}", 0o755, needed=(soname, "libc.so.6"))
        parts.append(package(name, [program], external=(soname, "libc.so.6")))
    with pytest.raises(EnvironmentFailed) as caught:
        debs.build(manifest(), plan(*parts), tmp_path / "tree", tmp_path / "out")
    (finding,) = caught.value.diagnostics
    assert finding.slug == "library-not-installed"
    assert finding.message.endswith("not installed: libabsent-one.so.1, libabsent-two.so.1")
    assert finding.notes[1] == "demo-two needs libabsent-two.so.1"
