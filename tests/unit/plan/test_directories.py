"""Which packages own a directory, and directories that nobody does."""

from __future__ import annotations

from splitpkg.plan.make import make_plan
from tests.support.trees import inventory, manifest, program, shared

SPLIT = """
[hosts]
files = "usr/bin/demo"

[package.core]
files = ["usr/bin/demo"]

[family.block]
files = "{libdir}/demo/block-{name}.so"
package = "block-{name}"
summary = "Demonstration of {name}"
"""
FILES = {
    "usr/bin/demo": program(defines="demo_register"),
    "usr/lib64/demo/block-raw.so": shared(needs="demo_register"),
}
THREE = "".join(
    f'[package.{name}]\nfiles = "usr/share/demo/{name}"\nlocked = false\n{requires}'
    for name, requires in (("a", 'requires = "b"\n'), ("b", 'requires = "a"\n'), ("c", ""))
)


def owners(text: str, *paths: str, empty: tuple[str, ...] = ()) -> dict[str, list[str]]:
    """The owners, by suffix, of each directory that has some."""
    plan, findings = make_plan(manifest(text), inventory(FILES | dict.fromkeys(paths, None), empty=empty))
    assert plan is not None, findings
    found: dict[str, list[str]] = {}
    for package in plan.packages:
        for folder in package.directories:
            found.setdefault(folder.path, []).append(package.suffix)
    return found


def unowned(text: str, *paths: str, empty: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    _, findings = make_plan(manifest(text), inventory(FILES | dict.fromkeys(paths, None), empty=empty))
    assert {finding.slug for finding in findings} <= {"unowned"}
    return [(finding.where.path, finding.message) for finding in findings]


def test_packages_that_require_each_other_own_a_directory_between_them() -> None:
    """Without a and b, c alone would have to; with a or b alone, the other one of these is there."""
    found = owners(SPLIT + THREE, "usr/share/demo/a", "usr/share/demo/b", "usr/share/demo/c")
    assert found["usr/share/demo"] == ["a", "c"]


def test_what_leads_to_an_owned_empty_directory_is_owned_with_it() -> None:
    text = SPLIT.replace('["usr/bin/demo"]', '["usr/bin/demo", "var/lib/demo/queue"]')
    found = owners(text, empty=("var/lib/demo/queue",))
    assert (found["var/lib/demo"], found["var/lib/demo/queue"]) == (["core"], ["core"])


def test_an_empty_directory_of_the_system_is_carried_where_a_rule_takes_it() -> None:
    """One that is not empty comes with the system."""
    text = SPLIT.replace('["usr/bin/demo"]', '["usr/bin/demo", "var", "srv"]')
    found = owners(text, "var/lib/demo/state", empty=("srv", "var/log"))
    assert {path for path in found if not path.startswith("usr")} == {"srv", "var/lib/demo", "var/log"}
    assert unowned(SPLIT, empty=("srv", "var/log")) == []


def test_of_nested_empty_directories_the_innermost_is_told() -> None:
    assert unowned(SPLIT, empty=("var/lib/demo/a/b",)) == [
        ("var/lib/demo/a/b", "is an empty directory that belongs to no package")
    ]


def test_a_directory_of_unowned_files_is_told_by_its_files() -> None:
    assert unowned(SPLIT, "usr/share/demo/new") == [("usr/share/demo/new", "belongs to no package")]


def test_a_directory_whose_content_is_left_out_needs_no_owner() -> None:
    text = SPLIT + '[[exclude]]\nfiles = "usr/share/demo/**"\nreason = "is not wanted"\n'
    assert "usr/share/demo" not in owners(text, "usr/share/demo/x", empty=("usr/share/demo/y",))
