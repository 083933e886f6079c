"""debian/rules and postinst: modes, owners, build systems."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from splitpkg.plan.model import Role
from splitpkg.render.deb.modes import special_modes, top_level
from splitpkg.render.deb.render import render
from splitpkg.render.deb.rules import rules, steps
from splitpkg.render.deb.scripts import scripts
from splitpkg.render.deb.source import DebSource
from tests.support.plans import file, folder, link, manifest, module, package, plan

if TYPE_CHECKING:
    from pathlib import Path

    from splitpkg.manifest.model import ManifestFile
    from splitpkg.plan.model import Plan

MAKE = {"system": "make", "source": "demo-1.6.0.tar.gz"}


def _text(made: ManifestFile, planned: Plan, name: str = "rules") -> str:
    files, findings = render(made, planned)
    assert files, findings
    return next((one.text for one in files if one.path == f"debian/{name}"), "")


def _modes(built: bool, *entries: object) -> dict[str, int]:
    part = package("a", entries)  # type: ignore[arg-type]
    tables = {"build": MAKE} if built else {}
    return dict(special_modes(DebSource(manifest(**tables), plan(part)), part))


def test_a_packed_tree_gets_every_mode_that_an_unpacked_source_loses() -> None:
    ordinary = (file("a"), file("b", 0o755), folder("c"), link("d", "a"))
    odd = (file("e", 0o600), file("f", 0o664), file("g", 0o4755), file("h", 0o700), folder("i", 0o1777))
    assert _modes(False, *ordinary, *odd) == {"e": 0o600, "f": 0o664, "g": 0o4755, "h": 0o700, "i": 0o1777}


def test_what_is_built_gets_the_modes_that_dh_fixperms_takes_away() -> None:
    kept = (file("a"), file("b", 0o755), file("c", 0o664), folder("d"))
    odd = (file("e", 0o640), file("f", 0o2755), file("g", 0o755, changed_mode=True), folder("h", 0o750))
    assert _modes(True, *kept, *odd) == {"e": 0o640, "f": 0o2755, "g": 0o755, "h": 0o750}


def test_a_package_that_passes_through_a_folder_has_it_with_its_mode() -> None:
    one = package("a", [folder("etc/demo", 0o750)])
    two = package("b", [file("etc/demo/x")])
    assert special_modes(DebSource(manifest(), plan(one, two)), two) == (("etc/demo", 0o750),)


def test_rules_say_all_modes_by_kind_of_package() -> None:
    data = package("data", [file("usr/share/it's", 0o600)], role=Role.DATA, architecture_dependent=False)
    text = _text(manifest(), plan(package("core", [file("usr/bin/x", 0o4755)]), data))
    arch, indep = text.split("override_dh_fixperms-indep:")
    assert "\tchmod 4755 -- \\\n\t\tdebian/demo-core/usr/bin/x\n" in arch
    assert "\tchmod 0600 -- \\\n\t\tdebian/demo-data/'usr/share/it'\"'\"'s'\n" in indep


def test_what_belongs_to_others_is_handed_over_and_not_set_id_before(tmp_path: Path) -> None:
    part = package(
        "core",
        [
            file("usr/lib/sysusers.d/demo.conf"),
            folder("var/lib/demo", 0o2750, user="demo", group="demo"),
            file("usr/bin/it's #ENV.HOME#", 0o4755, user="demo"),
            link("usr/bin/link", "x"),
        ],
    )
    text = _text(manifest(), plan(part), "demo-core.postinst")
    assert dict(special_modes(DebSource(manifest(), plan(part)), part)) == {"var/lib/demo": 0o750}
    assert text.index("systemd-sysusers demo.conf") < text.index("hand_over demo:root")
    assert text.index("hand_over demo:demo 2750 /var/lib/demo") < text.index("#DEBHELPER#")
    assert "#ENV.HOME#" not in text
    assert _run(tmp_path, text) == [
        "systemd-sysusers demo.conf",
        "chown -- demo:root /usr/bin/it's #ENV.HOME#",
        "chmod -- 4755 /usr/bin/it's #ENV.HOME#",
        "chown -- demo:demo /var/lib/demo",
        "chmod -- 2750 /var/lib/demo",
    ]


def _run(folder_of_tools: Path, script: str) -> list[str]:
    """The commands that a postinst gives, when there is no statoverride."""
    log = folder_of_tools / "log"
    for tool in ("chown", "chmod", "systemd-sysusers"):
        (folder_of_tools / tool).write_text(f'#!/bin/sh\necho "{tool} $*" >> {log}\n')
        (folder_of_tools / tool).chmod(0o755)
    (folder_of_tools / "dpkg-statoverride").write_text("#!/bin/sh\nexit 1\n")
    (folder_of_tools / "dpkg-statoverride").chmod(0o755)
    path = f"{folder_of_tools}:/usr/bin:/bin"
    subprocess.run(["sh", "-c", script, "postinst", "configure"], check=True, env={"PATH": path})
    return log.read_text().splitlines()


def test_no_postinst_where_all_is_root_s() -> None:
    part = package("core", [file("usr/bin/x", 0o4755)])
    assert not scripts(DebSource(manifest(), plan(part)), part).has_postinst


def test_documentation_is_not_added_where_the_tree_has_it() -> None:
    parts = [
        package("core", [file("usr/share/doc/demo-core/copyright")]),
        package("data", [link("usr/share/doc/demo-tools", "demo-core")]),
        package("tools", [file("usr/bin/tool")]),
        package("other", [file("usr/share/doc/demo-other/README")]),
    ]
    found = rules(DebSource(manifest(), plan(*parts)))
    assert found.undocumented == ("demo-core", "demo-tools")
    assert found.unchanged == ("demo-tools",)


def test_units_are_shown_to_old_debhelper() -> None:
    new = package("a", [file("usr/lib/systemd/system/a.service")])
    old = package("b", [file("lib/systemd/system/b.service"), file("usr/lib/systemd/system/c.service")])
    (half,) = rules(DebSource(manifest(), plan(new, old, module("x", "y")))).halves
    assert (half.name, half.units) == ("arch", ("demo-a",))


def test_the_tree_s_top_folders() -> None:
    planned = plan(package("a", [file("usr/x"), file("etc/y"), file("top")]), excluded=(("srv", "x"),))
    assert top_level(planned) == ("etc", "top", "usr")


@pytest.mark.parametrize(
    ("build", "call", "overrides"),
    [
        ({"system": "meson"}, "dh $@ --buildsystem=meson", []),
        ({"system": "cmake", "options": ["-DX=a b"]}, "dh $@ --buildsystem=cmake", ["configure"]),
        ({"system": "autotools", "options": ["--x"]}, "dh $@ --buildsystem=autoconf", ["clean", "configure"]),
        ({"system": "make"}, "dh $@ --buildsystem=makefile", ["build", "install", "test"]),
        (
            {"system": "commands", "compile": ["cc x.c"], "install": ["cp a $DESTDIR"]},
            "dh $@ --buildsystem=none",
            ["build", "install"],
        ),
        ({"system": "meson", "test": ["./check $HOME"]}, "dh $@ --buildsystem=meson", ["test"]),
    ],
)
def test_build_systems(build: dict[str, Any], call: str, overrides: list[str]) -> None:
    made = manifest(build={"source": "demo-1.6.0.tar.gz", **build})
    text = _text(made, plan(package("core", [file("usr/bin/x")]), module("block", "zip")))
    assert f"\n\t{call}\n" in text
    steps_found = [line[17:-1] for line in text.splitlines() if re.fullmatch("override_dh_auto_.*:", line)]
    assert sorted(steps_found) == overrides


def test_variables_and_flags_are_exported_as_they_are() -> None:
    environment = {"JAVAC": "/usr/bin/javac", "ODD": "$HOME `id` #1 \\"}
    build = {"environment": environment, "flags": {"CPPFLAGS": "-I{source}/x -DA='\"b\"'"}}
    made = manifest(build={"system": "autotools", "source": "demo-1.6.0.tar.gz", **build})
    text = _text(made, plan(package("core", [file("usr/bin/x")]), module("block", "zip")))
    assert "\nexport JAVAC = /usr/bin/javac\nexport ODD = $$HOME `id` \\#1 \\$()\n" in text
    assert "\nexport DEB_CPPFLAGS_MAINT_APPEND = -I$(CURDIR)/x -DA='\"b\"'\n" in text


def test_what_the_manifest_installs_comes_after_the_build_system() -> None:
    build = {"system": "meson", "source": "demo-1.6.0.tar.gz", "install": ["cp x $DESTDIR/etc"]}
    text = _text(
        manifest(build=build), plan(package("core", [file("usr/bin/x")]), package("b", [file("etc/x")]))
    )
    assert "\noverride_dh_auto_install: export DESTDIR = $(CURDIR)/debian/tmp\n" in text
    assert "\noverride_dh_auto_install: export LIBDIR = /usr/lib/$(DEB_HOST_MULTIARCH)\n" in text
    assert "\noverride_dh_auto_install:\n\tdh_auto_install\n\tcp x $$DESTDIR/etc\n" in text


def test_options_and_commands_reach_the_shell_as_they_are() -> None:
    made = manifest(build={**MAKE, "options": ["WHAT=it's $HOME `id`"], "test": ["run $HOME"]})
    found = steps(DebSource(made, plan(package("a"), package("b"))), made.content.build)  # type: ignore[arg-type]
    assert found.build[-1] == "\t'WHAT=it'\"'\"'s $$HOME `id`'"
    assert found.test == ("run $$HOME",)
    assert found.install[0] == "dh_auto_install -- \\"


def test_a_single_package_is_installed_through_the_same_folder() -> None:
    """debhelper installs straight into a package that is alone (dh_auto_install(1))."""
    made = manifest(build={"system": "meson", "source": "demo-1.6.0.tar.gz"})
    text = _text(made, plan(package("core", [file("usr/bin/x")])))
    assert "override_dh_auto_install:\n\tdh_auto_install --destdir=debian/tmp\n" in text


def test_modules_are_hidden_below_the_build_daemon_s_libdir() -> None:
    text = _text(manifest(build=MAKE), plan(package("core", [file("usr/bin/x")]), module("block", "zip")))
    assert "\tdh_makeshlibs -X/usr/lib/$(DEB_HOST_MULTIARCH)/demo/\n" in text
    assert "include /usr/share/dpkg/architecture.mk" in text


@pytest.mark.parametrize("tables", [{}, {"build": MAKE}])
def test_make_can_read_it(tables: dict[str, Any], tmp_path: Path) -> None:
    part = package("core", [file("usr/bin/it's $(x) #1", 0o4755), file("usr/lib/systemd/system/a.service")])
    (tmp_path / "rules").write_text(_text(manifest(**tables), plan(part, module("block", "zip"))))
    done = subprocess.run(
        ["make", "-n", "-f", "rules", "binary"], cwd=tmp_path, check=True, capture_output=True, text=True
    )
    assert done.stdout.startswith("dh binary")
