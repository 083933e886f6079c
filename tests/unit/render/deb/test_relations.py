"""Relations as debian/control has them."""

from __future__ import annotations

import pytest

from splitpkg.manifest.model import DebRelations
from splitpkg.plan.model import Constraint, Reason, Relation, RelationKind
from splitpkg.render.deb import relations
from splitpkg.render.deb.check import findings
from splitpkg.render.deb.source import DebSource
from tests.support.plans import file, manifest, package, plan, relation


def _source(*packages: object) -> DebSource:
    return DebSource(manifest(), plan(*packages))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("here", "there", "lock"),
    [
        (True, True, "demo-b (= ${binary:Version})"),
        (True, False, "demo-b (= ${source:Version})"),
        (False, False, "demo-b (= ${source:Version})"),
    ],
)
def test_a_lock_survives_a_rebuild_of_one_architecture(here: bool, there: bool, lock: str) -> None:
    one = package("a", architecture_dependent=here, relations=(relation("requires", "demo-b"),))
    source = _source(one, package("b", architecture_dependent=there))
    assert relations.spelled(source, one, one.relations[0]) == (lock,)
    assert findings(source, None) == ()


def test_what_is_for_all_architectures_is_locked_by_what_it_requires() -> None:
    """A rebuild of one architecture must not change what the package for all of them asks for."""
    one = package("a", architecture_dependent=False, relations=(relation("requires", "demo-b"),))
    other = package("b")
    source = _source(one, other)
    assert relations.fields(source, one) == (
        ("Depends", ("demo-b (>= ${source:Version})", "${misc:Depends}")),
    )
    broken = ("demo-a (<< ${source:Version})", "demo-a (>> ${source:Version})")
    assert relations.fields(source, other) == (("Depends", ("${misc:Depends}",)), ("Breaks", broken))
    assert findings(source, None) == ()


def test_a_module_for_all_architectures_that_fits_some_hosts_is_broken_by_these() -> None:
    lock = relation("requires", "demo-b", Constraint.SAME_BUILD_IF_INSTALLED)
    one = package("a", architecture_dependent=False, relations=(lock,))
    other = package("b")
    source = _source(one, other)
    assert relations.fields(source, one) == (("Depends", ("${misc:Depends}",)),)
    assert dict(relations.fields(source, other))["Breaks"] == (
        "demo-a (<< ${source:Version})",
        "demo-a (>> ${source:Version})",
    )


@pytest.mark.parametrize(
    ("kind", "constraint", "texts"),
    [
        ("requires", Constraint.NONE, ("demo-b",)),
        ("requires", Constraint.AT_LEAST, ("demo-b (>= ${source:Version})",)),
        (
            "requires",
            Constraint.RANGE,
            ("demo-b (>= ${source:Version})", "demo-b (<< ${source:Version}.1~)"),
        ),
        (
            "breaks",
            Constraint.SAME_BUILD,
            ("demo-b (<< ${binary:Version})", "demo-b (>> ${binary:Version})"),
        ),
        (
            "requires",
            Constraint.SAME_BUILD_IF_INSTALLED,
            ("demo-b (<< ${binary:Version})", "demo-b (>> ${binary:Version})"),
        ),
    ],
)
def test_other_constraints(kind: str, constraint: Constraint, texts: tuple[str, ...]) -> None:
    one = package("a", relations=(relation(kind, "demo-b", constraint),))
    assert relations.spelled(_source(one, package("b")), one, one.relations[0]) == texts


def test_fields_in_the_usual_order_sorted_with_variables_last() -> None:
    own = DebRelations.model_validate(
        {"depends": ["zlib1g|libz", "adduser"], "breaks": ["old (<< 2)"], "provides": ["virtual"]}
    )
    one = package(
        "a",
        [file("usr/bin/a", needed=("libc.so.6",)), file("usr/lib/systemd/system/a.service")],
        relations=(relation("requires", "demo-b"), relation("suggests", "demo-b", Constraint.NONE)),
        deb=own,
    )
    assert relations.fields(_source(one, package("b")), one) == (
        ("Pre-Depends", ("${misc:Pre-Depends}",)),
        (
            "Depends",
            (
                "adduser",
                "demo-b (= ${binary:Version})",
                "zlib1g | libz",
                "${misc:Depends}",
                "${shlibs:Depends}",
            ),
        ),
        ("Suggests", ("demo-b",)),
        ("Breaks", ("old (<< 2)",)),
        ("Provides", ("virtual",)),
    )


def test_what_replaces_old_packages_is_no_field_of_its_own() -> None:
    one = package("a", relations=(relation("obsoletes", "demo-old", Constraint.NONE, Reason.HISTORY),))
    assert relations.fields(_source(one), one) == (("Depends", ("${misc:Depends}",)),)


def test_a_capability_is_named_as_it_is_or_refused() -> None:
    wanted = Relation(RelationKind.REQUIRES, "demo-abi-1", Constraint.NONE, Reason.TAG)
    odd = Relation(RelationKind.REQUIRES, "demo_abi(1)", Constraint.NONE, Reason.TAG)
    one = package("a", relations=(wanted, odd))
    assert relations.spelled(_source(one), one, wanted) == ("demo-abi-1",)
    assert [finding.slug for finding in findings(_source(one), None)] == ["name-unfit"]
