"""Marks of the build: version nodes, SONAMEs with a release, stamps in both forms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from splitpkg.abi.model import TagFamily
from tests.unit.discover.builder import entry

if TYPE_CHECKING:
    from tests.unit.discover.builder import Forest

LIB = "usr/lib/x86_64-linux-gnu"
DIR = f"{LIB}/demo"
NODES = "DEMO_1.0 {{ global: demo_public; }};\n{private} {{ global: demo_private; }};\n"
API = "int demo_public(void) { return 1; }\nint demo_private(void) { return 2; }\n"
USES = "int demo_public(void);int demo_private(void);"


def library(forest: Forest, private: str, path: str = f"{LIB}/libdemo.so.0") -> str:
    """A library with a public and a private version node."""
    script = forest.root.parent / f"{private}.map"
    script.write_text(NODES.format(private=private))
    forest.shared(path, API, f"-Wl,-soname,{path.rpartition('/')[2]}", f"-Wl,--version-script={script}")
    return path


def tags(forest: Forest) -> list[tuple[TagFamily, str, tuple[str, ...], int]]:
    return [(tag.family, tag.value, tag.providers, len(tag.carriers)) for tag in forest.discovery().tags]


def test_a_private_version_node_is_a_tag_and_a_public_one_is_not(forest: Forest) -> None:
    path = library(forest, "DEMO_PRIVATE_1.6.0")
    forest.host("usr/bin/demo", DIR)
    forest.shared(
        f"{DIR}/a.so",
        entry(body=f"{USES}int f(void) {{ return demo_public() + demo_private(); }}\n"),
        needs=(path,),
    )
    forest.shared(
        f"{DIR}/b.so", entry(body=f"{USES}int f(void) {{ return demo_public(); }}\n"), needs=(path,)
    )
    assert tags(forest) == [(TagFamily.NODE, "DEMO_PRIVATE_1.6.0", (path,), 1)]


def test_a_node_that_private_libraries_share_is_a_tag(forest: Forest) -> None:
    first = library(forest, "DEMO_1.6.0_BUILD", f"{LIB}/demo-private/libone.so.0")
    second = library(forest, "DEMO_1.6.0_BUILD", f"{LIB}/demo-private/libtwo.so.0")
    forest.program("usr/bin/tool", "int main(void) { return 0; }\n", needs=(first, second))
    for name, path in (("a", first), ("b", second)):
        source = entry(body=f"{USES}int f(void) {{ return demo_private(); }}\n")
        forest.shared(f"{DIR}/{name}.so", source, f"-Wl,-rpath,/{LIB}/demo-private", needs=(path,))
    assert (TagFamily.NODE, "DEMO_1.6.0_BUILD", (first, second), 2) in tags(forest)


def test_a_node_that_public_libraries_share_is_none(forest: Forest) -> None:
    first = library(forest, "DEMO_3.0.0", f"{LIB}/libone.so.3")
    second = library(forest, "DEMO_3.0.0", f"{LIB}/libtwo.so.3")
    for name, path in (("a", first), ("b", second)):
        source = entry(body=f"{USES}int f(void) {{ return demo_private(); }}\n")
        forest.shared(f"{DIR}/{name}.so", source, needs=(path,))
    assert tags(forest) == []


def test_a_soname_with_the_release_is_a_tag(forest: Forest) -> None:
    private, public = f"{LIB}/demo-private/libdemo-shared-257.so", f"{LIB}/libdemo-2.0.so.0"
    for path in (private, public):
        forest.shared(
            path, f"int f{len(path)}(void) {{ return 1; }}\n", f"-Wl,-soname,{path.rpartition('/')[2]}"
        )
    for name in ("a", "b"):
        forest.shared(f"{DIR}/{name}.so", entry(), needs=(private, public))
    assert tags(forest) == [(TagFamily.SONAME, "libdemo-shared-257.so", (private,), 2)]


def test_a_stamp_that_modules_need_and_the_host_exports(forest: Forest) -> None:
    stamp = "register_module_init_1_6_0"
    forest.host("usr/bin/demo", DIR, exports=f"int {stamp}(void) {{ return 1; }}\n")
    for name in ("a", "b"):
        forest.shared(
            f"{DIR}/{name}.so", entry(body=f"int {stamp}(void);int f(void) {{ return {stamp}(); }}\n")
        )
    assert tags(forest) == [(TagFamily.STAMP, stamp, ("usr/bin/demo",), 2)]


def test_a_stamp_that_modules_define_and_the_host_holds_as_text(forest: Forest) -> None:
    stamp = "demo_stamp_f1b4c2639e440a9f"
    forest.host("usr/bin/demo", DIR, stamp)
    for name in ("a", "b"):
        forest.shared(f"{DIR}/{name}.so", entry(stamp))
    assert tags(forest) == [(TagFamily.STAMP, stamp, ("usr/bin/demo",), 2)]


def test_another_builds_stamp_is_told_without_a_provider(forest: Forest) -> None:
    ours, theirs = "demo_stamp_f1b4c2639e440a9f", "demo_stamp_77c0d5120a11bb22"
    forest.host("usr/bin/demo", DIR, ours)
    for name in ("a", "b"):
        forest.shared(f"{DIR}/{name}.so", entry(ours))
    forest.shared(f"{DIR}/c.so", entry(theirs))
    assert tags(forest) == [
        (TagFamily.STAMP, theirs, (), 1),
        (TagFamily.STAMP, ours, ("usr/bin/demo",), 2),
    ]


def test_another_builds_node_is_told_without_a_provider(forest: Forest) -> None:
    path = library(forest, "DEMO_PRIVATE_1.6.1")
    source = entry(body=f"{USES}int f(void) {{ return demo_private(); }}\n")
    forest.shared(f"{DIR}/old.so", source, needs=(path,))
    library(forest, "DEMO_PRIVATE_1.6.0")
    for name in ("a", "b"):
        forest.shared(f"{DIR}/{name}.so", f"/* of 1.6.0 */\n{source}", needs=(path,))
    assert tags(forest) == [
        (TagFamily.NODE, "DEMO_PRIVATE_1.6.0", (path,), 2),
        (TagFamily.NODE, "DEMO_PRIVATE_1.6.1", (), 1),
    ]


def test_names_with_figures_are_no_stamps(forest: Forest) -> None:
    forest.host(
        "usr/bin/demo",
        DIR,
        "plugin_open_v3",
        "int md5_sum2(void) { return 1; }\nint decade(void) { return 1; }\n",
    )
    for name in ("a", "b"):
        body = "int md5_sum2(void);int decade(void);int f(void) { return md5_sum2() + decade(); }\n"
        forest.shared(f"{DIR}/{name}.so", entry("plugin_open_v3", body))
    assert tags(forest) == []
