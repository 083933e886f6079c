"""Small programs with modules, really compiled and really loaded."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from splitpkg.diagnostics import errors
from splitpkg.inventory.scan import scan
from splitpkg.inventory.sysroot import read_sysroot
from splitpkg.plan.make import make_plan
from tests.support.trees import manifest

if TYPE_CHECKING:
    from pathlib import Path

    from splitpkg.diagnostics import Diagnostic
    from splitpkg.plan.model import Plan

# Opens its arguments one after the other, as RTLD_GLOBAL after the argument `--global`.
HOST = """
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
int demo_register(int (*entry)(void)) { return entry(); }
int main(int argc, char **argv) {
    int scope = RTLD_LOCAL, status = 0;
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--global")) { scope = RTLD_GLOBAL; continue; }
        if (!dlopen(argv[i], RTLD_NOW | scope)) { puts(dlerror()); status = 1; }
    }
    return status;
}
"""
# What every module does; `zlibVersion` is of a library from outside.
MODULE = """
int demo_register(int (*)(void)); const char *zlibVersion(void);
static int entry(void) { return zlibVersion() != 0; }
__attribute__((constructor)) static void start(void) { demo_register(entry); }
"""
SPLIT = """
[hosts]
files = "usr/bin/*"

[package.core]
files = "usr"

[family.all]
files = "usr/lib/demo/{name}.so"
package = "{name}"
summary = "Demonstration of {name}"
"""


@dataclass(frozen=True, slots=True)
class Demo:
    """A tree in the making, below `root`."""

    root: Path

    def program(self, *options: str, source: str = HOST, path: str = "usr/bin/demo") -> None:
        """The host; it exports its symbols only with `-rdynamic`."""
        self._compile(path, source, "-ldl", *options)

    def module(self, name: str, source: str = "", *options: str) -> None:
        """A module that registers itself, and what `source` adds to it."""
        self._compile(f"usr/lib/demo/{name}.so", MODULE + source, "-shared", "-fPIC", "-lz", *options)

    def library(self, path: str, source: str, *options: str, script: str = "") -> None:
        """A shared object with its file name for SONAME, and with the version nodes of a linker script."""
        if script:
            nodes = self.root.parent / "nodes.map"
            nodes.write_text(script)
            options = (*options, f"-Wl,--version-script={nodes}")
        name = path.rpartition("/")[2]
        self._compile(path, source, "-shared", "-fPIC", f"-Wl,-soname,{name}", *options)

    def at(self, path: str) -> str:
        """The real path of a path of the tree."""
        return str(self.root / path)

    def opened(self, *arguments: str, libraries: str = "usr/lib") -> str:
        """What the dynamic loader says when the host opens the modules of those names: nothing if it can."""
        paths = [one if one.startswith("-") else self.at(f"usr/lib/demo/{one}.so") for one in arguments]
        done = subprocess.run(
            [self.at("usr/bin/demo"), *paths],
            env=os.environ | {"LD_LIBRARY_PATH": self.at(libraries), "LC_ALL": "C"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert bool(done.stdout + done.stderr) == bool(done.returncode)
        return done.stdout + done.stderr

    def planned(
        self, more: str = "", *, sysroot: Path | None = None
    ) -> tuple[Plan | None, tuple[Diagnostic, ...]]:
        """The plan and the errors."""
        inventory, scanned = scan(self.root)
        system = read_sysroot(sysroot, inventory) if sysroot is not None else None
        plan, findings = make_plan(manifest(SPLIT + more), inventory, scanned, sysroot=system)
        return plan, tuple(errors(findings))

    def _compile(self, path: str, source: str, *options: str) -> None:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        argv = ["cc", "-x", "c", "-", "-O1", "-x", "none", "-o", str(target), f"-L{self.root}/usr/lib"]
        done = subprocess.run([*argv, *options], input=source, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
