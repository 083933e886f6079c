"""Filters for rpmlint; whether they hit is asked of rpmlint in tests/real."""

from __future__ import annotations

import re

from splitpkg.plan.model import Config, Role
from splitpkg.render.rpm.lint import filters
from splitpkg.render.rpm.names import names
from tests.support.plans import file, manifest, module, package, plan

DOCUMENTED = "no-documentation"


def _patterns(*parts: object, prebuilt: bool = True, libdir: str | None = "usr/lib64") -> list[str]:
    planned = plan(*parts, libdir=libdir)  # type: ignore[arg-type]
    own, _findings = names(manifest(), planned)
    found = filters(planned, own, prebuilt=prebuilt)
    assert all(one.reason.endswith(".") for one in found)
    return [one.pattern for one in found]


def _hits(patterns: list[str], line: str) -> bool:
    return any(re.search(pattern, line) for pattern in patterns)


def test_a_build_without_modules_needs_none() -> None:
    assert _patterns(package("core", [file("usr/bin/demod", 0o755)])) == []


def test_a_module_without_libraries() -> None:
    line = "demo-x.x86_64: E: shared-library-without-dependency-information {}"
    found = _patterns(module("ui", "x"))
    assert _hits(found, line.format("/usr/lib64/demo/ui-x.so"))
    assert not _hits(found, line.format("/usr/lib64/libdemo.so.0"))
    assert not _hits(
        _patterns(module("ui", "x", external=("libc.so.6",))), line.format("/usr/lib64/demo/ui-x.so")
    )
    other = _patterns(module("ui", "x"), libdir=None)
    assert _hits(other, line.format("/usr/lib64/demo/ui-x.so"))
    assert not _hits(other, line.format("/usr/lib/demo/ui-x.so"))


def test_only_modules_and_metapackages_may_be_undocumented() -> None:
    found = _patterns(package("core"), module("ui", "x+y"), package("", role=Role.META))
    assert _hits(found, "demo-ui-x+y.x86_64: W: no-documentation")
    assert _hits(found, "demo.x86_64: W: no-documentation")
    assert _hits(found, "demo.x86_64: E: no-binary")
    assert not _hits(found, "demo-core.x86_64: W: no-documentation")
    assert not _hits(found, "demo-ui-x+y.x86_64: E: no-binary")


def test_pages_as_they_are() -> None:
    page = package("core", [file("usr/share/man/man8/x.8")])
    line = "demo-core.x86_64: W: manpage-not-compressed gz /usr/share/man/man8/x.8"
    assert _hits(_patterns(page), line)
    assert _patterns(page, prebuilt=False) == []
    assert _patterns(package("core", [file("usr/share/man/man8/x.8.gz")])) == []


def test_scripts_among_the_configuration() -> None:
    script = file("etc/demo/run.sh", 0o755, config=Config.NOREPLACE)
    found = _patterns(package("core", [script, file("etc/demo.conf", config=Config.NOREPLACE)]))
    assert _hits(found, "demo-core.x86_64: E: executable-marked-as-config-file /etc/demo/run.sh")
    assert not _hits(found, "demo-core.x86_64: E: executable-marked-as-config-file /etc/demo/run.sh.d")
