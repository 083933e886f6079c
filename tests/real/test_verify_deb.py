"""What dpkg itself says of a package is what we read of it."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

import pytest

from splitpkg.plan.model import Config
from splitpkg.verify.model import PackageFormat
from splitpkg.verify.read import payload, read
from splitpkg.verify.read_deb import read_deb
from tests.support import dpkg
from tests.support.packages import Item, Part, called, debs, plant

if TYPE_CHECKING:
    from pathlib import Path

    from splitpkg.verify.model import BuiltPackage

CONTROL = """\
Package: demo
Source: demo-source (7.2+dfsg-7)
Version: 1:7.2+dfsg-7+b1
Architecture: amd64
Multi-Arch: same
Maintainer: Jo Doe <jo@demo.example>
Pre-Depends: early (>= 1)
Depends: plain, least (>= 2), same (= 1:2-3), below (<< 4), most (<= 5), above (>> 6),
 one (>= 1) | two (<< 3~) | three, python3:any, libc6:amd64 (>= 2)
Recommends: wanted | also-wanted
Suggests: liked (= 2)
Enhances: better
Conflicts: foe (<< 2)
Breaks: demo-plugin (<< 1:7.2+dfsg-7+b1), demo-plugin (>> 1:7.2+dfsg-7+b1)
Replaces: former (<< 1~)
Provides: demo-abi-a1f3, versioned (= 1:3)
Description: program that loads modules
 First line with \N{LATIN SMALL LETTER U WITH DIAERESIS} and \N{LINE SEPARATOR}.
 .
  indented
 .
 Last.
"""

LONG = "usr/share/demo/" + "/".join(["a" * 60] * 5)
ITEMS = {
    "etc/demo/kept.conf": Item(b"kept", mode=0o640, flags="%config"),
    "etc/demo/removed.conf.d": Item(mode=0o750),
    "usr/bin/demo": Item(b"main", mode=0o4755),
    "usr/bin/relative": Item(target="../share/demo"),
    "usr/bin/absolute": Item(target="/usr/share/demo"),
    "usr/bin/far": Item(target="../" + "b" * 150),
    "usr/share/demo/empty": Item(b""),
    "usr/share/demo/sticky": Item(mode=0o1777),
    "usr/share/demo/block": Item(b"x" * 512),
    "usr/share/demo/big": Item(b"".join(b"%d\n" % n for n in range(200000))),
    f"usr/share/demo/{'n' * 120}": Item(b"name beyond ustar's own field"),
    f"{LONG}/deep": Item(b"path beyond ustar's prefix"),
    "usr/share/demo/a b\tc": Item(b"blanks"),
    "usr/share/demo/\N{LATIN SMALL LETTER U WITH DIAERESIS}": Item(b"umlaut"),
    "usr/share/demo/back\\slash'\"$`": Item(b"quotes"),
    "usr/share/demo/latin\udcfc": Item(b"no UTF-8"),
}

COMPRESSIONS = [
    ("-Zgzip", "-z9"),
    ("-Zgzip", "-z1", "--uniform-compression"),
    ("-Zxz", "-z6"),
    ("-Zxz", "-z9", "-Sextreme"),
    ("-Zxz", "-z0", "--no-uniform-compression"),
    ("-Zzstd", "-z19"),
    ("-Zzstd", "-z1", "--uniform-compression"),
    ("-Znone",),
    ("-Znone", "--uniform-compression"),
]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that dpkg-deb packs; files of several owners, hard links."""
    folder = tmp_path_factory.mktemp("deb") / "root"
    plant(ITEMS, folder)
    os.link(folder / "usr/bin/demo", folder / "usr/bin/again")
    os.link(folder / "usr/bin/demo", folder / "usr/share/demo/third")
    control = folder / "DEBIAN"
    control.mkdir()
    (control / "control").write_text(CONTROL)
    (control / "conffiles").write_text("/etc/demo/kept.conf\nremove-on-upgrade /etc/demo/dropped.conf\n")
    (control / "shlibs").write_text(
        "libdemo 1 demo (>= 1)\nudeb: libdemo 1 demo-udeb\nlibother 2.0 demo # x\n"
    )
    (control / "symbols").write_text(
        "libthird.so.3 demo #MINVER#\n| other\n* Build-Depends-Package: x\n a@B 1\n"
    )
    return folder


@pytest.fixture(scope="module", params=COMPRESSIONS, ids="".join)
def package(request: pytest.FixtureRequest, root: Path) -> Path:
    target = root.with_name(f"{'_'.join(request.param)}.deb")
    called(["dpkg-deb", *request.param, "--root-owner-group", "-b", root, target])
    return target


def test_everything_that_dpkg_says(package: Path) -> None:
    compare(package)


def compare(path: Path) -> BuiltPackage:
    """Reads the package and asserts that dpkg says the same."""
    found = read_deb(path)
    stated = dpkg.fields(
        path, "Package", "Version", "Architecture", "source:Package", "source:Version", "Multi-Arch"
    )
    source = [found.source, found.source_version]
    assert [found.name, found.version, found.architecture, *source, found.multi_arch or "no"] == stated
    assert dpkg.read_relations(found) == dpkg.ordered(dpkg.stated_relations(path))
    assert dpkg.read_files(found) == dpkg.stated_files(path)
    [synopsis] = dpkg.fields(path, "binary:Synopsis")
    assert found.summary == synopsis
    return found


def test_the_rest_of_the_control_files(package: Path) -> None:
    found = read_deb(package)
    assert found.format is PackageFormat.DEB
    assert found.description.split("\n")[1:] == ["", " indented", "", "Last."]
    assert found.sonames == ("libdemo.so.1", "libother.so.2.0", "libthird.so.3")
    assert [file.path for file in found.files if file.config is not Config.NO] == ["etc/demo/kept.conf"]


def test_hard_links_name_the_file_that_carries_the_content(package: Path) -> None:
    files = {file.path: file for file in read_deb(package).files}
    linked = {"usr/bin/demo", "usr/bin/again", "usr/share/demo/third"}
    [carrier] = {files[path].same_as or path for path in linked}
    assert {path for path, file in files.items() if file.same_as} == linked - {carrier}
    assert {files[path].mode for path in linked} == {0o4755}


def test_the_payload_is_what_was_packed(package: Path, root: Path) -> None:
    found = {file.path: part.read() for file, part in payload(package)}
    assert found
    for path, data in found.items():
        assert (root / path).read_bytes() == data
    digests = {file.path: file.digest for file in read_deb(package).files if file.digest and not file.same_as}
    assert digests == {path: hashlib.sha256(data).hexdigest() for path, data in found.items()}
    assert [file.path for file, part in payload(package) if part.read(2)] == [
        path for path in found if found[path]
    ]


@pytest.mark.parametrize(
    ("flag", "ending"),
    [("--bzip2", "bz2"), ("--use-compress-program=xz --format=lzma", "lzma"), ("--gzip", "gz")],
)
@pytest.mark.parametrize("form", ["v7", "gnu", "ustar", "pax"])
def test_packages_that_other_tools_made(tmp_path: Path, flag: str, ending: str, form: str) -> None:
    """By tar and ar: names without `./` before them, and with the slash that GNU ar puts behind."""
    items = {**ITEMS, "usr/share/demo/a\nb": Item(b"newline")}
    items = {path: item for path, item in items.items() if form != "ustar" or path.isascii()}
    if form in ("v7", "ustar"):
        items = {path: item for path, item in items.items() if len(path) < 99 and len(item.target or "") < 99}
    plant(items, tmp_path / "root")
    (tmp_path / "control").write_text(CONTROL)
    (tmp_path / "debian-binary").write_text("2.0\n")
    tar = ["tar", f"--format={form}", "--owner=daemon:1", "--group=games:60", flag]
    called([*tar[:-1], "-C", tmp_path, "-czf", tmp_path / "control.tar.gz", "control"])
    called(
        [
            *tar,
            "-C",
            tmp_path / "root",
            "-cf",
            tmp_path / f"data.tar.{ending}",
            *(one.name for one in (tmp_path / "root").iterdir()),
        ]
    )
    parts = [tmp_path / name for name in ("debian-binary", "control.tar.gz", f"data.tar.{ending}")]
    target = tmp_path / "demo.deb"
    called(["ar", "rcS", target, *parts])
    found = dpkg.read_files(read_deb(target))
    data = tmp_path / f"data.tar.{ending}"
    assert found == dpkg.facts(data.read_bytes())
    assert found.keys() >= items.keys()
    assert {fact[4:6] for fact in found.values()} == {("1", "60") if form == "v7" else ("daemon", "games")}


REAL = (
    *(
        "apt",
        "base-files",
        "bash",
        "build-essential",
        "bzip2",
        "ca-certificates",
        "coreutils",
        "cron",
        "dash",
    ),
    *(
        "dbus",
        "debconf",
        "dpkg",
        "e2fsprogs",
        "findutils",
        "git",
        "gzip",
        "libc6",
        "libc6-dev",
        "libpam-modules",
    ),
    *("libpython3-stdlib", "libsystemd0", "libx11-6", "locales", "login", "man-db", "mount", "netbase"),
    *("openssh-client", "passwd", "perl-base", "python3", "python3-minimal", "qemu-block-extra", "sudo"),
    *("systemd", "tar", "tzdata", "udev", "util-linux", "vim-common", "xz-utils", "zlib1g"),
)


@pytest.mark.slow
def test_real_packages(tmp_path: Path) -> None:
    called(["sh", "-c", 'cd "$0" && shift 0 && apt-get -qq download "$@"', tmp_path, *REAL])
    packages = sorted(tmp_path.glob("*.deb"))
    assert len(packages) == len(REAL)
    for path in packages:
        compare(path)


def test_packages_at_hand_in_one_call(package: Path, tmp_path: Path) -> None:
    [small] = debs([Part("other", {"usr/share/other": Item(b"x")})], tmp_path)
    assert [one.name for one in read([package, tmp_path, small])] == ["demo", "other", "other"]
