"""Tags of programs that Debian built, one of each family at least: what is found, and how strong it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from splitpkg.abi.model import Strength, TagFamily
from splitpkg.diagnostics import errors
from splitpkg.discover.discover import discover
from splitpkg.discover.draft import draft
from splitpkg.inventory.scan import scan
from splitpkg.manifest.load import load
from splitpkg.plan.make import make_plan
from tests.real.test_discover_programs import Truth

if TYPE_CHECKING:
    from pathlib import Path

    from splitpkg.abi.model import Tag


@dataclass(frozen=True, slots=True)
class Expected:
    """A tag of a program of that version; `provider` is the end of a path, `deb` the customary name."""

    program: str
    version: str
    family: TagFamily
    value: str
    strength: Strength
    provider: str
    deb: str | None = None


# The versions are those of Debian 13, whose packages are from these builds: `dpkg-deb -f` tells.
EXPECTED = (
    Expected(
        "apache2",
        "2.4",
        TagFamily.CONSTANT,
        "20120211",
        Strength.INTERFACE,
        "sbin/apache2",
        "apache2-api-{value}",
    ),
    Expected(
        "php", "8.4", TagFamily.CONSTANT, "20240924-NTS", Strength.INTERFACE, "/php8.4", "phpapi-20240924"
    ),
    Expected("php", "8.4", TagFamily.PATH, "php/20240924", Strength.INTERFACE, "/php8.4"),
    Expected("wireshark", "4.4.7", TagFamily.PATH, "wireshark/plugins/4.4", Strength.INTERFACE, "dumpcap"),
    Expected(
        "systemd", "257.13", TagFamily.SONAME, "libsystemd-shared-257.so", Strength.INTERFACE, "-257.so"
    ),
    Expected("systemd", "257.13", TagFamily.NODE, "SD_SHARED", Strength.INTERFACE, "-257.so"),
)


def plan_of(root: Path, version: str, release: str = "1") -> tuple[tuple[Tag, ...], str]:
    """The tags of a tree's plan by the manifest that is drafted, and what the draft says of them."""
    inventory, scanned = scan(root)
    text = draft(discover(inventory), inventory, None, version)
    text = text.replace(f'version = "{version}"', f'version = "{version}"\nrelease = "{release}"', 1)
    manifest = root.parent / "splitpkg.toml"
    manifest.write_text(text, encoding="utf-8")
    plan, findings = make_plan(load(manifest), inventory, scanned)
    assert errors(findings) == ()
    assert plan is not None
    return plan.tags, text


@pytest.mark.slow
@pytest.mark.parametrize("program", sorted({one.program for one in EXPECTED}))
def test_each_family_is_found_with_its_strength(program: str, tmp_path: Path) -> None:
    expected = [one for one in EXPECTED if one.program == program]
    tags, text = plan_of(Truth(program, "trixie").get_tree(tmp_path), expected[0].version)
    found = {(tag.family, tag.value): tag for tag in tags}
    assert found.keys() == {(one.family, one.value) for one in expected}
    for one in expected:
        tag = found[one.family, one.value]
        assert tag.strength is one.strength
        assert any(path.endswith(one.provider) for path in tag.providers)
        assert tag.names.deb == one.deb
        assert f"# - {one.value}: " in text


@pytest.mark.slow
def test_a_node_with_the_distributions_revision_is_of_the_build(tmp_path: Path) -> None:
    """Its text is made of the version of the package: 2:4.22.x+dfsg-REVISION."""
    root = Truth("samba", "trixie").get_tree(tmp_path)
    (node,) = (tag for tag in discover(scan(root)[0]).tags if tag.family is TagFamily.NODE)
    words = node.value.split("_")
    version, release = words[1], "+".join(words[words.index("DFSG") + 1 : words.index("PRIVATE")]).lower()
    tags, _ = plan_of(root, f"{version}+dfsg", release)
    (found,) = (tag for tag in tags if tag.family is TagFamily.NODE)
    assert (found.value, found.strength) == (node.value, Strength.BUILD)
    private = [tag for tag in tags if tag.family is TagFamily.SONAME]
    assert len(private) > 50
    assert {tag.strength for tag in private} == {Strength.INTERFACE}
    assert all("-private-samba.so" in tag.value for tag in private)


@pytest.mark.slow
def test_a_program_without_tags_says_so(tmp_path: Path) -> None:
    tags, text = plan_of(Truth("rsyslog", "trixie").get_tree(tmp_path), "8.2504.0")
    assert tags == ()
    assert "# Nothing is known to mark the build in the binaries" in text
