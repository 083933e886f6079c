"""What development packages should not offer."""

from __future__ import annotations

from dataclasses import replace

from splitpkg.elf.model import ElfFile, Symbol
from splitpkg.hygiene.private_headers import private_declarations, private_headers, private_links
from tests.support.trees import shared, with_nodes
from tests.unit.hygiene.subjects import subject

PUBLIC, PRIVATE = "usr/include/demo.h", "usr/include/demo/private/inner.h"


def test_a_header_that_is_called_private() -> None:
    files = dict.fromkeys((PUBLIC, PRIVATE, "usr/include/more-private.h", "usr/include/x_p.h"))
    (finding,) = private_headers(subject(files))
    assert finding.where.path == PRIVATE
    assert finding.notes == (
        "the same holds for usr/include/more-private.h",
        "the same holds for usr/include/x_p.h",
    )


def test_what_public_headers_include_is_public() -> None:
    files = dict.fromkeys((PUBLIC, PRIVATE, "usr/include/demo/private/deep.h"))
    facts = {PUBLIC: {"includes": frozenset(["inner.h"])}, PRIVATE: {"includes": frozenset(["deep.h"])}}
    assert list(private_headers(subject(files, facts))) == []


def test_a_tree_of_private_headers_alone_is_left_in_peace() -> None:
    assert list(private_headers(subject({PRIVATE: None}))) == []


def test_a_header_of_private_functions() -> None:
    made = with_nodes(shared(soname="libdemo.so.0"), "DEMO_1.0 DEMO_PRIVATE_1.0.2")
    made = replace(
        made,
        defined=(
            Symbol("demo_open", "DEMO_1.0", weak=False, default=True),
            Symbol("demo_peek", "DEMO_PRIVATE_1.0.2", weak=False, default=True),
        ),
    )
    files = {"usr/lib64/libdemo.so.0": made, PUBLIC: None, "usr/include/peek.h": None}
    facts = {
        PUBLIC: {"mentions": frozenset(["demo_open", "demo_peek"])},
        "usr/include/peek.h": {"mentions": frozenset(["demo_peek"])},
    }
    (finding,) = private_declarations(subject(files, facts))
    assert finding.where.path == "usr/include/peek.h"
    assert finding.message == "declares `demo_peek` of a private version node, and nothing public"


def test_a_linker_s_name_for_a_private_library() -> None:
    files: dict[str, ElfFile | str | None] = {
        "usr/lib64/libdemo.so.0": with_nodes(shared(soname="libdemo.so.0"), "DEMO_PRIVATE_1.0"),
        "usr/lib64/libdemo.so": "libdemo.so.0",
        "usr/lib64/libboth.so.0": with_nodes(shared(soname="libboth.so.0"), "DEMO_1.0 DEMO_PRIVATE_1.0"),
        "usr/lib64/libboth.so": "libboth.so.0",
        "usr/lib64/libx-private-demo.so.0": shared(soname="libx-private-demo.so.0"),
        "usr/lib64/libx.so": "libx-private-demo.so.0",
        "usr/lib64/libnone.so": "/nowhere",
    }
    found = {finding.where.path: finding.message for finding in private_links(subject(files))}
    assert sorted(found) == ["usr/lib64/libdemo.so", "usr/lib64/libx.so"]
    assert "`DEMO_PRIVATE_1.0`" in found["usr/lib64/libdemo.so"]
