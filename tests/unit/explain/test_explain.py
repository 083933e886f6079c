"""The pages about findings: one for each that the code can report, and right in what they show."""

from __future__ import annotations

import re
import tomllib
from typing import Any

import pytest

from splitpkg.diagnostics import Failed
from splitpkg.explain.explain import page, slugs
from splitpkg.manifest.model import Manifest
from tests.support import slugs as source

BLOCKS = [
    (slug, block)
    for slug in slugs()
    for block in re.findall(r"^```toml\n(.*?)^```$", page(slug), re.DOTALL | re.M)
]


def test_every_finding_has_a_page_and_every_page_a_finding() -> None:
    assert set(slugs()) == source.slugs()


def test_the_name_of_every_finding_can_be_read_from_the_source() -> None:
    unknown = [f"{use.path}:{use.line}" for use in source.used() if use.slug is None]
    assert unknown == [], "name the finding by a string, so that its page can be asked for"


def test_names_are_words_joined_by_hyphens() -> None:
    assert [slug for slug in slugs() if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug)] == []
    assert list(slugs()) == sorted(slugs())


@pytest.mark.parametrize("slug", slugs())
def test_a_page_says_what_why_and_how(slug: str) -> None:
    text = page(slug)
    headings = re.findall(r"^#+ .*$", re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.M), re.M)
    assert headings == [f"# {slug}", "## Why it matters", "## How to mend it"]
    assert all(part.strip() for part in re.split(r"^#+ .*$", text, flags=re.M)[1:])
    assert text.isascii()
    assert max(map(len, text.splitlines())) <= 100
    assert text.count("```") % 2 == 0
    assert not re.search(r"(?i)\b(please|invalid|simply|just)\b", text)


@pytest.mark.parametrize(("slug", "block"), BLOCKS, ids=[slug for slug, _ in BLOCKS])
def test_an_example_is_right(slug: str, block: str) -> None:
    content = tomllib.loads(next(text for name, text in BLOCKS if name == "missing-key"))
    Manifest.model_validate(merged(content, tomllib.loads(block)))
    assert page(slug).count(block) == 1


def merged(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    """Both tables in one; what the second says counts."""
    both = {key: value for key, value in first.items() if key not in second}
    for key, value in second.items():
        other = first.get(key)
        both[key] = merged(other, value) if isinstance(value, dict) and isinstance(other, dict) else value
    return both


def test_pages_name_findings_that_there_are() -> None:
    """What a page says of a waiver is the name of a finding."""
    named = [tomllib.loads(block).get("waiver", []) for _, block in BLOCKS]
    assert {waiver["slug"] for waivers in named for waiver in waivers} <= set(slugs())


@pytest.mark.parametrize(
    ("asked", "hint"),
    [
        ("unmet-symbols", "run `splitpkg explain unmet-symbol`"),
        ("x", "run `splitpkg explain`, which lists them"),
        ("../pages/unowned", "run `splitpkg explain unowned`"),
        ("", "run `splitpkg explain`, which lists them"),
    ],
)
def test_what_has_no_page_is_a_finding_itself(asked: str, hint: str) -> None:
    with pytest.raises(Failed) as caught:
        page(asked)
    (finding,) = caught.value.diagnostics
    assert (finding.slug, finding.hint) == ("slug-unknown", hint)
