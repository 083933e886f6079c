"""Maintainer scripts, run by the shell as dpkg runs them (Debian policy 6.5)."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from splitpkg.plan.model import Trigger
from splitpkg.render.deb.render import render
from tests.support.plans import file, manifest, package, plan

if TYPE_CHECKING:
    from pathlib import Path


class Machine:
    """The scripts of `demo-mod-a`, whose link is on a machine where nothing else is."""

    def __init__(self, root: Path) -> None:
        self.root, self.log = root, root / "log"
        self.target = root / "it's #ENV.HOME# there"
        self.link, self.off = root / "on/a.conf", root / "on/a.conf.removed"
        self.link.parent.mkdir()
        self.log.touch()
        (root / "dpkg-trigger").write_text(f'#!/bin/sh\necho "$*" >>{self.log}\n')
        (root / "dpkg-trigger").chmod(0o755)
        name = str(self.target)[1:]
        part = replace(package("mod-a", [file(name)]), enabled=((str(self.link)[1:], name),))
        trigger = Trigger(
            "demo-core", (str(self.link.parent)[1:], "usr/lib/demo"), ("demo.service",), ("true",)
        )
        made, _ = render(manifest(), replace(plan(package("core"), part), triggers=(trigger,)))
        self.texts = {one.path.removeprefix("debian/"): one.text for one in made}

    def run(self, script: str, *arguments: str) -> None:
        text = self.texts[f"demo-mod-a.{script}"]
        path = f"{self.root}:/usr/bin:/bin"
        subprocess.run(["sh", "-c", text, script, *arguments], check=True, env={"PATH": path})

    @property
    def state(self) -> list[str]:
        return sorted(path.name for path in self.link.parent.iterdir())


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_an_installation_makes_the_link_and_a_removal_takes_it(machine: Machine) -> None:
    machine.run("postinst", "configure", "")
    assert str(machine.link.readlink()) == str(machine.target)
    assert machine.log.read_text() == f"--no-await {machine.link.parent}\n"
    machine.run("postinst", "configure", "1.0-1")
    assert machine.state == ["a.conf"]
    machine.run("prerm", "remove")
    machine.run("postrm", "remove")
    assert machine.state == ["a.conf.removed"]
    assert machine.log.read_text().count("\n") == 3
    machine.run("postinst", "configure", "1.0-1")
    assert machine.state == ["a.conf"]
    machine.run("prerm", "remove")
    machine.run("postrm", "purge")
    assert machine.state == []


def test_who_removes_the_link_keeps_it_off(machine: Machine) -> None:
    machine.run("postinst", "configure", "")
    machine.link.unlink()
    machine.run("prerm", "upgrade", "2.0-1")
    machine.run("postinst", "configure", "1.0-1")
    machine.run("prerm", "remove")
    machine.run("postinst", "configure", "1.0-1")
    assert machine.state == []


def test_what_the_user_put_there_stays(machine: Machine) -> None:
    machine.link.write_text("own")
    for script, argument in (("postinst", "configure"), ("prerm", "remove"), ("postrm", "purge")):
        machine.run(script, argument, "")
    assert machine.link.read_text() == "own"


def test_the_package_of_the_trigger_watches_and_acts(machine: Machine) -> None:
    folder = machine.link.parent
    assert machine.texts["demo-core.triggers"].splitlines() == [
        f"interest-noawait {path}" for path in sorted((str(folder), "/usr/lib/demo"))
    ]
    assert "invoke-rc.d demo reload" in machine.texts["demo-core.postinst"]
    assert not {"demo-core.prerm", "demo-mod-a.triggers"} & machine.texts.keys()
    script = ("sh", "-c", machine.texts["demo-core.postinst"], "postinst", "triggered", "/x")
    subprocess.run(script, check=True)
