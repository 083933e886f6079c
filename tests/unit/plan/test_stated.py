"""What a program states itself: tables of modules in its hosts, and unlinked objects."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from splitpkg.elf.model import NamesRow, NamesTable
from splitpkg.inventory.model import ModuleInfo, OwnedText, Statements
from splitpkg.plan import report
from splitpkg.plan.make import make_plan
from splitpkg.plan.model import Reason
from tests.support.trees import inventory, manifest, program, shared

if TYPE_CHECKING:
    from collections.abc import Iterable

    from splitpkg.diagnostics import Diagnostic
    from splitpkg.plan.model import Plan

HOST, MODULES = "usr/bin/demo", "usr/lib64/demo"
SPLIT = """
[hosts]
files = "usr/bin/demo*"

[package.core]
files = ["usr/bin", "usr/lib64/demo"]

[family.module]
files = "{libdir}/demo/{name}.so"
package = "{name}"
summary = "Demonstration of {name}"
"""
OLD = """
[family.old]
files = "{libdir}/demo/old/{name}.so"
package = "old-{name}"
summary = "Demonstration of {name}"
"""
GL, GTK, DBUS, AUDIO = "ui-gl", "ui-gtk", "ui-dbus", "audio-dbus"
SHOWN = {GL: shared(defines="gl_init"), GTK: shared(needs="gl_init"), DBUS: shared(), AUDIO: shared()}
"""Modules of which symbols show one need: that of ui-gtk for ui-gl."""

Cells = dict[int, tuple[str, ...]]


def path(module: str) -> str:
    return f"{MODULES}/{module}.so"


def table(rows: dict[str, Cells], stride: int = 24) -> NamesTable:
    return NamesTable(
        stride,
        tuple(
            NamesRow(0x1000 + stride * number, name, tuple(cells.items()))
            for number, (name, cells) in enumerate(rows.items())
        ),
    )


def needs(rows: dict[str, Iterable[str]], at: int = 8) -> NamesTable:
    return table({name: {at: tuple(texts)} for name, texts in rows.items()})


FULL = needs({GL: (), GTK: (GL,), DBUS: (GL,), AUDIO: (DBUS,)})


def planned(
    *tables: NamesTable,
    modules: dict[str, Any] = SHOWN,
    infos: Iterable[ModuleInfo] = (),
    texts: Iterable[OwnedText] = (),
    hosts: Iterable[str] = (HOST,),
    more: str = "",
) -> tuple[Plan | None, tuple[Diagnostic, ...]]:
    """The plan of a tree whose hosts hold these tables, each of them all."""
    files = {path(name): facts for name, facts in modules.items()} | {host: program() for host in hosts}
    said = tuple((host, one) for host in hosts for one in tables)
    statements = Statements(said, tuple(infos), tuple(texts))
    old = OLD if any(name.startswith("old/") for name in modules) else ""
    return make_plan(manifest(SPLIT + old + more), replace(inventory(files), statements=statements))


def edges(plan: Plan | None) -> set[tuple[str, str]]:
    """The edges of a plan, without those that symbols show."""
    assert plan is not None
    return {
        (package.suffix, relation.target.removeprefix("demo-"))
        for package in plan.packages
        for relation in package.relations
        if relation.reason is Reason.EDGE and any("says so" in one for one in relation.evidence)
    }


def hinted(plan: Plan | None) -> set[tuple[str, str]]:
    assert plan is not None
    return {(hint.source, hint.target) for hint in plan.hints}


def slugs(findings: Iterable[Diagnostic]) -> list[str]:
    return [finding.slug for finding in findings]


class TestTables:
    def test_a_column_with_what_symbols_show_is_of_needs(self) -> None:
        plan, findings = planned(FULL)
        assert edges(plan) == {(GTK, GL), (DBUS, GL), (AUDIO, DBUS)}
        assert (hinted(plan), findings) == (set(), ())

    def test_each_edge_is_told_with_its_place(self) -> None:
        plan, _ = planned(FULL, hosts=(HOST, "usr/bin/demo-img"))
        assert plan is not None
        (evidence,) = (
            one.evidence for one in plan.package("demo-audio-dbus").relations if one.target == "demo-ui-dbus"
        )
        told = (
            f"{path(AUDIO)} needs `ui-dbus`: the row of `audio-dbus` in a table of modules says so, "
            "at 0x1048 in usr/bin/demo and 1 more"
        )
        assert evidence == (told,)
        assert f"    because {told}" in list(report.as_text(plan))
        assert told in str(report.as_json(plan))

    def test_a_column_that_no_symbol_confirms_is_a_hint(self) -> None:
        bare = {name: shared() for name in SHOWN}
        plan, findings = planned(FULL, modules=bare)
        assert edges(plan) == set()
        assert hinted(plan) == {(GTK, GL), (DBUS, GL), (AUDIO, DBUS)}
        (finding,) = findings
        assert str(finding) == (
            "usr/bin/demo: warning[needs-unconfirmed]: has a table of modules that may say what they need, "
            "and no symbols confirm it\n"
            "  note: the row of `ui-gtk` in a table of modules names `ui-gl`, at 0x1018 in usr/bin/demo, "
            "and 2 more such\n"
            "  hint: look at `splitpkg plan --hints`, and add what is true to `requires` of the modules"
        )
        said = {GTK: GL, DBUS: GL, AUDIO: DBUS}
        more = "".join(f'[module.{one}]\nrequires = "{other}"\n' for one, other in said.items())
        plan, findings = planned(FULL, modules=bare, more=more)
        assert (hinted(plan), findings) == (set(), ())

    def test_a_column_without_most_of_what_symbols_show_is_a_hint(self) -> None:
        modules = SHOWN | {
            DBUS: shared(needs="gl_init", defines="dbus_init"),
            AUDIO: shared(needs="dbus_init"),
        }
        plan, _ = planned(needs({GL: (), GTK: (GL,), DBUS: (), AUDIO: (GL,)}), modules=modules)
        assert (edges(plan), hinted(plan)) == (set(), set()), "ui-dbus brings ui-gl already"

    def test_a_column_with_needs_in_the_wrong_direction_is_none(self) -> None:
        both = SHOWN | {DBUS: shared(needs="gl_init")}
        users = needs({GL: (GTK,), GTK: (), DBUS: (GL,), AUDIO: (DBUS,)})
        plan, _ = planned(users, modules=both)
        assert edges(plan) == set()

    @pytest.mark.parametrize(
        "rows",
        [
            {GL: (), GTK: (GL, "elsewhere"), DBUS: (GL,), AUDIO: (DBUS,)},
            {GL: (GL,), GTK: (GL,), DBUS: (), AUDIO: (DBUS,)},
            {GL: (GTK,), GTK: (GL,), DBUS: (GL,), AUDIO: (DBUS,)},
        ],
        ids=["a text that names none", "a row that needs itself", "no row without needs"],
    )
    def test_other_columns_are_nothing(self, rows: dict[str, Iterable[str]]) -> None:
        plan, findings = planned(needs(rows))
        assert (edges(plan), hinted(plan), findings) == (set(), set(), ())

    def test_what_stands_before_a_name_is_of_the_row_that_symbols_confirm(self) -> None:
        """The last word of one struct is as far from the next one's name as from its own."""
        rows: dict[str, Cells] = {
            GL: {16: (), -8: ()},
            GTK: {16: (GL,), -8: ()},
            DBUS: {16: (GL,), -8: (GL,)},
            AUDIO: {16: (DBUS,), -8: (GL,)},
        }
        plan, _ = planned(table(rows))
        assert edges(plan) == {(GTK, GL), (DBUS, GL), (AUDIO, DBUS)}
        assert hinted(plan) == set()

    def test_two_readings_that_symbols_confirm_alike_are_hints(self) -> None:
        rows: dict[str, Cells] = {
            GL: {8: (), -16: ()},
            GTK: {8: (GL,), -16: (GL,)},
            DBUS: {8: (GL,), -16: ()},
            AUDIO: {8: ()},
        }
        plan, _ = planned(table(rows))
        assert (edges(plan), hinted(plan)) == (set(), {(DBUS, GL)})

    def test_a_circle_of_needs_is_a_warning(self) -> None:
        plan, findings = planned(needs({GL: (GTK,), GTK: (GL,), DBUS: (), AUDIO: (DBUS,)}))
        assert edges(plan) == {(GL, GTK), (GTK, GL), (AUDIO, DBUS)}
        assert slugs(findings) == ["edge-cycle"]
        assert findings[0].hint is not None
        assert findings[0].hint.startswith("bundle them")

    def test_several_names_may_stand_in_one_text(self) -> None:
        plan, _ = planned(needs({GL: (), GTK: (GL,), DBUS: (), AUDIO: ("ui-dbus, ui-gl",)}))
        assert edges(plan) == {(GTK, GL), (AUDIO, DBUS), (AUDIO, GL)}

    def test_a_need_of_what_is_not_in_the_tree_is_told(self) -> None:
        without = {name: facts for name, facts in SHOWN.items() if name != DBUS}
        plan, findings = planned(FULL, modules=without)
        assert edges(plan) == {(GTK, GL)}
        (finding,) = findings
        assert str(finding) == (
            f"{path(AUDIO)}: warning[need-absent]: needs module `ui-dbus`, which is not in the tree\n"
            "  note: the row of `audio-dbus` in a table of modules says so, at 0x1048 in usr/bin/demo\n"
            "  hint: install that module into the tree, or leave this one out, too"
        )

    def test_modules_of_another_architecture_are_not_meant(self) -> None:
        without = {name: facts for name, facts in SHOWN.items() if name != DBUS}
        _, findings = planned(FULL, modules={**without, "old/ui-dbus": shared(bits=32, machine=3)})
        assert ("need-absent", path(AUDIO)) in {(one.slug, one.where.path) for one in findings}

    def test_modules_of_one_name_are_each_of_its_own_folder(self) -> None:
        modules = {**SHOWN, **{f"old/{name}": facts for name, facts in SHOWN.items()}}
        plan, _ = planned(FULL, modules=modules, more='[module.old-ui-gtk]\nrequires = "old-ui-gl"\n')
        assert plan is None, "the symbol of ui-gtk is defined twice"
        plan, _ = planned(FULL, modules={**SHOWN, "old/ui-dbus": shared(), "old/audio-dbus": shared()})
        assert (AUDIO, DBUS) in edges(plan)
        assert ("old-audio-dbus", "old-ui-dbus") in edges(plan)

    def test_a_name_that_two_packages_have_is_an_error_until_the_manifest_says_which(self) -> None:
        far = {name: facts for name, facts in SHOWN.items() if name != DBUS}
        far |= {"old/ui-dbus": shared(), "old/libui-dbus": shared()}
        plan, findings = planned(FULL, modules=far)
        assert plan is None
        (finding,) = findings
        assert (finding.slug, finding.where.path) == ("ambiguous-need", path(AUDIO))
        assert finding.hint == "add the one that is meant to `requires` of [module.audio-dbus]"
        plan, findings = planned(FULL, modules=far, more='[module.audio-dbus]\nrequires = "old-ui-dbus"\n')
        assert (plan is not None, findings) == (True, ())

    def test_modules_in_one_package_have_no_edges(self) -> None:
        bundle = "".join(f'[module.{name}]\nbundle = "ui"\n' for name in (GL, GTK, DBUS))
        plan, _ = planned(FULL, more=bundle)
        assert edges(plan) == {(AUDIO, "ui")}


def info(file: str, *pairs: str) -> ModuleInfo:
    return ModuleInfo(file, tuple((pair.split("=")[0], pair.split("=")[1]) for pair in pairs))


class TestObjects:
    @pytest.mark.parametrize(
        "file",
        [
            "audio-dbus.o",
            "libaudio-dbus.a(part.o)",
            "audio-dbus.so.p/audio_dbus.c.o",
            "libaudio-dbus.a.p/.._audio_x.c.o",
            "CMakeFiles/audio-dbus.dir/x.cpp.o",
            "src/.libs/audio-dbus_la-part.o",
            "src/audio-dbus.so",
        ],
    )
    def test_an_object_is_of_the_module_that_its_place_names(self, file: str) -> None:
        plan, findings = planned(infos=[info(file, "dep=ui-dbus", "obj=audio")])
        assert (edges(plan), findings) == ({(AUDIO, DBUS)}, ())

    def test_an_object_may_name_its_module(self) -> None:
        plan, _ = planned(infos=[info("x.o", "name=audio-dbus", "depends=ui-dbus,ui-gl")])
        assert edges(plan) == {(AUDIO, DBUS), (AUDIO, GL)}
        assert plan is not None
        told = [one for one in plan.package("demo-audio-dbus").relations if one.reason is Reason.EDGE]
        assert told[0].evidence == (f"{path(AUDIO)} needs `ui-dbus`: `dep` in .modinfo says so, of x.o",)

    @pytest.mark.parametrize("file", ["common.o", "ui-gtk/part.o", "libdemo.a(part.o)"])
    def test_an_object_of_no_module_is_told(self, file: str) -> None:
        plan, findings = planned(infos=[info(file, "dep=ui-gl")])
        assert (edges(plan), slugs(findings)) == (set(), ["modinfo-unplaced"])
        assert findings[0].notes == ("it says `dep=ui-gl`",)

    def test_an_object_that_states_no_need_is_nothing(self) -> None:
        plan, findings = planned(infos=[info("common.o", "license=MIT", "depends=")])
        assert (edges(plan), findings) == (set(), ())

    def test_a_need_of_what_is_not_in_the_tree_is_told(self) -> None:
        _, findings = planned(infos=[info("ui-gtk.o", "dep=ui-vulkan")])
        assert slugs(findings) == ["need-absent"]


def test_modules_that_no_package_gets_are_told_as_such() -> None:
    """What is said of them is of no use, and no reason to fail."""
    rival = '[family.rival]\nfiles = "{libdir}/demo/{other}.so"\npackage = "x-{other}"\nsummary = "Rival"\n'
    text = OwnedText("dbus-device", path(DBUS), (path(AUDIO),))
    plan, findings = planned(FULL, texts=[text], infos=[info("ui-gtk.o", "dep=ui-dbus")], more=rival)
    assert plan is None
    assert set(slugs(findings)) == {"contested", "modinfo-unplaced"}


class TestHints:
    def test_a_text_of_another_module_is_a_hint_and_no_relation(self) -> None:
        text = OwnedText("dbus-device", path(DBUS), (path(AUDIO), path(GTK)))
        plan, findings = planned(texts=[text])
        assert (edges(plan), hinted(plan), findings) == (set(), {(AUDIO, DBUS), (GTK, DBUS)}, ())
        assert plan is not None
        assert "hints" not in report.as_json(plan)
        assert report.as_json(plan, hints=True)["hints"][0] == {
            "module": AUDIO,
            "requires": DBUS,
            "evidence": [f"{path(AUDIO)} holds the text `dbus-device`, which {path(DBUS)} registers"],
        }
        lines = list(report.as_text(plan, hints=True))
        assert f'  [module.{AUDIO}] requires = ["{DBUS}"]' in lines
        assert lines[: len(list(report.as_text(plan)))] == list(report.as_text(plan))

    def test_what_is_required_already_is_no_hint(self) -> None:
        text = OwnedText("gl-context", path(GL), (path(GTK), path(AUDIO)))
        plan, _ = planned(FULL, texts=[text])
        assert hinted(plan) == set()

    def test_few_texts_are_enough(self) -> None:
        texts = [OwnedText(f"dbus-{number}", path(DBUS), (path(AUDIO),)) for number in range(9)]
        plan, _ = planned(texts=texts)
        assert plan is not None
        assert [len(hint.evidence) for hint in plan.hints] == [5]

    def test_modules_of_the_core_have_no_hints(self) -> None:
        text = OwnedText("dbus-device", path(DBUS), (path(AUDIO), path(GTK)))
        plan, _ = planned(texts=[text], more=f"[module.{AUDIO}]\nkeep-in-core = true\n")
        assert hinted(plan) == {(GTK, DBUS)}

    def test_hints_of_a_bundle_are_in_order(self) -> None:
        users = (path(AUDIO), path(GL), path(GTK))
        bundle = "".join(f'[module.{name}]\nbundle = "ui"\n' for name in (GL, GTK, AUDIO))
        plan, _ = planned(texts=[OwnedText("dbus-device", path(DBUS), users)], more=bundle)
        assert plan is not None
        ((source, target, evidence),) = ((one.source, one.target, one.evidence) for one in plan.hints)
        assert (source, target) == ("ui", DBUS)
        assert [one.split()[0] for one in evidence] == list(users)

    def test_no_hints_are_told_as_such(self) -> None:
        plan, _ = planned()
        assert plan is not None
        assert list(report.as_text(plan, hints=True))[-1] == "no hints"
