"""What installing a package switches on, and triggers."""

from __future__ import annotations

import pytest

from splitpkg.plan.make import make_plan
from splitpkg.plan.model import Trigger
from splitpkg.plan.report import as_json, as_text
from tests.support.trees import inventory, manifest, program, shared

SPLIT = """
[hosts]
files = "usr/bin/demo"

[package.core]
files = ["usr/bin/demo", "etc/demo"]

[family.mod]
files = "usr/lib64/demo/mod_{name}.so"
package = "mod-{name}"
summary = "Demonstration of {name:dashes}"
beside = "usr/share/demo/mod-{name:dashes}.conf"
enable = { "etc/demo/on/50-{name:dashes}.conf" = "usr/share/demo/mod-{name:dashes}.conf" }
"""
FILES = {
    "usr/bin/demo": program(defines="demo_register"),
    "etc/demo/demo.conf": None,
    "usr/lib64/demo/mod_http_geo.so": shared(needs="demo_register"),
    "usr/lib64/demo/mod_mail.so": shared(needs="demo_register"),
    "usr/share/demo/mod-http-geo.conf": None,
    "usr/share/demo/mod-mail.conf": None,
}


def test_each_module_brings_what_switches_it_on() -> None:
    own = '[module.mod-mail]\nenable = { "etc/demo/on/70-mail.conf" = "usr/share/demo/mod-mail.conf" }\n'
    plan, findings = make_plan(manifest(SPLIT + own), inventory(FILES))
    assert plan is not None, findings
    assert plan.package("demo-core").enabled == ()
    geo = plan.package("demo-mod-http-geo")
    assert geo.summary == "Demonstration of http-geo"
    assert "usr/share/demo/mod-http-geo.conf" in [file.path for file in geo.files]
    assert geo.enabled == (("etc/demo/on/50-http-geo.conf", "usr/share/demo/mod-http-geo.conf"),)
    mail = plan.package("demo-mod-mail")
    assert mail.enabled == (("etc/demo/on/70-mail.conf", "usr/share/demo/mod-mail.conf"),)
    (told,) = (one for one in as_json(plan)["packages"] if one["name"] == "demo-mod-mail")
    assert told["enabled"] == {"etc/demo/on/70-mail.conf": "usr/share/demo/mod-mail.conf"}
    assert "  enables  etc/demo/on/70-mail.conf -> usr/share/demo/mod-mail.conf" in as_text(plan)


@pytest.mark.parametrize(
    ("link", "target", "message"),
    [
        (
            "etc/demo/x",
            "usr/share/demo/mod-mail.conf",
            "leads to `usr/share/demo/mod-mail.conf`, which package",
        ),
        ("etc/demo/x", "etc/demo/none", "leads to `etc/demo/none`, which package `core` does not hold"),
        ("etc/demo/demo.conf", "usr/bin/demo", "has the place of a path of the tree"),
        ("etc/demo/on/50-mail.conf", "usr/bin/demo", "or of another package's link"),
    ],
)
def test_links_that_lead_astray(link: str, target: str, message: str) -> None:
    text = SPLIT.replace("[family", f'enable = {{ "{link}" = "{target}" }}\n\n[family')
    plan, findings = make_plan(manifest(text), inventory(FILES))
    assert plan is None
    (finding,) = findings
    assert finding.slug == "link-astray"
    assert message in finding.message


def test_triggers_are_of_packages_of_the_plan() -> None:
    table = (
        '[[trigger]]\npackage = "{}"\npaths = "etc/demo/on"\nreload = "demo.service"\nrun = "demo-cache"\n'
    )
    plan, findings = make_plan(manifest(SPLIT + table.format("core")), inventory(FILES))
    assert plan is not None, findings
    assert plan.triggers == (Trigger("demo-core", ("etc/demo/on",), ("demo.service",), ("demo-cache",)),)
    assert as_json(plan)["triggers"][0]["package"] == "demo-core"
    plan, findings = make_plan(manifest(SPLIT + table.format("cor")), inventory(FILES))
    assert (plan, [one.slug for one in findings]) == (None, ["target-unknown"])
