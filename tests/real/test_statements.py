"""Needs that only the program itself states, from its stripped host and its objects into the packaging."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.small import MANIFEST
from tests.unit.inventory.test_statements import LOOKS_UP, SAYS, compiled, planted

if TYPE_CHECKING:
    from pathlib import Path

HOST = """
typedef const char *text;
static text gl[] = {"ui-gl", 0}, dbus[] = {"ui-dbus", 0};
const struct { text name; text *types; text *needs; } modules[] = {
    {"ui-gl", 0, 0}, {"ui-gtk", 0, gl}, {"ui-dbus", 0, gl}, {"audio-dbus", 0, dbus}, {0},
};
int main(void) { return modules[0].name == 0; }
"""
FAMILY = """
[family.module]
files = "{libdir}/demo/{name}.so"
package = "{name}"
summary = "Module {name}"
"""
BY_SYMBOL, BY_TABLE, BY_OBJECT = (
    ("ui-gtk", "ui-gl"),
    {("ui-dbus", "ui-gl"), ("audio-dbus", "ui-dbus")},
    {("audio-jack", "audio-dbus")},
)


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a stripped tree, its manifest, and the objects of one module."""
    folder = tmp_path_factory.mktemp("stated")
    planted(
        folder / "tree",
        HOST,
        ui_gl="int gl_init;",
        ui_gtk="extern int gl_init; int *use(void) { return &gl_init; }",
        ui_dbus="",
        audio_dbus='const char *const names[] = {"audio-dbus-connection", 0};',
        audio_jack=LOOKS_UP % "audio-dbus-connection",
    )
    subprocess.run(["strip", *(folder / "tree").rglob("*.so"), folder / "tree/usr/bin/demo"], check=True)
    compiled(SAYS % "dep=audio-dbus", folder / "build/audio-jack.so.p/jack.c.o", "-c")
    manifest = MANIFEST.replace('"usr/share/demo"', '"{libdir}/demo"') + FAMILY
    (folder / "splitpkg.toml").write_text(manifest, encoding="utf-8")
    return folder


def splitpkg(here: Path, *arguments: str) -> str:
    tool = (sys.executable, "-m", "splitpkg", *arguments)
    return subprocess.run(tool, cwd=here, check=True, capture_output=True, text=True).stdout


def edges(plan: Any) -> set[tuple[str, str]]:
    return {
        (package["name"].removeprefix("demo-"), relation["target"].removeprefix("demo-"))
        for package in plan["packages"]
        for relation in package["relations"]
        if relation["reason"] == "edge"
    }


def test_the_plan_has_what_symbols_table_and_objects_tell(here: Path) -> None:
    assert edges(json.loads(splitpkg(here, "plan", "tree", "--json"))) == {BY_SYMBOL} | BY_TABLE
    plan = json.loads(splitpkg(here, "plan", "tree", "--build-tree", "build", "--json"))
    assert edges(plan) == {BY_SYMBOL} | BY_TABLE | BY_OBJECT


def test_what_is_stated_gets_into_the_packaging(here: Path, tmp_path: Path) -> None:
    needs = sorted({BY_SYMBOL} | BY_TABLE | BY_OBJECT)
    splitpkg(here, "rpm", "tree", "--build-tree", "build", "-o", str(tmp_path / "rpm"))
    spec = (tmp_path / "rpm/demo.spec").read_text(encoding="utf-8")
    found = re.findall(r"^%package (\S+)$|^Requires: +%\{name\}-(\S+?)%\{\?_isa\} = ", spec, re.MULTILINE)
    module, spelled = "", list[tuple[str, str]]()
    for package, target in found:
        module = package or module
        if target and target != "core":
            spelled.append((module, target))
    assert sorted(spelled) == needs
    splitpkg(here, "deb", "tree", "--build-tree", "build", "-o", str(tmp_path / "deb"))
    control = (tmp_path / "deb/debian/control").read_text(encoding="utf-8")
    for module, target in needs:
        (stanza,) = re.findall(rf"^Package: demo-{module}\n(?:.+\n)+", control, re.MULTILINE)
        assert f"demo-{target} (= ${{binary:Version}})" in stanza


def test_built_packages_have_to_have_what_objects_state(here: Path, tmp_path: Path) -> None:
    splitpkg(here, "rpm", "tree", "-o", str(tmp_path), "--build")
    verify = ("verify", str(tmp_path), "--tree", "tree")
    splitpkg(here, *verify)
    tool = (sys.executable, "-m", "splitpkg", *verify, "--build-tree", "build")
    done = subprocess.run(tool, cwd=here, check=False, capture_output=True, text=True)
    (finding,) = [line for line in done.stderr.splitlines() if "error[" in line]
    assert re.search(
        r"/demo-audio-jack-\S+: error\[relation-missing\]: no `Requires: demo-audio-dbus", finding
    )


def test_hints_are_told_where_they_are_asked_for_and_change_nothing(here: Path) -> None:
    assert "hints" not in splitpkg(here, "plan", "tree")
    plain, hinted = (splitpkg(here, "plan", "tree", *option) for option in ((), ("--hints",)))
    assert hinted.startswith(plain)
    assert hinted.removeprefix(plain).split("\n")[1:3] == [
        "hints, to be reviewed; nothing of this is in the plan:",
        '  [module.audio-jack] requires = ["audio-dbus"]',
    ]
    assert splitpkg(here, "plan", "tree", "--build-tree", "build", "--hints").endswith("\n\nno hints\n")
