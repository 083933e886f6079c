"""Damaged packages: an answer or a finding, soon, and nothing else."""

from __future__ import annotations

import random
import resource
import time
from typing import TYPE_CHECKING

import pytest

from splitpkg.diagnostics import EnvironmentFailed, Failed
from splitpkg.verify.read import payload, read
from splitpkg.verify.rpm_header import Tag
from tests.support.packages import Item, Part, debs, rpmbuild

if TYPE_CHECKING:
    from pathlib import Path

SEED = 20241122
SLUGS = {"package-corrupt", "package-unreadable", "package-unsupported"}
SECONDS = 10.0
"""For one small package, on a machine that does other things, too."""

KIBIBYTES = 400 * 1024
"""By how much the process may grow: half of what one window of 128 MiB and one store take at most."""

CHECKED = (273, 269, Tag.PAYLOAD_DIGEST, 5097)
"""Tags of the digests of header and payload; without them damage gets further in."""


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """Small packages of both formats in every compression, with and without digests over the whole."""
    folder = tmp_path_factory.mktemp("sound")
    built = []
    for at, payload_flags in enumerate(("w9.gzdio", "w1.xzdio", "w1.zstdio", "w1.bzdio", "w.ufdio")):
        built += _rpm(folder / f"rpm{at}", payload_flags)
    for at, options in enumerate(
        (("-Zgzip",), ("-Zxz", "-z1"), ("-Zzstd", "-z1"), ("-Znone", "--uniform-compression"))
    ):
        built += _deb(folder / f"deb{at}", options)
    found = [path.read_bytes() for path in built]
    return found + [_unsealed(data) for data in found if data.startswith(b"\xed\xab")]


SPEC = """
Name: demo
Version: 1
Release: 1
Summary: S
License: MIT
Requires: a >= 1, (b or c)
Recommends: d
%description
Text.
%install
mkdir -p %{buildroot}/usr/share/demo; cd %{buildroot}/usr/share/demo
seq 900 > file; ln file hard; ln -s file soft; echo c > conf; : > ghost
%files
%dir /usr/share/demo
/usr/share/demo/[fhs]*
%config /usr/share/demo/conf
%ghost /usr/share/demo/ghost
"""


def _rpm(folder: Path, flags: str) -> list[Path]:
    return rpmbuild(SPEC, folder, macros={"_binary_payload": flags})


def _deb(folder: Path, options: tuple[str, ...]) -> list[Path]:
    folder.mkdir()
    items = {
        "usr/share/demo/file": Item(b"".join(b"%d\n" % number for number in range(900))),
        "usr/share/demo/soft": Item(target="file"),
        f"usr/share/demo/{'x' * 120}": Item(b"long name"),
        "etc/demo": Item(b"c", flags="%config"),
    }
    return debs([Part("demo", items, ["Depends: a (>= 1), b | c", "Recommends: d"])], folder, *options)


def _unsealed(data: bytes) -> bytes:
    """The RPM package with the tags of those digests renamed, so that nothing looks at them."""
    for tag in CHECKED:
        at = data.index(tag.to_bytes(4, "big"))
        data = data[:at] + (tag + 60000).to_bytes(4, "big") + data[at + 4 :]
    return data


def damaged(data: bytes, source: random.Random) -> bytes:
    """The data with one to four injuries."""
    for _ in range(source.randint(1, 4)):
        data = _injured(bytearray(data), source)
    return data


def _injured(data: bytearray, source: random.Random) -> bytes:
    at = source.randrange(len(data))
    match source.randrange(7):
        case 0:
            data[at] ^= 1 << source.randrange(8)
        case 1:
            data[at] = source.choice(b"\0\x01\x7f\x80\xff 09/.")
        case 2:
            data[at & ~3 : (at & ~3) + 4] = source.choice(
                (b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", bytes(4))
            )
        case 3:
            del data[at:]
        case 4:
            del data[at : at + source.randint(1, 64)]
        case 5:
            data[at:at] = data[at : at + source.randint(1, 512)]
        case _:
            other = source.randrange(len(data))
            data[at : at + 16] = data[other : other + 16]
    return bytes(data or b"\0")


def judged(path: Path) -> str:
    """The slug of the only finding; empty when the package could be read."""
    begin = time.perf_counter()
    try:
        [found] = read([path])
        contents = {file.path for file, part in payload(path) if part.read() or True}
        assert contents == {file.path for file in found.files if file.digest and not file.same_as}
        slug = ""
    except EnvironmentFailed:
        raise
    except Failed as failure:
        [finding] = failure.diagnostics
        assert finding.where.path == str(path)
        slug = finding.slug
        assert slug in SLUGS
    assert time.perf_counter() - begin < SECONDS
    return slug


def fuzz(sound: list[bytes], folder: Path, rounds: range) -> dict[str, int]:
    """How often each slug came."""
    path, counts = folder / "demo.package", dict[str, int]()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for number in rounds:
        source = random.Random(SEED + number)
        path.write_bytes(damaged(sound[number % len(sound)], source))
        try:
            slug = judged(path)
        except Exception as error:
            error.add_note(f"round {number}")
            raise
        counts[slug] = counts.get(slug, 0) + 1
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < KIBIBYTES
    return counts


def test_sound_packages_are_read(sound: list[bytes], tmp_path: Path) -> None:
    for data in sound:
        (tmp_path / "demo").write_bytes(data)
        assert judged(tmp_path / "demo") == ""


def test_damaged_packages(sound: list[bytes], tmp_path: Path) -> None:
    counts = fuzz(sound, tmp_path, range(2000))
    assert counts["package-corrupt"] > 1000
    assert counts[""] > 20


@pytest.mark.slow
def test_many_damaged_packages(sound: list[bytes], tmp_path: Path) -> None:
    fuzz(sound, tmp_path, range(2000, 42000))
