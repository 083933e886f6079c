"""Findings that the manifest accepts, each with its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from splitpkg.diagnostics import Diagnostic, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from splitpkg.manifest.model import ManifestFile, Waiver


def not_excluded(manifest: ManifestFile, findings: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """The findings about paths that are not left out of every package."""
    globs = [glob for table in manifest.content.exclude for glob in table.files]
    for finding in findings:
        parts = finding.where.path.split("/")
        ways = ["/".join(parts[:count]) for count in range(1, len(parts) + 1)]
        if not any(glob.match(way) for glob in globs for way in ways):
            yield finding


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
