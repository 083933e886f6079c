"""RPM files that lie: each is refused for what is wrong with it, soon, and by no other exception."""

from __future__ import annotations

import gzip
import hashlib
import lzma
import struct
import zlib
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from splitpkg.diagnostics import EnvironmentFailed, Failed
from splitpkg.verify.read import payload, read
from splitpkg.verify.rpm_header import Tag
from splitpkg.verify.rpm_layout import INTRO, LEAD, MAGIC, Type
from tests.support.rpm_bytes import File, assembled, cpio, entry, package, table

if TYPE_CHECKING:
    from pathlib import Path

TWO = [File("/usr/bin/a", b"a"), File("/usr/bin/b", b"bb")]
LINKED = [File("/usr/bin/a", b"x", inode=7), File("/usr/bin/b", b"x", inode=7)]


def refused(data: bytes, folder: Path) -> str:
    """What is said of the package, whose slug has to be package-corrupt."""
    path = folder / "demo.rpm"
    path.write_bytes(data)
    with pytest.raises(Failed) as caught:
        read([path])
    [finding] = caught.value.diagnostics
    assert (finding.slug, finding.where.path) == ("package-corrupt", str(path))
    assert not isinstance(caught.value, EnvironmentFailed)
    return finding.message


def test_the_writer_of_these_tests_writes_what_is_read(tmp_path: Path) -> None:
    path = tmp_path / "demo.rpm"
    path.write_bytes(
        package([*TWO, File("/usr/bin/l", target="a", mode=0o120777), File("/srv", mode=0o40755)])
    )
    [found] = read([path])
    assert [(file.path, file.size, file.target) for file in found.files] == [
        ("srv", 0, None),
        ("usr/bin/a", 1, None),
        ("usr/bin/b", 2, None),
        ("usr/bin/l", 0, "a"),
    ]


HOLLOW = [replace(file, member=cpio([File(file.path)])[: -len(cpio([]))]) for file in LINKED]

LIES: dict[str, tuple[bytes, str]] = {
    "nothing but the lead": (MAGIC + bytes(92), "cut short"),
    "no signature header": (MAGIC + bytes(200), "has no signature header where one should begin"),
    "no header": (MAGIC + bytes(92) + table([]) + bytes(100), "has no header where one should begin"),
    "something between": (
        MAGIC + bytes(92) + table([entry(1000, "x")]) + b"\x8e" * 6 + package()[LEAD + 16 :],
        "has something between its two headers",
    ),
    "an entry count beyond all reason": (
        assembled(INTRO + bytes(4) + struct.pack("!II", 0xFFFFFFFF, 16), b""),
        "its header claims 4294967295 entries and 16 bytes, more than any package needs",
    ),
    "a store beyond all reason": (
        assembled(INTRO + bytes(4) + struct.pack("!II", 1, 0xFFFFFFFF), b""),
        "more than any package needs",
    ),
    "a store beyond the file": (
        assembled(INTRO + bytes(4) + struct.pack("!II", 1, 1 << 20), b""),
        "claims more bytes than the file has",
    ),
    "an offset beyond the store": (
        assembled(INTRO + bytes(4) + struct.pack("!IIIIII", 1, 4, 1000, 6, 4, 1) + b"abc\0", b""),
        "its header has an impossible entry for tag 1000",
    ),
    "a count beyond the store": (
        assembled(INTRO + bytes(4) + struct.pack("!IIIIII", 1, 4, 1028, 4, 0, 2) + b"abc\0", b""),
        "impossible entry for tag 1028",
    ),
    "a tag twice": (
        assembled(table([entry(1000, "a"), entry(1000, "b")]), b""),
        "impossible entry for tag 1000",
    ),
    "an unknown type": (
        assembled(INTRO + bytes(4) + struct.pack("!IIIIII", 1, 4, 1000, 99, 0, 1) + b"abc\0", b""),
        "impossible entry for tag 1000",
    ),
    "a string without end": (
        assembled(table([(1000, Type.STRING, 1, b"abc")]), b""),
        "its header cannot be read",
    ),
    "fewer strings than counted": (
        assembled(table([entry(1000, "a"), (1117, Type.STRING_ARRAY, 9, b"a\0b\0")]), b""),
        "impossible entry for tag 1117",
    ),
    "millions of strings": (
        assembled(
            table([(tag, Type.STRING_ARRAY, 1 << 20, bytes(1 << 20)) for tag in range(5000, 5006)]), b""
        ),
        "strings, more than any package needs",
    ),
    "no name": (package(NAME=""), "its header has no name"),
    "no version": (package(more=[entry(Tag.VERSION, [1])]), "impossible entry for tag 1001 (version)"),
    "no name of a source package": (package(SOURCE_RPM="nonsense"), "which is no name of one"),
    "a relation with an impossible operator": (
        package(REQUIRE_NAME=["a"], REQUIRE_VERSION=["1"], REQUIRE_FLAGS=[6]),
        "impossible relation to `a`",
    ),
    "names without versions": (
        package(REQUIRE_NAME=["a", "b"], REQUIRE_VERSION=["1"], REQUIRE_FLAGS=[0, 0]),
        "its header has 2 Requires, but 1 versions of them",
    ),
    "files without modes": (
        package(TWO, [entry(Tag.FILE_MODES, [0o100644], Type.INT16)]),
        "less of some files",
    ),
    "a directory index beyond the directories": (
        package(TWO, DIR_INDEXES=[0, 9]),
        "directories that it does not",
    ),
    "a path that climbs": (
        package([File("/usr/../../etc/x")]),
        "has the path `/usr/../../etc/x`, which leads out",
    ),
    "a relative path": (package(TWO, DIR_NAMES=["usr/", "/"]), "has the relative path `usr/a`"),
    "a path twice": (package([File("/a"), File("/a")]), "lists a path twice"),
    "a path twice, spelled differently": (package([File("/x/a"), File("/x//a")]), "lists a path twice"),
    "more bytes than could be packed": (
        package(TWO, [entry(Tag.LONG_FILE_SIZES, [1 << 50, 2], Type.INT64)]),
        "its header claims 1125899906842626 bytes of files, too many for",
    ),
    "a size that is not the payload's": (
        package(TWO, FILE_SIZES=[1, 3]),
        "`usr/bin/b` has 2 bytes in its payload, 3 in its header",
    ),
    "a mode that is not the payload's": (
        package(TWO, [entry(Tag.FILE_MODES, [0o100644, 0o104755], Type.INT16)]),
        "`usr/bin/b` has the mode 100644 in its payload, 104755 in its header",
    ),
    "a digest that is not the payload's": (
        package([File("/usr/bin/a", b"a", digest="0" * 64)]),
        "`usr/bin/a` has other bytes than its header says",
    ),
    "a link that leads elsewhere": (
        package([File("/a", mode=0o120777, target="b")], FILE_LINK_TARGETS=["c"]),
        "`a` leads elsewhere",
    ),
    "a file too few": (package(TWO, payload=gzip.compress(cpio(TWO[:1]))), "its payload lacks `usr/bin/b`"),
    "a file too many": (
        package(TWO[:1], payload=gzip.compress(cpio(TWO))),
        "its payload has `./usr/bin/b`, which its header does not list",
    ),
    "a file twice": (
        package(TWO[:1], payload=gzip.compress(cpio(TWO[:1] * 2))),
        "does not list or lists once",
    ),
    "a payload that climbs": (
        package(TWO[:1], payload=gzip.compress(cpio([File("/../a")]))),
        "has the path `./../a`, which leads out of its directory",
    ),
    "hard links of which none has the content": (
        package(HOLLOW),
        "its payload lacks the content of `usr/bin/a`",
    ),
    "hard links that both have the content": (package(LINKED), "has its content twice in the payload"),
    "hard links with different digests": (
        package([LINKED[0], File("/usr/bin/b", b"y", inode=7)]),
        "tells hard links apart",
    ),
    "an end that never comes": (
        package(TWO, payload=gzip.compress(cpio(TWO)[:-124])),
        "its payload ends too early",
    ),
    "half a payload": (package(TWO, payload=gzip.compress(cpio(TWO))[:40]), "its payload is cut short"),
    "a payload's broken checksum": (
        package(TWO, payload=gzip.compress(cpio(TWO))[:-8] + bytes(8)),
        "its payload cannot be unpacked",
    ),
    "no payload": (package(TWO, payload=b""), "ends where its payload should begin"),
    "an unknown packing": (package(TWO, payload=b"PK\3\4"), "packed in no way that rpm knows"),
    "no archive in the payload": (
        package(TWO, payload=gzip.compress(b"x" * 500)),
        "no cpio archive that rpm writes",
    ),
    "an endless name": (
        package(TWO, payload=gzip.compress(b"070701" + b"0" * 88 + b"ffffffff" + b"0" * 8)),
        "has a name of 4294967295 bytes",
    ),
    "a name that is no name": (
        package(
            TWO, payload=gzip.compress(b"070701" + b"0" * 88 + b"00000004" + b"0" * 8 + b"a\0b\0" + bytes(9))
        ),
        "has a name that does not end where it should",
    ),
    "no numbers": (
        package(TWO, payload=gzip.compress(b"070701" + b"+0x_ 0 1" * 13)),
        "where a number should be",
    ),
    "a place that is none": (
        package(TWO, payload=gzip.compress(b"07070X" + b"00000009" + bytes(200))),
        "its payload has `9`, which its header does not list",
    ),
    "a dictionary of gigabytes": (
        package(TWO, payload=b"\x5d" + struct.pack("<IQ", 0xF0000000, 0xFFFFFFFFFFFFFFFF) + bytes(100)),
        "its payload cannot be unpacked: Memory usage limit exceeded",
    ),
    "more than the header claims, behind the end": (
        package(TWO, payload=gzip.compress(cpio(TWO) + bytes(1 << 24))),
        "its payload unpacks to more than",
    ),
    "a digest of the header that differs": (
        assembled(package(TWO)[LEAD + 16 :], b"", table([entry(273, "0" * 64)])),
        "its signature header says " + "0" * 64,
    ),
    "a digest of the payload that differs": (
        package(TWO, PAYLOAD_DIGEST=["0" * 64], PAYLOAD_DIGEST_ALGORITHM=[8]),
        "its payload has other bytes than its header says",
    ),
}


@pytest.mark.parametrize("name", LIES)
def test_a_lie_is_told(name: str, tmp_path: Path) -> None:
    data, text = LIES[name]
    assert text in refused(data, tmp_path)


@pytest.mark.parametrize("mode", [0o020600, 0o060600, 0o010600, 0o140600, 0o000600])
def test_devices_fifos_and_sockets_are_not_supported(mode: int, tmp_path: Path) -> None:
    path = tmp_path / "demo.rpm"
    path.write_bytes(package([File("/dev/x", mode=mode)]))
    with pytest.raises(Failed, match=r"package-unsupported.*holds `dev/x`, which is no file"):
        read([path])


def test_digests_that_agree_are_accepted(tmp_path: Path) -> None:
    packed = gzip.compress(cpio(TWO))
    digest = entry(Tag.PAYLOAD_DIGEST, [hashlib.sha256(packed).hexdigest()])
    header = package(TWO, [digest, entry(Tag.PAYLOAD_DIGEST_ALGORITHM, [8])])[LEAD + 16 : -len(packed)]
    signature = table(
        [entry(273, hashlib.sha256(header).hexdigest()), entry(269, hashlib.sha1(header).hexdigest())]
    )
    path = tmp_path / "demo.rpm"
    path.write_bytes(assembled(header, packed, signature))
    assert len(read([path])[0].files) == 2


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress], ids=["gzip", "xz"])
def test_every_truncation_is_told(pack: object, tmp_path: Path) -> None:
    assert callable(pack)
    data = package(TWO, payload=pack(cpio(TWO)))
    path = tmp_path / "demo.rpm"
    for size in (*range(0, len(data), 5), *range(len(data) - 40, len(data))):
        path.write_bytes(data[:size])
        with pytest.raises(Failed):
            read([path])


def test_a_header_of_signatures_cannot_pass_for_the_packages_own(tmp_path: Path) -> None:
    """rpmfile joins both; a signature tag must not stand in for what the header lacks."""
    data = package(TWO)
    signature = table([entry(1003, [9]), entry(1007, [5])])
    path = tmp_path / "demo.rpm"
    path.write_bytes(assembled(data[LEAD + 16 :], b"", signature))
    assert read([path])[0].version == "1-2"


def test_the_payloads_end_is_looked_at_when_content_is_asked_for(tmp_path: Path) -> None:
    data = bytearray(package(TWO, payload=gzip.compress(cpio(TWO))))
    data[-8:] = struct.pack("<II", zlib.crc32(b""), 0)
    path = tmp_path / "demo.rpm"
    path.write_bytes(bytes(data))
    with pytest.raises(Failed, match="cannot be unpacked"):
        list(payload(path))


def test_the_payload_of_rpm_6(tmp_path: Path) -> None:
    """Its members are places in the header's list, the algorithm of its digest goes without saying."""
    files = [*LINKED, File("/usr/bin/c", b"12345"), File("/usr/bin/l", target="c", mode=0o120777)]
    members = [(0, b""), (2, b"12345"), (3, b"c"), (1, b"x")]
    packed = gzip.compress(
        b"".join(b"07070X%08x\0\0" % at + data + bytes(-len(data) % 4) for at, data in members) + cpio([])
    )
    digest = entry(Tag.PAYLOAD_DIGEST, [hashlib.sha256(packed).hexdigest()])
    sizes = entry(Tag.LONG_FILE_SIZES, [1, 1, 5, 1], Type.INT64)
    path = tmp_path / "demo.rpm"
    path.write_bytes(package(files, [digest, sizes], packed))
    [found] = read([path])
    assert [(file.path, file.size, file.same_as) for file in found.files] == [
        ("usr/bin/a", 1, "usr/bin/b"),
        ("usr/bin/b", 1, None),
        ("usr/bin/c", 5, None),
        ("usr/bin/l", 0, None),
    ]
    assert [(file.path, part.read()) for file, part in payload(path)] == [
        ("usr/bin/c", b"12345"),
        ("usr/bin/b", b"x"),
    ]
