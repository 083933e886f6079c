"""Descriptors that users write, and another build's tree, from the command line."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from tests.support import relay
from tests.support.programs import compiled

if TYPE_CHECKING:
    from pathlib import Path

MANIFEST = """
[program]
name = "demo"
version = "1.0"
summary = "Demonstration"
description = "It demonstrates."
license = "MIT"
maintainer = "Jo Doe <jo@demo.example>"
date = 2024-11-22

[hosts]
files = "usr/bin/demo"

[package.core]
files = "usr/bin"

[family.block]
files = "usr/lib/demo/block-{name}.so"
package = "block-{name}"
summary = "Block driver {name}"

[abi]
descriptors = "demo.toml"
"""
DESCRIPTOR = """
name = "demo"
section = ".demo_abi"
text = "demo (?P<major>[0-9]+)[.](?P<minor>[0-9]+)"
value = "{major}"
minor = "{minor}"
capability = { deb = "demo-api-{major}" }
"""
MARK = '__attribute__((section(".demo_abi"), used)) const char demo_mark[] = "demo {}";\n'

LOADS = '#include <dlfcn.h>\nint main(void) { return dlopen("block-0.so", RTLD_NOW) == 0; }\n'


def plan(*arguments: str | Path) -> tuple[int, dict[str, Any]]:
    command = [sys.executable, "-m", "splitpkg", "plan", *map(str, arguments), "--json"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    return done.returncode, json.loads(done.stdout)


def planted(folder: Path, host: str, *modules: str) -> Path:
    """A tree whose files carry these marks in a section of their own."""
    (folder / "splitpkg.toml").write_text(MANIFEST)
    (folder / "demo.toml").write_text(DESCRIPTOR)
    files = {"usr/bin/demo": compiled(MARK.replace("{}", host) + LOADS)}
    for number, said in enumerate(modules):
        source = MARK.replace("{}", said) + f"int demo_{number};\n"
        files[f"usr/lib/demo/block-{number}.so"] = compiled(source, "-shared", "-fPIC", "-nostdlib")
    for path, content in files.items():
        (folder / "tree" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "tree" / path).write_bytes(content)
    return folder / "tree"


def test_a_section_that_a_file_beside_the_manifest_describes(tmp_path: Path) -> None:
    tree = planted(tmp_path, "7.4", "7.4", "7.2")
    status, said = plan(tree, "-m", tmp_path / "splitpkg.toml")
    assert status == 0
    (tag,) = said["tags"]
    assert (tag["family"], tag["value"], tag["minor"]) == ("data-constant", "7", 4)
    assert tag["providers"] == ["usr/bin/demo"]
    assert sorted(tag["needs"].values()) == [2, 4]


def test_a_module_of_another_number_is_refused(tmp_path: Path) -> None:
    tree = planted(tmp_path, "7.4", "7.4", "8.0", "7.5")
    status, said = plan(tree, "-m", tmp_path / "splitpkg.toml")
    assert status == 1
    assert [(one["slug"], one["path"]) for one in said["findings"]] == [
        ("tag-differs", "usr/lib/demo/block-1.so"),
        ("tag-differs", "usr/lib/demo/block-2.so"),
    ]


def test_the_tree_of_another_build_is_compared() -> None:
    arguments = ("-m", relay.SPEC / "splitpkg.toml", "--previous", relay.tree(relay.OLD).root)
    status, said = plan(relay.tree().root, *arguments)
    assert status == 0
    judged = {tag["family"]: tag["judged"] for tag in said["tags"]}
    assert judged["version-node"] == ("holds version 1.6.1; `RELAY_PRIVATE_1.6.0` in the previous build")
