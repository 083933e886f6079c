"""Faults of built trees, made by the compiler; what the linker and the loader say of them decides."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from splitpkg.discover.discover import discover
from splitpkg.discover.draft import draft
from splitpkg.discover.hygiene import hygiene
from splitpkg.inventory.scan import scan
from splitpkg.manifest.load import load
from splitpkg.plan.make import make_plan
from tests.support import relay

if TYPE_CHECKING:
    from pathlib import Path

    from splitpkg.diagnostics import Diagnostic

UNUSED = "".join(f"int demo_unused_{number}(void) {{ return {number}; }}\n" for number in range(120))
HOST = f"""
#include <dlfcn.h>
#include <stdio.h>
int demo_value = 7;
int demo_needed(void) {{ return demo_value; }}
int demo_by_name(void) {{ return 1; }}
int demo_both(void) {{ return 2; }}
{UNUSED}
int main(int count, char **paths) {{
    for (int i = 1; i < count; i++) {{
        void *module = dlopen(paths[i], RTLD_NOW | RTLD_GLOBAL);
        int (*start)(void) = module ? (int (*)(void)) dlsym(module, "demo_start") : 0;
        if (!start) {{ fprintf(stderr, "%s\\n", dlerror()); return 1; }}
        printf("%d\\n", start());
    }}
    return 0;
}}
"""
MODULES = {
    "plain": "int demo_needed(void); extern int demo_value;"
    " int demo_start(void) { return demo_needed() + demo_value; }",
    "asks": '#include <dlfcn.h>\nint demo_start(void) { return dlsym(RTLD_DEFAULT, "demo_by_name") != 0; }',
    "both": "int demo_both(void) { return 3; } int demo_start(void) { return demo_both(); }",
}
OUTPUT = "14\n1\n2\n"
"""What the host prints of the modules asks, both and plain, in the order of `MODULES`."""


def built(path: Path, source: str, *options: str | Path) -> Path:
    """What the compiler makes of a C source."""
    path.parent.mkdir(parents=True, exist_ok=True)
    argv: list[str | Path] = ["cc", "-x", "c", "-", "-O0", "-w", "-o", path, *options]
    subprocess.run(argv, input=source, text=True, check=True, timeout=60)
    return path


def tree(root: Path, *options: str | Path) -> Path:
    """A tree with a host, linked with these options, and its modules."""
    built(root / "usr/bin/demo", HOST, *options)
    for name, source in MODULES.items():
        built(root / f"usr/lib/demo/{name}.so", source, "-shared", "-fPIC")
    return root


def run(root: Path) -> subprocess.CompletedProcess[str]:
    """The host with all modules."""
    modules = [root / f"usr/lib/demo/{name}.so" for name in MODULES]
    argv: list[str | Path] = [root / "usr/bin/demo", *modules]
    return subprocess.run(argv, capture_output=True, text=True, check=False, timeout=60)


def found(root: Path) -> dict[str, Diagnostic]:
    """What is said of a tree without a manifest, by slug."""
    inventory, findings = scan(root)
    assert findings == ()
    return {finding.slug: finding for finding in hygiene(inventory, discover(inventory))}


def asked(root: Path, host: str, *options: str) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-m", "splitpkg", "scan", os.fspath(root), "--dynamic-list", host, *options]
    return subprocess.run(argv, capture_output=True, text=True, check=False, timeout=60)


def exports(path: Path) -> set[str]:
    """The functions and data that nm(1) sees exported, without what all programs have."""
    argv: list[str | Path] = ["nm", "--dynamic", "--defined-only", "--format=just-symbols", path]
    names = subprocess.run(argv, capture_output=True, text=True, check=True, timeout=60).stdout.split()
    return {name for name in names if name.startswith("demo_") or name == "main"}


@pytest.mark.parametrize("linker", ["bfd", "gold"])
def test_a_host_linked_with_its_list_loads_every_module(tmp_path: Path, linker: str) -> None:
    root = tree(tmp_path / "tree", "-rdynamic")
    assert run(root).stdout == OUTPUT
    finding = found(root)["exports-unused"]
    assert finding.where.path == "usr/bin/demo"
    done = asked(root, "usr/bin/demo")
    assert (done.returncode, done.stderr) == (0, "")
    names = tmp_path / "demo.list"
    names.write_text(done.stdout)
    tree(root, f"-fuse-ld={linker}", f"-Wl,--dynamic-list={names}")
    assert exports(root / "usr/bin/demo") == {"demo_needed", "demo_value", "demo_by_name", "demo_both"}
    assert run(root).stdout == OUTPUT
    assert "exports-unused" not in found(root)


def test_a_list_that_lacks_a_symbol_is_noticed(tmp_path: Path) -> None:
    """So the test above would notice a list that is too short."""
    root = tree(tmp_path / "tree", "-rdynamic")
    text = asked(root, "usr/bin/demo").stdout
    (tmp_path / "demo.list").write_text(text.replace("  demo_needed;\n", ""))
    tree(root, f"-Wl,--dynamic-list={tmp_path / 'demo.list'}")
    assert "undefined symbol: demo_needed" in run(root).stderr


def test_the_list_of_the_sample_is_what_its_own_build_file_says() -> None:
    stamp = f"register_module_init_{relay.NEW.replace('.', '_')}"
    for host in ("relayd", "relayctl"):
        assert asked(relay.tree().root, relay.HOSTS[host]).stdout == f"{{\n  {stamp};\n}};\n"
    done = asked(relay.tree().root, relay.HOSTS["relaycat"])
    assert done.returncode == 1
    assert "error[not-exporting]" in done.stderr


def test_the_list_for_machines(tmp_path: Path) -> None:
    done = asked(tree(tmp_path / "tree", "-rdynamic"), "usr/bin/demo", "--json")
    assert '"symbols": [\n    "demo_both",' in done.stdout


def test_the_sample_is_clean() -> None:
    assert found(relay.tree().root) == {}


def planned(root: Path, *, drafted: bool = False) -> tuple[bool, list[str]]:
    """Whether there is a plan, and the slugs; by a manifest without waivers, or as drafted."""
    inventory, _ = scan(root)
    text = draft(discover(inventory), inventory, "demo", "1")
    manifest = root.parent / "splitpkg.toml"
    manifest.write_text(text if drafted else re.sub(r"(?m)^\[\[waiver\]\]\n(?:.+\n)+", "", text))
    plan, findings = make_plan(load(manifest), inventory)
    return plan is not None, [finding.slug for finding in findings]


def test_a_host_that_exports_nothing_its_modules_need(tmp_path: Path) -> None:
    root = tree(tmp_path / "tree")
    assert re.search("undefined symbol: demo_(needed|value)", run(root).stderr)
    finding = found(root)["exports-missing"]
    assert (finding.where.path, str(finding.severity)) == ("usr/bin/demo", "error")
    assert "`demo_needed`, `demo_value`" in finding.message
    assert planned(root) == (False, ["exports-missing"])
    assert planned(root, drafted=True) == (True, [])
    tree(root, "-rdynamic")
    assert "exports-missing" not in found(root)


def test_a_stripped_host_without_exports_is_likely_at_fault(tmp_path: Path) -> None:
    root = tree(tmp_path / "tree", "-s")
    assert "exports-missing" not in found(root), "one module alone may have a fault of its own"
    for name in ("more", "again"):
        built(root / f"usr/lib/demo/{name}.so", MODULES["plain"], "-shared", "-fPIC")
    finding = found(root)["exports-missing"]
    assert str(finding.severity) == "warning"
    assert finding.notes == ("usr/lib/demo/again.so and 2 more modules need that",)


def test_run_paths_as_the_linker_writes_them(tmp_path: Path) -> None:
    root = tree(tmp_path / "tree", "-rdynamic")
    for option, said in (
        ("-Wl,-rpath,/build/demo/.libs", "`/build/demo/.libs`, which is not in the tree"),
        ("-Wl,--disable-new-dtags,-rpath,/tmp", "`/tmp`, which is open to every user"),
        ("-Wl,-rpath,$ORIGIN/../demo", None),
    ):
        built(root / "usr/lib/demo/plain.so", MODULES["plain"], "-shared", "-fPIC", option)
        finding = found(root).get("run-path-outside")
        assert (finding is None) == (said is None)
        assert finding is None or finding.message == f"has the run path {said}"


def test_modules_that_were_built_once_for_each_host(tmp_path: Path) -> None:
    root = tree(tmp_path / "tree", "-rdynamic")
    large = "const char demo_data[70000] = {1}; int demo_start(void) { return 0; }"
    for number, host in enumerate("ab"):
        option = f"-Wl,--build-id=0x{str(number) * 40}"
        built(root / f"usr/lib/demo/{host}/large.so", large, "-shared", "-fPIC", option)
    assert found(root)["module-duplicated"].where.path == "usr/lib/demo/a/large.so"
    built(root / "usr/lib/demo/b/large.so", large.replace("{1}", "{2}"), "-shared", "-fPIC")
    assert "module-duplicated" not in found(root)


def test_modules_in_another_directory_than_the_host_s(tmp_path: Path) -> None:
    root = tmp_path / "tree"
    looks = '#include <dlfcn.h>\nconst char *place = "{}"; int main(void) {{ return !dlopen(place, 1); }}'
    built(root / "usr/bin/demo", looks.format("/usr/lib64/demo"))
    for name in ("one", "two"):
        built(root / f"usr/lib/demo/{name}.so", f"int {name}_start(void) {{ return 1; }}", "-shared", "-fPIC")
    inventory, _ = scan(root)
    manifest = tmp_path / "splitpkg.toml"
    text = draft(discover(inventory), inventory, "demo", "1")
    manifest.write_text(re.sub(r"(?m)^\[hosts\]\nfiles = .*$", '[hosts]\nfiles = "usr/bin/demo"', text))
    _, findings = make_plan(load(manifest), inventory)
    assert [one.slug for one in findings] == ["module-unfound"], text
    for place in ("/usr/lib/demo", "/opt/x:/usr/lib/demo:/usr/lib64/demo"):
        built(root / "usr/bin/demo", looks.format(place))
        assert make_plan(load(manifest), scan(root)[0])[1] == ()


def test_a_warning_can_be_waived_and_stops_nothing(tmp_path: Path) -> None:
    root = tree(tmp_path / "tree", "-rdynamic")
    assert planned(root) == (True, ["exports-unused"])
    manifest = tmp_path / "splitpkg.toml"
    waiver = '\n[[waiver]]\nslug = "exports-unused"\nfiles = "usr/bin/demo"\nreason = "for all"\n'
    manifest.write_text(manifest.read_text() + waiver)
    plan, findings = make_plan(load(manifest), scan(root)[0])
    assert plan is not None
    assert findings == ()
