"""From a plan to NAME.spec and NAME.rpmlintrc."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from splitpkg.diagnostics import Diagnostic, errors, ordered
from splitpkg.render.engine import fill
from splitpkg.render.late import parted
from splitpkg.render.model import Rendered
from splitpkg.render.rpm import check, quote
from splitpkg.render.rpm.files import Listing, upstream
from splitpkg.render.rpm.late import NEEDED, rows
from splitpkg.render.rpm.lint import filters
from splitpkg.render.rpm.names import names
from splitpkg.render.rpm.relations import is_stated, lines, tag
from splitpkg.render.rpm.scriptlets import (
    Scriptlet,
    has_public_library,
    has_units,
    needs_systemd_macros,
    scriptlets,
    triggers,
)
from splitpkg.render.rpm.steps import Steps, prebuilt_steps, source_steps

if TYPE_CHECKING:
    from pathlib import Path

    from splitpkg.manifest.model import ManifestFile, Program
    from splitpkg.plan.model import Plan, PlannedPackage
    from splitpkg.render.rpm.names import Names


@dataclass(frozen=True, slots=True)
class PackageSections:
    """The sections of one package; `argument` follows the words `%package`, `%files` and the like."""

    argument: str
    is_main: bool
    preamble: tuple[str, ...]
    description: str
    scriptlets: tuple[Scriptlet, ...]
    has_library: bool
    files: tuple[str, ...]


def render(
    manifest: ManifestFile, plan: Plan, *, templates: Path | None = None
) -> tuple[tuple[Rendered, ...], tuple[Diagnostic, ...]]:
    """The spec and rpmlint's filter for it; nothing but the findings where one is an error.

    Raises Failed (`template-error`) when a template of the user's own does not fit.
    """
    own, colliding = names(manifest, plan)
    plan, tags = parted(plan, partial(is_stated, names=own))
    listing = Listing(plan, source_mode=manifest.content.build is not None)
    spoken = [finding for package in plan.packages for finding in listing.findings(package)]
    findings = ordered([*colliding, *spoken, *check.unsound(manifest, tags.plan, own)])
    if errors(findings):
        return (), findings
    program = manifest.content.program
    values = _values(manifest, plan, own, listing, rows(tags, own, listing.spelling))
    spec = fill("rpm/spec.j2", values, templates)
    reasons = {"filters": filters(plan, own, prebuilt=manifest.content.build is None)}
    lint = fill("rpm/rpmlintrc.j2", reasons, templates)
    beside = (Rendered(name, text) for name, text in manifest.beside.items())
    made = (Rendered(f"{program.name}.rpmlintrc", lint), Rendered(f"{program.name}.spec", spec), *beside)
    return tuple(sorted(made)), findings


def _values(
    manifest: ManifestFile, plan: Plan, own: Names, listing: Listing, tags: tuple[str, ...]
) -> dict[str, object]:
    program, build = manifest.content.program, manifest.content.build
    steps = prebuilt_steps(program) if build is None else source_steps(program, build, plan, listing)
    parts = [_sections(package, own, listing, upstream(plan, package, build)) for package in plan.packages]
    return {
        "program": program.name,
        "prebuilt": build is None,
        "private_sonames": _soname_pattern(plan),
        "preamble": _preamble(manifest, plan, steps, *((NEEDED,) if tags else ())),
        "description": quote.escaped_description(quote.description(program.description)),
        "main": next((part for part in parts if part.is_main), None),
        "packages": [part for part in parts if not part.is_main],
        "steps": steps,
        "tags": tags,
        "changelog": _changelog(program, plan.timestamp),
    }


def _preamble(manifest: ManifestFile, plan: Plan, steps: Steps, *more: str) -> tuple[str, ...]:
    program = manifest.content.program
    systemd = ("systemd-rpm-macros",) if any(map(needs_systemd_macros, plan.packages)) else ()
    pairs = (
        ("Name", program.name),
        ("Epoch", str(program.epoch or "")),
        ("Version", program.version),
        ("Release", f"{program.release}%{{?dist}}"),
        ("Summary", quote.value(program.summary)),
        ("License", quote.value(program.license)),
        ("Group", quote.value(manifest.content.rpm.group or "")),
        ("URL", quote.value(program.homepage or "")),
        *((f"Source{number}", name) for number, name in enumerate(steps.sources)),
        *((f"Patch{number}", name) for number, name in enumerate(steps.patches)),
        ("ExclusiveArch", " ".join(check.ARCHITECTURES[name] for name in program.architectures)),
        *(("BuildRequires", text) for text in dict.fromkeys((*steps.requires, *systemd, *more))),
    )
    return tuple(tag(name, text) for name, text in pairs if text)


def _sections(
    package: PlannedPackage, own: Names, listing: Listing, beside: tuple[str, ...]
) -> PackageSections:
    """`beside` are lines for files that the tree does not have."""
    sections = (*scriptlets(package, listing.spelling), *triggers(package, listing.plan))
    requires = ("%{?systemd_requires}",) if has_units(package) else ()
    noarch = () if own.is_bound(package.name) else (tag("BuildArch", "noarch"),)
    summary = () if own.is_main(package) else (tag("Summary", quote.value(package.summary)),)
    return PackageSections(
        argument=own.argument(package.name),
        is_main=own.is_main(package),
        preamble=(*summary, *noarch, *requires, *lines(package, own)),
        description=quote.escaped_description(quote.description(package.description)),
        scriptlets=sections,
        has_library=has_public_library(package),
        files=(*beside, *listing.lines(package)),
    )


def _soname_pattern(plan: Plan) -> str:
    """Private SONAMEs as one extended regular expression, without characters that a macro's body changes.

    rpm makes capabilities only of names that begin with `lib` or `ld` and hold `.so`.
    """
    sonames = {name for package in plan.packages for name in package.private_sonames}
    found = sorted(name for name in sonames if name.startswith(("lib", "ld")) and ".so" in name)
    return "|".join(re.sub(r"[^A-Za-z0-9_-]", _any_character, name) for name in found)


def _any_character(match: re.Match[str]) -> str:
    return f"[{match[0]}]" if match[0] in ".+~" else "."


def _changelog(program: Program, timestamp: int) -> tuple[str, ...]:
    weekday, month, day, _, year = time.asctime(time.gmtime(timestamp)).split()
    date = f"{weekday} {month} {int(day):02} {year}"
    epoch = f"{program.epoch}:" if program.epoch else ""
    who = quote.value(program.maintainer)
    return (f"* {date} {who} - {epoch}{program.version}-{program.release}", f"- Version {program.version}")
