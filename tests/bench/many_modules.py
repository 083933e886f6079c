"""Trees with any number of modules, made without a compiler, and manifests that split them.

A host, a library with a private version node, and modules in ten families: each needs functions of the
host, of the library and of libc, and the stamp of the build; every tenth needs the module before it by a
symbol, a fifth of them have a file beside them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.elf.writer import Need, Node, Spec, Sym, write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LIBRARIES = "usr/lib/x86_64-linux-gnu"
FAMILIES = ("audio", "block", "char", "crypto", "display", "filter", "input", "net", "store", "ui")
FUNCTIONS = tuple(f"many_{word}_{number}" for word in ("register", "option", "log") for number in range(20))
STAMP = "many_stamp_0123456789abcdef"
DEFINED = 11

MANIFEST = """\
[program]
name = "many"
version = "1.0"
summary = "Program with many modules"
description = "Loads modules."
license = "MIT"
maintainer = "Many Maintainers <many@example.org>"

[hosts]
files = ["usr/bin/many"]

[lock]
hub = "core"

[package.core]
files = ["usr/bin", "usr/share/many", "{libdir}/many"]

[package.libs]
kind = "library"
files = ["{libdir}/libmany.so.1"]
"""
FAMILY = """
[family.{name}]
files = ["{{libdir}}/many/{name}-{{name}}.so", "usr/share/many/{name}-{{name}}.map"]
package = "{name}-{{name}}"
summary = "Module {{name}} for {name}"
"""


def make_tree(root: Path, count: int) -> None:
    """A tree with so many modules."""
    modules = make_folders(root, count)
    _put(root / "usr/bin/many", _host())
    _put(root / LIBRARIES / "libmany.so.1", _library())
    for number, name in names(count):
        _put(modules / f"{name}.so", _module(number))
    (root / "usr/bin/many").chmod(0o755)


def make_folders(root: Path, count: int) -> Path:
    """The folders, with the files beside modules; the modules' own folder."""
    modules, shared = root / LIBRARIES / "many", root / "usr/share/many"
    for folder in (root / "usr/bin", modules, shared):
        folder.mkdir(parents=True)
    for number, name in names(count):
        if number // 10 % 5 == 0:
            (shared / f"{name}.map").write_text(f"{name}\n")
    return modules


def names(count: int) -> Iterator[tuple[int, str]]:
    """The modules' numbers and names."""
    return ((number, f"{FAMILIES[number % 10]}-m{number // 10:05}") for number in range(count))


def manifest() -> str:
    """The manifest of any of these trees."""
    return MANIFEST + "".join(FAMILY.format(name=name) for name in FAMILIES)


def _put(path: Path, spec: Spec) -> None:
    path.write_bytes(bytes(write(spec).data))


def _host() -> Spec:
    return Spec(
        interpreter=b"/lib64/ld-linux-x86-64.so.2\0",
        needed=("libmany.so.1", "libc.so.6"),
        symbols=(
            Sym("dlopen", version=2),
            Sym("malloc", version=2),
            *(Sym(name, section=DEFINED) for name in (*FUNCTIONS, STAMP)),
        ),
        needs=(Need("libc.so.6", ((2, "GLIBC_2.34", 0),)),),
        rodata=b"\0/usr/lib/x86_64-linux-gnu/many\0",
    )


def _library() -> Spec:
    return Spec(
        soname="libmany.so.1",
        needed=("libc.so.6",),
        symbols=(
            Sym("free", version=4),
            *(Sym(f"many_private_{number}", section=DEFINED, version=3) for number in range(30)),
        ),
        nodes=(Node(1, ("libmany.so.1",), 1), Node(2, ("MANY_1.0",)), Node(3, ("MANY_PRIVATE_1.0",))),
        needs=(Need("libc.so.6", ((4, "GLIBC_2.2.5", 0),)),),
    )


def _module(number: int) -> Spec:
    functions = [FUNCTIONS[(number * 7 + step) % len(FUNCTIONS)] for step in range(12)]
    edge = [Sym(f"many_export_{number - 1:05}")] if number % 10 == 9 else []
    return Spec(
        build_id=number.to_bytes(20, "big"),
        needed=("libmany.so.1", "libc.so.6", f"libextra{number % 50}.so.{number % 3}"),
        symbols=(
            *(Sym(name) for name in functions),
            *edge,
            Sym(STAMP),
            *(Sym(f"many_private_{(number + step) % 30}", version=2) for step in range(3)),
            *(Sym(name, version=3) for name in ("malloc", "free", "memcpy", "strlen", "snprintf", "abort")),
            Sym("many_module_init", section=DEFINED),
            Sym(f"many_export_{number:05}", section=DEFINED),
        ),
        needs=(
            Need("libmany.so.1", ((2, "MANY_PRIVATE_1.0", 0),)),
            Need("libc.so.6", ((3, "GLIBC_2.2.5", 0),)),
        ),
        rodata=f"\0module {number}\0".encode(),
    )
