"""Forms of tags, by which grep(1) finds another build's value and nothing else."""

from __future__ import annotations

import subprocess

import pytest

from splitpkg.abi.model import Tag, TagFamily
from splitpkg.plan.forms import with_forms
from tests.support.trees import manifest

BUILD = '[build]\nsystem = "make"\nsource = "demo-1.6.0.tar.gz"\n'
SPLIT = """
[hosts]
files = "usr/bin/demo"
[package.core]
files = "usr/bin/demo"
"""
STAMP, NODE, SONAME, CONSTANT, PATH = (
    TagFamily.STAMP,
    TagFamily.NODE,
    TagFamily.SONAME,
    TagFamily.CONSTANT,
    TagFamily.PATH,
)
HASH = "0123456789abcdef0123456789abcdef01234567"


def tag(family: TagFamily, value: str) -> Tag:
    return Tag(family, value, ("usr/bin/demo",), ("usr/lib64/demo/block-a.so",), "")


def formed(family: TagFamily, value: str, text: str = "") -> str:
    """The form of the only tag of a build; there is no finding then."""
    (found,), findings = with_forms(manifest(SPLIT + BUILD + text), [tag(family, value)])
    assert findings == ()
    assert found.form is not None
    return found.form


def grep(form: str, *names: str) -> list[str]:
    """Those of the names that are of the form, as the packaging finds them."""
    text = "".join(f"{name}\n" for name in names)
    done = subprocess.run(
        ["grep", "-axE", "-e", form],
        input=text,
        capture_output=True,
        text=True,
        check=False,
        env={"LC_ALL": "C"},
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


@pytest.mark.parametrize(
    ("family", "value", "alike", "others"),
    [
        (STAMP, f"demo_stamp_{HASH}", ["demo_stamp_fedcba9"], ["demo_stamp_init", f"xdemo_stamp_{HASH}"]),
        (STAMP, "register_init_1_6_0", ["register_init_1_7", "register_init_10_0_1rc2"], ["register_init_"]),
        (STAMP, "entry__3_0_0ft64", ["entry__3_0_1ft64", "entry__4_0_0"], ["entry__3_0_0_suffix"]),
        (NODE, "DEMO_PRIVATE_1.6.0", ["DEMO_PRIVATE_1.6.10"], ["DEMO_1.6.0", "DEMOXPRIVATE_1.6.0"]),
        (
            SONAME,
            "libdemo-wire-257.so",
            ["libdemo-wire-258.1.so"],
            ["libdemo-wire-257xso", "libdemo-wire.so"],
        ),
        (NODE, "DEMO+(A)[1]_1.6.0", ["DEMO+(A)[2]_1.6.1"], ["DEMOO(A)[1]_1.6.0", "DEMO+A1_1.6.0"]),
    ],
)
def test_a_form_is_that_of_every_build(
    family: TagFamily, value: str, alike: list[str], others: list[str]
) -> None:
    assert grep(formed(family, value), value, *alike, *others) == [value, *alike]


@pytest.mark.parametrize(
    ("glob", "value", "alike", "others"),
    [
        ("demo_stamp_*", "demo_stamp_noble", ["demo_stamp_jammy"], ["demo_init_noble"]),
        ("demo_?_[0-9]*", "demo_a_7x", ["demo_b_8"], ["demo_ab_7x", "demo_a_x"]),
        ("demo_[!x]_*", "demo_a_7", ["demo_b_7"], ["demo_x_7"]),
        ("demo_[^x]_*", "demo_x_7", ["demo_^_8"], ["demo_a_7"]),
        ("demo_[^]_*", "demo_^_7", ["demo_^_8"], ["demo_a_7"]),
        ("demo.stamp$[a]^{1}*", "demo.stamp$a^{1}7", ["demo.stamp$a^{1}"], ["demoxstamp$a^{1}7"]),
    ],
)
def test_a_glob_of_the_manifest_is_the_form(
    glob: str, value: str, alike: list[str], others: list[str]
) -> None:
    form = formed(STAMP, value, f'[abi]\ntag = {{ symbol = "{glob}" }}\n')
    assert grep(form, value, *alike, *others) == [value, *alike]


def test_a_packed_tree_has_its_tags_already() -> None:
    listed = (tag(STAMP, "demo_stamp_1_6_0"), tag(CONSTANT, "20120211"))
    assert with_forms(manifest(SPLIT), listed) == (listed, ())


def test_what_a_few_lines_of_shell_cannot_read_is_told() -> None:
    listed = (tag(CONSTANT, "20120211"), tag(PATH, "usr/lib64/demo/1.6"), tag(STAMP, "demo\tstamp_1_6_0"))
    found, findings = with_forms(manifest(SPLIT + BUILD), listed)
    assert [one.form for one in found] == [None, None, None]
    assert [(one.slug, one.message.split("`")[1]) for one in findings] == [
        ("tag-unread", "20120211"),
        ("tag-unread", "demo\tstamp_1_6_0"),
    ]


def test_tags_that_differ_in_their_versions_only_are_left_alone() -> None:
    listed = (tag(NODE, "DEMO_PRIVATE_1.6.0"), tag(NODE, "DEMO_PRIVATE_1.5.0"))
    found, findings = with_forms(manifest(SPLIT + BUILD), listed)
    assert [one.form for one in found] == [None, None]
    assert [one.slug for one in findings] == ["tag-unread", "tag-unread"]
    assert all("another tag differs from it in version or hash only" in one.notes for one in findings)
