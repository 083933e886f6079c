"""Drafted manifests: they load, they plan without a finding, and they say why."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from splitpkg.discover.discover import discover
from splitpkg.discover.draft import draft
from splitpkg.manifest.model import Manifest, ManifestFile
from splitpkg.plan.make import make_plan
from tests.support.trees import inventory, program, shared, with_nodes
from tests.unit.discover.builder import packages

if TYPE_CHECKING:
    from splitpkg.elf.model import ElfFile
    from splitpkg.inventory.model import Inventory
    from splitpkg.plan.model import Plan

LIB = "usr/lib/x86_64-linux-gnu"
HOST = program(needs="dlopen dlsym", defines="demo_register demo_log")
MODULE = shared(defines="demo_init", needs="demo_register")

Files = dict[str, "ElfFile | str | None"]
BASE: Files = {
    "usr/sbin/demod": HOST,
    f"{LIB}/demo/block-raw.so": MODULE,
    f"{LIB}/demo/block-zip.so": shared(defines="demo_init", needs="demo_register", libraries="libz.so.1"),
    f"{LIB}/demo/ui-gtk.so": MODULE,
    f"{LIB}/demo/ui-text.so": MODULE,
}


def text(files: Files, name: str | None = None, version: str | None = None) -> str:
    found = inventory(files)
    return draft(discover(found), found, name, version)


def sized(found: Inventory, sizes: dict[str, int]) -> Inventory:
    return replace(
        found, entries=tuple(one._replace(size=sizes.get(one.path, one.size)) for one in found.entries)
    )


def loaded(files: Files) -> Manifest:
    return Manifest.model_validate(tomllib.loads(text(files)))


def planned(found: Inventory) -> Plan:
    """The plan by the drafted manifest, which must have no finding at all."""
    content = Manifest.model_validate(tomllib.loads(draft(discover(found), found, None, None)))
    plan, findings = make_plan(ManifestFile("splitpkg.toml", content, {}), found)
    assert findings == (), "\n".join(map(str, findings))
    assert plan is not None
    return plan


def test_files_at_the_top_of_the_tree() -> None:
    """Patterns begin without a slash."""
    flat: Files = {path.rpartition("/")[2]: facts for path, facts in BASE.items()}
    libraries: Files = {name: shared(defines="demo_sum") for name in ("libdemo.so.1", "libother.so.2")}
    for files in (flat, {**BASE, "README": None}, {**BASE, **libraries}, {"README": None, "notes": None}):
        given = {path for package in packages(planned(inventory(files))).values() for path in package}
        assert given == set(files)


def test_a_draft_explains_itself_and_plans() -> None:
    assert text(BASE).splitlines()[5:] == EXPECTED.splitlines()
    assert packages(planned(inventory(BASE))) == {
        "": [],
        "block-raw": [f"{LIB}/demo/block-raw.so"],
        "block-zip": [f"{LIB}/demo/block-zip.so"],
        "core": ["usr/sbin/demod"],
        "ui-gtk": [f"{LIB}/demo/ui-gtk.so"],
        "ui-text": [f"{LIB}/demo/ui-text.so"],
    }


EXPECTED = """# The tree does not tell the version.
[program]
name = "demo"
version = "0"
summary = "The program demo"
description = "This is demo, with its loadable modules in packages of their own."
license = "LicenseRef-unknown"
maintainer = "Unknown <unknown@localhost>"

# What loads the modules:
# - usr/sbin/demod exports `demo_register`, which usr/lib/x86_64-linux-gnu/demo/block-raw.so needs
[hosts]
files = ["usr/sbin/demod"]

# Nothing is known to mark the build in the binaries: only packages of exactly the same version and
# release fit. A mark that is there all the same can be described here.
[abi]
tag = "auto"

# The programs, and what they and all modules have in common.
[package.core]
files = ["usr/sbin"]

# 2 names begin with `block-`.
[family.block]
files = ["{libdir}/demo/block-{name}.so"]
package = "block-{name}"
summary = "demo block module {name}"

# 2 names begin with `ui-`.
[family.ui]
files = ["{libdir}/demo/ui-{name}.so"]
package = "ui-{name}"
summary = "demo ui module {name}"

# A package without files that brings all modules.
[metapackage]
modules = "requires"
"""


def test_what_is_given_is_taken() -> None:
    program_table = tomllib.loads(text(BASE, "other", "1.2.3"))["program"]
    assert (program_table["name"], program_table["version"]) == ("other", "1.2.3")


@pytest.mark.parametrize(
    ("extra", "version"),
    [
        ({}, "0"),
        ({f"{LIB}/demo-4.2/x.so": MODULE}, "4.2"),
        ({f"{LIB}/demo/9.1/x.so": MODULE}, "9.1"),
    ],
)
def test_the_version_is_the_trees_own(extra: Files, version: str) -> None:
    assert loaded({**BASE, **extra}).program.version == version


def test_the_version_may_be_the_tags() -> None:
    library = with_nodes(shared(soname="libdemo.so.0", defines="demo_private"), "DEMO_1.0 DEMO_PRIVATE_3.2.1")
    module = with_nodes(
        shared(defines="demo_init", libraries="libdemo.so.0"), needed={"libdemo.so.0": "DEMO_PRIVATE_3.2.1"}
    )
    files: Files = {f"{LIB}/libdemo.so.0": library, f"{LIB}/demo/a.so": module, f"{LIB}/demo/b.so": module}
    drafted = text(files)
    assert tomllib.loads(drafted)["program"]["version"] == "3.2.1"
    assert "# - DEMO_PRIVATE_3.2.1: private version node, needed by 2 modules" in drafted


def test_the_version_is_that_of_a_directory_of_the_programs_name() -> None:
    files: Files = {
        "usr/sbin/demod": HOST,
        "usr/lib/other/2.5.2/a.so": MODULE,
        f"{LIB}/demo/10.3/b.so": MODULE,
        f"{LIB}/demo/10.3/c.so": MODULE,
    }
    assert loaded(files).program.version == "10.3"


def test_the_name_is_not_that_of_another_programs_directory() -> None:
    library = shared(soname="libdemo5core.so.1", needs="dlopen", defines="demo_load")
    module = shared(defines="plugin_instance", libraries="libdemo5core.so.1")
    files: Files = {
        f"{LIB}/libdemo5core.so.1": library,
        "usr/bin/demo": program(libraries="libdemo5core.so.1", needs="demo_load"),
        **{f"{LIB}/toolkit5/plugins/demo/demoGenerator_{name}.so": module for name in ("a", "b", "c")},
        f"{LIB}/toolkit5/plugins/part.so": module,
    }
    manifest = loaded(files)
    assert manifest.program.name == "demo"
    assert {family.package for family in manifest.family.values()} == {"generator-{name}", "{name}"}
    assert planned(inventory(files))


def test_the_link_for_the_linker_is_for_development_though_its_name_has_a_version() -> None:
    files: Files = {
        **BASE,
        f"{LIB}/libdemo-14.so.0.1": shared(soname="libdemo-14.so.0", defines="demo"),
        f"{LIB}/libdemo-14.so.0": "libdemo-14.so.0.1",
        f"{LIB}/libdemo-14.so": "libdemo-14.so.0.1",
        "usr/include/demo.h": None,
    }
    assert f"{LIB}/libdemo-14.so" in packages(planned(inventory(files)))["devel"]


def test_many_directories_named_after_their_modules_make_one_pattern() -> None:
    files: Files = {"usr/sbin/demod": HOST}
    for name in ("amp", "delay", "echo", "fuzz", "phaser", "reverb"):
        files |= {f"{LIB}/demo/gx_{name}.lv2/gx_{name}{part}.so": MODULE for part in ("", "_gui")}
    (family,) = loaded(files).family.values()
    assert [str(glob) for glob in family.files] == ["{libdir}/demo/gx_{type}.lv2/gx_{name}.so"]
    assert planned(inventory(files))


def test_libraries_headers_and_documents_get_packages() -> None:
    files: Files = {
        **BASE,
        f"{LIB}/libdemo.so.1.2": shared(soname="libdemo.so.1", defines="demo"),
        f"{LIB}/libdemo.so.1": "libdemo.so.1.2",
        f"{LIB}/libdemo.so": "libdemo.so.1.2",
        f"{LIB}/libdemo.a": None,
        f"{LIB}/pkgconfig/demo.pc": None,
        "usr/include/demo/demo.h": None,
        "usr/share/man/man3/demo.3": None,
        "usr/share/man/man8/demod.8": None,
        "usr/share/doc/demo/manual.pdf": None,
        "usr/share/demo/big.bin": None,
        "etc/demo.conf": None,
    }
    found = sized(
        inventory(files), {"usr/share/doc/demo/manual.pdf": 1 << 21, "usr/share/demo/big.bin": 1 << 21}
    )
    split = packages(planned(found))
    assert split["libs"] == [f"{LIB}/libdemo.so.1", f"{LIB}/libdemo.so.1.2"]
    assert split["devel"] == [
        "usr/include/demo/demo.h",
        f"{LIB}/libdemo.a",
        f"{LIB}/libdemo.so",
        f"{LIB}/pkgconfig/demo.pc",
        "usr/share/man/man3/demo.3",
    ]
    assert split["data"] == ["usr/share/demo/big.bin"]
    assert split["doc"] == ["usr/share/doc/demo/manual.pdf"]
    assert split["core"] == ["etc/demo.conf", "usr/sbin/demod", "usr/share/man/man8/demod.8"]
    manifest = Manifest.model_validate(tomllib.loads(draft(discover(found), found, None, None)))
    assert manifest.package["core"].requires == ("data",)
    assert [str(glob) for glob in manifest.package["libs"].files] == ["{libdir}/lib*.so.*"]


def test_a_library_that_loads_makes_its_package_the_hub() -> None:
    loads = shared(soname="libdemo.so.0", needs="dlopen", defines="demo_load")
    module = shared(defines="demo_init", libraries="libdemo.so.0")
    files: Files = {
        f"{LIB}/libdemo.so.0": loads,
        "usr/bin/demo": program(libraries="libdemo.so.0", needs="demo_load"),
        f"{LIB}/demo/a.so": module,
        f"{LIB}/demo/b.so": module,
    }
    assert loaded(files).lock.hub == "libs"
    assert planned(inventory(files)).hub == "demo-libs"


def test_a_helper_that_brings_libraries_stays_out_of_the_core() -> None:
    helper = shared(soname="libdemo_pulse.so.0", defines="pulse", libraries="libpulse.so.0")
    user = shared(defines="demo_init", needs="demo_register", libraries="libdemo_pulse.so.0")
    inner = shared(defines="inner", libraries="libX11.so.6")
    alone = shared(defines="x11", libraries="libinner.so")
    files: Files = {
        **BASE,
        f"{LIB}/demo/libdemo_pulse.so.0": helper,
        f"{LIB}/demo/audio-in.so": user,
        f"{LIB}/demo/audio-out.so": user,
        f"{LIB}/demo/libinner.so": inner,
        f"{LIB}/demo/libx.so": alone,
        f"{LIB}/demo/ui-x11.so": shared(defines="demo_init", needs="demo_register", libraries="libx.so"),
        f"{LIB}/demo/libplain.so": shared(defines="plain"),
        f"{LIB}/demo/ui-plain.so": shared(
            defines="demo_init", needs="demo_register", libraries="libplain.so"
        ),
    }
    plan = planned(inventory(files))
    split = packages(plan)
    assert split["pulse-common"] == [f"{LIB}/demo/libdemo_pulse.so.0"]
    assert split["ui-x11"] == [f"{LIB}/demo/{name}.so" for name in ("libinner", "libx", "ui-x11")]
    assert f"{LIB}/demo/libplain.so" in split["core"]
    assert plan.package("demo-core").external == ("libc.so.6",)


def test_a_symbol_that_nobody_defines_is_waived_with_the_reason() -> None:
    files: Files = {
        **BASE,
        f"{LIB}/demo/ui-odd.so": shared(defines="demo_init", needs="demo_register nobody_has_it"),
    }
    manifest = loaded(files)
    (waiver,) = manifest.waiver
    assert (waiver.slug, [str(glob) for glob in waiver.files]) == (
        "unmet-symbol",
        ["{libdir}/demo/ui-odd.so"],
    )
    assert "`nobody_has_it`" in waiver.reason
    assert planned(inventory(files))


def test_a_symbol_that_several_modules_define_is_waived_with_the_reason() -> None:
    gl = shared(defines="demo_init gl_start", needs="demo_register")
    files: Files = {
        **BASE,
        f"{LIB}/demo/ui-gl.so": gl,
        f"{LIB}/demo/ui-gles.so": gl,
        f"{LIB}/demo/ui-spice.so": shared(defines="demo_init", needs="demo_register gl_start"),
    }
    assert [waiver.slug for waiver in loaded(files).waiver] == ["ambiguous-symbol"]
    assert planned(inventory(files))


def test_links_between_modules_of_one_directory_are_bundled() -> None:
    files: Files = {**BASE, f"{LIB}/demo/ui-alias.so": "ui-text.so", f"{LIB}/demo/block-UI.so": "ui-gtk.so"}
    split = packages(planned(inventory(files)))
    assert split["ui-text"] == [f"{LIB}/demo/ui-alias.so", f"{LIB}/demo/ui-text.so"]
    assert split["ui-gtk"] == [f"{LIB}/demo/block-UI.so", f"{LIB}/demo/ui-gtk.so"]


def test_a_link_that_is_named_like_another_module_makes_no_clash() -> None:
    files: Files = {**BASE, f"{LIB}/demo/ui-GTK.so": "ui-text.so"}
    split = packages(planned(inventory(files)))
    assert split["ui-text"] == [f"{LIB}/demo/ui-GTK.so", f"{LIB}/demo/ui-text.so"]
    assert split["ui-gtk"] == [f"{LIB}/demo/ui-gtk.so"]


def test_a_helper_that_is_named_like_a_module_makes_no_clash() -> None:
    helper = shared(defines="help")
    user = shared(defines="demo_init", needs="demo_register", libraries="a-b.so")
    files: Files = {
        "usr/sbin/demod": HOST,
        f"{LIB}/demo/a-b.so": helper,
        f"{LIB}/demo/a_b.so": MODULE,
        f"{LIB}/demo/c.so": user,
        f"{LIB}/demo/d.so": MODULE,
    }
    split = packages(planned(inventory(files)))
    assert split["core"] == [f"{LIB}/demo/a-b.so", "usr/sbin/demod"]


def test_extensions_of_an_absent_interpreter_are_apart() -> None:
    files: Files = {
        **BASE,
        "usr/lib/python3/dist-packages/demo/__init__.py": None,
        "usr/lib/python3/dist-packages/demo/_x.so": shared(defines="PyInit__x", needs="PyModule_Create2"),
    }
    assert packages(planned(inventory(files)))["python"] == [
        "usr/lib/python3/dist-packages/demo/__init__.py",
        "usr/lib/python3/dist-packages/demo/_x.so",
    ]


def test_programs_with_many_libraries_of_their_own_are_remarked_on() -> None:
    big = replace(HOST, needed=tuple(f"lib{number}.so.1" for number in range(12)))
    drafted = text({**BASE, "usr/bin/demo-gui": big})
    assert "may deserve packages of their own: usr/bin/demo-gui (12)." in drafted


@pytest.mark.parametrize(
    "files",
    [
        {f"{LIB}/gio/modules/libgiodemo.so": shared(defines="g_io_module_load")},
        {"usr/bin/demo": program()},
        {"usr/share/demo/text": None},
        {f"{LIB}/libdemo.so.1": shared(soname="libdemo.so.1", defines="demo")},
        {**BASE, "var/lib/demo/.keep": None},
    ],
    ids=["module alone", "program alone", "text alone", "library alone", "state"],
)
def test_small_trees_can_be_planned(files: Files) -> None:
    assert planned(inventory(files))


def test_empty_directories_have_an_owner() -> None:
    found = inventory(
        BASE, empty=["etc/demo.d", "usr/lib/demo/hooks.d/pre.d", f"{LIB}/demo/site", "var/lib/demo"]
    )
    assert planned(found)


NAMES = st.text(
    st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="/")
    | st.sampled_from("ab-_.*?[]{}\\'\"$%`# "),
    min_size=1,
    max_size=8,
).filter(lambda name: name not in (".", ".."))


@settings(max_examples=150)
@given(
    modules=st.lists(NAMES, max_size=6),
    folders=st.lists(NAMES, min_size=1, max_size=3),
    others=st.lists(NAMES, max_size=4),
)
def test_no_name_is_too_odd(modules: list[str], folders: list[str], others: list[str]) -> None:
    files: Files = {"usr/sbin/demod": HOST}
    for folder in folders:
        files |= {f"{LIB}/demo/{folder}.d/{name}.so": MODULE for name in modules}
    files |= {f"usr/share/demo/{name}.txt": None for name in others}
    files |= {f"{LIB}/demo/{folder}.d/{name}.la": None for folder in folders for name in others}
    files |= {f"{LIB}/demo/{name}.link": f"{folders[0]}.d/{name}.so" for name in modules}
    found = inventory(files)
    plan = planned(found)
    owned = [path for files_ in packages(plan).values() for path in files_]
    assert sorted(owned) == sorted(files)
    alone = [package for package in plan.packages if package.modules]
    assert all(len(package.modules) == 1 for package in alone if package.suffix != "core")
