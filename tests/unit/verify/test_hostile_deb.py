"""Debian packages that lie: each is refused for what is wrong with it, soon, and by no other exception."""

from __future__ import annotations

import bz2
import gzip
import lzma
import tarfile
from typing import TYPE_CHECKING

import pytest
import zstandard

from splitpkg.diagnostics import EnvironmentFailed, Failed
from splitpkg.verify.read import read
from tests.support.deb_bytes import CONTROL, control, header, member, package, part, resummed, tar

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from splitpkg.verify.model import BuiltPackage

INFO = part("debian-binary", b"2.0\n")
CONTROLS = part("control.tar.gz", control())
DATA = part("data.tar", tar([]))
MAGIC = b"!<arch>\n"
END = bytes(1024)


def opened(data: bytes, folder: Path) -> BuiltPackage:
    path = folder / "demo.deb"
    path.write_bytes(data)
    [found] = read([path])
    return found


def refused(data: bytes, folder: Path, slug: str = "package-corrupt") -> str:
    """What is said of the package."""
    with pytest.raises(Failed) as caught:
        opened(data, folder)
    [finding] = caught.value.diagnostics
    assert (finding.slug, finding.where.path) == (slug, str(folder / "demo.deb"))
    assert not isinstance(caught.value, EnvironmentFailed)
    return finding.message


def patched(at: int, text: bytes) -> bytes:
    """The header of an empty file with something else at an offset, and the right checksum."""
    plain = header()
    return resummed(plain[:at] + text + plain[at + len(text) :]) + END


def pax(records: bytes) -> bytes:
    return header("./x", type=tarfile.XHDTYPE, size=len(records)) + records + bytes(-len(records) % 512)


LIES: dict[str, tuple[bytes, str]] = {
    "nothing": (MAGIC, "has `nothing` where its part 1 should be"),
    "no data": (MAGIC + INFO + CONTROLS, "has `nothing` where its part 3 should be"),
    "parts in another order": (MAGIC + INFO + DATA + CONTROLS, "has `data.tar` where its part 2 should be"),
    "something before": (
        MAGIC + part("_x", b"") + INFO + CONTROLS + DATA,
        "has `_x` where its part 1 should be",
    ),
    "a part twice": (MAGIC + INFO + CONTROLS + DATA + DATA, "has two parts of the same name"),
    "a part cut short": (MAGIC + INFO + CONTROLS + DATA[:-9], "is cut short"),
    "a header cut short": (MAGIC + INFO + CONTROLS + DATA + b"x" * 59, "has a part with a damaged header"),
    "a negative size": (MAGIC + part("debian-binary", b"2.0\n", "-60"), "has a part with a damaged header"),
    "no size": (MAGIC + part("debian-binary", b"2.0\n", "x"), "has a part with a damaged header"),
    "a huge size": (MAGIC + part("debian-binary", b"2.0\n", "9999999999"), "is cut short"),
    "parts without end": (MAGIC + INFO + CONTROLS + DATA + part("x", b"") * 100, "has more than 64 parts"),
    "an unknown compression": (package(name="data.tar.br"), "is no Debian package"),
    "another format": (MAGIC + part("debian-binary", b"0.939\n") + CONTROLS + DATA, "not 2.0"),
    "no control file": (package(controls=gzip.compress(tar([]))), "has no control file"),
    "control files twice": (
        package(controls=gzip.compress(tar([member("control", b"x")] * 2))),
        "`control` is there twice, or far too large",
    ),
    "a control file beyond all reason": (
        package(controls=gzip.compress(tar([member("control", bytes(17 << 20))]))),
        "is there twice, or far too large",
    ),
    "control files without end": (
        package(controls=gzip.compress(tar([member("x", bytes(300 << 20))]), 1)),
        "its payload unpacks to more than 268435456 bytes",
    ),
    "a control file without name": (package(controls=control("Version: 1\n")), "has no Package"),
    "a control file without version": (package(controls=control("Package: a\n")), "has no Version"),
    "an empty control file": (package(controls=control("")), "has the line ``, which is no field"),
    "no field": (
        package(controls=control(f"{CONTROL}nonsense\n")),
        "has the line `nonsense`, which is no field",
    ),
    "a field twice": (
        package(controls=control(f"{CONTROL}version: 2\n")),
        "has the line `version: 2`, which is no field or one that was there before",
    ),
    "a second paragraph": (package(controls=control(f"{CONTROL}\nPackage: b\n")), "has the line ``"),
    "a continued nothing": (package(controls=control(f" x\n{CONTROL}")), "has the line ` x`"),
    "no relation": (
        package(controls=control(f"{CONTROL}Depends: a, b (= 1\n")),
        "has `b (= 1` in Depends, which is no relation",
    ),
    "a relation without name": (
        package(controls=control(f"{CONTROL}Depends: a | (= 1)\n")),
        "which is no relation",
    ),
    "no source": (package(controls=control(f"{CONTROL}Source: a b\n")), "has the Source `a b`"),
    "a conffile that is not there": (
        package(controls=control(conffiles="/etc/x\n")),
        "its conffile `etc/x` is not in the package",
    ),
    "a relative conffile": (package(controls=control(conffiles="etc/x\n")), "has the relative path `etc/x`"),
    "a path that climbs": (
        package(tar([member("./a/../../b")])),
        "has the path `./a/../../b`, which leads out",
    ),
    "an absolute path": (package(tar([member("/etc/passwd")])), "has the absolute path `/etc/passwd`"),
    "a path twice": (package(tar([member("./a"), member("a")])), "has the path `a` twice"),
    "a path as file and directory": (
        package(tar([member("./a"), member("./a", type=tarfile.DIRTYPE)])),
        "has the path `a` twice",
    ),
    "a root that is no directory": (package(tar([member("./")])), "twice, or as no directory"),
    "a hard link to nothing": (
        package(tar([member("./b", type=tarfile.LNKTYPE, linkname="./a")])),
        "has the hard link `b` to `a`, which is no file before it",
    ),
    "a hard link to a directory": (
        package(
            tar([member("./a", type=tarfile.DIRTYPE), member("./b", type=tarfile.LNKTYPE, linkname="./a")])
        ),
        "which is no file before it",
    ),
    "a hard link that climbs": (
        package(tar([member("./b", type=tarfile.LNKTYPE, linkname="../../etc/shadow")])),
        "which leads out of its directory",
    ),
    "an unknown type": (package(header(type=b"V") + END), "unknown type b'V'"),
    "a sparse file": (package(header(type=tarfile.GNUTYPE_SPARSE) + END), "unknown type b'S'"),
    "a sparse file, pax": (package(pax(b"22 GNU.sparse.major=1\n") + header() + END), "has a sparse file"),
    "a wrong checksum": (package(b"x" + header()[1:] + END), "has a tar header whose checksum is wrong"),
    "no end": (package(header()), "its payload ends too early"),
    "a content cut short": (package(header(size=5000) + bytes(600)), "its payload ends too early"),
    "a size in no digits": (
        package(patched(124, b"00000000x00\0")),
        "where a tar header should have a number",
    ),
    "a negative number": (package(patched(124, b"\xff" * 12)), "has a tar header with a negative number"),
    "a size of exabytes": (package(patched(124, b"\x80" + b"\x7f" * 11)), "its payload ends too early"),
    "an extended header of gigabytes": (
        package(header(type=tarfile.XHDTYPE, size=1 << 33) + END),
        "has an extended tar header of 8589934592 bytes",
    ),
    "a long name of gigabytes": (
        package(header(type=tarfile.GNUTYPE_LONGNAME, size=1 << 33) + END),
        "has an extended tar header of 8589934592 bytes",
    ),
    "a pax record without length": (package(pax(b"path=./b\n") + header() + END), "has a damaged pax header"),
    "a pax record longer than all": (
        package(pax(b"99 path=./b\n") + header() + END),
        "has a damaged pax header",
    ),
    "a pax record of length 0": (package(pax(b"0 path=./b\n") + header() + END), "has a damaged pax header"),
    "a pax size that is none": (package(pax(b"12 size=-99\n") + header() + END), "should have a number"),
    "a pax path that climbs": (package(pax(b"15 path=../b/c\n") + header() + END), "which leads out"),
    "a pax path with a null": (package(pax(b"13 path=./b\0\n") + header() + END), "which leads out"),
    "a payload that is none": (package(b"x" * 600, name="data.tar.gz"), "its payload cannot be unpacked"),
    "half a payload": (package(gzip.compress(tar([]))[:15], name="data.tar.gz"), "its payload is cut short"),
    "a broken checksum": (
        package(gzip.compress(tar([member("./a")]))[:-8] + bytes(8), name="data.tar.gz"),
        "its payload cannot be unpacked",
    ),
    "garbage behind": (
        package(gzip.compress(tar([])) + b"garbage", name="data.tar.gz"),
        "its payload cannot be unpacked",
    ),
    "a dictionary of gigabytes": (
        package(
            lzma.compress(b"x", lzma.FORMAT_ALONE, filters=[{"id": lzma.FILTER_LZMA1, "dict_size": 3 << 29}]),
            name="data.tar.lzma",
        ),
        "its payload cannot be unpacked: Memory usage limit exceeded",
    ),
    "a window of gigabytes": (
        package(b"\x28\xb5\x2f\xfd\x00\xa8" + b"\x01\x00\x00" + bytes(10), name="data.tar.zst"),
        "its payload cannot be unpacked: zstd decompress error: Frame requires too much memory",
    ),
    "half a frame": (
        package(zstandard.compress(tar([member("./a", bytes(range(256)) * 99)]))[:-60], name="data.tar.zst"),
        "its payload",
    ),
}


@pytest.mark.parametrize("name", LIES)
def test_a_lie_is_told(name: str, tmp_path: Path) -> None:
    data, text = LIES[name]
    assert text in refused(data, tmp_path)


@pytest.mark.parametrize("kind", [tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE])
def test_devices_and_fifos_are_not_supported(kind: bytes, tmp_path: Path) -> None:
    text = refused(package(tar([member("./dev/x", type=kind)])), tmp_path, "package-unsupported")
    assert text == "holds `dev/x`, which is no file, directory or symbolic link"


def test_what_may_stand_between_and_behind_the_parts(tmp_path: Path) -> None:
    data = MAGIC + INFO + CONTROLS + part("_extra", b"odd") + DATA + part("later", b"")
    assert opened(data, tmp_path).name == "demo"


@pytest.mark.parametrize(
    ("name", "pack"),
    [
        ("data.tar.gz", gzip.compress),
        ("data.tar.xz", lzma.compress),
        ("data.tar.bz2", bz2.compress),
        ("data.tar.zst", zstandard.compress),
    ],
)
def test_every_truncation_is_told_and_several_streams_are_one(
    name: str, pack: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    archive = tar([member("./a", b"text")])
    whole = package(pack(archive), name=name)
    for size in (*range(0, len(whole) - 40, 5), *range(len(whole) - 40, len(whole) - 1)):
        path = tmp_path / "demo.deb"
        path.write_bytes(whole[:size])
        with pytest.raises(Failed):
            read([path])
    two = pack(archive[:512]) + pack(archive[512:])
    assert [file.path for file in opened(package(two, name=name), tmp_path).files] == ["a"]


def test_a_name_by_pax_and_by_gnu(tmp_path: Path) -> None:
    long = "x" * 200
    for form in (tarfile.PAX_FORMAT, tarfile.GNU_FORMAT, tarfile.USTAR_FORMAT):
        archive = tar(
            [member(f"./{'d' * 90}/{long[:99]}"), member("./l", type=tarfile.SYMTYPE, linkname="t" * 99)],
            form,
        )
        files = opened(package(archive), tmp_path).files
        assert [file.path for file in files] == [f"{'d' * 90}/{long[:99]}", "l"]
        assert files[1].target == "t" * 99


def test_global_pax_records_hold_for_all(tmp_path: Path) -> None:
    records = b"16 uname=daemon\n" + b"15 gname=games\n"
    shared = header("./g", type=tarfile.XGLTYPE, size=len(records)) + records + bytes(-len(records) % 512)
    files = opened(package(shared + header("./a") + header("./b") + END), tmp_path).files
    assert {(file.user, file.group) for file in files} == {("daemon", "games")}


def test_an_old_headers_directory(tmp_path: Path) -> None:
    plain = header("./a/", type=tarfile.AREGTYPE)
    [file] = opened(package(resummed(plain[:257] + bytes(255)) + END), tmp_path).files
    assert (file.path, file.kind) == ("a", "directory")
