"""The same trees from the C compiler, for what only takes real files: one module, with its names replaced."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from tests.bench.many_modules import FUNCTIONS, LIBRARIES, STAMP, make_folders, names

if TYPE_CHECKING:
    from pathlib import Path

OWN, OTHER = "many_export_00000", "many_export_99999"
PRIVATE = [f"many_private_{number}" for number in range(30)]


def make_compiled_tree(root: Path, count: int) -> None:
    """A tree with so many modules of some 14 KiB."""
    modules = make_folders(root, count)
    library, scratch = root / LIBRARIES / "libmany.so.1", root.with_name(f"{root.name}.o")
    script = scratch.with_suffix(".map")
    script.write_text("MANY_PRIVATE_1.0 { global: many_private_*; local: *; };\n")
    _compile(
        library, _defining(PRIVATE), "-shared", "-Wl,-soname,libmany.so.1", f"-Wl,--version-script={script}"
    )
    host = 'const char *where = "/usr/lib/x86_64-linux-gnu/many"; void *dlopen(const char *, int);'
    main = f"int main(void) {{ {PRIVATE[0]}(); return dlopen(where, 1) == 0; }}"
    code = f"{host} void {PRIVATE[0]}(void); {_defining((*FUNCTIONS, STAMP))} {main}"
    _compile(root / "usr/bin/many", code, "-rdynamic", str(library))
    free = _module(scratch, (), str(library))
    bound = _module(scratch, (OTHER,), str(library))
    for number, name in names(count):
        module = bound if number % 10 == 9 else free
        own, other = f"many_export_{number:05}", f"many_export_{number - 1:05}"
        data = module.replace(OWN.encode(), own.encode()).replace(OTHER.encode(), other.encode())
        (modules / f"{name}.so").write_bytes(data)


def _module(scratch: Path, edges: tuple[str, ...], library: str) -> bytes:
    needed = [*FUNCTIONS[:12], STAMP, *PRIVATE[:3], *edges]
    declared = "".join(f"void {name}(void);" for name in needed)
    called = "".join(f"{name}();" for name in needed)
    _compile(
        scratch,
        f"{declared} void many_module_init(void) {{ {called} }} {_defining([OWN])}",
        "-shared",
        library,
    )
    return scratch.read_bytes()


def _defining(functions: tuple[str, ...] | list[str]) -> str:
    return "".join(f"void {name}(void) {{}}" for name in functions)


def _compile(target: Path, code: str, *options: str) -> None:
    command = ["gcc", "-x", "c", "-", "-x", "none", *options, "-o", str(target)]
    subprocess.run([*command, "-fPIC", "-s", "-Wl,--build-id=none"], input=code.encode(), check=True)
