"""All checks of a tree's hygiene: one table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from splitpkg.hygiene.duplicates import duplicates
from splitpkg.hygiene.exports import unused_exports
from splitpkg.hygiene.private_headers import private_declarations, private_headers, private_links
from splitpkg.hygiene.run_path import run_paths
from splitpkg.hygiene.sonames import colliding_sonames, public_sonames
from splitpkg.hygiene.unfound import misplaced_modules
from splitpkg.hygiene.unloadable import entryless_modules, foreign_modules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from splitpkg.diagnostics import Diagnostic
    from splitpkg.hygiene.subject import Subject

CHECKS = (
    duplicates,
    private_headers,
    private_declarations,
    private_links,
    public_sonames,
    colliding_sonames,
    run_paths,
    foreign_modules,
    entryless_modules,
    misplaced_modules,
    unused_exports,
)


def check(subject: Subject) -> Iterator[Diagnostic]:
    """The findings of all checks that look at the tree alone."""
    for one in CHECKS:
        yield from one(subject)
