"""Patterns of paths, compared with what Python's glob finds on a file system."""

from __future__ import annotations

import glob
import itertools
import re
import subprocess
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from splitpkg.manifest.glob import SCHEMA_PATTERN, WILD_LIMIT, Glob, escaped, libdirs

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ("a", "b", "ab", "ba", "aab", "a-b", ".a", "]", "^", "-")
PATHS = tuple(
    "/".join(parts) for depth in (1, 2, 3) for parts in itertools.product(("a", "ab", "b-a"), repeat=depth)
)
SETS = ("[ab]", "[!a]", "[a-c]", "[!]]", "[]a]", "[-a]", "[a-]", "[b^]", "[!b-z]")
PIECES = ("a", "b", "-", ".", "*", "?", "]", *SETS)


def matches(pattern: str, path: str) -> bool:
    return Glob(pattern).match(path) is not None


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("tree")
    for first in NAMES:
        (root / first).mkdir()
        for second in NAMES:
            (root / first / second).touch()
    return root


@given(st.lists(st.lists(st.sampled_from(PIECES), min_size=1, max_size=4), min_size=1, max_size=2))
def test_wildcards_and_sets_match_what_glob_finds(tree: Path, parts: list[list[str]]) -> None:
    pattern = "/".join("".join(part) for part in parts)
    # `**` of its own crosses slashes here, and is `*` there.
    if pattern.startswith("]") or "**" in pattern or any(part in (".", "..") for part in pattern.split("/")):
        return
    try:
        ours = Glob(pattern)
    except ValueError:
        # A bracket that closes nothing is plain in glob(7), and refused here.
        assert "]" in re.sub(r"\[!?\]?[^]]*\]", "", pattern)
        return
    paths = [first if len(parts) == 1 else f"{first}/{second}" for first in NAMES for second in NAMES]
    found = glob.glob(pattern, root_dir=tree, include_hidden=True)  # noqa: PTH207 - pathlib's is another
    assert sorted({path for path in paths if ours.match(path)}) == sorted(set(found))


@pytest.mark.parametrize(
    ("pattern", "matching"),
    [
        ("**", PATHS),
        ("**/a", tuple(path for path in PATHS if path.split("/")[-1] == "a")),
        ("a/**", tuple(path for path in PATHS if path.startswith("a/"))),
        ("a/**/ab", tuple(path for path in PATHS if path.startswith("a/") and path.endswith("/ab"))),
        ("**/ab/**", tuple(path for path in PATHS if "/ab/" in f"/{path}")),
        (
            "a**b",
            ("ab", "a/ab", "a/ab/ab", "a/a/ab", "a/b-a/ab", "ab/ab", "ab/ab/ab", "ab/a/ab", "ab/b-a/ab"),
        ),
        ("*", ("a", "ab", "b-a")),
        ("*/", ("a", "ab", "b-a")),
    ],
)
def test_two_stars_cross_slashes(pattern: str, matching: tuple[str, ...]) -> None:
    assert sorted(path for path in PATHS if matches(pattern, path)) == sorted(matching)


def test_two_stars_within_a_component_do_not_eat_the_slash_behind_them() -> None:
    assert not matches("a**/b", "ab")
    assert matches("a**/b", "a/b")


TRIPLETS = (
    "usr/lib/x86_64-linux-gnu",
    "usr/lib/arm-linux-gnueabihf",
    "usr/lib/i386-gnu",
    "lib/i386-linux-gnu",
)


@pytest.mark.parametrize("directory", ["usr/lib64", "usr/lib", "lib64", "lib", *TRIPLETS])
def test_libdir_is_each_distributions_directory(directory: str) -> None:
    found = Glob("{libdir}/demo/block-{name}.so").match(f"{directory}/demo/block-a-b.so")
    assert found is not None
    assert dict(found.captures) == {"libdir": directory, "name": "a-b"}
    assert found.literal == len(f"{directory}/demo/block-")


@pytest.mark.parametrize(
    "path", ["opt/lib/x", "usr/lib32/x", "usr/lib/python3/x", "usr/libexec/x", "usr/lib64/a/x"]
)
def test_libdir_is_no_other_directory(path: str) -> None:
    assert not matches("{libdir}/x", path)


def test_libdir_is_each_triplet_that_dpkg_knows_for_linux_and_the_hurd() -> None:
    script = "print map {debarch_to_multiarch($_), qq(\n)} get_valid_arches()"
    perl = ["perl", "-MDpkg::Arch=get_valid_arches,debarch_to_multiarch", "-e", script]
    known = subprocess.run(perl, check=True, capture_output=True, text=True).stdout.split()
    triplets = [one for one in known if re.search("-(linux|gnu)", one) and "uclinux" not in one]
    assert len(triplets) > 100
    paths = tuple(f"usr/lib/{one}" for one in triplets if not re.search("-k[a-z]+-gnu", one))
    assert libdirs(paths) == paths


def test_libdirs_are_what_libdir_can_stand_for() -> None:
    paths = ("lib", "usr", "usr/lib", "usr/lib/x", "usr/lib/x86_64-linux-gnu", "usr/lib64", "usr/lib64/a")
    assert libdirs(paths) == ("lib", "usr/lib", "usr/lib/x86_64-linux-gnu", "usr/lib64")


@pytest.mark.parametrize(
    ("pattern", "path", "captures"),
    [
        ("{a}-{b}.so", "x-y-z.so", {"a": "x-y", "b": "z"}),
        ("{a}/{a}.so", "x/x.so", {"a": "x"}),
        ("{a}/{a}.so", "x/y.so", None),
        ("{a}.so", "x/y.so", None),
        ("{a}.so", ".so", None),
        ("*-{a}.so", "x-y-z.so", {"a": "z"}),
        ("\\{a\\}.so", "{a}.so", {}),
        ("a\\*b", "a*b", {}),
        ("a\\*b", "axb", None),
    ],
)
def test_captures(pattern: str, path: str, captures: dict[str, str] | None) -> None:
    found = Glob(pattern).match(path)
    assert (None if found is None else dict(found.captures)) == captures


def test_the_names_of_captures() -> None:
    assert Glob("{libdir}/{b}/{a}-{b}").captures == ("libdir", "b", "a")


@given(st.text(st.characters(exclude_characters="/\0\n\r\t", codec="utf-8"), min_size=1, max_size=8))
def test_an_escaped_text_matches_itself_alone(text: str) -> None:
    if text in (".", "..") or re.search(r"[\x00-\x1f\x7f]", text):
        return
    pattern = Glob(escaped(text))
    assert pattern.match(text) is not None
    assert pattern.match(f"{text}x") is None
    assert pattern.heads(()) == (text,)


@given(st.from_regex(r"[a-z*?\[\]{}\\ü -]{1,6}", fullmatch=True), st.sampled_from(["lib64", "usr/lib"]))
def test_a_filled_pattern_matches_what_was_captured(name: str, directory: str) -> None:
    path = f"{directory}/demo/x-{name}.so"
    found = Glob("{libdir}/demo/{kind}-{name}.so").match(path)
    assert found is not None
    filled = Glob("etc/{kind}/{name}.{other}/{libdir}").filled(dict(found.captures))
    captures = dict(found.captures)
    assert filled.captures == ("other",)
    assert filled.match(f"etc/{captures['kind']}/{captures['name']}.conf/{directory}") is not None
    assert filled.match(f"etc/{captures['kind']}/{captures['name']}y.conf/{directory}") is None


@given(
    st.lists(
        st.sampled_from(["a", "/b", "*", "?", "[ab]", "{x}", "{libdir}", "\\*", "**"]), min_size=1, max_size=5
    ),
    st.sampled_from([*PATHS, "lib/a", "usr/lib/b*", "lib64", "usr/lib/a/b"]),
)
def test_a_matching_path_begins_with_a_head(pieces: list[str], path: str) -> None:
    try:
        pattern = Glob("".join(pieces))
    except ValueError:
        return
    if pattern.match(path) is not None:
        assert path.startswith(pattern.heads(["lib", "lib64", "usr/lib"]))


REFUSED = {
    "": "names nothing in the tree",
    "/": "names nothing in the tree",
    "/usr/bin/x": "begins with a slash",
    "usr/../x": "holds an empty, `.` or `..` component",
    "./x": "holds an empty, `.` or `..` component",
    "usr//x": "holds an empty, `.` or `..` component",
    "usr/x//": "holds an empty, `.` or `..` component",
    "a\nb": "holds a control character",
    "a\tb": "holds a control character",
    "a[": "has no `]` that ends `[`",
    "a[/]": "has no `]` that ends `[/]`",
    "a]": "has a `]` that closes nothing",
    "a}": "has a `}` that closes nothing",
    "\\{a}": "has a `}` that closes nothing",
    "a{": "has `{` where a capture as `{name}` was expected",
    "a{B}": "has `{B}` where a capture as `{name}` was expected",
    "a{}": "has `{}` where a capture as `{name}` was expected",
    "a\\": "ends with a backslash",
    "[]": "holds the empty set `[]`",
    "[!]": "holds the empty set `[!]`",
    "[^a]": "holds the set `[^a]`; expected `[!...]` for all other characters, or `\\^`",
    "[z-a]": "holds the set `[z-a]`, whose range `z-a` runs backwards",
    "{a}{b}{c}{d}{e}*{f}": f"holds 7 wildcards; at most {WILD_LIMIT} were expected",
    "**a" * 7: f"holds 7 wildcards; at most {WILD_LIMIT} were expected",
}


@pytest.mark.parametrize("pattern", REFUSED)
def test_what_cannot_be_read_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match=re.escape(f", which {REFUSED[pattern]}")):
        Glob(pattern)


@given(st.text("ab/*?[]!^-{}\\.\n", max_size=12), st.sampled_from(PATHS))
def test_a_pattern_is_refused_or_matches_or_not(text: str, path: str) -> None:
    try:
        pattern = Glob(text)
    except ValueError:
        return
    pattern.match(path)
    assert re.search(SCHEMA_PATTERN, text), "the schema refuses what is right"


@pytest.mark.parametrize(
    "pattern", ["*a" * 100 + "b", "a*" * 100 + "/b", "**a**a**b", "?*" * 60 + "b", "*[ab]" * 60 + "c"]
)
def test_a_path_that_does_not_fit_takes_no_long_time(pattern: str) -> None:
    ready = Glob(pattern)
    started = time.process_time()
    assert ready.match("a" * 255) is None
    assert time.process_time() - started < 1


def test_a_capture_is_filled_with_dashes_where_it_is_asked_for() -> None:
    captures = {"name": "http_geo[1]", "libdir": "usr/lib"}
    filled = Glob("{libdir}/{name}/{name:dashes}.conf").filled(captures)
    assert filled.match("usr/lib/http_geo[1]/http-geo[1].conf")
    assert Glob("{other:dashes}").filled(captures).text == "{other:dashes}"
    with pytest.raises(ValueError, match="capture as"):
        Glob("{name:dash}")
