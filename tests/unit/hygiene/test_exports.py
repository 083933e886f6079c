"""Hosts that export more than is used, and the list of what is."""

from __future__ import annotations

import pytest

from splitpkg.abi.exports import exported
from splitpkg.diagnostics import Failed
from splitpkg.hygiene.dynamic_list import dynamic_list, needed_exports, offered
from splitpkg.hygiene.exports import unused_exports
from tests.support.trees import program, shared
from tests.unit.hygiene.subjects import HOST, MODULES, subject

NAMES = [f"demo_{number}" for number in range(200)]
EVERYTHING = " ".join(("main", "_start", "_edata", *NAMES))
MODULE = f"{MODULES}/one.so"
HEADER = "usr/include/demo.h"
FILES = {
    HOST: program(defines=EVERYTHING),
    MODULE: shared(needs="demo_1 demo_2 elsewhere", defines="demo_3 own"),
    HEADER: None,
}


def test_what_all_programs_have_is_no_export() -> None:
    assert exported(program(defines=EVERYTHING)) == set(NAMES)
    assert exported(program(defines="demo_1 environ", copied=frozenset(["environ"]))) == {"demo_1"}


def test_a_host_that_exports_everything_for_a_few() -> None:
    (finding,) = unused_exports(subject(FILES))
    assert (finding.where.path, finding.message) == (
        HOST,
        "exports all its 200 symbols, of which 3 are used",
    )


def test_headers_declare_what_others_may_use() -> None:
    declared = {HEADER: {"mentions": frozenset(NAMES[:150])}}
    assert list(unused_exports(subject(FILES, declared))) == []
    (finding,) = unused_exports(subject(FILES, {HEADER: {"mentions": frozenset(NAMES[:5])}}))
    assert finding.message.endswith("of which 5 are used")


@pytest.mark.parametrize(
    "defines",
    [
        " ".join(NAMES),
        " ".join(("main", *NAMES[:60])),
        " ".join(("main", *(f"_Z{name}" for name in NAMES))),
    ],
    ids=["a chosen list", "few", "C++ beside headers"],
)
def test_hosts_that_are_in_order(defines: str) -> None:
    assert list(unused_exports(subject({**FILES, HOST: program(defines=defines)}))) == []


def test_much_use_is_in_order() -> None:
    assert list(unused_exports(subject({**FILES, MODULE: shared(needs=" ".join(NAMES[:41]))}))) == []
    assert list(unused_exports(subject({**FILES, MODULE: shared(needs=" ".join(NAMES[:40]))}))) != []


def test_hosts_that_export_the_same_are_told_once() -> None:
    (finding,) = unused_exports(subject({**FILES, "usr/bin/other": FILES[HOST]}))
    assert finding.notes == ("the same holds for usr/bin/other",)


def test_the_list_has_what_is_used_declared_or_looked_up() -> None:
    one = subject(FILES, {HEADER: {"mentions": frozenset(["demo_9"])}})
    assert needed_exports(one, HOST, ["demo_7", "elsewhere"]) == (
        "demo_1",
        "demo_2",
        "demo_3",
        "demo_7",
        "demo_9",
    )


@pytest.mark.parametrize("path", ["usr/bin/none", HEADER, MODULE, "usr/bin/silent"])
def test_only_a_program_with_exports_has_a_list(path: str) -> None:
    with pytest.raises(Failed) as caught:
        offered(subject({**FILES, "usr/bin/silent": program(defines="main _end")}), path)
    assert [one.slug for one in caught.value.diagnostics] == ["not-exporting"]


def test_no_name_breaks_out_of_the_list() -> None:
    names = ["plain_1", "_ZN1aE", "a.b$c", "with space", "?*", 'quote"; };', "1st", "\u00fc\udcff"]
    assert dynamic_list(names).split() == [
        "{",
        "plain_1;",
        "_ZN1aE;",
        "a.b$c;",
        "with*space;",
        "*;",
        "quote*;",
        "*st;",
        "*;",
        "};",
    ]
