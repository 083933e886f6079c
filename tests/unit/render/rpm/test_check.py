"""What is refused, and where the finding points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from splitpkg.manifest.model import ManifestFile
from splitpkg.plan.model import Constraint
from splitpkg.render.rpm.spec import render
from tests.support.plans import file, manifest, package, plan, relation

if TYPE_CHECKING:
    from splitpkg.plan.model import Plan

CORE = plan(package("core", [file("usr/bin/demod", 0o755)]))


def _findings(given: ManifestFile, planned: Plan = CORE) -> list[str]:
    files, findings = render(given, planned)
    assert files == () or findings == ()
    return [str(finding) for finding in findings]


def _located(given: ManifestFile, **lines: int) -> ManifestFile:
    keys = {
        tuple(int(part) if part.isdigit() else part for part in key.split(".")): at
        for key, at in lines.items()
    }
    return ManifestFile(given.path, given.content, keys)


def test_nothing_is_written_where_something_is_refused() -> None:
    assert _findings(manifest()) == []
    assert len(_findings(manifest(), plan(package("core", [file("usr/a\tb")])))) == 1


def test_architecture() -> None:
    given = _located(manifest(program={"architectures": ["amd64", "or1k"]}), **{"program.architectures.1": 5})
    (found,) = _findings(given)
    assert found.startswith(
        "splitpkg.toml:5: error[unknown-architecture]: architecture `or1k` has no known name"
    )
    assert "`amd64`, `arm64`" in found


@pytest.mark.parametrize(("key", "line"), [("test", "%files x"), ("test", "# nothing"), ("install", "%if 1")])
def test_command_that_rpm_would_take_for_its_own(key: str, line: str) -> None:
    build = {"system": "commands", "source": "demo.tar.gz", "install": ["make install"], key: ["true", line]}
    (found,) = _findings(_located(manifest(build=build), **{f"build.{key}.1": 7}))
    word = line.partition(" ")[0]
    assert found.startswith("splitpkg.toml:7: error[line-is-directive]: a line of the command")
    assert f"begins with `{word}`" in found


@pytest.mark.parametrize("suffix", ["ui-%(touch x)", "ui a", "ui-$(id)", "ui-ü", "-n x", "ui\nx", "u" * 124])
def test_module_whose_name_is_none_for_a_package(suffix: str) -> None:
    path = f"usr/lib64/demo/{suffix}.so"
    part = package("x", [file(path, 0o755)], name=f"demo-{suffix}", modules=(path,))
    (found, *rest) = _findings(manifest(), plan(part))
    assert "error[bad-name]: makes a package `demo-" in found
    assert len(rest) == ("\n" in suffix)


@pytest.mark.parametrize("key", ["summary", "description"])
def test_text_with_a_control_character(key: str) -> None:
    texts: dict[str, Any] = {key: "a\x0bb"}
    part = package("x", **texts)
    (found,) = _findings(manifest(), plan(part))
    assert "error[bad-text]: the text of `demo-x` holds a control character" in found
    assert "bad-text" in _findings(manifest(), plan(package("x", summary="a\nRequires: b")))[0]


def test_capability_that_is_none() -> None:
    part = package("core", relations=(relation("provides", "demo-abi(%(id))", Constraint.NONE),))
    (found,) = _findings(manifest(), plan(part))
    assert "error[bad-relation]: `demo-abi(%(id))` cannot be a capability" in found


def test_description_that_begins_with_a_section() -> None:
    given = _located(
        manifest(program={"description": "Fine.\n\n%files is one."}), **{"program.description": 3}
    )
    (found,) = _findings(given)
    assert found.startswith("splitpkg.toml:3: error[line-is-directive]: a line of the description begins")
    text = "Fine.\n\n%files is one."
    own = package("core", description=f"{text}\n\nThis package is.")
    assert _findings(given, plan(own)) == [found], "once, where it stands"
    part = package("core", description="# comment")
    (found,) = _findings(_located(manifest(), **{"package.core": 6}), plan(part))
    assert found.startswith("splitpkg.toml:6: error[line-is-directive]: ")
