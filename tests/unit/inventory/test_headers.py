"""What C headers declare and include, and what programs keep to themselves."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from splitpkg.inventory.scan import scan
from tests.support.programs import compiled

if TYPE_CHECKING:
    from pathlib import Path

MAP = "DEMO_1.0 { global: demo_open; local: *; };\nDEMO_PRIVATE_1.0.2 { global: demo_peek; };\n"
HOST = "int host_value; int main(void) { return 0; }" + "".join(f"int host_{n};" for n in range(120))
HEADERS = {
    "demo.h": '#include <stdio.h>\n# include "demo/inner_p.h"\nint demo_open(void); /* not demo_peek() */\n',
    "demo/inner_p.h": "int demo_peek (void); // demo_open();\nstruct s { int demo_open; };\n",
    "host.h": "extern int host_value;\n",
}


def put(root: Path, path: str, data: bytes | str) -> None:
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data.encode() if isinstance(data, str) else data)


def library(root: Path) -> None:
    put(root.parent, "demo.map", MAP)
    source = "int demo_open(void) { return 1; } int demo_peek(void) { return 2; }"
    options = ("-shared", "-fPIC", "-nostdlib", f"-Wl,--version-script={root.parent}/demo.map")
    put(root, "usr/lib/libdemo.so.0", compiled(source, *options))


def test_declared_symbols_and_included_files(tmp_path: Path) -> None:
    root = tmp_path / "tree"
    library(root)
    put(root, "usr/bin/host", compiled(HOST, "-rdynamic"))
    for path, text in HEADERS.items():
        put(root, f"usr/include/{path}", text)
    inventory, findings = scan(root)
    assert findings == ()
    entries = {path: inventory.get(f"usr/include/{path}") for path in HEADERS}
    assert {path: entry.mentions for path, entry in entries.items() if entry is not None} == {
        "demo.h": {"demo_open"},
        "demo/inner_p.h": {"demo_peek"},
        "host.h": {"host_value"},
    }
    assert {path: entry.includes for path, entry in entries.items() if entry is not None} == {
        "demo.h": {"stdio.h", "inner_p.h"},
        "demo/inner_p.h": frozenset(),
        "host.h": frozenset(),
    }


def test_headers_are_not_read_for_nothing(tmp_path: Path) -> None:
    put(tmp_path, "usr/include/demo.h", '#include "other.h"\nint demo_open(void);\n')
    inventory, _ = scan(tmp_path)
    entry = inventory.get("usr/include/demo.h")
    assert entry is not None
    assert (entry.mentions, entry.includes) == (frozenset(), frozenset())


def test_what_a_program_does_not_export_though_it_is_needed(tmp_path: Path) -> None:
    host = "int host_call(void) { return 1; } int host_idle; int main(void) { return 0; }"
    put(tmp_path, "usr/bin/host", compiled(host))
    put(tmp_path, "usr/bin/stripped", compiled(host, "-s"))
    put(tmp_path, "usr/bin/exporting", compiled("int main(void) { return 0; }", "-rdynamic"))
    module = "int host_call(void); int demo(void) { return host_call(); }"
    put(tmp_path, "usr/lib/demo/one.so", compiled(module, "-shared", "-fPIC"))
    inventory, _ = scan(tmp_path)
    assert {entry.path: entry.unexported for entry in inventory.entries if entry.unexported} == {
        "usr/bin/host": {"host_call"}
    }


def test_copies_are_alike_and_hard_links_are_one_file(tmp_path: Path) -> None:
    """Small ones are not compared."""
    data = compiled("const char demo[70000] = {1};", "-shared", "-fPIC")
    for name in ("a/one.so", "b/one.so"):
        put(tmp_path, f"usr/lib/demo/{name}", data)
    put(tmp_path, "usr/lib/demo/other.so", compiled("const char demo[70000] = {2};", "-shared", "-fPIC"))
    small = compiled("const char demo = 3;", "-shared", "-fPIC")
    for name in ("d/small.so", "e/small.so"):
        put(tmp_path, f"usr/lib/demo/{name}", small)
    os.link(tmp_path / "usr/lib/demo/a/one.so", tmp_path / "usr/lib/demo/c.so")
    inventory, _ = scan(tmp_path)
    alike = {entry.path: entry.likeness for entry in inventory.entries if entry.likeness}
    assert sorted(alike) == [f"usr/lib/demo/{name}" for name in ("a/one.so", "b/one.so", "other.so")]
    assert len(set(alike.values())) == 2
    assert alike["usr/lib/demo/a/one.so"] == alike["usr/lib/demo/b/one.so"]
