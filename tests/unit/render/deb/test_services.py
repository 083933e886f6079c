"""How debhelper is told to treat systemd units and init scripts."""

from __future__ import annotations

from dataclasses import replace

from splitpkg.render.deb.services import init_calls, systemd_calls
from splitpkg.render.deb.source import DebSource
from tests.support.plans import file, link, manifest, package, plan

UNITS = "usr/lib/systemd/system"
OFF = replace(file(f"{UNITS}/b.socket"), enabled=False)
RUNNING = replace(file(f"{UNITS}/guests.service"), restart=False)
CORE = package("core", [file(f"{UNITS}/a.service"), OFF, RUNNING])
TOOLS = package("tools", [file(f"{UNITS}/t.timer")])


def test_packages_without_units_ask_for_nothing() -> None:
    part = package("core", [file(f"{UNITS}/a.service.d/x.conf"), link(f"{UNITS}/b.service", "/dev/null")])
    assert systemd_calls(DebSource(manifest(), plan(part)), [part]) == ()


def test_units_are_treated_as_the_manifest_says() -> None:
    assert systemd_calls(DebSource(manifest(), plan(CORE, TOOLS)), [CORE, TOOLS]) == (
        "dh_installsystemd --no-also -Ndemo-core",
        "dh_installsystemd --no-also -pdemo-core a.service",
        "dh_installsystemd --no-also --no-stop-on-upgrade -pdemo-core guests.service",
        "dh_installsystemd --no-also --no-enable --no-start --restart-after-upgrade -pdemo-core b.socket",
    )
    assert systemd_calls(DebSource(manifest(), plan(CORE, TOOLS)), [TOOLS]) == (
        "dh_installsystemd --no-also",
    )


def test_an_init_script_is_treated_as_the_service_of_its_name() -> None:
    scripts = [file("etc/init.d/guests", 0o755), file("etc/init.d/other", 0o755), file("etc/init.d/README")]
    part = package("core", [*scripts, RUNNING])
    assert init_calls(DebSource(manifest(), plan(part)), [part]) == (
        "dh_installinit --onlyscripts --no-stop-on-upgrade -pdemo-core --name=guests",
        "dh_installinit --onlyscripts -pdemo-core --name=other",
    )
