"""What is said to dh_makeshlibs and dpkg-shlibdeps, and the symbols files."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from splitpkg.abi.model import Strength, Tag, TagFamily
from splitpkg.plan.model import LibraryFact, Role
from splitpkg.render.deb import libraries
from splitpkg.render.deb.capabilities import PrivateAbi, private_abi
from splitpkg.render.deb.source import DebSource
from splitpkg.render.deb.symbols import symbols_text
from tests.support.plans import file, link, manifest, module, package, plan

LIBRARY = LibraryFact("usr/lib/demo.so", "libdemo.so.0", ("DEMO_1.0", "DEMO_PRIVATE_1.6.0"))


def _source(
    *parts: object, program: dict[str, Any] | None = None, abi: dict[str, Any] | None = None, **facts: Any
) -> DebSource:
    return DebSource(manifest(program=program or {}, abi=abi or {}), plan(*parts, **facts))  # type: ignore[arg-type]


def test_a_private_library_comes_from_its_package_s_build() -> None:
    helper = package(
        "wire",
        [file("usr/lib64/demo/libwire.so.1.2"), link("usr/lib64/demo/libwire.so.1", "libwire.so.1.2")],
        private_sonames=("libwire.so.1",),
    )
    user = package("user", [file("usr/bin/x", needed=("libwire.so.1", "libc.so.6"))])
    source = _source(helper, user)
    assert libraries.shlibs_local_text(source) == "libwire 1 demo-wire (= ${binary:Version})\n"
    assert libraries.search_packages(source) == ("demo-wire",)
    assert libraries.search_folders(source) == ("usr/lib64/demo",)


def test_only_sonames_with_versions_can_be_described() -> None:
    files = [
        file("usr/lib/demo/net.so"),
        file("usr/lib/demo/libw-1.6.0.so"),
        file("usr/lib/demo/odd name.so.1"),
    ]
    user = package("user", [file("usr/bin/x", needed=("net.so", "libw-1.6.0.so", "odd name.so.1"))])
    source = _source(package("wire", files), user)
    assert libraries.shlibs_local_text(source) == "libw 1.6.0 demo-wire (= ${binary:Version})\n"
    assert len(libraries.private_libraries(source)) == 3


def test_public_libraries_describe_themselves() -> None:
    part = package("libs", [file("usr/lib/libdemo.so.0")], role=Role.LIBRARY, libraries=(LIBRARY,))
    source = _source(part, package("user", [file("usr/bin/x", needed=("libdemo.so.0",))]))
    assert libraries.private_libraries(source) == ()


def test_folders_of_modules_offer_nothing_to_others() -> None:
    source = _source(module("block", "zip"), module("ui", "gl"))
    assert libraries.without_shlibs(source) == ("usr/lib64/demo/",)


def test_beside_public_libraries_modules_are_named_one_by_one() -> None:
    public = LibraryFact("usr/lib/x/libdemo.so.0", "libdemo.so.0")
    part = package(
        "libs",
        [file("usr/lib/x/libdemo.so.0"), file("usr/lib/x/nss_demo.so.2")],
        libraries=(public,),
        modules=("usr/lib/x/nss_demo.so.2", "usr/lib/x/libdemo.so"),
    )
    assert libraries.without_shlibs(_source(part)) == ("usr/lib/x/nss_demo.so.2",)


def test_a_module_in_a_directory_for_libraries_is_named_itself() -> None:
    part = package("nss", modules=("usr/lib/x86_64-linux-gnu/libnss_demo.so.2",))
    assert libraries.without_shlibs(_source(part)) == ("usr/lib/x86_64-linux-gnu/libnss_demo.so.2",)


def _tag(value: str, family: TagFamily = TagFamily.NODE, provider: str = LIBRARY.path) -> Tag:
    return Tag(family, value, (provider,), (), "named after the release")


def test_a_symbols_file_asks_for_the_build_where_a_node_marks_it() -> None:
    part = package("libs", [file(LIBRARY.path)], role=Role.LIBRARY, libraries=(LIBRARY,))
    headers = package("devel", [link("usr/lib/libdemo.so", "libdemo.so.0")], role=Role.DEVELOPMENT)
    source = _source(part, headers, tags=(_tag("DEMO_PRIVATE_1.6.0"),))
    assert symbols_text(source, part) == (
        "libdemo.so.0 libdemo0 #MINVER#\n"
        "| libdemo0 #MINVER#, libdemo0-private-abi (= 1.6.0)\n"
        "* Build-Depends-Package: libdemo-dev\n"
        " (symver)DEMO_1.0 1.6.0\n"
        r' (regex)"@DEMO_PRIVATE_[0-9A-Za-z._+~-]+$" 0 1' + "\n"
    )


def test_where_others_are_to_have_none_of_it_private_symbols_ask_for_what_only_this_source_names() -> None:
    part = package("libs", [file(LIBRARY.path)], role=Role.LIBRARY, libraries=(LIBRARY,))
    source = _source(part, abi={"offer": False}, tags=(_tag("DEMO_PRIVATE_1.6.0"),))
    assert "\n| libdemo0 (= ${binary:Version})\n" in symbols_text(source, part)
    assert private_abi(source, part) is None


@pytest.mark.parametrize(
    ("strength", "epoch", "abi"),
    [
        (Strength.VERSION, 0, ("${source:Upstream-Version}", "1.6.0")),
        (Strength.VERSION, 2, ("${source:Upstream-Version}", "2:1.6.0")),
        (Strength.BUILD, 2, ("${source:Version}", "2:1.6.0-2")),
        (Strength.COMMIT, 0, ("${source:Version}", "1.6.0-2")),
        (Strength.INTERFACE, 0, ("${source:Upstream-Version}", "1.6.0")),
    ],
)
def test_the_private_abi_is_as_strong_as_its_node(
    strength: Strength, epoch: int, abi: tuple[str, str]
) -> None:
    part = package("libs", [file(LIBRARY.path)], role=Role.LIBRARY, libraries=(LIBRARY,))
    tag = replace(_tag("DEMO_PRIVATE_1.6.0"), strength=strength)
    found = private_abi(_source(part, program={"epoch": epoch}, tags=(tag,)), part)
    assert found == PrivateAbi("libdemo0-private-abi", *abi)


def test_a_node_with_a_hash_may_change_with_the_package() -> None:
    library = replace(LIBRARY, nodes=("DEMO_1.0", "DEMO_PRIVATE_0f3ac9b1", "DEMO_PRIVATE_defaced_API"))
    part = package("libs", [file(LIBRARY.path)], role=Role.LIBRARY, libraries=(library,))
    source = _source(part, tags=(replace(_tag("DEMO_PRIVATE_0f3ac9b1"), strength=Strength.VERSION),))
    abi = PrivateAbi("libdemo0-private-abi", "${source:Version}", "1.6.0-2")
    assert private_abi(source, part) == abi
    text = symbols_text(source, part)
    assert '\n (regex)"@DEMO_PRIVATE_[0-9a-f]+$" 0 1\n' in text
    assert '\n (regex)"@DEMO_PRIVATE_defaced_API$" 0 1\n' in text


def test_without_a_mark_nodes_are_public_but_those_that_say_otherwise() -> None:
    library = replace(LIBRARY, nodes=("DEMO_1.0", "DEMO_INNER_1.6.0", "DEMO_PRIVATE_1.6.0"))
    part = package("libs", [file(LIBRARY.path)], role=Role.LIBRARY, libraries=(library,))
    others = (
        _tag("DEMO_INNER_1.6.0", TagFamily.STAMP),
        _tag("DEMO_INNER_1.6.0", provider="usr/lib/other"),
    )
    source = _source(part, program={"epoch": 1}, tags=others)
    assert symbols_text(source, part) == (
        "libdemo.so.0 libdemo0 #MINVER#\n"
        "| libdemo0 #MINVER#, libdemo0-private-abi (= 1:1.6.0)\n"
        " (symver)DEMO_1.0 1:1.6.0\n"
        " (symver)DEMO_INNER_1.6.0 1:1.6.0\n"
        r' (regex)"@DEMO_PRIVATE_[0-9A-Za-z._+~-]+$" 0 1' + "\n"
    )


def test_a_private_node_without_the_version_is_matched_as_it_is() -> None:
    library = LibraryFact("usr/lib/demo.so", "libdemo.so.0", ("Demo_1_PRIVATE.API", "DEMO_1_6_0_PRIVATE"))
    part = package("libs", role=Role.LIBRARY, libraries=(library,))
    tags = (_tag("Demo_1_PRIVATE.API"), _tag("DEMO_1_6_0_PRIVATE"))
    text = symbols_text(_source(part, tags=tags), part)
    assert r' (regex)"@Demo_1_PRIVATE\.API$" 0 1' in text
    assert r' (regex)"@DEMO_[0-9A-Za-z._+~-]+_PRIVATE$" 0 1' in text


def test_no_symbols_file_without_nodes_or_with_odd_ones() -> None:
    nodes: tuple[tuple[str, ...], ...] = ((), ("ODD NODE",), ('"quoted"',))
    for one in nodes:
        part = package("libs", role=Role.LIBRARY, libraries=(LibraryFact("usr/lib/x", "libx.so.1", one),))
        assert symbols_text(_source(part), part) == ""
