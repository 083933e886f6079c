"""Relations in the formats' own words: rpm and dpkg read as one what is admitted here."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from splitpkg.manifest.relation import (
    DEB_VERSIONS,
    RPM_MACROS,
    deb_capability,
    deb_relation,
    rpm_capability,
    rpm_relation,
)

if TYPE_CHECKING:
    from collections.abc import Callable

RPM_RIGHT = (
    "demo",
    "demo >= 1.0",
    "demo = 1:2.0-3",
    "demo < 1^2~3+4_5",
    "/usr/bin/demo",
    "libdemo.so.0(DEMO_1.0)(64bit)",
    "pkgconfig(glib-2.0) >= 2.66",
    "font(:lang=en)",
    "perl(A::B)",
    "(demo if other)",
    "(demo >= 1 with demo < 2)",
    "((a or b) if c else d)",
    "(a and b and c)",
    "(a without b)",
    "(a unless (b or c))",
    "(a(b) or c)",
    "%{name}-libs%{?_isa} = %{?epoch:%{epoch}:}%{version}-%{release}",
    "demo%{?_isa} >= %{version}",
    "(%{name}-a%{?_isa} = %{version} if b)",
)
RPM_WRONG = (
    "",
    "a, b",
    "a b",
    "a>=1",
    "a >=1",
    "a  >= 1",
    "( a or b )",
    "a >=",
    "a => 1",
    "a == 1",
    "a = 1-2-3",
    "a = 1:2:3",
    "a = x:1",
    "a = 1 = 2",
    "-a",
    ".a",
    "(a",
    "a)",
    "(a b)",
    "(a and b or c)",
    "(a if b if c)",
    "()",
    "(a or )",
    "(a or b",
    "(a or b))",
    "a # b",
    '"a"',
    "a\\",
    "a\nRequires: b",
    "%(id)",
    "%{lua:os.exit()}",
    "%{expand:x}",
    "%{!?x:y}",
    "a%%b",
    "%name",
    "%{other}",
    "%[1]",
    "%{?epoch:%(id)}",
    "%{n%{?dist}ame}",
    "%%{name}",
    "%{%{name}}",
    "a >= %{?dist}",
    "%{?_isa}",
    "a >= 1:%{?epoch:%{epoch}:}1",
)
DEB_RIGHT = (
    "demo",
    "demo (>= 1.0)",
    "demo(= 1:2.0-3~x+y)",
    "demo:any",
    "demo:amd64 (<< 2)",
    "demo | other (= 1) | third",
    "demo [linux-any]",
    "demo [!amd64 !i386] <!nocheck> <cross stage1>",
    "demo (= ${binary:Version})",
    "demo (<< ${source:Version}~)",
    "demo (>= ${source:Upstream-Version})",
    "${misc:Depends}",
    "${perl:Depends} | demo",
    "g++",
)
DEB_WRONG = (
    "",
    "a",
    "Demo",
    "demo, other",
    "demo other",
    "demo (>= )",
    "demo (> 1.0)",
    "demo (=> 1)",
    "demo (1)",
    "demo >= 1",
    "demo [",
    "demo |",
    "| demo",
    "demo (= ${Newline})",
    "demo${Newline}Essential: yes",
    "${Newline}",
    "${Space}",
    "${dollar}",
    "demo (= ${other:Version})",
    "demo (= 1 2)",
    "demo\nEssential: yes",
    "demo # other",
    "-demo",
)


@pytest.mark.parametrize("text", RPM_RIGHT)
def test_rpm_relations(text: str) -> None:
    assert rpm_relation(text) == text


@pytest.mark.parametrize("text", RPM_WRONG)
def test_no_rpm_relations(text: str) -> None:
    for check in (rpm_relation, rpm_capability):
        with pytest.raises(ValueError, match=r"expected|begins no macro|control|line break"):
            check(text)


@pytest.mark.parametrize("text", [text for text in RPM_RIGHT if text.startswith("(")])
def test_no_boolean_is_provided(text: str) -> None:
    with pytest.raises(ValueError, match="expected one name"):
        rpm_capability(text)


@pytest.mark.parametrize("text", DEB_RIGHT)
def test_debian_relations(text: str) -> None:
    assert deb_relation(text) == text


@pytest.mark.parametrize("text", DEB_WRONG)
def test_no_debian_relations(text: str) -> None:
    for check in (deb_relation, deb_capability):
        with pytest.raises(ValueError, match=r"expected|line break"):
            check(text)


@pytest.mark.parametrize("text", ["demo", "demo (= 1.0)", "demo (= ${binary:Version})", "demo:any"])
def test_what_debian_packages_provide(text: str) -> None:
    assert deb_capability(text) == text


@pytest.mark.parametrize("text", ["demo (>= 1.0)", "demo | other", "demo [amd64]", "${misc:Depends}"])
def test_what_debian_packages_do_not_provide(text: str) -> None:
    with pytest.raises(ValueError, match="expected one name"):
        deb_capability(text)


@given(st.text('ab1 ()<>=|,%{}?:_isaepochvr[]!$-.\n\\"', max_size=30))
def test_any_text_is_refused_or_kept(text: str) -> None:
    for check in (rpm_relation, rpm_capability, deb_relation, deb_capability):
        assert admitted(check, [text]) in ([], [text])


@pytest.mark.parametrize("opening", ["(" * 400, "(a or" * 150, "a(" * 400, "a b" * 500, "(a(b)" * 100])
def test_what_is_deep_takes_no_long_time(opening: str) -> None:
    for check in (rpm_relation, deb_relation):
        with pytest.raises(ValueError, match="expected"):
            check(opening)


def admitted(check: Callable[[str], str], texts: list[str]) -> list[str]:
    """Those of the texts that are let through."""
    found = []
    for text in dict.fromkeys(texts):
        try:
            found.append(check(text))
        except ValueError:
            continue
    return found


WORDS = st.sampled_from(
    [
        "a",
        "b",
        "a(b)",
        "if",
        "and",
        "or",
        "with",
        "else",
        "(",
        ")",
        "1",
        ">=",
        "=",
        "<",
        "1:2-3",
        "",
        *RPM_MACROS,
    ]
)


@given(st.lists(st.lists(WORDS, max_size=9), min_size=60, max_size=60), st.sampled_from([" ", ""]))
@settings(max_examples=10)
def test_rpm_reads_one_dependency_in_each_admitted_text(words: list[list[str]], between: str) -> None:
    texts = [*RPM_RIGHT, *(between.join(one).strip() for one in words)]
    relations = admitted(rpm_relation, texts)
    assert_one_each("Requires", [text for text in relations if not text.startswith("(")])
    assert_one_each("Provides", admitted(rpm_capability, texts))
    for text in relations:
        if text.startswith("("):
            # Which operators may nest in which depends on the tag; rpm says so itself.
            assert_one_each("Requires", [text], or_refused="Illegal (context|ops)")


def assert_one_each(tag: str, texts: list[str], or_refused: str = "^$") -> None:
    """rpmspec reads one dependency in each text; each is put into a subpackage of its own."""
    spec = "Name: x\nVersion: 1\nRelease: 1\nEpoch: 1\nSummary: x\nLicense: MIT\n%description\nx\n"
    for number, text in enumerate(texts):
        spec += f"%package s{number}\nSummary: x\n{tag}: {text}\n%description s{number}\nx\n"
    query = ["rpmspec", "-q", "--qf", f"[%{{=NAME}} %{{{tag.upper()[:-1]}NAME}}\\n]", "/dev/stdin"]
    done = subprocess.run(query, input=spec, check=False, capture_output=True, text=True)
    if done.returncode and re.search(or_refused, done.stderr):
        return
    assert (done.returncode, done.stderr) == (0, ""), spec
    lines = [line.split(" ", 1) for line in done.stdout.splitlines()]
    own = Counter(package for package, name in lines if not re.match(rf"rpmlib\(|{package}\b", name))
    expected = {f"x-s{number}": 1 for number in range(len(texts))}
    assert {package: count for package, count in own.items() if package != "x"} == expected


DEB_WORDS = st.sampled_from(
    [
        "aa",
        "bb",
        "(",
        ")",
        "1.0",
        ">=",
        "=",
        "<<",
        "|",
        "[",
        "]",
        "amd64",
        "<",
        ">",
        "!x",
        ":any",
        "",
        *DEB_VERSIONS,
    ]
)


@given(st.lists(st.lists(DEB_WORDS, max_size=9), min_size=60, max_size=60))
@settings(max_examples=15)
def test_dpkg_reads_one_relation_in_each_admitted_text(words: list[list[str]]) -> None:
    texts = admitted(deb_relation, [*DEB_RIGHT, *(" ".join(one).replace(" :", ":").strip() for one in words)])
    script = """
        while (<STDIN>) {
            chomp; s/\\$\\{(binary|source):[A-Za-z-]*Version\\}/1.0/g; s/\\$\\{[a-z0-9-]+:[A-Za-z-]+\\}/aa/g;
            my $deps = deps_parse($_, reduce_arch => 0, build_dep => 1);
            print defined $deps ? scalar($deps->get_deps()) : -1, "\\n";
        }
    """
    perl = ["perl", "-MDpkg::Deps", "-e", script]
    done = subprocess.run(perl, input="\n".join(texts) + "\n", check=True, capture_output=True, text=True)
    assert (done.stdout.split(), done.stderr) == (["1"] * len(texts), "")
