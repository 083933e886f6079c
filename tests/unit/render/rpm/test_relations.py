"""Relations as the spec spells them."""

from __future__ import annotations

import pytest

from splitpkg.manifest.model import RpmRelations
from splitpkg.plan.model import Constraint, Reason, Relation, RelationKind
from splitpkg.render.rpm.names import names
from splitpkg.render.rpm.relations import lines
from tests.support.plans import manifest, package, plan, relation

EVR = "%{?epoch:%{epoch}:}%{version}-%{release}"


def _lines(*relations: Relation, rpm: RpmRelations | None = None, bound: bool = True) -> tuple[str, ...]:
    part = package("x", relations=relations, rpm=rpm or RpmRelations(), architecture_dependent=bound)
    others = [package("core"), package("data", architecture_dependent=False), part]
    own, _findings = names(manifest(), plan(*others))
    return lines(part, own)


@pytest.mark.parametrize(
    ("given", "line"),
    [
        (relation("requires", "demo-core"), f"Requires:       %{{name}}-core%{{?_isa}} = {EVR}"),
        (relation("requires", "demo-data"), f"Requires:       %{{name}}-data = {EVR}"),
        (relation("recommends", "demo-core"), f"Recommends:     %{{name}}-core%{{?_isa}} = {EVR}"),
        (relation("suggests", "demo-core"), f"Suggests:       %{{name}}-core%{{?_isa}} = {EVR}"),
        (relation("supplements", "demo-core"), f"Supplements:    %{{name}}-core%{{?_isa}} = {EVR}"),
        (relation("enhances", "demo-core"), f"Enhances:       %{{name}}-core%{{?_isa}} = {EVR}"),
        (
            relation("requires", "demo-core", Constraint.AT_LEAST),
            f"Requires:       %{{name}}-core%{{?_isa}} >= {EVR}",
        ),
        (
            relation("requires", "demo-core", Constraint.SAME_BUILD_IF_INSTALLED),
            f"Requires:       (%{{name}}-core%{{?_isa}} = {EVR} if %{{name}}-core%{{?_isa}})",
        ),
        (relation("conflicts", "demo-core", Constraint.NONE), "Conflicts:      %{name}-core%{?_isa}"),
        (
            relation("breaks", "demo-core", Constraint.RANGE),
            f"Conflicts:      %{{name}}-core%{{?_isa}} < {EVR}",
        ),
        (relation("obsoletes", "demo-core", Constraint.RANGE), f"Obsoletes:      %{{name}}-core < {EVR}"),
        (
            relation("provides", "demo-abi(a1f3)", Constraint.NONE, Reason.MANIFEST),
            "Provides:       %{name}-abi(a1f3)%{?_isa}",
        ),
    ],
)
def test_each_kind(given: Relation, line: str) -> None:
    assert _lines(given) == (line,)


def test_moving_files_needs_no_relation() -> None:
    assert _lines(relation("replaces", "demo-core", Constraint.RANGE)) == ()


def test_a_package_for_every_architecture_names_none() -> None:
    assert _lines(relation("requires", "demo-core"), bound=False) == (
        f"Requires:       %{{name}}-core = {EVR}",
    )


def test_locks_come_first_and_the_same_line_once() -> None:
    found = _lines(
        relation("recommends", "demo-core"),
        relation("requires", "demo-core", reason=Reason.MANIFEST),
        relation("requires", "demo-data", reason=Reason.MANIFEST),
        relation("requires", "demo-core"),
        rpm=RpmRelations(requires=("group(kvm)", f"%{{name}}-data = {EVR}"), conflicts=("old < 2",)),
    )
    assert [line.split()[:2] for line in found] == [
        ["Requires:", "%{name}-core%{?_isa}"],
        ["Requires:", "%{name}-data"],
        ["Recommends:", "%{name}-core%{?_isa}"],
        ["Requires:", "group(kvm)"],
        ["Conflicts:", "old"],
    ]


def test_an_edge_says_why() -> None:
    evidence = ("a.so needs `x%y`, which only\nb.so defines", "more")
    edge = Relation(RelationKind.REQUIRES, "demo-core", Constraint.SAME_BUILD, Reason.EDGE, evidence)
    assert _lines(edge) == (
        "# a.so needs `x%%y`, which only\\nb.so defines",
        f"Requires:       %{{name}}-core%{{?_isa}} = {EVR}",
    )
