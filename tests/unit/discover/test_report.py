"""What a scan prints."""

from __future__ import annotations

import json

from splitpkg.discover import report
from splitpkg.discover.discover import discover
from splitpkg.discover.families import find_families
from tests.support.trees import inventory, program, shared, with_nodes

LIB = "usr/lib/x86_64-linux-gnu"
TREE = inventory(
    {
        "usr/sbin/demod": program(
            needs="dlopen", defines="demo_register", libraries="libdemo.so.0 libc.so.6"
        ),
        f"{LIB}/libdemo.so.0": with_nodes(shared(soname="libdemo.so.0", defines="demo"), "DEMO_PRIVATE_1.0"),
        f"{LIB}/demo/a.so": with_nodes(
            shared(defines="demo_init", needs="demo_register", libraries="libdemo.so.0 libz.so.1"),
            needed={"libdemo.so.0": "DEMO_PRIVATE_1.0"},
        ),
        f"{LIB}/demo/b.so": shared(defines="demo_init", needs="demo_register", libraries="libhelp.so"),
        f"{LIB}/demo/libhelp.so": shared(defines="help"),
        "usr/share/demo/rom": shared(machine=21),
    }
)
FOUND = discover(TREE)


def test_json_has_the_paths_and_what_is_known_of_them() -> None:
    families = find_families(TREE, FOUND)
    found = report.as_json(FOUND, families)
    assert [family["package"] for family in found["families"]] == [family.package for family in families]
    assert json.loads(json.dumps(found)) == found
    assert found["hosts"] == ["usr/sbin/demod"]
    assert found["libraries"] == [f"{LIB}/libdemo.so.0"]
    assert found["helpers"] == [f"{LIB}/demo/libhelp.so"]
    assert found["modules"] == [f"{LIB}/demo/a.so", f"{LIB}/demo/b.so"]
    assert found["external"] == {f"{LIB}/demo/a.so": ["libz.so.1"], f"{LIB}/demo/b.so": []}
    assert [tag["value"] for tag in found["tags"]] == ["DEMO_PRIVATE_1.0"]
    assert found["tags"][0]["family"] == "version-node"
    assert set(found["hosts"] + found["libraries"] + found["helpers"] + found["modules"]) == set(
        found["details"]
    )
    assert all(detail["why"] for detail in found["details"].values())


def test_text_names_everything_with_its_evidence() -> None:
    assert report.as_text(FOUND).splitlines() == [
        "demo: 2 modules in 1 directory",
        "",
        "hosts",
        f"  usr/sbin/demod: exports `demo_register`, which {LIB}/demo/a.so needs",
        "",
        "libraries",
        f"  {LIB}/libdemo.so.0 (libdemo.so.0)",
        "",
        "helper libraries",
        f"  {LIB}/demo/libhelp.so: {LIB}/demo/b.so links to it",
        "",
        f"modules in {LIB}/demo",
        "  entered by demo_init",
        "  loaded by usr/sbin/demod",
        "  a.so: brings libz.so.1",
        "  b.so",
        "",
        "no modules",
        "  usr/share/demo/rom: is for another machine (e_machine 21)",
        "",
        "tags",
        "  DEMO_PRIVATE_1.0 (version-node): private version node, needed by 1 module",
    ]
