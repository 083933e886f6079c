"""What tags are called in each format, and names that would hide a difference."""

from __future__ import annotations

from dataclasses import replace

import pytest

from splitpkg.abi.model import CapabilityNames, Tag, TagFamily
from splitpkg.plan.model import Constraint, Reason, Relation, RelationKind
from splitpkg.render.deb import check as deb_check
from splitpkg.render.deb import relations as deb_relations
from splitpkg.render.deb.capabilities import as_version
from splitpkg.render.deb.source import DebSource
from splitpkg.render.rpm.check import unsound
from splitpkg.render.rpm.names import names
from splitpkg.render.rpm.relations import line_of
from splitpkg.render.rpm.spec import render
from tests.support.plans import file, manifest, module, package, plan

HOST = "usr/bin/demod"
STAMP = Tag(TagFamily.STAMP, "demo_stamp_A1", (HOST,), ("usr/lib64/demo/block-zip.so",), "needed")


def _relation(kind: RelationKind, tag: Tag) -> Relation:
    bound = (
        Constraint.AT_LEAST if kind is RelationKind.REQUIRES and tag.minor is not None else Constraint.NONE
    )
    return Relation(kind, "demo-abi", bound, Reason.TAG, (), tag)


def _both(tag: Tag) -> list[str]:
    """What RPM provides and requires, then what Debian does."""
    one = package("core", [file(HOST)])
    planned = plan(one, tags=(tag,))
    own, _ = names(manifest(), planned)
    source = DebSource(manifest(), planned)
    kinds = (RelationKind.PROVIDES, RelationKind.REQUIRES)
    lines = [line_of(_relation(kind, tag), "demo-core", own) or "" for kind in kinds]
    spelled = [deb_relations.spelled(source, one, _relation(kind, tag)) for kind in kinds]
    return [*(line.split(None, 1)[1] for line in lines), *(text for (text,) in spelled)]


@pytest.mark.parametrize(
    ("tag", "spelled"),
    [
        (STAMP, ["%{name}-abi(demo_stamp_A1)%{?_isa}"] * 2 + ["demo-abi-demo-stamp-a1"] * 2),
        (
            replace(STAMP, family=TagFamily.CONSTANT, value="API20240924,NTS %(x)"),
            ["%{name}-abi(API20240924-NTS---x-)%{?_isa}"] * 2 + ["demo-abi-api20240924-nts---x-"] * 2,
        ),
        (
            replace(STAMP, family=TagFamily.CONSTANT, value="20120211", minor=142),
            [
                "%{name}-abi(20120211)%{?_isa} = 142",
                "%{name}-abi(20120211)%{?_isa} >= 142",
                "demo-abi-20120211 (= 142)",
                "demo-abi-20120211 (>= 142)",
            ],
        ),
        (
            replace(STAMP, value="2024", names=CapabilityNames("demo(api) = {value}", "demo-api-{value}")),
            ["demo(api) = 2024", "demo(api) = 2024", "demo-api-2024", "demo-api-2024"],
        ),
        (
            replace(STAMP, value="4", minor=2, names=CapabilityNames("demo-{value}.{minor}", "demo-{value}")),
            ["demo-4.2", "demo-4.2", "demo-4 (= 2)", "demo-4 (>= 2)"],
        ),
    ],
)
def test_a_tag_has_the_customary_name_or_one_made_of_its_value(tag: Tag, spelled: list[str]) -> None:
    assert _both(tag) == spelled


@pytest.mark.parametrize(
    ("others", "rpm", "deb"),
    [
        (("demo_stamp-A1",), [], ["demo-abi-demo-stamp-a1"]),
        (("demo_stamp A1", "demo_stamp,A1"), ["demo-abi(demo_stamp-A1)"], ["demo-abi-demo-stamp-a1"] * 2),
        (("other_1",), [], []),
    ],
)
def test_values_that_become_one_name_are_refused(
    others: tuple[str, ...], rpm: list[str], deb: list[str]
) -> None:
    tags = (STAMP, *(replace(STAMP, value=value) for value in others))
    provided = tuple(_relation(RelationKind.PROVIDES, tag) for tag in tags)
    planned = plan(package("core", [file(HOST)], relations=provided), tags=tags)
    own, _ = names(manifest(), planned)
    found = [one for one in unsound(manifest(), planned, own) if one.slug == "capability-collides"]
    assert [one.message.split("`")[3] for one in found] == rpm
    more = deb_check.findings(DebSource(manifest(), planned), None)
    assert [one.message.split("`")[3] for one in more if one.slug == "capability-collides"] == deb


@pytest.mark.parametrize("form", [None, "demo_stamp_[!-~]*"])
def test_a_custom_that_is_no_name_is_told_once_also_where_the_build_decides_the_value(
    form: str | None,
) -> None:
    odd = replace(STAMP, names=CapabilityNames("%(id) {value}", "demo;api = {value}"), form=form)
    provided, required = (_relation(kind, odd) for kind in (RelationKind.PROVIDES, RelationKind.REQUIRES))
    user = package("zip", [file(STAMP.carriers[0])], relations=(required,))
    planned = plan(package("core", [file(HOST)], relations=(provided,)), user, tags=(odd,))
    (rpm,) = render(manifest(), planned)[1]
    (deb,) = deb_check.findings(DebSource(manifest(), planned), None)
    assert [(one.slug, one.message.split("`")[3]) for one in (rpm, deb)] == [
        ("bad-relation", "%(id) demo_stamp_A1"),
        ("name-unfit", "demo;api = demo-stamp-a1"),
    ]


def test_a_tag_is_not_called_as_a_package_is() -> None:
    provided = (_relation(RelationKind.PROVIDES, STAMP),)
    core = package("core", [file(HOST)], relations=provided)
    planned = plan(core, package("abi-demo-stamp-a1"), tags=(STAMP,))
    (finding,) = deb_check.findings(DebSource(manifest(), planned), None)
    assert (finding.slug, finding.message) == (
        "capability-collides",
        "tag `demo_stamp_A1` is called `demo-abi-demo-stamp-a1` in Debian, which is the name of a package",
    )


def test_a_lock_by_tag_has_its_value_as_the_version() -> None:
    tag = replace(STAMP, value="20120211", minor=142)
    lock = Relation(RelationKind.BREAKS, "demo-plugin-mmn", Constraint.NONE, Reason.LOCK, (), tag)
    one = package("core")
    source = DebSource(manifest(), plan(one, module("block", "zip"), tags=(tag,)))
    assert deb_relations.spelled(source, one, lock) == (
        "demo-plugin-mmn (<< 0+20120211.0)",
        "demo-plugin-mmn (>> 0+20120211.142)",
    )
    needed = replace(lock, kind=RelationKind.PROVIDES, tag=replace(tag, minor=7))
    assert deb_relations.spelled(source, one, needed) == ("demo-plugin-mmn (= 0+20120211.7)",)
    assert as_version(STAMP) == "0+demo+stamp+A1"
