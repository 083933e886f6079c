"""Small ELF files of many shapes, built by the compiler at hand."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

HOST = """
#include <unistd.h>
extern char **environ;
__attribute__((visibility("default"))) int host_function(void) { return optind; }
__attribute__((visibility("hidden"))) int host_hidden(void) { return 2; }
const char *stamp(void) { return "stamp_0123456789abcdef"; }
int main(void) { return environ == 0 || host_function() != 1; }
"""
LIBRARY = """
int core_old(void) { return 1; }
int core_new(void) { return 2; }
int core_both_1(void) { return 1; }
int core_both_2(void) { return 2; }
__asm__(".symver core_both_1, core_both@CORE_1.0");
__asm__(".symver core_both_2, core_both@@CORE_2.0");
__attribute__((visibility("protected"))) int core_protected(void) { return 3; }
__attribute__((weak)) int core_weak = 4;
__thread int core_thread = 5;
static int choose(void) { return 6; }
static void *resolve(void) { return choose; }
int core_indirect(void) __attribute__((ifunc("resolve")));
"""
VERSIONS = """
CORE_1.0 { global: core_old; core_both; core_protected; core_weak; local: *; };
CORE_2.0 { global: core_new; core_thread; core_indirect; } CORE_1.0;
CORE_PRIVATE_1.2.3 { global: core_private; } CORE_2.0;
"""
MODULE = """
extern int core_new(void), core_both(void), host_function(void);
extern int absent(void) __attribute__((weak));
static int run(void) { return core_new() + core_both() + host_function() + (absent ? absent() : 0); }
__attribute__((constructor)) static void start(void) { run(); }
"""
INFORMED = """
__attribute__((section(".modinfo"), used)) static const char info[] = "license=MIT\\0depends=core";
int module_entry(void) { return 0; }
"""
UNIQUE = "struct Once { static inline int count = 1; }; int use() { return Once::count; }"

SOURCES = {
    "host.c": HOST,
    "core.c": LIBRARY,
    "core.map": VERSIONS,
    "module.c": MODULE,
    "modinfo.c": INFORMED,
    "unique.cc": UNIQUE,
}

# Name: what the compiler is given behind -o NAME.
COMMANDS = {
    "libcore.so.1": "core.c -shared -Wl,-soname,libcore.so.1 -Wl,--version-script=core.map",
    "libplain.so": "module.c -shared -Wl,--hash-style=sysv -Wl,-rpath,/opt/lib -Wl,--disable-new-dtags",
    "libunique.so": "unique.cc -shared",
    "module.so": "module.c -shared libcore.so.1 -Wl,-rpath,$ORIGIN",
    "modinfo.so": "modinfo.c -shared",
    "bare.so": "module.c -shared -nostdlib -Wl,--hash-style=both -Wl,--build-id=none",
    "gold.so": "module.c -shared libcore.so.1 -fuse-ld=gold",
    "packed.so": "module.c -shared -Wl,-z,pack-relative-relocs",
    "host": "host.c -pie -fPIE -rdynamic",
    "fixed-host": "host.c -no-pie -fno-pie",
    "static-host": "host.c -static",
    "static-pie-host": "host.c -static-pie",
    "object.o": "module.c -c",
    "large-file.so": "module.c -shared -Wl,-z,max-page-size=0x200000",
}


def build(folder: Path) -> list[Path]:
    """Builds all shapes, and of each a stripped copy and the debug information split from it."""
    for name, text in SOURCES.items():
        (folder / name).write_text(text)
    for name, arguments in COMMANDS.items():
        _run(folder, "gcc", "-g", "-fPIC", "-o", name, *arguments.split())
        _run(folder, "strip", "--strip-unneeded", "-o", f"{name}.stripped", name)
        _run(folder, "objcopy", "--only-keep-debug", name, f"{name}.debug")
        _run(folder, "eu-strip", "-f", f"{name}.eu-debug", "-o", f"{name}.eu-stripped", name)
    return sorted(path for path in folder.iterdir() if path.name not in SOURCES)


def _run(folder: Path, *command: str) -> None:
    subprocess.run(command, cwd=folder, env={**os.environ, "LC_ALL": "C"}, check=True)
