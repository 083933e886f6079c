"""Every path gets one owner, or a finding: against the rule written down naively."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from splitpkg.inventory.model import EntryKind
from splitpkg.inventory.tree import Tree
from splitpkg.manifest.glob import Glob
from splitpkg.plan.assign import assign
from tests.support.trees import inventory, manifest

NAMES = st.sampled_from(["a", "b", "ab", "a.so", "b.so", "a-b"])
PATHS = st.lists(st.lists(NAMES, min_size=1, max_size=4).map("/".join), min_size=1, max_size=12, unique=True)
PARTS = st.sampled_from(["a", "b", "*", "a*", "*.so", "?", "[ab]", "**"])
GLOBS = st.lists(PARTS, min_size=1, max_size=4).map("/".join)
PACKAGES = st.dictionaries(
    st.sampled_from(["one", "two", "three"]), st.lists(GLOBS, min_size=1, max_size=3), min_size=1
)


def owner_of(path: str, packages: dict[str, list[str]]) -> set[str]:
    """Who claims the path with the longest literal head: the rule of the manifest, one path at a time."""
    ancestors = [path[:at] for at in range(len(path) + 1) if at == len(path) or path[at] == "/"]
    weights: dict[str, int] = {}
    for package, globs in packages.items():
        for glob in globs:
            for ancestor in ancestors:
                found = Glob(glob).match(ancestor)
                if found is not None:
                    weights[package] = max(weights.get(package, -1), found.literal)
    heaviest = max(weights.values(), default=0)
    return {package for package, weight in weights.items() if weight == heaviest}


def files_only(paths: list[str]) -> list[str]:
    """Those paths below which there is none of the others."""
    return [path for path in paths if not any(other.startswith(f"{path}/") for other in paths)]


@given(PATHS, PACKAGES)
def test_owners_are_those_of_the_rule(paths: list[str], packages: dict[str, list[str]]) -> None:
    files = files_only(paths)
    text = '[hosts]\nfiles = "x"\n' + "".join(
        f"[package.{name}]\nfiles = {globs}\n" for name, globs in packages.items()
    )
    tree = Tree(inventory(dict.fromkeys(files)))
    assignment, findings = assign(manifest(text), tree, ())
    said = {finding.where.path: finding.slug for finding in findings if finding.slug != "rule-unused"}
    for entry in tree.inventory.entries:
        expected = owner_of(entry.path, packages)
        if entry.kind is EntryKind.DIRECTORY:
            assert assignment.owners.get(entry.path) in (*expected, None)
        elif len(expected) == 1:
            assert {assignment.owners[entry.path]} == expected
        else:
            assert said.pop(entry.path) == ("contested" if expected else "unowned")
            assert entry.path not in assignment.owners
    assert said == {}


@given(PATHS, PACKAGES)
def test_a_pattern_without_a_path_is_said(paths: list[str], packages: dict[str, list[str]]) -> None:
    tree = Tree(inventory(dict.fromkeys(files_only(paths))))
    text = '[hosts]\nfiles = "x"\n' + "".join(
        f"[package.{name}]\nfiles = {globs}\n" for name, globs in packages.items()
    )
    _, findings = assign(manifest(text), tree, ())
    unused = sum(
        not any(Glob(glob).match(path) for path in tree.paths)
        for globs in packages.values()
        for glob in globs
    )
    assert len([one for one in findings if one.slug == "rule-unused"]) == unused
