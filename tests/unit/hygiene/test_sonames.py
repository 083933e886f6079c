"""Modules that pass for libraries."""

from __future__ import annotations

from dataclasses import replace

from splitpkg.abi.linkage import Linkage
from splitpkg.hygiene.sonames import colliding_sonames, public_sonames
from splitpkg.hygiene.subject import Subject
from tests.support.trees import inventory, program, shared
from tests.unit.hygiene.subjects import HOST, MODULES, subject


def test_a_soname_where_everyone_looks() -> None:
    files = {
        "usr/lib64/demo-one.so": shared(soname="demo-one.so"),
        "usr/lib64/demo-two.so": shared(soname="demo-two.so"),
        "usr/lib64/demo-bare.so": shared(),
        "usr/lib64/libnss_demo.so.2": shared(soname="libnss_demo.so.2"),
    }
    tree = inventory(files)
    (finding,) = public_sonames(Subject(tree, Linkage(tree), (), tuple(sorted(files)), frozenset()))
    assert (finding.where.path, finding.notes) == (
        "usr/lib64/demo-one.so",
        ("the same holds for usr/lib64/demo-two.so",),
    )
    assert list(public_sonames(subject({f"{MODULES}/one.so": shared(soname="one.so")}))) == []


def test_the_soname_of_a_library() -> None:
    files = {
        HOST: program(),
        "usr/lib64/libdemo.so.1": shared(soname="libdemo.so.1"),
        f"{MODULES}/one.so": shared(soname="libdemo.so.1"),
    }
    (finding,) = colliding_sonames(subject(files))
    assert finding.where.path == f"{MODULES}/one.so"
    assert "usr/lib64/libdemo.so.1" in finding.message
    narrow = replace(files[f"{MODULES}/one.so"], bits=32)
    assert list(colliding_sonames(subject({**files, f"{MODULES}/one.so": narrow}))) == []


def test_the_soname_of_another_module_counts_where_something_links_to_it() -> None:
    files = {
        f"{MODULES}/a/x.so": shared(soname="x.so"),
        f"{MODULES}/b/x.so": shared(soname="x.so"),
    }
    assert list(colliding_sonames(subject(files))) == []
    files[f"{MODULES}/user.so"] = shared(libraries="x.so")
    assert [one.where.path for one in colliding_sonames(subject(files))] == [
        f"{MODULES}/a/x.so",
        f"{MODULES}/b/x.so",
    ]
