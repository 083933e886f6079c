"""What a plan lets one expect of the packages."""

from __future__ import annotations

from splitpkg.manifest.model import DebRelations
from splitpkg.plan.model import Config, Constraint, Reason, RelationKind
from splitpkg.render.deb.expect import expected
from splitpkg.verify.model import ExpectedRelation
from tests.support.plans import file, folder, link, manifest, package, plan, relation

BUILD = {"build": {"system": "make", "source": "demo-1.6.0.tar.gz"}}


def test_names_files_and_relations_are_debian_s() -> None:
    own = DebRelations.model_validate({"depends": ["${perl:Depends}", "adduser (>= 3)"]})
    part = package(
        "a",
        [
            folder("etc/demo", 0o2750, group="adm"),
            file("etc/demo/x", config=Config.NO),
            file("usr/lib64/x.so"),
        ],
        relations=(relation("requires", "demo-b"),),
        deb=own,
        private_sonames=("x.so",),
    )
    found, _ = expected(manifest(), plan(part, package("b")))
    assert found.name == "demo-a"
    assert [(one.path, one.mode, one.group, str(one.config)) for one in found.files] == [
        ("etc/demo", 0o750, "root", "no"),
        ("etc/demo/x", 0o644, "root", "noreplace"),
        ("usr/lib64/x.so", 0o644, "root", "no"),
    ]
    assert found.relations == (
        _relation("adduser", Constraint.NONE, Reason.MANIFEST, "Depends: adduser (>= 3)"),
        _relation("demo-b", Constraint.SAME_BUILD, Reason.LOCK, "Depends: demo-b (= ${binary:Version})"),
    )
    assert found.generated == (
        "usr/share/doc/demo-a/copyright",
        "usr/share/doc/demo-a/changelog.Debian.gz",
        "usr/share/lintian/overrides/demo-a",
    )
    assert found.private_sonames == ("x.so",)


def _relation(target: str, constraint: Constraint, reason: Reason, text: str) -> ExpectedRelation:
    return ExpectedRelation(RelationKind.REQUIRES, target, False, constraint, reason, text)


def test_what_the_manifest_says_is_expected_where_it_holds_in_any_case() -> None:
    depends = ["python3:any(>=3.11)", "xx|yy(<< 2)", "zz[amd64]", "pp <!nocheck>", "aa | bb [arm64]"]
    depends += ["vv (= ${binary:Version})", "aa | vv (= ${binary:Version})", "old (<= 2)"]
    own = DebRelations.model_validate({"depends": depends})
    (found,) = expected(manifest(), plan(package("a", deb=own)))
    assert [(one.target, one.spelling) for one in found.relations] == [
        ("old", "Depends: old (<= 2)"),
        ("python3:any", "Depends: python3:any (>= 3.11)"),
        ("vv", "Depends: vv (= ${binary:Version})"),
        ("xx | yy (<< 2)", "Depends: xx | yy (<< 2)"),
    ]


def test_what_is_built_lies_in_the_architecture_s_folder() -> None:
    part = package("a", [file("usr/lib64/x.so"), file("usr/lib64/x.la")])
    (found,) = expected(manifest(**BUILD), plan(part), "s390x-linux-gnu")
    assert [one.path for one in found.files] == ["usr/lib/s390x-linux-gnu/x.so"]
    assert "usr/share/doc/demo-a/changelog.gz" in found.generated


def test_nothing_is_added_where_the_tree_has_it() -> None:
    (found,) = expected(manifest(), plan(package("a", [file("usr/share/doc/demo-a/copyright")])))
    assert found.generated == (
        "usr/share/doc/demo-a/changelog.Debian.gz",
        "usr/share/lintian/overrides/demo-a",
    )
    (found,) = expected(manifest(), plan(package("a", [link("usr/share/doc/demo-a", "demo-b")])))
    assert found.generated == ("usr/share/lintian/overrides/demo-a",)
