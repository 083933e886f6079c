"""Patterns and package names for modules, as the program's people would write them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from splitpkg.discover.discover import discover
from splitpkg.discover.families import find_families
from tests.support.trees import inventory, program, shared
from tests.unit.discover.test_draft import planned

if TYPE_CHECKING:
    from splitpkg.discover.model import FoundFamily
    from splitpkg.inventory.model import Inventory

LIB = "usr/lib/x86_64-linux-gnu"
CPYTHON = ".cpython-311-x86_64-linux-gnu.so"


def tree(*modules: str, links: dict[str, str] | None = None, host: str = "demo", more: str = "") -> Inventory:
    """A host and modules with an entry symbol that it calls."""
    files = dict.fromkeys(modules, shared(defines="demo_init"))
    loads = program(needs="dlopen", defines="demo_register")
    others = dict.fromkeys(more.split(), shared(defines="other"))
    return inventory({f"usr/bin/{host}": loads, **files, **others, **(links or {})})


def found_in(tree: Inventory) -> tuple[FoundFamily, ...]:
    """The families of a tree."""
    return find_families(tree, discover(tree))


def families(found: Inventory) -> dict[str, tuple[str, ...]]:
    """The patterns of each package template."""
    return {family.package: family.files for family in found_in(found)}


def names(text: str, *, prefix: str = "", suffix: str = ".so") -> list[str]:
    return [f"{LIB}/demo/{prefix}{name}{suffix}" for name in text.split()]


@pytest.mark.parametrize(
    ("modules", "expected"),
    [
        (names("snmp virt perl"), {"{name}": ("{libdir}/demo/{name}.so",)}),
        (names("ssl proxy_http", prefix="mod_"), {"{name}": ("{libdir}/demo/mod_{name}.so",)}),
        (
            names("http mail", prefix="ngx_", suffix="_module.so"),
            {"{name}": ("{libdir}/demo/ngx_{name}_module.so",)},
        ),
        (
            names("block-iscsi block-rbd ui-gtk ui-sdl odd"),
            {
                "block-{name}": ("{libdir}/demo/block-{name}.so",),
                "ui-{name}": ("{libdir}/demo/ui-{name}.so",),
                "{name}": ("{libdir}/demo/{name}.so",),
            },
        ),
        (names("write_http write_log cpu df snmp"), {"{name}": ("{libdir}/demo/{name}.so",)}),
        (names("a b", suffix=CPYTHON), {"{name}": (f"{{libdir}}/demo/{{name}}{CPYTHON}",)}),
        (
            names("plain otp ntlm", prefix="lib", suffix=".so.2.0.25"),
            {"{name}": ("{libdir}/demo/lib{name}.so.2.0.25",)},
        ),
        (names("cut head", suffix=""), {"{name}": ("{libdir}/demo/{name}",)}),
        (
            names("alaw opus v4l faad flac jpeg ogg vorbis", prefix="libgst"),
            {"{name}": ("{libdir}/demo/libgst{name}.so",)},
        ),
    ],
)
def test_the_names_in_one_directory_make_patterns(
    modules: list[str], expected: dict[str, tuple[str, ...]]
) -> None:
    found = families(tree(*modules))
    assert {package: found[package] for package in expected} == expected


def test_names_that_begin_with_an_underscore_get_their_own_pattern() -> None:
    found = found_in(tree(*names("_bz2 _ssl zlib")))
    assert [(family.files, family.package) for family in found] == [
        (("{libdir}/demo/{name}.so",), "{name}"),
        (("{libdir}/demo/_{name}.so",), "{name}"),
    ]


def test_a_release_in_every_name_is_no_part_of_it() -> None:
    modules = names("syslog ppolicy unique", suffix="-2.5.so.0.1.8")
    links = {f"{LIB}/demo/{name}.so": f"{name}-2.5.so.0.1.8" for name in ("syslog", "ppolicy", "unique")}
    found = tree(*modules, f"{LIB}/demo/pw.so.0.0.0", links=links)
    assert {path for family in found_in(found) for path in family.modules} == {
        module.path for module in discover(found).modules
    }
    assert families(found) == {"{name}": ("{libdir}/demo/{name}-2.5.so*", "{libdir}/demo/{name}.so*")}


def test_directories_that_are_alike_share_a_pattern() -> None:
    modules = [
        f"{LIB}/demo/plugins/{kind}/lib{name}_plugin.so"
        for kind in ("access", "codec", "demux")
        for name in ("a", "b")
    ]
    assert families(tree(*modules)) == {
        "{type}-{name}": ("{libdir}/demo/plugins/{type}/lib{name}_plugin.so",)
    }


def test_a_directory_whose_names_repeat_its_own_gets_its_own_pattern() -> None:
    modules = [f"{LIB}/demo/{kind}/{name}.so" for kind in ("vfs", "auth", "pdb") for name in ("a", "b")]
    modules += [f"{LIB}/demo/storage-backend/demo_storage_backend_{name}.so" for name in ("fs", "disk")]
    assert families(tree(*modules)) == {
        "{type}-{name}": ("{libdir}/demo/{type}/{name}.so",),
        "storage-backend-{name}": ("{libdir}/demo/storage-backend/demo_storage_backend_{name}.so",),
    }


def test_directories_named_like_their_module_are_captured_once() -> None:
    modules = [f"{LIB}/demo/auto/{name}/{name}.so" for name in ("B", "Fcntl", "Socket")]
    modules += [
        f"{LIB}/demo/auto/{kind}/{name}/{name}.so"
        for kind, name in (("List", "Util"), ("Data", "Dumper"), ("Time", "HiRes"))
    ]
    assert families(tree(*modules)) == {
        "{name}": ("{libdir}/demo/auto/{name}/{name}.so",),
        "{type}-{name}": ("{libdir}/demo/auto/{type}/{name}/{name}.so",),
    }


def test_a_part_of_the_directory_that_is_the_same_everywhere_stays() -> None:
    modules = [f"{LIB}/demo/library/{name}/libs/{name}.so" for name in ("stats", "grid", "utils")]
    assert families(tree(*modules)) == {"{name}": ("{libdir}/demo/library/{name}/libs/{name}.so",)}


def test_several_directories_are_told_apart_by_what_their_names_say() -> None:
    modules = [f"{LIB}/demo/filters/demo-{name}-filter.so" for name in ("xz", "cow")]
    modules += [f"{LIB}/demo/plugins/demo-{name}-plugin.so" for name in ("curl", "ssh")]
    assert sorted(families(tree(*modules))) == ["{name}-filter", "{name}-plugin"]


def test_the_same_names_in_two_directories_get_two_packages() -> None:
    modules = [
        f"{LIB}/{folder}/auto/{name}.so" for folder in ("demo", "demo-base") for name in ("io", "posix")
    ]
    assert sorted(families(tree(*modules))) == ["auto-{name}", "base-auto-{name}"]


@pytest.mark.parametrize(
    "modules",
    [
        names("ttl TTL"),
        names("a_b a-b"),
        names("core libs data doc devel x"),
        names("_x x -y"),
        names("-data x y", suffix="_module.so"),
        [f"{LIB}/demo/a/b-c.so", f"{LIB}/demo/a-b/c.so", f"{LIB}/demo/d/e.so"],
        names("näme plain"),
        [
            f"{LIB}/demo/{name}.so"
            for name in ("with space", "$(touch x)", "%{lua}", "{name}", "[ab]", "*", "?", "a\\b")
        ],
    ],
)
def test_no_two_modules_get_one_name_and_none_an_odd_one(modules: list[str]) -> None:
    found = found_in(tree(*modules))
    assert sorted(path for family in found for path in family.modules) == sorted(modules)
    assert len({family.name for family in found}) == len(found)
    alone = [package.modules for package in planned(tree(*modules)).packages if package.modules]
    assert sorted(path for paths in alone for path in paths) == sorted(modules)
    assert all(len(paths) == 1 for paths in alone)


def test_modules_among_libraries_are_named_one_by_one() -> None:
    found = inventory(
        {
            f"{LIB}/demo-pkcs11.so": shared(defines="C_GetFunctionList"),
            f"{LIB}/libdemo.so.1": shared(soname="libdemo.so.1", defines="demo"),
            f"{LIB}/libdemo.so": "libdemo.so.1",
            f"{LIB}/libnss_a.so.2": shared(defines="_nss_a_x", soname="libnss_a.so.2"),
            f"{LIB}/libnss_b.so.2": shared(defines="_nss_b_x", soname="libnss_b.so.2"),
        }
    )
    assert sorted(path for files in families(found).values() for path in files) == [
        "{libdir}/demo-pkcs11.so",
        "{libdir}/libnss_a.so.2",
        "{libdir}/libnss_b.so.2",
    ]


def test_name_service_modules_alone_share_a_pattern() -> None:
    files = {f"{LIB}/libnss_{name}.so.2": shared(defines=f"_nss_{name}_x") for name in ("a", "b")}
    assert families(inventory(files)) == {"{name}": ("{libdir}/libnss_{name}.so.2",)}


def test_a_plain_directory_is_spelled_out_where_there_is_a_special_one() -> None:
    modules = [f"usr/lib/demo/{name}.so" for name in ("a", "b")]
    assert families(tree(*modules)) == {"{name}": ("{libdir}/demo/{name}.so",)}
    found = tree(*modules, more=f"{LIB}/libx.so.1")
    assert families(found) == {"{name}": ("usr/lib/demo/{name}.so",)}


def test_links_in_another_directory_follow_their_modules() -> None:
    links = {f"{LIB}/other/{name}.so": f"../demo/{name}.so" for name in ("a", "b")}
    assert families(tree(*names("a b"), links=links)) == {
        "{name}": ("{libdir}/demo/{name}.so", "{libdir}/other/{name}.so")
    }
