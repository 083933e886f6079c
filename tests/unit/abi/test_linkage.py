"""Who provides what inside a tree."""

from __future__ import annotations

from dataclasses import replace

from splitpkg.abi.linkage import Linkage, Need
from splitpkg.abi.symbols import Scope
from splitpkg.elf.model import ElfFile, Symbol
from tests.support.trees import inventory, program, shared, with_nodes


def test_a_name_is_found_by_soname_by_file_name_and_by_link() -> None:
    tree: dict[str, ElfFile | str | None] = {
        "usr/lib/libone.so.1.2": shared(soname="libone.so.1"),
        "usr/lib/libone.so": "libone.so.1.2",
        "usr/lib/odd-name": shared(soname="--library=gcc"),
        "usr/lib/plug/top.so": shared(
            libraries="libone.so libone.so.1 libone.so.1.2 --library=gcc libc.so.6"
        ),
    }
    needs = Linkage(inventory(tree)).needs("usr/lib/plug/top.so")
    one = "usr/lib/libone.so.1.2"
    assert [need.provider for need in needs] == [one, one, one, "usr/lib/odd-name", None]
    assert needs[-1] == Need("libc.so.6", None)


def test_a_library_of_another_architecture_is_no_answer() -> None:
    tree = {
        "usr/lib/libone.so.1": shared(soname="libone.so.1", bits=32, machine=3),
        "usr/lib/plug/top.so": shared(libraries="libone.so.1"),
    }
    assert Linkage(inventory(tree)).needs("usr/lib/plug/top.so") == (Need("libone.so.1", None),)


def test_the_run_path_decides_between_files_of_one_name() -> None:
    tree = {
        "usr/lib/a/libhelp.so": shared(),
        "usr/lib/b/libhelp.so": shared(),
        "usr/lib/b/near.so": shared(libraries="libhelp.so"),
        "usr/lib/b/told.so": shared(libraries="libhelp.so", runpath="$ORIGIN/../a:/nowhere"),
    }
    linkage = Linkage(inventory(tree))
    assert linkage.needs("usr/lib/b/near.so")[0].provider == "usr/lib/b/libhelp.so"
    assert linkage.needs("usr/lib/b/told.so")[0].provider == "usr/lib/a/libhelp.so"


def test_a_closure_ends_where_libraries_need_each_other() -> None:
    tree = {
        "usr/lib/liba.so": shared(soname="liba.so", libraries="libb.so libz.so.1"),
        "usr/lib/libb.so": shared(soname="libb.so", libraries="liba.so libc.so.6"),
    }
    closure = Linkage(inventory(tree)).closure("usr/lib/liba.so")
    assert closure.files == {"usr/lib/liba.so", "usr/lib/libb.so"}
    assert closure.external == {"libz.so.1", "libc.so.6"}


def test_a_symbol_with_a_version_from_outside_is_not_open() -> None:
    module = with_nodes(shared(libraries="libssl.so.3"), needed={"libssl.so.3": "OPENSSL_3"})
    undefined = (Symbol("SSL_new", "OPENSSL_3", weak=False, default=False), Symbol("hook", None, True, False))
    tree = {
        "usr/bin/demo": program(),
        "usr/lib/demo/one.so": shared(defines="SSL_new hook"),
        "usr/lib/demo/tls.so": replace(module, undefined=undefined),
    }
    linkage = Linkage(inventory(tree))
    scope = Scope(linkage, ["usr/bin/demo"], ["usr/lib/demo/one.so", "usr/lib/demo/tls.so"])
    assert list(scope.open_symbols("usr/lib/demo/tls.so")) == []


def test_what_the_libraries_of_a_host_define_is_not_open() -> None:
    tree = {
        "usr/bin/demo": program(libraries="libcore.so.0"),
        "usr/lib/libcore.so.0": shared(soname="libcore.so.0", defines="core_call"),
        "usr/lib/demo/one.so": shared(needs="core_call other_call"),
        "usr/lib/demo/two.so": shared(defines="other_call"),
    }
    linkage = Linkage(inventory(tree))
    shared_objects = [path for path in tree if path.endswith((".so", ".0"))]
    (found,) = Scope(linkage, ["usr/bin/demo"], shared_objects).open_symbols("usr/lib/demo/one.so")
    assert (found.name, found.definers) == ("other_call", ("usr/lib/demo/two.so",))


def test_private_libraries_are_those_that_a_run_path_leads_to() -> None:
    tree = {
        "usr/bin/demo": replace(
            program(libraries="libpublic.so.0 libprivate.so.0 libbeside.so.0"),
            runpath="/usr/lib/demo:/usr/lib/x86_64-linux-gnu",
        ),
        "usr/lib/x86_64-linux-gnu/libpublic.so.0": shared(soname="libpublic.so.0"),
        "usr/lib/demo/libprivate.so.0": shared(soname="libprivate.so.0"),
        "usr/bin/libbeside.so.0": shared(soname="libbeside.so.0"),
    }
    assert Linkage(inventory(tree)).by_run_path == {"usr/lib/demo/libprivate.so.0"}
