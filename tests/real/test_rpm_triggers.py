"""Links and triggers of packages that rpm installs and erases, into a folder of the test."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING

from splitpkg.plan.model import Trigger
from tests.support.plans import file, package, plan
from tests.support.rpm import built

if TYPE_CHECKING:
    from pathlib import Path


def test_links_come_and_go_with_the_package_and_the_trigger_hears_of_it(tmp_path: Path) -> None:
    place = tmp_path / "system"
    for folder in ("etc/on", "lib", "share"):
        (place / folder).mkdir(parents=True)
    log, link = place / "log", place / "etc/on/50-a.conf"

    def path(name: str) -> str:
        return str(place / name)[1:]

    conf = path("share/a.conf")
    module = replace(
        package("mod-a", [file(path("lib/a.so")), file(conf)]), enabled=((path("etc/on/50-a.conf"), conf),)
    )
    trigger = Trigger("demo-core", (path("etc/on"), path("lib")), (), (f"echo heard >>{log}",))
    core = package("core", [file(path("share/core"))])
    made = built(replace(plan(core, module), triggers=(trigger,)), tmp_path / "work")

    def rpm(*arguments: str | Path) -> int:
        """How often the trigger went off."""
        log.write_text("")
        # Plugins of rpm want more of the machine than a container may give.
        options = ("--dbpath", tmp_path / "db", "--nodeps", "--noplugins")
        subprocess.run(["rpm", *options, *arguments], check=True, capture_output=True)
        return log.read_text().count("heard")

    rpm("-i", made["demo-core"])
    assert rpm("-i", made["demo-mod-a"]) == 1
    assert link.readlink() == place / "share/a.conf"
    assert rpm("-U", "--replacepkgs", made["demo-mod-a"]) >= 1
    assert link.is_symlink()
    assert rpm("-e", "demo-mod-a") == 1
    assert not link.is_symlink()
    rpm("-i", made["demo-mod-a"])
    link.unlink()
    rpm("-U", "--replacepkgs", made["demo-mod-a"])
    assert not link.is_symlink()
