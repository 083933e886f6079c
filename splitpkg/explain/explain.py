"""Explains findings: one page of Markdown for each, with what it means, why it matters, how to mend it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from splitpkg.diagnostics import Diagnostic, Failed, Location

_PAGES = Path(__file__).parent / "pages"


@cache
def slugs() -> tuple[str, ...]:
    """The names of all findings, sorted."""
    return tuple(sorted(path.stem for path in _PAGES.glob("*.md")))


def page(slug: str) -> str:
    """The page about a finding, without the last line's end. Raises Failed (`slug-unknown`)."""
    if slug not in slugs():
        raise Failed([_unknown(slug)])
    return (_PAGES / f"{slug}.md").read_text(encoding="utf-8").rstrip("\n")


def _unknown(slug: str) -> Diagnostic:
    from difflib import get_close_matches  # noqa: PLC0415 - only for what is wrong

    near = get_close_matches(slug, slugs(), 1)
    hint = f"run `splitpkg explain {near[0]}`" if near else "run `splitpkg explain`, which lists them"
    return Diagnostic(
        "slug-unknown", Location("splitpkg explain"), f"no finding is called `{slug}`", hint=hint
    )
