"""Files that are named after modules go with them."""

from __future__ import annotations

import pytest

from splitpkg.discover.discover import discover
from splitpkg.discover.families import find_families
from tests.support.trees import inventory, program, shared
from tests.unit.discover.test_draft import planned

LIB = "usr/lib/x86_64-linux-gnu"
MODULES = ("ssl", "cgi", "dav", "lua")


def beside(*files: str) -> tuple[str, ...]:
    """The patterns of a family of four modules, mod_ssl.so and so on, for these files of the tree."""
    tree = {f"{LIB}/demo/mod_{name}.so": shared(defines="demo_init") for name in MODULES}
    found = inventory({"usr/sbin/demo": program(needs="dlopen"), **tree, **dict.fromkeys(files)})
    assert planned(found)
    (family,) = find_families(found, discover(found))
    return family.beside


def named(pattern: str, names: tuple[str, ...] = MODULES) -> list[str]:
    return [pattern.format(name=name) for name in names]


@pytest.mark.parametrize(
    ("file", "pattern"),
    [
        ("etc/demo/mods-available/{name}.load", "etc/demo/mods-available/{name}.load"),
        ("etc/demo/mods-available/{name}", "etc/demo/mods-available/{name}"),
        ("usr/share/man/man5/demo-{name}.5.gz", "usr/share/man/man5/demo-{name}.5*"),
        ("usr/share/man/man8/mod_{name}.8", "usr/share/man/man8/mod_{name}.8"),
        ("usr/lib/x86_64-linux-gnu/demo/mod_{name}.la", "{libdir}/demo/mod_{name}.la"),
        ("usr/share/locale/de/LC_MESSAGES/demo-{name}.mo", "usr/share/locale/*/LC_MESSAGES/demo-{name}.mo"),
    ],
)
def test_what_is_named_after_modules_goes_with_them(file: str, pattern: str) -> None:
    assert beside(*named(file)) == (pattern,)


def test_some_modules_may_have_no_such_file() -> None:
    assert beside(*named("etc/demo/{name}.conf", MODULES[:3])) == ("etc/demo/{name}.conf",)


@pytest.mark.parametrize(
    "files",
    [
        named("etc/demo/{name}.conf", MODULES[:2]),
        [*named("usr/share/demo/{name}.txt"), *(f"usr/share/demo/{number}.txt" for number in range(9))],
        named("usr/include/demo/mod_{name}.h"),
        named("usr/lib/x86_64-linux-gnu/demo/mod_{name}.a"),
        named("usr/share/doc/demo/{name}.txt"),
        named("usr/share/demo/{name}-more.txt"),
    ],
    ids=["two of four", "among many", "headers", "archives", "documents", "other names"],
)
def test_what_only_looks_like_it_stays(files: list[str]) -> None:
    assert beside(*files) == ()
