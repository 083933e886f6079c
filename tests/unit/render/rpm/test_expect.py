"""What verification is told to look for."""

from __future__ import annotations

from typing import Any

from splitpkg.manifest.model import FormatNames, RpmRelations
from splitpkg.plan.model import Constraint, Reason, Relation, RelationKind
from splitpkg.render.rpm.expect import expected
from splitpkg.verify.model import ExpectedPackage, ExpectedRelation
from tests.support.plans import demo_plan, file, folder, manifest, package, plan, relation

BUILD = {"system": "meson", "source": "demo-1.6.0.tar.gz"}


def _one(*relations: Relation, **facts: Any) -> ExpectedPackage:
    part = package("x", relations=relations, **facts)
    found = expected(manifest(), plan(package("core"), package("d", architecture_dependent=False), part))
    return next(one for one in found if one.name.endswith("-x"))


def test_packages_and_files() -> None:
    found = {one.name: one for one in expected(manifest(), demo_plan())}
    assert list(found) == sorted(part.name for part in demo_plan().packages)
    for part in demo_plan().packages:
        assert {file.path for file in found[part.name].files} == {
            file.path for file in (*part.files, *part.directories)
        }
    assert found["demo-ui-gl"].private_sonames == ("libuigl.so",)
    assert found["demo-core"].generated == ()


def test_locks() -> None:
    assert _one(relation("requires", "demo-core")).relations == (
        ExpectedRelation(
            RelationKind.REQUIRES,
            "demo-core",
            True,
            Constraint.SAME_BUILD,
            Reason.LOCK,
            "Requires: %{name}-core%{?_isa} = %{?epoch:%{epoch}:}%{version}-%{release}",
        ),
    )


def test_qualified_only_between_bound_packages() -> None:
    relations = (relation("requires", "demo-d"), relation("obsoletes", "demo-core", Constraint.RANGE))
    assert [one.qualified for one in _one(*relations).relations] == [False, False]


def test_breaks_are_conflicts_and_replaces_are_nothing() -> None:
    both = (relation("breaks", "demo-core", Constraint.RANGE), relation("replaces", "demo-core"))
    (one,) = _one(*both).relations
    assert (one.kind, one.target, one.constraint) == (RelationKind.CONFLICTS, "demo-core", Constraint.RANGE)


def test_names_are_rpm_s() -> None:
    core = package("core", names=FormatNames(rpm="other"))
    part = package("x", relations=(relation("requires", "demo-core"),))
    found = expected(manifest(), plan(core, part))
    assert [one.name for one in found] == ["demo-x", "other"]
    assert found[0].relations[0].target == "other"


def test_what_the_manifest_says_itself() -> None:
    said = RpmRelations(
        requires=("group(kvm)", "%{name}-y%{?_isa} >= 2", "(a = %{version} if b)"),
        supplements=("(a%{?_isa} and b)",),
    )
    found = [(one.target, one.qualified, one.constraint, one.reason) for one in _one(rpm=said).relations]
    assert found == [
        ("(a = 1.6.0 if b)", False, Constraint.NONE, Reason.MANIFEST),
        ("demo-y", True, Constraint.NONE, Reason.MANIFEST),
        ("group(kvm)", False, Constraint.NONE, Reason.MANIFEST),
    ]


def test_source_mode() -> None:
    part = package(
        "core", [file("usr/lib64/demo/a.la"), file("usr/lib64/demo/a.so"), folder("usr/lib64/demo")]
    )
    (found,) = expected(manifest(build=BUILD), plan(part))
    assert [one.path for one in found.files] == ["usr/lib64/demo", "usr/lib64/demo/a.so"]
    assert found.generated == ("usr/lib/.build-id", "usr/lib/.build-id/**")


def test_libraries_are_where_the_distribution_has_them() -> None:
    triplet = "usr/lib/x86_64-linux-gnu"
    part = package("core", [file(f"{triplet}/demo/a.so"), file("usr/lib/demo/x")])
    planned = plan(part, libdir=triplet)
    (found,) = expected(manifest(build=BUILD), planned, "usr/lib64")
    assert [one.path for one in found.files] == ["usr/lib/demo/x", "usr/lib64/demo/a.so"]
    (found,) = expected(manifest(), planned, "usr/lib64")
    assert [one.path for one in found.files] == ["usr/lib/demo/x", f"{triplet}/demo/a.so"]
