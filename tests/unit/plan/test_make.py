"""The whole way from a manifest and an inventory to a plan."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from splitpkg.diagnostics import Diagnostic, Location, Severity
from splitpkg.elf.model import ElfFile
from splitpkg.plan.make import make_plan
from splitpkg.plan.model import Constraint, Plan, Reason, RelationKind, Role
from tests.support.trees import inventory, manifest, program, shared, with_nodes

Files = Mapping[str, ElfFile | str | None]

MODULES = "usr/lib64/demo"
SPLIT = """
[hosts]
files = "usr/bin/demo"

[package.core]
files = ["usr/bin/demo", "usr/lib64/demo", "etc/demo.conf"]

[family.block]
files = "{libdir}/demo/block-{name}.so"
package = "block-{name}"
summary = "Demonstration of {name}"
"""
UI = '[family.ui]\nfiles = "{libdir}/demo/ui-{name}.so"\npackage = "ui"\nsummary = "x"\n'
FILES: Files = {
    "etc/demo.conf": None,
    "usr/bin/demo": program(defines="demo_register"),
    f"{MODULES}/block-raw.so": shared(needs="demo_register"),
    f"{MODULES}/block-net_tap.so": shared(needs="demo_register", libraries="libpcap.so.1"),
}


def planned(text: str = SPLIT, files: Files | None = None) -> Plan:
    """The plan of a sound split."""
    plan, findings = make_plan(manifest(text), inventory(files or FILES))
    assert plan is not None, findings
    return plan


def findings(text: str, files: Files, slug: str) -> list[Diagnostic]:
    """The findings of that slug; there must be no plan if one is an error."""
    plan, found = make_plan(manifest(text), inventory(files))
    assert (plan is None) == any(one.severity is Severity.ERROR for one in found)
    return [one for one in found if one.slug == slug]


def requires(plan: Plan, name: str) -> dict[str, Reason]:
    """What a package requires of the same build, with the reasons."""
    return {
        relation.target: relation.reason
        for relation in plan.package(name).relations
        if relation.kind is RelationKind.REQUIRES and relation.constraint is Constraint.SAME_BUILD
    }


def test_each_module_gets_a_package_locked_to_the_hub() -> None:
    plan = planned()
    assert [package.name for package in plan.packages] == [
        "demo-block-net-tap",
        "demo-block-raw",
        "demo-core",
    ]
    raw = plan.package("demo-block-raw")
    assert (raw.role, raw.modules, raw.summary) == (
        Role.MODULE,
        (f"{MODULES}/block-raw.so",),
        "Demonstration of raw",
    )
    assert requires(plan, "demo-block-raw") == {"demo-core": Reason.LOCK}
    assert plan.package("demo-block-net-tap").external == ("libpcap.so.1",)
    assert plan.package("demo-core").external == ("libc.so.6",)


def test_configuration_is_kept_and_directories_are_owned_once() -> None:
    core = planned().package("demo-core")
    assert [(file.path, str(file.config)) for file in core.files] == [
        ("etc/demo.conf", "noreplace"),
        ("usr/bin/demo", "no"),
    ]
    assert [folder.path for folder in core.directories] == [MODULES]
    assert planned().package("demo-block-raw").directories == ()


def test_a_symbol_that_one_module_alone_defines_is_an_edge() -> None:
    extra = {
        f"{MODULES}/block-gl.so": shared(defines="gl_init", needs="demo_register"),
        f"{MODULES}/block-spice.so": shared(needs="gl_init"),
    }
    plan = planned(files={**FILES, **extra})
    assert requires(plan, "demo-block-spice") == {"demo-block-gl": Reason.EDGE, "demo-core": Reason.LOCK}
    (edge,) = (one for one in plan.package("demo-block-spice").relations if one.reason is Reason.EDGE)
    assert edge.evidence == (
        f"{MODULES}/block-spice.so needs `gl_init`, which only {MODULES}/block-gl.so defines",
    )


def test_a_needed_module_is_an_edge() -> None:
    extra: Files = {
        f"{MODULES}/block-base.so": shared(soname="block-base.so.1"),
        f"{MODULES}/block-base.so.1": "block-base.so",
        f"{MODULES}/block-top.so": shared(libraries="block-base.so.1", runpath="$ORIGIN"),
    }
    text = SPLIT.replace(
        '"{libdir}/demo/block-{name}.so"',
        '["{libdir}/demo/block-{name}.so", "{libdir}/demo/block-{name}.so.*"]',
    )
    plan = planned(text, {**FILES, **extra})
    assert requires(plan, "demo-block-top") == {"demo-block-base": Reason.EDGE, "demo-core": Reason.LOCK}
    assert plan.package("demo-block-base").modules == (f"{MODULES}/block-base.so",)
    assert plan.package("demo-block-base").private_sonames == ("block-base.so.1",)


def test_a_symbol_that_several_modules_define_is_refused_until_one_is_named() -> None:
    files = {
        **FILES,
        f"{MODULES}/block-gles.so": shared(defines="gl_init"),
        f"{MODULES}/block-opengl.so": shared(defines="gl_init"),
        f"{MODULES}/block-spice.so": shared(needs="gl_init"),
    }
    (finding,) = findings(SPLIT, files, "ambiguous-symbol")
    assert finding.where.path == f"{MODULES}/block-spice.so"
    assert finding.hint == "add the one that is meant to `requires` of [module.block-spice]"
    said = SPLIT + '[module.block-spice]\nrequires = ["block-opengl"]\n'
    assert requires(planned(said, files), "demo-block-spice")["demo-block-opengl"] is Reason.MANIFEST


def test_a_symbol_that_nothing_defines_is_refused_when_nothing_comes_from_outside() -> None:
    files = {
        "usr/bin/demo": program(libraries=""),
        f"{MODULES}/block-raw.so": shared(needs="demo_gone"),
    }
    text = SPLIT.replace(', "etc/demo.conf"', "")
    (finding,) = findings(text, files, "unmet-symbol")
    assert "`demo_gone`" in finding.message
    waiver = '[[waiver]]\nslug = "unmet-symbol"\nreason = "upstream ships it broken"\n'
    plan, kept = make_plan(manifest(text + waiver), inventory(files))
    assert plan is not None
    assert kept == ()


def test_a_module_is_bound_to_what_the_host_copied() -> None:
    host = program(defines="stdin_copy", libraries="", copied=frozenset({"stdin_copy"}))
    files = {"usr/bin/demo": host, f"{MODULES}/block-raw.so": shared(needs="stdin_copy")}
    assert not findings(SPLIT.replace(', "etc/demo.conf"', ""), files, "unmet-symbol")


def test_a_node_that_the_library_lacks_is_two_builds() -> None:
    files = {
        **FILES,
        "usr/lib64/libdemo.so.0": with_nodes(shared(soname="libdemo.so.0"), "DEMO_PRIVATE_1.0"),
        f"{MODULES}/block-old.so": with_nodes(
            shared(libraries="libdemo.so.0"), needed={"libdemo.so.0": "DEMO_PRIVATE_0.9"}
        ),
    }
    text = SPLIT + '[package.libs]\nkind = "library"\nfiles = "{libdir}/libdemo.so.*"\n'
    (finding,) = findings(text, files, "node-missing")
    assert finding.message == (
        "needs version node `DEMO_PRIVATE_0.9`, which usr/lib64/libdemo.so.0 does not define"
    )
    assert finding.notes == ("it defines `DEMO_PRIVATE_1.0`",)


def test_a_library_is_locked_by_who_needs_it_and_by_its_headers() -> None:
    files = {
        **FILES,
        "usr/bin/demo": program(defines="demo_register", libraries="libdemo.so.0"),
        "usr/lib64/libdemo.so.0": shared(soname="libdemo.so.0"),
        "usr/lib64/libdemo.so": "libdemo.so.0",
    }
    text = SPLIT + (
        '[package.libs]\nkind = "library"\nfiles = "{libdir}/libdemo.so.*"\n'
        '[package.devel]\nkind = "development"\nfiles = "{libdir}/libdemo.so"\n'
    )
    plan = planned(text, files)
    assert requires(plan, "demo-core") == {"demo-libs": Reason.LOCK}
    assert requires(plan, "demo-devel") == {"demo-libs": Reason.LOCK}
    assert requires(plan, "demo-libs") == {}
    assert [library.soname for library in plan.package("demo-libs").libraries] == ["libdemo.so.0"]


def test_a_bundle_takes_several_modules_and_their_relations() -> None:
    text = SPLIT + (
        '[module.block-raw]\nbundle = "extras"\n'
        '[module.block-net-tap]\nbundle = "extras"\n'
        '[module.extras]\nsummary = "Extra modules"\n'
    )
    plan = planned(text)
    extras = plan.package("demo-extras")
    assert extras.modules == (f"{MODULES}/block-net_tap.so", f"{MODULES}/block-raw.so")
    assert extras.summary == "Extra modules"
    assert requires(plan, "demo-extras") == {"demo-core": Reason.LOCK}


def test_what_modules_need_of_the_distribution_goes_with_them() -> None:
    text = SPLIT.replace("[package.core]", '[package.core]\nrpm.requires = "own"') + (
        'rpm.requires = "of-family"\ndeb = { depends = "of-family", section = "net" }\n'
        '[module.block-raw]\nkeep-in-core = true\nrpm.requires = "of-raw"\n'
        '[module.block-net-tap]\nbundle = "extras"\nrpm.requires = "of-tap"\n'
        '[module.extras]\nrpm.requires = "of-extras"\ndeb.depends = "of-extras"\n'
    )
    core, extras = planned(text).package("demo-core"), planned(text).package("demo-extras")
    assert core.rpm.requires == ("of-family", "of-raw", "own")
    assert (core.deb.depends, core.deb.section) == (("of-family",), None)
    assert extras.rpm.requires == ("of-family", "of-tap", "of-extras")
    assert (extras.deb.depends, extras.deb.section) == (("of-family", "of-extras"), "net")


def test_a_module_kept_in_core_is_no_package() -> None:
    plan = planned(SPLIT + "[module.block-raw]\nkeep-in-core = true\n")
    assert [package.name for package in plan.packages] == ["demo-block-net-tap", "demo-core"]
    assert plan.package("demo-core").modules == (f"{MODULES}/block-raw.so",)


def test_the_metapackage_brings_all_modules() -> None:
    plan = planned(SPLIT + '[metapackage]\nmodules = "recommends"\n')
    meta = plan.package("demo")
    assert (meta.role, meta.files) == (Role.META, ())
    assert {one.target: str(one.kind) for one in meta.relations} == {
        "demo-block-net-tap": "recommends",
        "demo-block-raw": "recommends",
        "demo-core": "requires",
    }


def test_units_are_treated_as_the_manifest_says() -> None:
    units = "usr/lib/systemd/system"
    files = {**FILES, f"{units}/a.service": None, f"{units}/a.socket": None, "usr/bin/a.socket": None}
    text = (
        SPLIT
        + f"""
[package.units]
files = ["{units}", "usr/bin/a.socket"]

[[unit]]
files = ["**/*.socket"]
enabled = false
"""
    )
    found = {
        file.path: (file.enabled, file.restart) for file in planned(text, files).package("demo-units").files
    }
    assert found == {
        f"{units}/a.service": (True, True),
        f"{units}/a.socket": (False, True),
        "usr/bin/a.socket": (True, True),
    }
    _, findings = make_plan(manifest(text.replace("**/*.socket", "usr/bin/*")), inventory(files))
    assert [one.slug for one in findings] == ["rule-unused"]


def test_files_beside_modules_follow_them() -> None:
    files = {**FILES, "usr/share/man/man7/demo-raw.7": None, "etc/tap.conf": None}
    text = (
        SPLIT
        + 'beside = ["usr/share/man/man7/demo-{name}.7"]\n[module.block-net-tap]\nfiles = "etc/tap.conf"\n'
    )
    plan = planned(text, files)
    assert [file.path for file in plan.package("demo-block-raw").files] == [
        f"{MODULES}/block-raw.so",
        "usr/share/man/man7/demo-raw.7",
    ]
    assert plan.package("demo-block-net-tap").files[0].path == "etc/tap.conf"


def test_attributes_change_mode_owner_and_configuration() -> None:
    text = SPLIT + '[[attribute]]\nfiles = "etc/*.conf"\nmode = "0640"\ngroup = "demo"\nconfig = "replace"\n'
    (conf, _) = planned(text).package("demo-core").files
    assert (conf.mode, conf.changed_mode, conf.group, str(conf.config)) == (0o640, True, "demo", "replace")


@pytest.mark.parametrize(
    ("slug", "text", "files"),
    [
        ("unowned", SPLIT, {"usr/share/demo/new": None}),
        ("contested", SPLIT + '[package.more]\nfiles = "etc/demo.conf"\n', {}),
        ("rule-unused", SPLIT + '[package.more]\nfiles = ["usr/share/more", "etc/[d]*"]\n', {}),
        ("rule-unused", SPLIT.replace('files = "usr/bin/demo"', 'files = "usr/bin/none"'), {}),
        (
            "rule-unused",
            SPLIT + '[family.ui]\nfiles = "{libdir}/demo/ui-{name}.so"\npackage = "ui"\nsummary = "x"\n',
            {},
        ),
        ("rule-unused", SPLIT + '[[attribute]]\nfiles = "etc/x"\nmode = "0640"\n', {}),
        ("package-empty", SPLIT + "[package.more]\n", {}),
        ("module-unknown", SPLIT + '[module.block-rae]\nsummary = "x"\n', {}),
        ("target-unknown", SPLIT + '[module.block-raw]\nrequires = ["cor"]\n', {}),
        ("conflicts-required", SPLIT + '[module.block-raw]\nconflicts = ["core"]\n', {}),
        ("name-taken", SPLIT + '[metapackage]\nsuffix = "core"\n', {}),
        (
            "name-taken",
            SPLIT.replace('block-{name}"\nsummary', '{name}"\nsummary'),
            {f"{MODULES}/block-core.so": shared()},
        ),
        ("suffix-collides", SPLIT, {f"{MODULES}/block-net-tap.so": shared()}),
        ("host-unowned", SPLIT.replace('["usr/bin/demo", ', "["), {}),
        ("waiver-unused", SPLIT + '[[waiver]]\nslug = "contested"\nreason = "none"\n', {}),
        (
            "edge-cycle",
            SPLIT
            + '[module.block-raw]\nrequires = ["block-net-tap"]\n'
            + '[module.block-net-tap]\nrequires = ["block-raw"]\n',
            {},
        ),
    ],
)
def test_each_fault_is_found(slug: str, text: str, files: Files) -> None:
    assert findings(text, {**FILES, **files}, slug)


def test_what_no_package_can_carry_may_be_left_out() -> None:
    """It is not in the inventory: the pattern has its use all the same."""
    scanned = [Diagnostic("special-file", Location(f"usr/share/demo/{name}"), "is a socket") for name in "ab"]
    text = SPLIT + '[[exclude]]\nfiles = ["usr/share/demo/a", "usr/share/demo/c"]\nreason = "none"\n'
    _, found = make_plan(manifest(text), inventory(FILES), scanned)
    assert sorted((one.slug, one.where.path) for one in found) == [
        ("rule-unused", "splitpkg.toml"),
        ("special-file", "usr/share/demo/b"),
    ]


def test_excluded_paths_keep_their_reason() -> None:
    text = SPLIT + '[[exclude]]\nfiles = "usr/share/demo/*.la"\nreason = "libtool needs them, nobody else"\n'
    plan = planned(text, {**FILES, "usr/share/demo/x.la": None})
    assert ("usr/share/demo/x.la", "libtool needs them, nobody else") in plan.excluded


def test_data_without_libraries_serves_every_architecture() -> None:
    text = SPLIT + '[package.data]\nkind = "data"\nfiles = "usr/share/demo"\n'
    plan = planned(text, {**FILES, "usr/share/demo/x": None})
    assert not plan.package("demo-data").architecture_dependent
    assert (
        planned(text + '[lock]\nhub = "data"\n', {**FILES, "usr/share/demo/x": None})
        .package("demo-data")
        .architecture_dependent
    )
    assert plan.package("demo-data").relations == ()


def test_findings_are_sorted_waivers_included() -> None:
    waiver = '[[waiver]]\nslug = "contested"\nreason = "none"\n'
    _, found = make_plan(manifest(SPLIT + waiver), inventory({**FILES, "usr/share/new": None}))
    assert [one.slug for one in found] == ["waiver-unused", "unowned"]
