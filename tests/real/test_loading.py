"""What the plan says of modules that do not load, beside what the dynamic loader says of them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from splitpkg.diagnostics import Failed, Severity
from splitpkg.inventory.scan import scan
from splitpkg.inventory.sysroot import read_sysroot
from splitpkg.plan.make import make_plan
from tests.support.loadable import HOST, SPLIT, Demo
from tests.support.trees import HEAD, manifest

if TYPE_CHECKING:
    from splitpkg.diagnostics import Diagnostic

RUNNING = Path("/")


@pytest.fixture
def demo(tmp_path: Path) -> Demo:
    """A host and a module, both sound."""
    made = Demo(tmp_path / "tree")
    made.program("-rdynamic")
    made.module("one")
    return made


def only(found: tuple[Diagnostic, ...]) -> tuple[str, str, str]:
    """The one error: its slug, its place, its message."""
    (finding,) = found
    assert finding.hint
    return finding.slug, finding.where.path, finding.message


def test_a_sound_tree_has_no_findings(demo: Demo) -> None:
    assert demo.opened("one") == ""
    plan, found = demo.planned(sysroot=RUNNING)
    assert plan is not None, found
    assert (plan.assumed.symbols, plan.assumed.libraries) == (0, ())


def test_without_a_system_what_comes_from_outside_is_counted(demo: Demo) -> None:
    plan, _ = demo.planned()
    assert plan is not None
    assert plan.assumed.libraries == ("libz.so.1",)
    assert plan.assumed.symbols == 1


def test_a_symbol_that_nobody_defines(demo: Demo) -> None:
    demo.module("bad", "int demo_gone(void); int (*gone)(void) = demo_gone;")
    assert "undefined symbol: demo_gone" in demo.opened("bad")
    slug, path, message = only(demo.planned(sysroot=RUNNING)[1])
    assert (slug, path) == ("unmet-symbol", "usr/lib/demo/bad.so")
    assert "`demo_gone`" in message


def test_a_symbol_that_nobody_defines_is_assumed_of_an_unread_library(demo: Demo) -> None:
    before, _ = demo.planned()
    demo.module("bad", "int demo_gone(void); int (*gone)(void) = demo_gone;")
    plan, _ = demo.planned()
    assert before is not None
    assert plan is not None
    assert plan.assumed.symbols == before.assumed.symbols + 1


def test_the_toolchain_alone_defines_no_symbol_without_a_version(demo: Demo) -> None:
    source = '#include <stdio.h>\nint demo_gone(void); int bad(void) { return puts("x") + demo_gone(); }'
    demo.library("usr/lib/demo/bad.so", source, "-lc")
    assert "undefined symbol: demo_gone" in demo.opened("bad")
    assert only(demo.planned()[1])[:2] == ("unmet-symbol", "usr/lib/demo/bad.so")


def test_a_weak_symbol_may_be_missing(demo: Demo) -> None:
    demo.module("weak", "__attribute__((weak)) int demo_gone(void); int w(void) { return !demo_gone; }")
    assert demo.opened("weak") == ""
    assert demo.planned(sysroot=RUNNING)[1] == ()


@pytest.mark.parametrize("stripped", [False, True])
def test_a_host_without_the_export(demo: Demo, stripped: bool) -> None:
    demo.program("-s" if stripped else "-O0")
    assert "undefined symbol: demo_register" in demo.opened("one")
    slug, path, message = only(demo.planned(sysroot=RUNNING)[1])
    assert "`demo_register`" in message
    if stripped:
        assert (slug, path) == ("unmet-symbol", "usr/lib/demo/one.so")
    else:
        assert (slug, path) == ("exports-missing", "usr/bin/demo")


def test_one_of_two_hosts_without_the_export(demo: Demo) -> None:
    demo.program("-s", path="usr/bin/second")
    inventory, _ = scan(demo.root)
    _, found = make_plan(manifest(SPLIT), inventory, sysroot=read_sysroot(RUNNING, inventory))
    (finding,) = found
    assert (finding.slug, finding.where.path) == ("exports-missing", "usr/bin/second")
    assert "`demo_register`, which usr/lib/demo/one.so needs" in finding.message
    assert finding.severity is Severity.WARNING


USER = "int gl_init(void); int (*init)(void) = gl_init;"
MAKER = "int gl_init(void) { return 0; }"


def test_an_edge_that_only_symbols_show_is_refused_when_the_manifest_no_longer_says_it(demo: Demo) -> None:
    for name, source in (("gl", MAKER), ("gles", MAKER), ("spice", USER)):
        demo.module(name, source)
    assert "undefined symbol: gl_init" in demo.opened("spice")
    assert "undefined symbol: gl_init" in demo.opened("gl", "spice")
    assert demo.opened("--global", "gl", "spice") == ""
    said = '[module.spice]\nrequires = ["gl"]\n'
    plan, found = demo.planned(said, sysroot=RUNNING)
    assert plan is not None, found
    (order,) = plan.load_order
    assert (order.module, order.first) == ("usr/lib/demo/spice.so", ("usr/lib/demo/gl.so",))
    for sysroot in (None, RUNNING):
        slug, path, message = only(demo.planned(sysroot=sysroot)[1])
        assert (slug, path) == ("ambiguous-symbol", "usr/lib/demo/spice.so")
        assert "`gl_init`" in message


def test_the_load_order_goes_from_what_is_needed_to_what_needs_it(demo: Demo) -> None:
    demo.module("a", "int b(void); int (*init)(void) = b;")
    demo.module("b", "int c(void); int b(void) { return c(); }")
    demo.module("c", "int c(void) { return 0; }")
    plan, _ = demo.planned()
    assert plan is not None
    order = [one.module.rpartition("/")[2][0] for one in plan.load_order]
    assert order == ["b", "a"]
    assert demo.opened("--global", "c", *order) == ""
    assert demo.opened("--global", "c", *reversed(order)) != ""


def test_a_symbol_of_a_library_that_another_module_brings(demo: Demo) -> None:
    """The library is from outside, and the edge between the modules is by another symbol."""
    user = "const char *BZ2_bzlibVersion(void); const char *(*version)(void) = BZ2_bzlibVersion;"
    demo.module("gl", MAKER, "-Wl,--no-as-needed", "-lbz2")
    demo.module("spice", USER + user)
    demo.module("alone", user)
    assert "undefined symbol: BZ2_bzlibVersion" in demo.opened("alone")
    assert demo.opened("--global", "gl", "spice") == ""
    assert only(demo.planned(sysroot=RUNNING)[1])[:2] == ("unmet-symbol", "usr/lib/demo/alone.so")


NODES = "DEMO_1 { global: demo_one; }; DEMO_2 { global: demo_two; } DEMO_1;"
CORE = "int demo_one(void) { return 1; } int demo_two(void) { return 2; }"
CALLS = "int demo_two(void); int (*two)(void) = demo_two;"


def test_a_version_node_that_the_trees_library_lost(demo: Demo) -> None:
    demo.library("usr/lib/libcore.so", CORE, script=NODES)
    demo.module("new", CALLS, "-lcore")
    assert demo.opened("new") == ""
    assert demo.planned(sysroot=RUNNING)[1] == ()
    demo.library("usr/lib/libcore.so", CORE, script=NODES.replace("DEMO_2", "DEMO_3"))
    assert "version `DEMO_2' not found" in demo.opened("new")
    for sysroot in (None, RUNNING):
        found = demo.planned(sysroot=sysroot)[1]
        assert {(one.slug, one.where.path) for one in found} >= {("node-missing", "usr/lib/demo/new.so")}


def test_a_symbol_that_moved_to_another_node(demo: Demo) -> None:
    demo.library("usr/lib/libcore.so", CORE, script=NODES)
    demo.module("new", CALLS, "-lcore")
    moved = "DEMO_1 { global: demo_one; demo_two; }; DEMO_2 { global: demo_none; } DEMO_1;"
    demo.library("usr/lib/libcore.so", f"{CORE} int demo_none;", script=moved)
    assert "undefined symbol: demo_two, version DEMO_2" in demo.opened("new")
    for sysroot in (None, RUNNING):
        assert only(demo.planned(sysroot=sysroot)[1])[:2] == ("unmet-symbol", "usr/lib/demo/new.so")


def test_a_module_without_versions_is_bound_to_the_default_or_the_oldest_one(demo: Demo) -> None:
    """The references name no version, as of a module that is not linked to the library."""
    core = f"""{CORE}
    int old(void) {{ return 0; }} int new(void) {{ return 1; }}
    int hidden(void) {{ return 2; }} int oldest(void) {{ return 3; }}
    __asm__(".symver old, demo_three@DEMO_1"); __asm__(".symver new, demo_three@@DEMO_2");
    __asm__(".symver hidden, demo_four@DEMO_2"); __asm__(".symver oldest, demo_five@DEMO_1");
    """
    demo.library("usr/lib/libcore.so", core, script=NODES)
    demo.program("-rdynamic", "-Wl,--no-as-needed", "-lcore")
    for name, bound in (("three", True), ("four", False), ("five", True)):
        demo.module("loose", f"int demo_{name}(void); int (*use)(void) = demo_{name};")
        assert (demo.opened("loose") == "") is bound, name
        assert (demo.planned(sysroot=RUNNING)[1] == ()) is bound, name


def used_by(path: str) -> list[Path]:
    """The libraries of the running system that a file is linked to."""
    done = subprocess.run(["ldd", path], capture_output=True, text=True, check=True)
    return [Path(word) for word in done.stdout.split() if word.startswith("/")]


def test_a_library_of_a_system_without_the_node(demo: Demo, tmp_path: Path) -> None:
    """The library is outside the tree, in a system of its own."""
    demo.library("usr/lib/libcore.so", CORE, script=NODES)
    demo.module("new", CALLS, "-lcore")
    system = Demo(tmp_path / "system")
    for path in used_by(demo.at("usr/lib/demo/one.so")):
        target = system.root / "opt/lib" / path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    (tmp_path / "system/etc/ld.so.conf.d").mkdir(parents=True)
    (tmp_path / "system/etc/ld.so.conf").write_text("include ld.so.conf.d/*.conf\n")
    (tmp_path / "system/etc/ld.so.conf.d/a.conf").write_text("# ours\n/opt/lib  # here\n")
    Path(demo.at("usr/lib/libcore.so")).unlink()
    assert only(demo.planned(sysroot=system.root)[1])[:2] == ("library-missing", "usr/lib/demo/new.so")
    system.library("opt/lib/libcore.so", CORE, script=NODES)
    assert demo.planned(sysroot=system.root)[1] == ()
    system.library("opt/lib/libcore.so", CORE, script=NODES.replace("DEMO_2", "DEMO_3"))
    found = demo.planned(sysroot=system.root)[1]
    assert ("node-missing", "usr/lib/demo/new.so") in {(one.slug, one.where.path) for one in found}
    # One that has no versions at all is taken for what is asked for.
    system.library("opt/lib/libcore.so", CORE)
    assert demo.planned(sysroot=system.root)[1] == ()


PRIVATE = "usr/lib/demo/private/libhelp.so"
HELPED = "int help(void); int (*helper)(void) = help;"


def linked(demo: Demo, *run_path: str) -> None:
    """A module with a library in a directory of the program's own."""
    demo.library(PRIVATE, "int help(void) { return 0; }")
    demo.module("help", HELPED, f"-L{demo.at('usr/lib/demo/private')}", "-lhelp", *run_path)


@pytest.mark.parametrize("dynamic_tag", ["--enable-new-dtags", "--disable-new-dtags"])
def test_a_library_in_a_private_directory(demo: Demo, dynamic_tag: str) -> None:
    linked(demo)
    assert "libhelp.so: cannot open shared object file" in demo.opened("help")
    slug, path, message = only(demo.planned(sysroot=RUNNING)[1])
    assert (slug, path) == ("library-missing", "usr/lib/demo/help.so")
    assert "`libhelp.so`" in message
    assert any(PRIVATE in note for note in demo.planned(sysroot=RUNNING)[1][0].notes)
    linked(demo, "-Wl,-rpath,$ORIGIN/private", f"-Wl,{dynamic_tag}")
    assert demo.opened("help") == ""
    assert demo.planned(sysroot=RUNNING)[1] == ()


@pytest.mark.parametrize("dynamic_tag", ["--enable-new-dtags", "--disable-new-dtags"])
def test_the_run_path_of_a_host_counts_for_modules_only_as_rpath(demo: Demo, dynamic_tag: str) -> None:
    linked(demo)
    demo.program("-rdynamic", "-Wl,-rpath,${ORIGIN}/../lib/demo/private", f"-Wl,{dynamic_tag}")
    loads = demo.opened("help") == ""
    assert loads is (dynamic_tag == "--disable-new-dtags")
    assert (demo.planned(sysroot=RUNNING)[1] == ()) is loads


def test_a_library_that_a_host_has_loaded_already(demo: Demo) -> None:
    linked(demo)
    folder = demo.at("usr/lib/demo/private")
    options = ("-Wl,--no-as-needed", f"-L{folder}", "-lhelp", "-Wl,-rpath,$ORIGIN/../lib/demo/private")
    demo.program("-rdynamic", *options)
    assert demo.opened("help") == ""
    assert demo.planned(sysroot=RUNNING)[1] == ()


def test_a_library_that_no_package_has(demo: Demo) -> None:
    linked(demo, "-Wl,-rpath,$ORIGIN/private")
    left_out = '[[exclude]]\nfiles = "usr/lib/demo/private"\nreason = "another has it"\n'
    (finding,) = demo.planned(left_out, sysroot=RUNNING)[1]
    assert (finding.slug, finding.where.path) == ("library-missing", "usr/lib/demo/help.so")
    assert finding.notes == (f"{PRIVATE} has that name, in no package",)


def test_what_a_modules_own_library_lacks(demo: Demo) -> None:
    linked(demo, "-Wl,-rpath,$ORIGIN/private")
    demo.library(PRIVATE, "int demo_gone(void); int (*gone)(void) = demo_gone; int help(void) { return 0; }")
    assert "undefined symbol: demo_gone" in demo.opened("help")
    assert only(demo.planned(sysroot=RUNNING)[1])[:2] == ("unmet-symbol", PRIVATE)


def test_what_a_host_itself_lacks(demo: Demo) -> None:
    demo.library("usr/lib/libcore.so", "int core(void) { return 0; }")
    host = HOST.replace("int scope", "int core(void); int scope").replace("status = 0", "status = core()")
    demo.program("-rdynamic", "-lcore", source=host)
    assert demo.opened("one") == ""
    assert demo.planned(sysroot=RUNNING)[1] == ()
    demo.library("usr/lib/libcore.so", "int other(void) { return 0; }")
    assert "undefined symbol: core" in demo.opened("one")
    assert only(demo.planned(sysroot=RUNNING)[1])[:2] == ("unmet-symbol", "usr/bin/demo")


def test_a_system_that_is_not_there(demo: Demo, tmp_path: Path) -> None:
    for sysroot in (tmp_path / "none", Path(demo.at("usr/bin/demo"))):
        with pytest.raises(Failed) as failed:
            demo.planned(sysroot=sysroot)
        assert [one.slug for one in failed.value.diagnostics] == ["no-sysroot"]


def test_the_command_line(demo: Demo, tmp_path: Path) -> None:
    demo.module("two", "int one_more(void); int (*init)(void) = one_more;")
    demo.module("three", "int one_more(void) { return 0; }")
    (tmp_path / "splitpkg.toml").write_text(HEAD + SPLIT)

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "splitpkg", *arguments]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    done = run("plan", "tree")
    assert (done.returncode, done.stderr) == (0, "")
    told = done.stdout.splitlines()
    assert "assumed: 1 symbol of 1 library from outside the tree; `--sysroot` looks them up" in told
    first, then = "usr/lib/demo/three.so", "usr/lib/demo/two.so"
    assert f"load order: {first} (RTLD_GLOBAL), then {then}, which needs `one_more`" in told
    known = json.loads(run("plan", "tree", "--sysroot", "/", "--json").stdout)
    assert known["assumed"] == {"symbols": 0, "libraries": []}
    assert known["load-order"] == [{"module": then, "after": [first], "symbols": ["one_more"]}]
    for command in ("rpm", "deb"):
        assert run(command, "tree", "--sysroot", "/", "-o", f"out-{command}").returncode == 0
        done = run(command, "tree", "--sysroot", "/nowhere", "-o", f"out-{command}")
        assert (done.returncode, "[no-sysroot]" in done.stderr) == (1, True)
