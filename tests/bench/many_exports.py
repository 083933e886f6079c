"""A program with a module, and libraries with very many exports of which it uses a few."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

MANIFEST = """
[program]
name = "demo"
version = "1.0"
summary = "Demonstration"
description = "Shows modules."
license = "MIT"
maintainer = "A Person <a@example.org>"

[hosts]
files = "usr/bin/demo"

[package.core]
files = "usr"

[family.all]
files = "usr/lib/demo/{name}.so"
package = "{name}"
summary = "Demonstration of {name}"
"""


def name(library: int, number: int) -> str:
    """A symbol's name, as long as those of C++ are."""
    return f"_ZN4demo9library{library:02}12namespace_of8Class_{number:06}6method{number % 10}ERKSsPKcm"


def library(path: Path, number: int, exports: int) -> None:
    """A library that defines so many functions, all of them at one place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    names = (name(number, count) for count in range(exports))
    text = "".join(f".globl {one}\n.type {one},@function\n{one}:\n" for one in names)
    link = ["cc", "-shared", "-nostdlib", f"-Wl,-soname,{path.name}", "-x", "assembler", "-", "-o", str(path)]
    subprocess.run(link, input=f".text\n{text}ret\n", text=True, check=True)


def program(tree: Path, libraries: list[Path]) -> None:
    """The program, and a module that uses one function of each library."""
    used = [name(number, 7) for number, _ in enumerate(libraries)]
    calls = "".join(
        f"extern int {one}(void); int (*p{index})(void) = {one};" for index, one in enumerate(used)
    )
    for path, source, options in (
        ("usr/bin/demo", "int main(void) { return 0; }", ["-rdynamic", "-Wl,--no-as-needed", "-ldl"]),
        ("usr/lib/demo/one.so", calls, ["-shared", "-fPIC", "-nostdlib", *map(str, libraries)]),
    ):
        target = tree / path
        target.parent.mkdir(parents=True, exist_ok=True)
        link = ["cc", "-x", "c", "-", "-x", "none", "-o", str(target), *options]
        subprocess.run(link, input=source, text=True, check=True)
