"""Modules that are there twice, that no host can load, or that lie where none looks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from splitpkg.diagnostics import Severity
from splitpkg.hygiene.duplicates import duplicates
from splitpkg.hygiene.unfound import misplaced_modules
from splitpkg.hygiene.unloadable import entryless_modules, foreign_modules
from tests.support.trees import program, shared
from tests.unit.hygiene.subjects import HOST, MODULES, subject

if TYPE_CHECKING:
    from splitpkg.elf.model import ElfFile

ONE = f"{MODULES}/one.so"


def test_the_same_module_for_several_hosts() -> None:
    paths = [f"{MODULES}/{host}/one.so" for host in ("a", "b", "c")]
    facts = {path: {"likeness": "same", "size": 50_000} for path in paths}
    files = {**dict.fromkeys(paths, shared()), ONE: shared()}
    (finding,) = duplicates(subject(files, {**facts, ONE: {"likeness": "other", "size": 50_000}}))
    assert finding.where.path == paths[0]
    assert finding.notes == (f"the same holds for {paths[2]}", "one alone would save 100,000 bytes")


def test_a_module_for_another_machine() -> None:
    files = {HOST: program(), ONE: replace(shared(), bits=32, machine=3), f"{MODULES}/two.so": shared()}
    (finding,) = foreign_modules(subject(files))
    assert (finding.where.path, finding.severity) == (ONE, Severity.ERROR)
    assert finding.message == "is a module for 32 bits, little-endian, e_machine 3, and no host is"
    assert finding.notes == (f"{HOST} is for 64 bits, little-endian, e_machine 62",)
    assert (
        list(foreign_modules(subject({**files, "usr/bin/narrow": replace(program(), bits=32, machine=3)})))
        == []
    )


def test_where_a_host_is_no_elf_file_nothing_is_certain() -> None:
    files = {HOST: program(), ONE: replace(shared(), bits=32)}
    assert list(foreign_modules(replace(subject(files), whole=False))) == []


def siblings(odd: ElfFile, **more: ElfFile) -> dict[str, ElfFile]:
    """A host, three modules with an entry symbol, and an odd one."""
    files = {f"{MODULES}/{name}.so": shared(defines="demo_entry") for name in ("b", "c", "d", "e")}
    return {
        HOST: program(),
        f"{MODULES}/a.so": odd,
        **files,
        **{f"{MODULES}/{k}.so": v for k, v in more.items()},
    }


ASKED = {HOST: {"mentions": frozenset(["demo_entry", "demo_other"])}}


def test_a_module_without_the_entry_symbol_of_its_siblings() -> None:
    (finding,) = entryless_modules(subject(siblings(shared(defines="demo_entrance")), ASKED))
    assert finding.where.path == f"{MODULES}/a.so"
    assert finding.message.endswith("4 modules beside it define `demo_entry`")


def test_modules_that_have_an_entry_of_another_kind() -> None:
    assert list(entryless_modules(subject(siblings(shared(defines="demo_other")), ASKED))) == []
    assert list(entryless_modules(subject(siblings(shared(defines="x"))))) == []
    helper = shared(soname="helper.so", defines="help")
    needed = siblings(helper, f=shared(defines="demo_entry", libraries="helper.so"))
    assert list(entryless_modules(subject(needed, ASKED))) == []


def test_a_directory_in_which_no_host_looks() -> None:
    files = {HOST: program(), "usr/lib/demo/a.so": shared(), "usr/lib/demo/b.so": shared()}
    looks = {HOST: {"mentions": frozenset(["/usr/lib64/demo/"])}}
    (finding,) = misplaced_modules(subject(files, looks))
    assert finding.message == f"lies where no host looks: {HOST} holds the text `/usr/lib64/demo`"
    assert finding.notes == ("the same holds for usr/lib/demo/b.so",)


def test_directories_in_which_hosts_may_look() -> None:
    files = {HOST: program(), "usr/lib/demo/a.so": shared()}
    for texts in (
        (),
        ("/usr/lib64/demo", "/usr/lib/demo"),
        ("/usr/lib64/demo", "/lib/demo/"),
        ("/usr/lib64/x",),
    ):
        looks = {HOST: {"mentions": frozenset(texts)}}
        assert list(misplaced_modules(subject(files, looks))) == [], texts
    there = {**files, "usr/lib64/demo/b.so": shared()}
    assert list(misplaced_modules(subject(there, {HOST: {"mentions": frozenset(["/usr/lib64/demo"])}}))) == []
