"""Quoting, judged by those who read it."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from splitpkg.render.deb import quote

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1)
TRICKY = st.text("$(){}[]`'\"\\;&|<>*?!#%@:=~ \u00a0\u0085ab", min_size=1)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.one_of(TEXT, TRICKY), min_size=1, max_size=20))
def test_make_and_sh_take_words_literally(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    words = " ".join(quote.word(text) for text in texts)
    rules = tmp_path_factory.mktemp("make") / "rules"
    rules.write_text(f"all:\n\t@printf '%s\\0' {words}\n", encoding="utf-8", newline="\n")
    said = subprocess.run(["make", "-f", rules, "-s"], check=True, capture_output=True).stdout
    assert said.decode().split("\0") == [*texts, ""]


def test_what_is_not_quoted_is_run(tmp_path: Path) -> None:
    """The control of the test above."""
    rules = tmp_path / "rules"
    rules.write_text("all:\n\t@printf '%s' $(shell echo run)\n")
    assert subprocess.run(["make", "-f", rules, "-s"], check=True, capture_output=True).stdout == b"run"


EXPAND = """
use Debian::Debhelper::Dh_Lib;
$dh{{COMPAT}} = 13;
my @found = filedoublearray("{0}");
print "$_\\0" for map {{ glob_expand(["."], undef, $_) }} map {{ @$_ }} @found;
"""


@settings(max_examples=15, deadline=None)
@given(st.lists(st.one_of(TEXT, TRICKY), min_size=1, max_size=20, unique=True))
def test_debhelper_finds_the_path_alone(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    root = tmp_path_factory.mktemp("debhelper")
    names = sorted({text.replace("/", "-") for text in texts if len(text.encode()) < 200} - {".", ".."})
    (root / "d").mkdir()
    (root / "debian").mkdir()
    (root / "debian/control").write_text(
        "Source: demo\nBuild-Depends: debhelper-compat (= 13)\n\nPackage: demo\nArchitecture: all\n"
    )
    for name in names:
        (root / "d" / name).touch()
    lines = "".join(f"{quote.pattern(f'd/{name}')}\n" for name in names)
    (root / "list").write_text(lines, encoding="utf-8", newline="\n")
    done = subprocess.run(
        ["perl", "-e", EXPAND.format("list")], cwd=root, capture_output=True, check=True
    ).stdout.decode()
    assert done.split("\0") == [*(f"./d/{name}" for name in names), ""]


def test_a_brace_alone_is_escaped_in_patterns_and_not_in_lists() -> None:
    assert quote.pattern("a{b} $c") == r"a\{b\}${Space}${Dollar}c"
    assert quote.listed("a{b} $c") == "a{b}${Space}${Dollar}c"
