"""What rpm itself says of a package is what we read of it."""

from __future__ import annotations

import hashlib
import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from splitpkg.inventory.model import EntryKind
from splitpkg.plan.model import Config, RelationKind
from splitpkg.verify.model import PackageFormat
from splitpkg.verify.read import payload, read
from splitpkg.verify.read_rpm import read_rpm
from tests.support.packages import called, rpmbuild

if TYPE_CHECKING:
    from pathlib import Path

    from splitpkg.verify.model import BuiltPackage
    from splitpkg.verify.stream import Part

SPEC = r"""
Name: demo
Epoch: 3
Version: 9.1~rc1
Release: 2.fc99
Summary: Program that loads modules
License: MIT
Requires: plain, least >= 2, same = 1:2-3, below < 4, most <= 5, above > 6
Requires: (given if other)
Requires: /usr/bin/env
Requires(pre): early
Requires(post,preun): late
Requires(posttrans): last
Requires(meta): loose
Recommends: (one and two), wanted >= 1
Suggests: liked = 2
Supplements: (this unless that)
Enhances: better < 9
Conflicts: foe < 2
Obsoletes: former < 1
Provides: zero = 0:3-4, bare, demo-abi(a1f3)%{?_isa}
Provides: libdemo.so.1()(64bit), libdemo.so.1(DEMO_1.0)(64bit), libother.so.2
%description
First line of the text, with ü.

Second paragraph.
%install
mkdir -p %{buildroot}/usr/bin %{buildroot}/etc/demo "%{buildroot}/usr/share/demo/odd name"
cd %{buildroot}
printf main > usr/bin/demo; chmod 4755 usr/bin/demo
printf linked > usr/bin/one; ln usr/bin/one usr/bin/two; ln usr/bin/one usr/share/demo/three
ln -s ../share/demo usr/bin/relative; ln -s /usr/share/demo usr/bin/absolute
printf kept > etc/demo/kept.conf; printf lost > etc/demo/lost.conf; printf gone > etc/demo/gone
printf text > usr/share/demo/README; : > usr/share/demo/empty; : > usr/share/demo/empty2
printf x > "usr/share/demo/odd name/ü — ‽"; printf y > "usr/share/demo/a'b&c\$d"
seq 1 200000 > usr/share/demo/big
mkdir -m 1777 usr/share/demo/sticky
%post
exit 0
%files
%attr(4755, root, root) /usr/bin/demo
/usr/bin/one
/usr/bin/two
/usr/bin/relative
/usr/bin/absolute
%dir %attr(0750, daemon, games) /etc/demo
%config(noreplace) %attr(0640, root, daemon) /etc/demo/kept.conf
%config /etc/demo/lost.conf
%ghost %config(noreplace) /etc/demo/gone
%doc /usr/share/demo/README
/usr/share/demo
"""

HEAD = "Name: demo\nVersion: 1\nRelease: 2\nSummary: S\nLicense: MIT\n"

QUERY = (
    r"[%{FILENAMES}\t%{FILEMODES:octal}\t%{FILESIZES}\t%{FILEUSERNAME}\t%{FILEGROUPNAME}"
    r"\t%{FILEFLAGS:fflags}\t%{FILELINKTOS}\t%{FILEDIGESTS}\n]"
)

KINDS = {0o10: EntryKind.FILE, 0o04: EntryKind.DIRECTORY, 0o12: EntryKind.SYMLINK}

TAGS = {
    RelationKind.REQUIRES: "REQUIRE",
    RelationKind.PROVIDES: "PROVIDE",
    RelationKind.RECOMMENDS: "RECOMMEND",
    RelationKind.SUGGESTS: "SUGGEST",
    RelationKind.SUPPLEMENTS: "SUPPLEMENT",
    RelationKind.ENHANCES: "ENHANCE",
    RelationKind.CONFLICTS: "CONFLICT",
    RelationKind.OBSOLETES: "OBSOLETE",
}

PAYLOADS = {
    "gzip": "w9.gzdio",
    "gzip-1": "w1.gzdio",
    "xz": "w6.xzdio",
    "xz-threads": "w2T2.xzdio",
    "lzma": "w6.lzdio",
    "bzip2": "w9.bzdio",
    "zstd": "w19.zstdio",
    "zstd-long": "w3T2L26.zstdio",
    "none": "w.ufdio",
}


@pytest.fixture(scope="session", params=PAYLOADS)
def package(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rpm")
    [built] = rpmbuild(SPEC, folder, macros={"_binary_payload": PAYLOADS[request.param]})
    return built


@pytest.fixture(scope="session")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    [built] = rpmbuild(SPEC, tmp_path_factory.mktemp("rpm"))
    return built


def query(path: Path, form: str) -> list[list[str]]:
    text = called(["rpm", "-qp", "--qf", form, path]).decode()
    return [line.split("\t") for line in text.splitlines()]


def test_the_head(plain: Path) -> None:
    form = r"%{NAME}\t%{EVR}\t%{ARCH}\t%{SOURCERPM}\t%{SUMMARY}\n"
    [[name, evr, architecture, source, summary]] = query(plain, form)
    read_back = read_rpm(plain)
    assert read_back.format is PackageFormat.RPM
    assert read_back.file == str(plain)
    assert (read_back.name, read_back.version) == (name, evr) == ("demo", "3:9.1~rc1-2.fc99")
    assert (read_back.architecture, read_back.summary) == (architecture, summary)
    assert source == f"{read_back.source}-{read_back.source_version}.src.rpm"
    assert read_back.description.encode() == called(["rpm", "-qp", "--qf", "%{DESCRIPTION}", plain])
    assert read_back.qualifier == "(x86-64)"
    assert read_back.sonames == ("libdemo.so.1", "libother.so.2")


@pytest.mark.parametrize("kind", TAGS, ids=str)
def test_relations(plain: Path, kind: RelationKind) -> None:
    tag = TAGS[kind]
    form = rf"[%{{{tag}NAME}}\t%{{{tag}FLAGS:depflags}}\t%{{{tag}VERSION}}\t%{{{tag}FLAGS:deptype}}\n]"
    stated = {(name, sign, version, phases(types)) for name, sign, version, types in query(plain, form)}
    found = {
        (one.name, one.operator, one.version, phases(relation.field))
        for relation in read_rpm(plain).relations
        if relation.kind is kind
        for one in relation.alternatives
    }
    assert found == stated
    assert found


def phases(text: str) -> frozenset[str]:
    """What a requirement is limited to, of `Requires(post,preun)` and of rpm's `post,preun`."""
    inner = re.sub(r"^\w+\(|\)$", "", text) if "(" in text else text
    words = set(inner.split(","))
    return frozenset(
        words & {"pre", "post", "preun", "postun", "pretrans", "posttrans", "interp", "meta", "verify"}
    )


def test_files(package: Path) -> None:
    stated = {line[0].removeprefix("/"): line[1:] for line in query(package, QUERY)}
    files = {file.path: file for file in read_rpm(package).files}
    assert files.keys() == stated.keys()
    for path, (octal, size, user, group, flags, target, digest) in stated.items():
        file, mode = files[path], int(octal, 8)
        assert (file.kind, file.mode) == (KINDS[mode >> 12], mode & 0o7777)
        assert (file.user, file.group, file.target or "") == (user, group, target)
        assert file.is_ghost == ("g" in flags)
        expected = Config.NO if "c" not in flags else Config.NOREPLACE if "n" in flags else Config.REPLACE
        assert file.config is expected
        assert (file.digest or "") == ("" if file.is_ghost else digest)
        if file.kind is EntryKind.FILE and not file.is_ghost:
            assert file.size == int(size)


def test_hard_links_name_the_file_that_carries_the_content(package: Path) -> None:
    files = {file.path: file for file in read_rpm(package).files}
    linked = ("usr/bin/one", "usr/bin/two", "usr/share/demo/three")
    carriers = {files[path].same_as or path for path in linked}
    assert len(carriers) == 1
    assert len([path for path in linked if files[path].same_as is None]) == 1
    assert {path for path, file in files.items() if file.same_as} == set(linked) - carriers
    assert {path for path, _ in contents(package)} & set(linked) == carriers


def contents(package: Path) -> list[tuple[str, bytes]]:
    return [(file.path, part.read()) for file, part in payload(package)]


def test_the_payload_is_what_rpm2cpio_gives(package: Path, tmp_path: Path) -> None:
    archive = called(["rpm2cpio", package])
    subprocess.run(["cpio", "-idm", "--quiet"], cwd=tmp_path, input=archive, check=True, timeout=60)
    found = dict(contents(package))
    assert found
    for path, data in found.items():
        assert (tmp_path / path).read_bytes() == data
    for file in read_rpm(package).files:
        if file.digest is not None:
            assert hashlib.sha256((tmp_path / file.path).read_bytes()).hexdigest() == file.digest


def test_content_can_be_read_in_part_or_not_at_all(package: Path) -> None:
    heads = {file.path: part.read(3) for file, part in payload(package)}
    whole = dict(contents(package))
    assert heads == {path: data[:3] for path, data in whole.items()}
    assert [file.path for file, _ in payload(package)] == list(whole)
    pieces = {file.path: read_by(part, 1000) for file, part in payload(package)}
    assert pieces == whole


def read_by(part: Part, size: int) -> bytes:
    return b"".join(iter(lambda: part.read(size), b""))


@pytest.mark.parametrize("algorithm", [1, 2, 8, 10])
def test_digests_of_other_algorithms_are_checked_and_replaced(tmp_path: Path, algorithm: int) -> None:
    [built] = rpmbuild(SPEC, tmp_path, macros={"_binary_filedigest_algorithm": str(algorithm)})
    [[stated]] = query(built, r"%{FILEDIGESTALGO}\n")
    assert stated == (str(algorithm) if algorithm != 1 else "(none)")
    digests = {file.path: file.digest for file in read_rpm(built).files if file.digest}
    assert digests == {path: hashlib.sha256(data).hexdigest() for path, data in all_contents(built).items()}


def all_contents(package: Path) -> dict[str, bytes]:
    """Every regular file's content, that of hard links under each name."""
    found = dict(contents(package))
    return {
        file.path: found[file.same_as or file.path]
        for file in read_rpm(package).files
        if file.digest is not None
    }


def test_a_package_for_all_architectures_without_files_and_epoch(tmp_path: Path) -> None:
    [built] = rpmbuild(f"{HEAD}BuildArch: noarch\n%description\n%files\n", tmp_path)
    found = read_rpm(built)
    assert (found.version, found.architecture, found.qualifier, found.files) == ("1-2", "noarch", "", ())
    assert (found.source, found.source_version) == ("demo", "1-2")


@pytest.mark.parametrize(("extra", "architecture"), [("", "src"), ("NoSource: 0\n", "nosrc")])
def test_a_source_package(tmp_path: Path, extra: str, architecture: str) -> None:
    sources = tmp_path / "SOURCES"
    sources.mkdir()
    (sources / "demo.tar").write_bytes(b"packed")
    [built] = rpmbuild(
        f"{HEAD}Source: demo.tar\n{extra}BuildRequires: gcc\n%description\n", tmp_path, mode="-bs"
    )
    found = read_rpm(built)
    assert (found.architecture, found.source, found.source_version) == (architecture, "demo", "1-2")
    assert "gcc" in {one.name for relation in found.relations for one in relation.alternatives}
    listed = {line[0].removeprefix("/") for line in query(built, r"[%{FILENAMES}\n]")}
    assert {file.path for file in found.files} == listed
    assert "demo.spec" in listed


@pytest.mark.slow
def test_a_file_of_more_than_four_gigabytes(tmp_path: Path) -> None:
    """RPM then leaves names and sizes out of the payload and writes sizes of 64 bits."""
    spec = (
        f"{HEAD}%description\n%install\n"
        "mkdir -p %{buildroot}/srv; cd %{buildroot}/srv; printf a > a; truncate -s 4300M big; printf z > z\n"
        "ln z y; ln -s a link; mkdir folder\n%files\n/srv\n"
    )
    [built] = rpmbuild(spec, tmp_path, macros={"_binary_payload": "w1.zstdio"})
    [[sizes]] = query(built, r"%{LONGFILESIZES}\n")
    assert sizes != "(none)"
    files = {file.path: file for file in read_rpm(built).files}
    stated = {line[0].removeprefix("/"): line[1:] for line in query(built, QUERY)}
    assert {path: file.digest or "" for path, file in files.items()} == {
        path: line[-1] for path, line in stated.items()
    }
    assert files["srv/big"].size == 4300 * 1024 * 1024
    assert {path for path, file in files.items() if file.same_as} <= {"srv/y", "srv/z"}


def test_folders_and_files_are_read_in_order(plain: Path, tmp_path: Path) -> None:
    for name in ("b.rpm", "a.rpm"):
        (tmp_path / name).write_bytes(plain.read_bytes())
    (tmp_path / "a.spec").write_text("no package")
    found: list[BuiltPackage] = list(read([plain, tmp_path]))
    assert [one.file for one in found] == [str(plain), str(tmp_path / "a.rpm"), str(tmp_path / "b.rpm")]
    assert len({(one.version, one.files, one.relations) for one in found}) == 1
