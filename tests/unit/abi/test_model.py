"""What customary names of a tag's capability leave out of it."""

from __future__ import annotations

import pytest

from splitpkg.abi.model import CapabilityNames, Tag, TagFamily


@pytest.mark.parametrize(
    ("rpm", "deb", "minor", "whole"),
    [
        (None, None, 3, True),
        ("demo-api = {value}", "demo-api-{value}", None, True),
        ("demo-api({value})", "demo-api-{value}", 3, True),
        ("demo-api = {value}.{minor}", None, 3, True),
        ("demo-api = {value}", None, 3, False),
        ("demo-api", None, 3, False),
        (None, "demo-api-2012", None, False),
    ],
)
def test_whether_customary_names_say_all_of_a_tag(
    rpm: str | None, deb: str | None, minor: int | None, whole: bool
) -> None:
    names = CapabilityNames(rpm, deb)
    tag = Tag(TagFamily.CONSTANT, "2012.1", ("host",), ("module",), "", minor, names=names)
    assert tag.is_named_whole is whole
