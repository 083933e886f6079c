"""Words with a fixed spelling, by the rules of rpm, dpkg and SPDX themselves."""

from __future__ import annotations

import re
import subprocess
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from splitpkg.manifest import spelling
from splitpkg.manifest.fault import Refused
from splitpkg.manifest.license import License, license_expression
from splitpkg.manifest.text import Text

RIGHT: dict[str, tuple[str, ...]] = {
    "PackageName": ("demo", "libfoo2.0-1", "g++", "0ad"),
    "RpmName": ("demo", "ImageMagick", "python3-a_b", "g++"),
    "Suffix": ("core", "c", "ui-gtk3", "libs2.0", "c++"),
    "OptionalSuffix": ("", "modules"),
    "SuffixTemplate": ("block-{name}", "{kind}_{name}", "net", "Block-{name}"),
    "Version": ("1", "1.0", "7.2+dfsg", "2.0~rc1", "20240101git0abc"),
    "Release": ("1", "8", "0.1", "1.fc41", "2+b1"),
    "Homepage": ("https://www.qemu.org/", "http://x.example/a?b=%20#c", "https://[2001:db8::1]/"),
    "Source": ("https://x.example/a-1.0.tar.xz", "ftp://x.example/a.tgz", "relay-1.0.tar.gz", "{name}.tgz"),
    "Folder": ("relay-1.0", "a", "{name}-{version}"),
    "Maintainer": (
        "Jo Doe <jo@demo.example>",
        "QEMU Team (unofficial) <a+b@x.example>",
        "Jö <root@localhost>",
    ),
    "Architecture": (
        "amd64",
        "any",
        "linux-any",
        "any-i386",
        "kfreebsd-amd64",
        "musl-linux-arm64",
        "gnu-any-any",
    ),
    "PlainPath": ("etc/demo/on/50-{name:dashes}.conf", "a", "var/lib/a~b/..c", "{libdir}/demo"),
    "UnitName": ("demo.service", "getty@.service", "dev-sda1.device"),
    "Mode": ("755", "0755", "4755"),
    "User": ("root", "_apt", "systemd-network", "www-data"),
    "Section": ("misc", "non-free/net", "x11"),
    "StandardsVersion": ("4.6.2", "4.6.2.1"),
    "BesideName": ("demo.service", "0001-fix.patch", "demo@.service", "a"),
    "InstalledPath": ("etc/demo.conf", "{libdir}/demo/x", "usr/lib/systemd/system/demo@.service", "a/..b/.c"),
    "SourcePath": ("COPYING", "doc/README.md", "LICENSES/MIT.txt"),
    "Variable": ("PYTHON", "_a1", "ac_cv_func_x"),
    "FlagsVariable": ("CFLAGS", "LDFLAGS"),
    "SymbolPattern": ("qemu_stamp_*", "LIBVIRT_PRIVATE_*", "lib*-private-[a-z]?.so.0", "_ZN4demo1aEv"),
    "PathPattern": ("php/*", "demo/plugins/4.*", ".so.*"),
    "CapabilityName": ("{value}", "demo-api = {value}", "demo-api({value}-{minor})"),
    "Slug": ("unmet-symbol", "contested"),
}
WRONG: dict[str, tuple[str, ...]] = {
    "PackageName": ("", "d", "Demo", "de_mo", "-demo", ".demo", "de mo", "demo\n", "demo%{x}", "démo"),
    "RpmName": ("", "-a", "a b", "a%b", "_a", "a\n", "a,b", "a(b)"),
    "Suffix": ("", "Core", "a_b", "-a", "a b", "a\n", "{name}"),
    "OptionalSuffix": ("A", " ", "\n"),
    "SuffixTemplate": ("", "-{name}", "a b{name}", "{name", "a/{name}", "{name}\n", "é{name}", "{Name}"),
    "Version": ("", "v1", "1-1", "1:1", "1^2", "1 2", "1_2", "1\n", "1%{?dist}", "1$(id)", "1/2"),
    "Release": ("", "a", "1%{?dist}", "1-2", "1 ", "1\n"),
    "Homepage": (
        "",
        "www.x.example",
        "ftp://x.example",
        "https://",
        "https://x y",
        "https://x\n",
        "https://é",
        "HTTPS://x",
    ),
    "Source": (
        "",
        "../a",
        "/a",
        "a/b",
        "file:///a",
        "a b",
        "https://x y",
        ".a",
        "a\n",
        "http://x/a\n",
        "-a",
        "$(id)",
        "{nam}",
        "{version",
    ),
    "Folder": ("{x}", "-{name}", "a{version}{", "", ".", "..", "a/b", "a b", "-a", "a\n", "a%b", "$a"),
    "Maintainer": (
        *(
            "",
            "Jo",
            "jo@x.example",
            "<jo@x.example>",
            "Jo <jo>",
            "Jo <jo@x> ",
            "Jo Doe<jo@x>",
            "Jo, Doe <jo@x>",
        ),
        *(
            "Jo <jo@x>, Al <al@x>",
            "Jo\n <jo@x>",
            "Jo <jo@x>\n",
            "Jo  Doe <jo@x>",
            "Jo <j o@x>",
            "Jo <jo@x@y>",
            "J\u200b\x85 <a@b>",
            "Jo ${Space} <jo@x>",
            "Jo <${env:HOME}@x>",
        ),
    ),
    "Architecture": (
        "",
        "AMD64",
        "!amd64",
        "amd64 i386",
        "x86_64",
        "-any",
        "amd64\n",
        "amd65",
        "all",
        "any-linux",
    ),
    "PlainPath": (
        "",
        "/etc",
        "etc/",
        "a//b",
        "a/../b",
        "./a",
        "a b",
        "$(x)",
        "{Name}",
        "{a:b}",
        "a\n",
        "it's",
    ),
    "UnitName": ("", "demo", "a b.service", "demo.Service", "$(x).service", "a/b.service", "demo.service\n"),
    "Mode": ("", "u+x", "0o755", "99", "07555", "755\n", "789"),
    "User": ("", "Root", "a b", "1a", "a:b", "a,b", "a" * 33, "root\n", "-a"),
    "Section": ("", "Net", "a/b/c", "net\n", "n t", "/net"),
    "StandardsVersion": ("", "4.6", "4", "4.6.2\n", "4.6.x"),
    "BesideName": ("", "a/b", "../a", ".a", "-a", "a b", "a\n", "a%b", "$a", "é"),
    "InstalledPath": (
        "",
        "/etc/x",
        "etc/x/",
        "a//b",
        "../a",
        "a/../b",
        "a/./b",
        "{x}/a",
        "a/{libdir}",
        "a b",
        "a\n",
    ),
    "SourcePath": ("", "/etc/passwd", "../a", "a/../b", "a/", "a b", "*", "a\n", "%{x}"),
    "Variable": ("", "1a", "a-b", "a b", "A=1", "a\n", "$a"),
    "FlagsVariable": ("", "cflags", "FFLAGS", "CFLAGS\n"),
    "SymbolPattern": ("", "a b", "a/b", "é", "a\n", "a\x7f"),
    "PathPattern": ("", "/php/*", "a b", "é", "a\n"),
    "CapabilityName": (
        "",
        "demo-api",
        "{value} = {value}",
        "{value:dashes}",
        " {value}",
        "{value} ",
        "{value}\n",
    ),
    "Slug": ("", "Unmet", "unmet symbol", "-a", "a-", "a--b", "a\n"),
}


def text_of(kind: Any) -> Text:
    """The mark that an annotated string type carries."""
    (mark,) = (one for one in get_args(kind) if isinstance(one, Text))
    return mark


KINDS = {name: text_of(kind) for name, kind in vars(spelling).items() if get_args(kind)[:1] == (str,)}


def test_every_kind_has_examples() -> None:
    assert KINDS.keys() == RIGHT.keys() == WRONG.keys()


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind in RIGHT for text in RIGHT[kind]])
def test_right_words(kind: str, text: str) -> None:
    assert KINDS[kind].check(text) == text
    assert re.search(KINDS[kind].pattern or "", text)


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind in WRONG for text in WRONG[kind]])
def test_wrong_words(kind: str, text: str) -> None:
    with pytest.raises(Refused):
        KINDS[kind].check(text)


@pytest.mark.parametrize(
    ("kind", "text", "proposed"),
    [
        ("PackageName", "Demo_App", "demo-app"),
        ("Suffix", "UI", "ui"),
        ("Version", "v1.2", "1.2"),
        ("Version", "1.2-rc1", "1.2~rc1"),
        ("Version", "v1.2-3", "1.2.3"),
        ("Architecture", "x86_64", "amd64"),
        ("Architecture", "AMD64", "amd64"),
        ("Architecture", "amd65", "amd64"),
        ("Architecture", "aarch64", "arm64"),
    ],
)
def test_the_right_spelling_is_proposed(kind: str, text: str, proposed: str) -> None:
    with pytest.raises(Refused) as caught:
        KINDS[kind].check(text)
    assert caught.value.faults[0].hint == f"write `{proposed}`"


def test_dpkg_s_own_architectures_are_known() -> None:
    listed = subprocess.run(["dpkg-architecture", "--list-known"], check=True, capture_output=True, text=True)
    names = listed.stdout.split()
    assert len(names) > 100
    assert [KINDS["Architecture"].check(name) for name in names] == names


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
@settings(max_examples=30)
def test_a_schema_admits_what_is_right(kind: str, data: st.DataObject) -> None:
    pattern = KINDS[kind].pattern
    if pattern is None:
        return
    text = data.draw(st.from_regex(pattern))
    try:
        KINDS[kind].check(text)
    except Refused:
        assert text.endswith("\n") or kind in ("SuffixTemplate",)


VERSIONS = st.from_regex(text_of(spelling.Version).pattern or "", fullmatch=True)


@given(st.lists(VERSIONS, min_size=1, max_size=40))
@settings(max_examples=5)
def test_rpm_and_dpkg_take_every_version(versions: list[str]) -> None:
    versions = [version.rstrip("\n") for version in versions]
    script = "use Dpkg::Version; while (<STDIN>) { chomp; version_check($_) or die qq($_\\n) }"
    subprocess.run(
        ["perl", "-e", script], input="\n".join(f"{one}-{one}" for one in versions), check=True, text=True
    )
    head = f"Name: x\nVersion: {versions[0]}\nRelease: {versions[-1]}"
    spec = f"{head}\nSummary: x\nLicense: MIT\n%description\nx\n"
    query = ["rpmspec", "-q", "--qf", "%{VERSION}-%{RELEASE}", "/dev/stdin"]
    done = subprocess.run(query, input=spec, check=True, capture_output=True, text=True)
    assert done.stdout == f"{versions[0]}-{versions[-1]}"


LICENCES = (
    "MIT",
    "GPL-2.0-or-later",
    "GPL-2.0+",
    "LicenseRef-Fedora-Public-Domain",
    "DocumentRef-a.b:LicenseRef-1",
    "GPL-2.0-only WITH Linux-syscall-note",
    "MIT AND BSD-3-Clause AND (Apache-2.0 OR GPL-3.0-or-later WITH Classpath-exception-2.0)",
    "((MIT))",
    "(MIT)AND(BSD-3-Clause)",
)
NO_LICENCES = (
    *(
        "",
        " MIT",
        "MIT ",
        "MIT,BSD-3-Clause",
        "MIT/X11",
        "MIT AND",
        "AND MIT",
        "MIT BSD-3-Clause",
        "()",
        "(MIT",
        "MIT)",
    ),
    *(
        "MIT WITH",
        "MIT WITH WITH",
        "MIT WITH (X)",
        "(MIT OR X) WITH Y",
        "MIT WITH X WITH Y",
        "MIT AND OR X",
        "MIT ++",
    ),
    *(
        "GPLv2+",
        "GPLv3",
        "ASL 2.0",
        "BSD",
        "MIT or X",
        "MIT And X",
        "MIT\nX",
        "%{license}",
        "a_b",
        "-MIT",
        "OR",
        "WITH X",
    ),
)


@pytest.mark.parametrize("text", LICENCES)
def test_licence_expressions(text: str) -> None:
    assert license_expression(text) == text
    assert re.search(text_of(License).pattern or "", text)


@pytest.mark.parametrize("text", NO_LICENCES)
def test_no_licence_expressions(text: str) -> None:
    with pytest.raises(Refused):
        license_expression(text)


TREES = st.recursive(
    st.sampled_from(["MIT", "X-1.0+", "A WITH B"]),
    lambda below: st.one_of(
        below.map(lambda inner: f"({inner})"),
        st.tuples(below, st.sampled_from(["AND", "OR"]), below).map(" ".join),
    ),
    max_leaves=12,
)


@given(TREES)
def test_every_expression_of_the_grammar_is_read(text: str) -> None:
    assert license_expression(text) == text


@given(TREES, st.integers(0, 30))
def test_an_expression_that_is_cut_is_refused_or_shorter(text: str, at: int) -> None:
    cut = " ".join(text.split()[:at])
    balanced = cut.count("(") == cut.count(")") and cut.split()[-1:] not in (["AND"], ["OR"], ["WITH"], [])
    if balanced:
        assert license_expression(cut) == cut
    else:
        with pytest.raises(Refused):
            license_expression(cut)
