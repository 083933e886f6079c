"""Findings that the manifest accepts, each with its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from splitpkg.diagnostics import Diagnostic, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from splitpkg.manifest.model import ManifestFile, Waiver
    from splitpkg.plan.claims import Key


def not_excluded(
    manifest: ManifestFile, findings: Iterable[Diagnostic]
) -> tuple[list[Diagnostic], frozenset[Key]]:
    """The findings about paths that are not left out of every package; the patterns that leave others out."""
    patterns = {
        ("exclude", number, "files", index): glob
        for number, table in enumerate(manifest.content.exclude)
        for index, glob in enumerate(table.files)
    }
    kept: list[Diagnostic] = []
    used: set[Key] = set()
    for finding in findings:
        parts = finding.where.path.split("/")
        ways = ["/".join(parts[:count]) for count in range(1, len(parts) + 1)]
        hits = {key for key, glob in patterns.items() if any(glob.match(way) for way in ways)}
        used |= hits
        kept += [] if hits else [finding]
    return kept, frozenset(used)


def waive(manifest: ManifestFile, findings: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The findings that no waiver accepts, and the waivers that accept nothing."""
    waivers = manifest.content.waiver
    used, kept = set[int](), []
    for finding in findings:
        accepting = [number for number, waiver in enumerate(waivers) if _accepts(waiver, finding)]
        used.update(accepting)
        if not accepting:
            kept.append(finding)
    kept += [_unused(manifest, number) for number in range(len(waivers)) if number not in used]
    return tuple(kept)


def _accepts(waiver: Waiver, finding: Diagnostic) -> bool:
    if waiver.slug != finding.slug or (waiver.match is not None and waiver.match not in finding.message):
        return False
    return not waiver.files or any(glob.match(finding.where.path) for glob in waiver.files)


def _unused(manifest: ManifestFile, number: int) -> Diagnostic:
    slug = manifest.content.waiver[number].slug
    return Diagnostic(
        "waiver-unused",
        manifest.where("waiver", number),
        f"waives `{slug}`, and there is no such finding",
        hint="remove the waiver",
        severity=Severity.WARNING,
    )
