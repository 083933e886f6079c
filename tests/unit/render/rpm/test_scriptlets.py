"""Scriptlets by what a package holds."""

from __future__ import annotations

from dataclasses import replace

from splitpkg.plan.model import LibraryFact, Trigger
from splitpkg.render.rpm.paths import Spelling
from splitpkg.render.rpm.scriptlets import (
    Scriptlet,
    has_public_library,
    has_units,
    needs_systemd_macros,
    scriptlets,
    triggers,
)
from tests.support.plans import file, link, package, plan

UNITS = "usr/lib/systemd/system"
SPELLING = Spelling(frozenset(), "usr/lib64", macros=True)


def _sections(*paths: str) -> dict[str, tuple[str, ...]]:
    return {one.section: one.lines for one in scriptlets(package("core", map(file, paths)), SPELLING)}


def test_services_are_restarted_other_units_are_not() -> None:
    assert _sections(f"{UNITS}/a.service", f"{UNITS}/a.socket", f"{UNITS}/b.timer") == {
        "post": ("%systemd_post a.service a.socket b.timer",),
        "preun": ("%systemd_preun a.service a.socket b.timer",),
        "postun": ("%systemd_postun_with_restart a.service", "%systemd_postun a.socket b.timer"),
    }


def test_units_stay_off_and_running_where_the_manifest_says_so() -> None:
    off = replace(file(f"{UNITS}/a.socket"), enabled=False)
    running = replace(file(f"{UNITS}/b.service"), restart=False)
    found = {one.section: one.lines for one in scriptlets(package("core", [off, running]), SPELLING)}
    assert found == {
        "post": ("%systemd_post b.service",),
        "preun": ("%systemd_preun a.socket b.service",),
        "postun": ("%systemd_postun a.socket b.service",),
    }


def test_instances_of_templates_are_meant_by_a_pattern() -> None:
    assert _sections(f"{UNITS}/a@.service") == {
        "post": ("%systemd_post a@.service",),
        "preun": ("%systemd_preun 'a@*.service'",),
        "postun": ("%systemd_postun_with_restart 'a@*.service'",),
    }


def test_a_backslash_in_a_unit_s_name_survives_the_shell() -> None:
    assert _sections(f"{UNITS}/dev-a\\x2db.mount")["post"] == (r"%systemd_post 'dev-a\x2db.mount'",)


def test_units_of_users_have_macros_of_their_own() -> None:
    found = _sections("usr/lib/systemd/user/a.service")
    assert found["post"] == ("%systemd_user_post a.service",)
    assert found["postun"] == ("%systemd_user_postun_with_restart a.service",)


def test_accounts_come_before_files_that_belong_to_them() -> None:
    assert _sections("usr/lib/tmpfiles.d/a.conf", "usr/lib/sysusers.d/a.conf", f"{UNITS}/a.service")[
        "post"
    ] == (
        "%sysusers_create a.conf",
        "%tmpfiles_create a.conf",
        "%systemd_post a.service",
    )


def test_names_that_are_no_units_call_nothing() -> None:
    assert _sections(f"{UNITS}/a.service.d/x.conf", f"{UNITS}/a b.service", f"{UNITS}/README") == {}
    assert _sections(f"{UNITS}/$(id).service", "usr/lib/tmpfiles.d/a;b.conf", "usr/bin/a") == {}


def test_a_symbolic_link_is_a_unit_too() -> None:
    part = package("core", [link(f"{UNITS}/alias.service", "a.service")])
    assert scriptlets(part, SPELLING)[0].lines == ("%systemd_post alias.service",)


def test_libraries_that_ldconfig_sees() -> None:
    for path, expected in (
        ("usr/lib64/libx.so.1", True),
        ("lib/libx.so.1", True),
        ("usr/lib/x86_64-linux-gnu/libx.so.1", True),
        ("usr/lib64/demo/libx.so.1", False),
    ):
        facts = LibraryFact(path, "libx.so.1")
        assert has_public_library(package("libs", libraries=(facts,))) is expected
    private = LibraryFact("usr/lib64/libx.so.1", "libx.so.1", public=False)
    assert not has_public_library(package("libs", libraries=(private,)))


def test_which_packages_need_systemd_s_macros() -> None:
    assert needs_systemd_macros(package("core", [file("usr/lib/udev/rules.d/x.rules")]))
    assert needs_systemd_macros(package("core", [file("lib/systemd/system/x.mount")]))
    assert not needs_systemd_macros(package("core", [file("usr/lib/systemdx/y")]))


def test_links_are_made_once_and_go_with_the_package() -> None:
    part = replace(package("mod-a"), enabled=(("etc/demo/on/a.conf", "usr/lib64/demo/it's.conf"),))
    at, to = "/etc/demo/on/a.conf", "'%{_libdir}/demo/it'\"'\"'s.conf'"
    assert scriptlets(part, SPELLING) == (
        Scriptlet(
            "post",
            (f"[ $1 -ne 1 ] || [ -e {at} ] || [ -L {at} ] || ln -s {to} {at} || :",),
        ),
        Scriptlet(
            "preun", ("[ $1 -ne 0 ] || [ ! -L /etc/demo/on/a.conf ] || rm -f /etc/demo/on/a.conf || :",)
        ),
    )
    assert not has_units(part)


def test_a_trigger_is_the_package_s_own_and_runs_when_files_come_and_go() -> None:
    core, other = package("core"), package("other")
    trigger = Trigger("demo-core", ("usr/lib/demo", "etc/demo/on"), ("demo.service",), ("update 100%",))
    whole = replace(plan(core, other), triggers=(trigger,))
    reload = (
        "[ ! -d /run/systemd/system ] || systemctl try-reload-or-restart demo.service >/dev/null 2>&1 || :"
    )
    lines = (reload, "update 100%%")
    assert triggers(core, whole) == (
        Scriptlet("transfiletriggerin", lines, "-- /usr/lib/demo /etc/demo/on"),
        Scriptlet("transfiletriggerpostun", lines, "-- /usr/lib/demo"),
        Scriptlet("transfiletriggerpostun", lines, "-- /etc/demo/on"),
    )
    assert triggers(other, whole) == ()
