"""Traps of real trees that show only when all of it works together: from a tree built here to the plan.

Those that one judgement alone decides are in tests/unit/discover/test_kinds.py and test_hosts.py.
"""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from splitpkg.abi.model import Strength
from splitpkg.inventory.scan import scan
from splitpkg.manifest.load import load
from splitpkg.plan.make import make_plan
from splitpkg.plan.model import Constraint, Plan, Reason, RelationKind
from tests.support.programs import compiled
from tests.unit.discover.builder import Forest, entry, packages

if TYPE_CHECKING:
    from pathlib import Path

    from splitpkg.diagnostics import Diagnostic

LIB = "usr/lib/x86_64-linux-gnu"
DIR = f"{LIB}/demo"
NAMES = ("a", "b", "c")


@pytest.fixture
def forest(tmp_path: Path) -> Forest:
    return Forest(tmp_path)


def build(forest: Forest, *, host: str = "usr/bin/demo", body: str = "") -> None:
    """A host and three modules."""
    forest.host(host, DIR)
    for name in NAMES:
        forest.shared(f"{DIR}/{name}.so", entry(body=body))


def plan_by(forest: Forest, text: str) -> tuple[Plan | None, tuple[Diagnostic, ...]]:
    """What a manifest makes of the tree."""
    manifest = forest.root.parent / "splitpkg.toml"
    manifest.write_text(text, encoding="utf-8")
    inventory, _ = scan(forest.root)
    return make_plan(load(manifest), inventory)


def test_a_linked_directory_shows_no_module_twice(forest: Forest) -> None:
    build(forest)
    forest.link(f"{LIB}/demo-1.0", "demo")
    forest.link("usr/lib/demo", "x86_64-linux-gnu/demo")
    assert forest.modules() == [f"{DIR}/{name}.so" for name in NAMES]
    split = packages(forest.planned())
    assert [split[name] for name in NAMES] == [[f"{DIR}/{name}.so"] for name in NAMES]
    assert split["core"] == ["usr/bin/demo", "usr/lib/demo", f"{LIB}/demo-1.0"]


@pytest.mark.parametrize("merged", [False, True], ids=["split", "merged"])
def test_bin_and_usr_bin_lib_and_usr_lib_may_be_links_or_directories(forest: Forest, merged: bool) -> None:
    build(forest)
    if merged:
        forest.link("bin", "usr/bin")
        forest.link("lib", "usr/lib")
    else:
        forest.host("bin/demo-rescue", DIR)
        forest.shared("lib/x86_64-linux-gnu/demo/rescue.so", entry())
    rescue = [] if merged else ["lib/x86_64-linux-gnu/demo/rescue.so"]
    assert forest.modules() == [*rescue, *(f"{DIR}/{name}.so" for name in NAMES)]
    assert "usr/bin/demo" in forest.hosts()
    owned = [path for files in packages(forest.planned()).values() for path in files]
    assert len(owned) == len(set(owned)) == len(scan(forest.root)[0].entries) - directories(forest)


def directories(forest: Forest) -> int:
    return sum(one.is_dir() and not one.is_symlink() for one in forest.root.rglob("*"))


def test_a_module_whose_symbols_come_through_its_hosts_libraries_needs_no_waiver(forest: Forest) -> None:
    forest.shared(f"{LIB}/libcore.so.1", "int core_call(void) { return 1; }\n", "-Wl,-soname,libcore.so.1")
    forest.program(
        "usr/bin/demo",
        "#include <dlfcn.h>\nint core_call(void);\n"
        f'int main(void) {{ return core_call() + !dlsym(dlopen("/{DIR}", 1), "demo_init"); }}\n',
        needs=(f"{LIB}/libcore.so.1",),
    )
    for name in NAMES:
        forest.shared(
            f"{DIR}/{name}.so", f"int core_call(void);{entry(body='int x(void){return core_call();}')}"
        )
    assert "[[waiver]]" not in forest.drafted()
    assert forest.planned().package("demo-a").modules == (f"{DIR}/a.so",)


def test_a_tag_that_stays_the_same_in_another_release_is_not_what_locks(forest: Forest) -> None:
    """Private SONAMEs and nodes may not change from one point release to the next; the lock does."""
    script = forest.root.parent / "demo.map"
    script.write_text("DEMO_PRIVATE_1 { global: demo_call; local: *; };\n", encoding="utf-8")
    forest.shared(
        f"{LIB}/libdemo.so.0",
        f'#include <dlfcn.h>\nint demo_call(void) {{ return dlopen("/{DIR}", 1) != 0; }}\n',
        "-Wl,-soname,libdemo.so.0",
        f"-Wl,--version-script={script}",
    )
    for name in NAMES:
        source = f"int demo_call(void);{entry(body='int x(void){return demo_call();}')}"
        forest.shared(f"{DIR}/{name}.so", source, needs=(f"{LIB}/libdemo.so.0",))
    plans = [forest.planned(version=version) for version in ("1.0.0", "1.0.1")]
    assert [tag.value for tag in plans[0].tags] == ["DEMO_PRIVATE_1"]
    assert [tag.strength for plan in plans for tag in plan.tags] == [Strength.INTERFACE] * 2
    for plan in plans:
        for package in plan.packages:
            if package.modules:
                (lock,) = [one for one in package.relations if one.target == plan.hub]
                assert (lock.kind, lock.constraint) == (RelationKind.REQUIRES, Constraint.SAME_BUILD)


def test_constants_that_differ_from_module_to_module_are_no_tags(forest: Forest) -> None:
    """A minor number in each module that only has to be at most the core's: nothing that a name shows."""
    forest.host("usr/bin/demo", DIR, exports="int demo_api_minor = 7;\n")
    for minor, name in enumerate(NAMES, 5):
        forest.shared(f"{DIR}/{name}.so", f"const int demo_module_minor = {minor};\n{entry()}")
    plan = forest.planned()
    assert plan.tags == ()
    assert {path for one in plan.packages for path in one.modules} == {f"{DIR}/{name}.so" for name in NAMES}


def test_a_dependency_that_no_elf_shows_can_be_said(forest: Forest) -> None:
    """Names in a table of the host: the draft cannot know, the manifest can say it, the plan has it."""
    forest.host("usr/bin/demo", DIR, exports='const char *const demo_needs[] = {"a", "b", 0};\n')
    for name in NAMES:
        forest.shared(f"{DIR}/{name}.so", entry())
    drafted = forest.drafted()
    before, findings = plan_by(forest, drafted)
    assert before is not None
    assert findings == ()
    assert "demo-b" not in {one.target for one in before.package("demo-a").relations}
    after, findings = plan_by(forest, f'{drafted}\n[module.a]\nrequires = "b"\n')
    assert after is not None
    assert findings == ()
    (edge,) = [one for one in after.package("demo-a").relations if one.target == "demo-b"]
    assert (edge.kind, edge.reason) == (RelationKind.REQUIRES, Reason.MANIFEST)


def test_the_host_of_a_tree_may_be_elsewhere(forest: Forest) -> None:
    """Nothing stands in for it, and what the modules need of it is not taken for a fault."""
    for name in NAMES:
        source = f"int outer_register(void);{entry('outer_init', 'int x(void){return outer_register();}')}"
        forest.shared(f"{LIB}/outer/plugins/{name}.so", source, "-nostdlib")
    drafted = forest.drafted()
    assert "[hosts]\noutside = true\n" in drafted
    assert "[[waiver]]" not in drafted
    plan = forest.planned()
    assert plan.hosts == ()
    assert [one.suffix for one in plan.packages if one.modules] == list(NAMES)


def test_a_module_that_lost_its_section_headers_is_still_one(forest: Forest) -> None:
    build(forest)
    stripped = forest.root / DIR / "c.so"
    subprocess.run(["objcopy", "--strip-all", str(stripped)], check=True)
    content = bytearray(stripped.read_bytes())
    content[40:48] = bytes(8)
    content[58:64] = bytes(6)
    stripped.write_bytes(bytes(content))
    assert forest.modules() == [f"{DIR}/{name}.so" for name in NAMES]


def test_files_beside_modules_go_with_them_or_with_the_core(forest: Forest) -> None:
    """Archives of libtool, scripts that are plugins, and lists of dependencies."""
    build(forest)
    for name in NAMES:
        forest.put(f"{DIR}/{name}.la", "# libtool\n")
        forest.put(f"{DIR}/{name}.deps", "x\n")
        forest.put(f"{DIR}/{name}.a", b"!<arch>\n")
    forest.put(f"{DIR}/script.py", "print()\n")
    split = packages(forest.planned())
    assert f"{DIR}/a.deps" in split["a"]
    assert f"{DIR}/script.py" in split["core"]
    owned = sorted(path for files in split.values() for path in files)
    assert len(owned) == len(set(owned))


def test_a_module_of_another_width_is_planned_beside_its_twin(forest: Forest) -> None:
    build(forest)
    for name in NAMES:
        narrow = compiled(entry(), "-m32", "-shared", "-fPIC", "-nostdlib")
        forest.put(f"usr/lib/i386-linux-gnu/demo/{name}.so", narrow)
    plan = forest.planned()
    assert sorted(path for one in plan.packages for path in one.modules) == sorted(
        f"usr/lib/{triplet}/demo/{name}.so"
        for triplet in ("i386-linux-gnu", "x86_64-linux-gnu")
        for name in NAMES
    )
