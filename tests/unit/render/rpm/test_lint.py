"""Filters for rpmlint; whether they hit is asked of rpmlint in tests/real."""

from __future__ import annotations

import re
from dataclasses import replace

from splitpkg.manifest.model import FormatNames
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
    assert _patterns(package("core", [file("usr/bin/demod", 0o755, needed=("libc.so.6",))])) == []


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
    library = replace(package("", role=Role.META), names=FormatNames(rpm="libdemo"))
    assert not _hits(_patterns(library), "libdemo.x86_64: W: no-documentation")
    assert not _hits(found, "demo-ui-x+y.x86_64: E: no-binary")


def test_packages_of_one_architecture_may_be_without_a_program() -> None:
    config = package("config", [file("usr/share/demo/config")])
    program = package("tool", [file("usr/bin/tool", needed=("libc.so.6",))])
    data = package("data", [file("usr/share/demo/x")], role=Role.DATA, architecture_dependent=False)
    found = _patterns(config, program, data)
    assert _hits(found, "demo-config.x86_64: E: no-binary")
    assert not _hits(found, "demo-tool.x86_64: E: no-binary")
    assert not _hits(found, "demo-data.x86_64: E: no-binary")


def test_programs_whose_names_begin_as_those_of_libraries() -> None:
    files = [file("usr/lib/demo/helper"), file("usr/bin/tool", needed=())]
    tool = replace(package("tool", files), names=FormatNames(rpm="libdemo-tool"))
    whole = replace(package("libs", files, role=Role.LIBRARY), names=FormatNames(rpm="libdemo"))
    found = _patterns(tool, whole)
    assert _hits(found, "libdemo-tool.x86_64: E: outside-libdir-files /usr/bin/tool")
    assert not _hits(found, "libdemo.x86_64: E: outside-libdir-files /usr/bin/tool")
    assert _patterns(package("tool", files)) == []


def test_pages_as_they_are() -> None:
    tool = file("usr/bin/x", 0o755, needed=("libc.so.6",))
    page = package("core", [tool, file("usr/share/man/man8/x.8")])
    line = "demo-core.x86_64: W: manpage-not-compressed gz /usr/share/man/man8/x.8"
    assert _hits(_patterns(page), line)
    assert _patterns(page, prebuilt=False) == []
    assert _patterns(package("core", [tool, file("usr/share/man/man8/x.8.gz")])) == []


def test_scripts_among_the_configuration() -> None:
    script = file("etc/demo/run.sh", 0o755, config=Config.NOREPLACE)
    found = _patterns(package("core", [script, file("etc/demo.conf", config=Config.NOREPLACE)]))
    assert _hits(found, "demo-core.x86_64: E: executable-marked-as-config-file /etc/demo/run.sh")
    assert not _hits(found, "demo-core.x86_64: E: executable-marked-as-config-file /etc/demo/run.sh.d")
