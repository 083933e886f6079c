"""What must hold of every plan, whatever the manifest and the tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from splitpkg.diagnostics import errors
from splitpkg.inventory.model import EntryKind
from splitpkg.manifest.check import faults
from splitpkg.manifest.model import Manifest, ManifestFile
from splitpkg.plan.filesystem import is_base_directory
from splitpkg.plan.make import make_plan
from splitpkg.plan.model import Constraint, Plan, Reason, RelationKind, Role
from tests.support.trees import inventory, program, shared

if TYPE_CHECKING:
    from collections.abc import Callable

    from splitpkg.elf.model import ElfFile
    from splitpkg.inventory.model import Inventory
    from splitpkg.plan.model import PlannedPackage

NAMES = ("a", "b", "c", "core", "x-y")
SYMBOLS = ("one", "two", "host_call", "stamp_1_0", "stamp_1_1")
PATHS = (
    *(f"usr/lib64/demo/{kind}-{name}.so" for kind in ("block", "net") for name in ("a", "b", "x_y", "x-y")),
    *(
        "usr/bin/demo",
        "usr/bin/tool",
        "usr/lib64/libdemo.so.0",
        "usr/share/demo/a.conf",
        "usr/share/demo/x/b",
    ),
)
GLOBS = (
    *("usr/bin/*", "usr/bin/demo", "usr/lib64", "{libdir}/demo", "{libdir}/lib*", "usr/share/demo", "usr/**"),
    *("usr/share/demo/*.conf", "{libdir}/demo/block-a.so", "{libdir}/demo/net-*", "var/lib/demo"),
)

WAIVED = (
    *("rule-unused", "module-unknown", "package-empty", "suffix-collides", "conflicts-required"),
    *("ambiguous-symbol", "unmet-symbol", "tag-differs", "tag-unprovided"),
)

symbols = st.lists(st.sampled_from(SYMBOLS), max_size=2, unique=True).map(" ".join)
needed = st.lists(st.sampled_from(["libdemo.so.0", "block-a.so", "libc.so.6"]), max_size=2).map(" ".join)
objects = st.builds(
    shared, defines=symbols, needs=symbols, libraries=needed, soname=st.sampled_from([None, "libdemo.so.0"])
)
programs = st.builds(program, defines=symbols, needs=symbols, libraries=needed)
links = st.sampled_from(["block-a.so", "../../bin/demo", "nothing"])
suffixes = st.sampled_from(NAMES)
some_globs = st.lists(st.sampled_from(GLOBS), min_size=1, max_size=3, unique=True)
some_suffixes = st.lists(st.sampled_from(["core", "core", "block-a", "net-b", "many"]), max_size=1)
relations: dict[str, st.SearchStrategy[Any]] = {
    "requires": some_suffixes,
    "conflicts": some_suffixes,
    "recommends": some_suffixes,
}


def table(
    needed: dict[str, st.SearchStrategy[Any]], **optional: st.SearchStrategy[Any]
) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries(needed, optional=optional)


packages = st.dictionaries(
    suffixes,
    table(
        {"files": some_globs},
        kind=st.sampled_from(["program", "library", "data", "development"]),
        locked=st.booleans(),
        **relations,
    ),
    max_size=3,
)
families = st.fixed_dictionaries(
    {
        kind: table(
            {
                "files": st.just([f"{{libdir}}/demo/{kind}-{{name}}.so"]),
                "package": st.sampled_from([f"{kind}-{{name}}", f"{kind}-{{name}}", "{name}"]),
                "summary": st.just("x"),
            },
            beside=st.just(["usr/share/demo/{name}.conf"]),
            **relations,
        )
        for kind in ("block", "net")
    },
)
modules = st.dictionaries(
    st.sampled_from(["block-a", "net-b", "a", "many", "block-x-y"]),
    table(
        {},
        bundle=st.sampled_from(["many", "core"]),
        **{"keep-in-core": st.booleans(), "files": some_globs, **relations},
    ),
    max_size=3,
)
tables = table(
    {"package": packages, "family": families, "module": modules},
    exclude=st.lists(table({"files": some_globs, "reason": st.just("r")}), max_size=1),
    metapackage=table({}, modules=st.sampled_from(["requires", "recommends"])),
)


@st.composite
def splits(draw: Callable[[st.SearchStrategy[Any]], Any]) -> tuple[ManifestFile, Inventory]:
    """A manifest that loads, and a tree. Waived is what keeps no plan from being sound."""
    content = draw(tables)
    content["package"]["core"] = {"files": ["usr", "var"]}
    content["hosts"] = {"files": ["usr/bin/demo"]}
    content["lock"] = {
        "hub": draw(st.sampled_from(["core", "core", False])),
        "policy": draw(st.sampled_from(["exact", "tag"])),
    }
    content["abi"] = {"offer": draw(st.booleans())}
    content["program"] = {
        "name": "demo",
        "version": "1",
        "summary": "s",
        "description": "d",
        "license": "MIT",
        "maintainer": "A <a@b>",
    }
    content["waiver"] = [{"slug": slug, "reason": "r"} for slug in WAIVED]
    files: dict[str, ElfFile | str | None] = {"usr/bin/demo": draw(programs)}
    for path in draw(st.lists(st.sampled_from(PATHS), min_size=3, max_size=8, unique=True)):
        files[path] = draw(st.one_of(objects, links) if path.endswith((".so", ".0")) else st.none())
    tree = inventory(files, empty=["var/lib/demo"] if draw(st.booleans()) else [])
    return ManifestFile("splitpkg.toml", Manifest.model_validate(content), {}), tree


@given(st.data())
def test_every_plan_is_whole(data: st.DataObject) -> None:
    try:
        manifest, tree = data.draw(splits())
    except ValidationError:
        return
    if any(faults(manifest.content)):
        return
    plan, findings = make_plan(manifest, tree)
    assert (plan is None) == bool(errors(findings))
    assert make_plan(manifest, tree) == (plan, findings)
    if plan is not None:
        every_path_has_one_owner(plan, tree)
        every_directory_has_an_owner_where_it_is_used(plan)
        every_host_and_module_is_locked(plan, tree)
        every_tag_that_is_required_is_provided(plan)


def every_path_has_one_owner(plan: Plan, tree: Inventory) -> None:
    owned = [file.path for file in plan.files]
    excluded = [path for path, _ in plan.excluded if tree.get(path).kind is not EntryKind.DIRECTORY]  # type: ignore[union-attr]
    every = [entry.path for entry in tree.entries if entry.kind is not EntryKind.DIRECTORY]
    assert sorted([*owned, *excluded]) == every


def pulled(plan: Plan, name: str) -> set[str]:
    """A package and all that it requires."""
    seen, todo = set[str](), [name]
    while todo:
        one = todo.pop()
        if one not in seen:
            seen.add(one)
            relations = plan.package(one).relations
            required = [relation for relation in relations if relation.kind is RelationKind.REQUIRES]
            bringing = [one for one in required if one.constraint is not Constraint.SAME_BUILD_IF_INSTALLED]
            todo += [relation.target for relation in bringing if relation.tag is None]
    return seen


def marks(package: PlannedPackage, kind: RelationKind) -> set[tuple[str, str]]:
    """The tags that a package requires or provides as capabilities."""
    tags = {one.tag for one in package.relations if one.kind is kind and one.reason is Reason.TAG}
    return {(tag.family, tag.value) for tag in tags if tag is not None}


def every_tag_that_is_required_is_provided(plan: Plan) -> None:
    provided = [mark for package in plan.packages for mark in marks(package, RelationKind.PROVIDES)]
    for package in plan.packages:
        assert marks(package, RelationKind.REQUIRES) <= set(provided), package.name


def every_directory_has_an_owner_where_it_is_used(plan: Plan) -> None:
    owners: dict[str, set[str]] = {}
    for package in plan.packages:
        for directory in package.directories:
            owners.setdefault(directory.path, set()).add(package.name)
    left_out = {path for path, _ in plan.excluded}
    for package in plan.packages:
        for file in package.files:
            parent = file.path.rpartition("/")[0]
            while parent:
                if not is_base_directory(parent) and parent not in left_out:
                    assert owners[parent] & pulled(plan, package.name), (package.name, parent)
                parent = parent.rpartition("/")[0]


def every_host_and_module_is_locked(plan: Plan, tree: Inventory) -> None:
    """To the hub, or without one to every host; a module to their tags where the policy is such."""
    hosts = {path for path in plan.hosts if tree.get(path) is not None}
    with_hosts = {one.name for one in plan.packages if not hosts.isdisjoint(file.path for file in one.files)}
    for package in plan.packages:
        if package.is_hub or (package.role is not Role.MODULE and package.name not in with_hosts):
            continue
        if package.role is Role.MODULE and "`tag`" in plan.lock[1] and marks(package, RelationKind.REQUIRES):
            continue
        wanted = {plan.hub} if plan.hub is not None else with_hosts if package.role is Role.MODULE else set()
        locks = {
            relation.target
            for relation in package.relations
            if relation.kind is RelationKind.REQUIRES
            and relation.constraint in (Constraint.SAME_BUILD, Constraint.SAME_BUILD_IF_INSTALLED)
            and relation.reason is Reason.LOCK
        }
        assert wanted - {package.name} <= locks, package.name
