"""What is refused, and what is only told."""

from __future__ import annotations

from typing import Any

from splitpkg.manifest.model import FormatNames
from splitpkg.plan.model import Config, LibraryFact, Role
from splitpkg.render.deb.render import render
from tests.support.plans import file, manifest, package, plan

BUILD = {"system": "commands", "source": "demo-1.6.0.tar.gz", "install": ["-rm x", "true"]}


def _said(*parts: object, **tables: Any) -> list[tuple[str, str]]:
    files, findings = render(manifest(**tables), plan(*parts))  # type: ignore[arg-type]
    assert bool(files) is all(str(one.severity) == "warning" for one in findings)
    return [(one.slug, str(one.where)) for one in findings]


def test_two_packages_of_one_name() -> None:
    one, two = package("a", names=FormatNames(deb="same")), package("b", names=FormatNames(deb="same"))
    assert _said(one, two) == [("name-collides", "splitpkg.toml")]


def test_packages_that_are_named_after_odd_files() -> None:
    names = ["$(shell touch x)", "a b", "UPPER", "x_y", "l" * 124, "\u00e9", "%{x}", "l" * 123]
    paths = [f"usr/lib64/demo/{name}.so" for name in names]
    parts = [package(name, [file(path)], modules=(path,)) for name, path in zip(names, paths, strict=True)]
    assert _said(*parts) == [("bad-name", path) for path in sorted(paths[:-1])]


def test_paths_where_the_source_package_has_its_own() -> None:
    part = package("a", [file("debian/control"), file(".pc/x"), file("build-stamp"), file("usr/x-stamp")])
    assert _said(part) == [("path-reserved", path) for path in (".pc/x", "build-stamp", "debian/control")]
    assert _said(part, build={**BUILD, "install": ["true"]}) == []


def test_a_file_below_etc_is_configuration_whatever_the_manifest_says() -> None:
    part = package("a", [file("etc/a", config=Config.NO), file("etc/b", config=Config.REPLACE)])
    assert _said(part) == [("config-in-etc", "etc/a")]


def test_configuration_that_lies_elsewhere_on_each_architecture() -> None:
    part = package(
        "a", [file("usr/lib64/demo/conf", config=Config.NOREPLACE), file("srv/x", config=Config.REPLACE)]
    )
    assert _said(part) == []
    assert _said(part, build={**BUILD, "install": ["true"]}) == [("path-unspeakable", "usr/lib64/demo/conf")]


def test_commands_that_make_would_read_in_its_own_way() -> None:
    assert _said(package("a"), build=BUILD) == [("command-unfit", "splitpkg.toml")]
    assert _said(package("a"), build={**BUILD, "install": ["x \\"]}) == [("command-unfit", "splitpkg.toml")]


def test_libraries_where_nobody_looks() -> None:
    facts = (LibraryFact("usr/lib64/libx.so.1", "libx.so.1"), LibraryFact("usr/lib/liby.so.1", "liby.so.1"))
    part = package("libs", role=Role.LIBRARY, libraries=facts)
    assert _said(part) == [("library-unsearched", "usr/lib64/libx.so.1")]
    assert _said(part, build={**BUILD, "install": ["true"]}) == []
