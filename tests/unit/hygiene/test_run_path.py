"""Run paths that lead nowhere, or where they should not."""

from __future__ import annotations

import pytest

from splitpkg.hygiene.run_path import run_paths
from tests.support.trees import program, shared
from tests.unit.hygiene.subjects import HOST, MODULES, subject

MODULE = f"{MODULES}/one.so"


def told(run_path: str | None, libraries: str = "libc.so.6", **facts: str) -> list[str]:
    """What is said of a module with that run path."""
    files = {HOST: program(), MODULE: shared(libraries=libraries, runpath=run_path, **facts)}
    return [finding.message for finding in run_paths(subject(files))]


@pytest.mark.parametrize(
    ("run_path", "why"),
    [
        (":/usr/lib64/demo", "has the run path ``, which is the directory in which the program is started"),
        ("lib", "has the run path `lib`, which is relative to it"),
        ("/tmp/x", "has the run path `/tmp/x`, which is open to every user"),
        ("/usr/../var/tmp", "has the run path `/usr/../var/tmp`, which is open to every user"),
        ("/build/demo-1.0/.libs", "has the run path `/build/demo-1.0/.libs`, which is not in the tree"),
        ("/usr/src/demo", "has the run path `/usr/src/demo`, which is not in the tree"),
        ("/usr/lib64/other", "has the run path `/usr/lib64/other`, which is not in the tree"),
        ("$ORIGIN/../../../../x", "has the run path `$ORIGIN/../../../../x`, which is above the tree"),
        ("${ORIGIN}/../nowhere", "has the run path `${ORIGIN}/../nowhere`, which is not in the tree"),
    ],
)
def test_what_leads_astray(run_path: str, why: str) -> None:
    assert told(run_path) == [why]


@pytest.mark.parametrize(
    "run_path",
    [
        None,
        "",
        "$ORIGIN",
        "$ORIGIN/../demo",
        "/usr/lib64/demo",
        "/usr/lib64",
        "/usr/lib/x86_64-linux-gnu",
        "/usr/lib64/demo:$ORIGIN",
        "$LIB/x",
    ],
)
def test_what_is_in_order(run_path: str | None) -> None:
    assert told(run_path) == []


def test_a_private_directory_of_another_package_may_be_meant() -> None:
    assert told("/usr/lib/jvm/lib", "libjvm.so libc.so.6") == []
    assert told("/home/me/lib", "libjvm.so libc.so.6") != []


def test_the_run_path_counts_before_the_older_one() -> None:
    assert told("$ORIGIN", rpath="/tmp") == []
    assert told(None, rpath="/tmp") == ["has the run path `/tmp`, which is open to every user"]


def test_files_with_the_same_fault_are_told_once() -> None:
    files = {f"{MODULES}/{name}.so": shared(runpath="/tmp:rel") for name in "abcdef"}
    (finding,) = run_paths(subject(files))
    assert finding.where.path == f"{MODULES}/a.so"
    assert finding.notes == (
        "and `rel`, which is relative to it",
        *(f"the same holds for {MODULES}/{name}.so" for name in "bcd"),
        "and for 2 more",
    )
