"""All files of debian/ for one plan."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from splitpkg.diagnostics import errors
from splitpkg.render.deb import check, control, install, libraries, rules, tags
from splitpkg.render.deb.conffiles import conffiles_text
from splitpkg.render.deb.licence import licences
from splitpkg.render.deb.modes import ORDINARY
from splitpkg.render.deb.overrides import installed, overrides, source_overrides
from splitpkg.render.deb.scripts import scripts, triggers_text
from splitpkg.render.deb.source import DebSource
from splitpkg.render.deb.symbols import symbols_text
from splitpkg.render.engine import fill
from splitpkg.render.model import Rendered

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from splitpkg.diagnostics import Diagnostic
    from splitpkg.manifest.model import ManifestFile
    from splitpkg.plan.model import Plan, PlannedPackage
    from splitpkg.render.deb.overrides import Override

RECORD = "debian/splitpkg-files"


def render(
    manifest: ManifestFile, plan: Plan, *, templates: Path | None = None
) -> tuple[tuple[Rendered, ...], tuple[Diagnostic, ...]]:
    """The files, sorted by path, and what is to be said of them; no file where there is an error.

    `templates` is a folder with templates of the user's own. Raises Failed where a template fails.
    """
    source = DebSource(manifest, plan)
    findings = check.findings(source, templates)
    if errors(findings):
        return (), findings
    texts = {**_texts(source, templates), **dict(_lists(source, templates))}
    made = [
        Rendered(f"debian/{name}", text, name in ("rules", tags.SCRIPT))
        for name, text in texts.items()
        if text
    ]
    made += _beside(manifest)
    return tuple(sorted([*made, _record(made)])), findings


def _beside(manifest: ManifestFile) -> Iterator[Rendered]:
    """Patches with their order (dpkg-source(1), 3.0 (quilt)), and files that the packaging adds."""
    build = manifest.content.build
    if build is None:
        return
    for name in build.patches:
        yield Rendered(f"debian/patches/{name}", manifest.beside.get(name, ""))
    if build.patches:
        yield Rendered("debian/patches/series", "".join(f"{name}\n" for name in build.patches))
    for one in build.add:
        yield Rendered(f"{rules.EXTRA}/{one.file}", manifest.beside.get(one.file, ""))


def _record(files: Iterable[Rendered]) -> Rendered:
    """The list of all files, by which the next run knows what of them it has to remove."""
    heading = "# Written by splitpkg. What stands here and is not written any more, it removes."
    names = sorted([RECORD, *(file.path for file in files)])
    return Rendered(RECORD, "".join(f"{line}\n" for line in (heading, *names)))


def _texts(source: DebSource, templates: Path | None) -> dict[str, str]:
    """What there is once for the source package."""
    return {
        "changelog": _changelog(source, templates),
        "control": _control(source, templates),
        "copyright": _copyright(source, templates),
        "not-installed": install.not_installed_text(source),
        "rules": _rules(source, templates),
        tags.SCRIPT: _tags(source, templates),
        "shlibs.local": libraries.shlibs_local_text(source),
        "source/format": "3.0 (quilt)\n",
        "source/lintian-overrides": _overrides(
            f"{source.content.program.name} source", source_overrides(source), templates
        ),
    }


def _lists(source: DebSource, templates: Path | None) -> Iterator[tuple[str, str]]:
    """What there is for each binary package; no overrides where the tree has them itself."""
    lists, taken = install.lists(source), {file.path for file in source.plan.files}
    for package in source.packages:
        name, listed = source.name(package), lists[package.name]
        yield f"{name}.install", install.install_text(source, listed.copied)
        yield f"{name}.docs", install.docs_text(source, package)
        yield f"{name}.dirs", install.dirs_text(source, listed.made)
        yield f"{name}.conffiles", conffiles_text(package)
        yield f"{name}.symbols", symbols_text(source, package)
        own = () if installed(name) in taken else overrides(source, package)
        yield f"{name}.lintian-overrides", _overrides(name, own, templates)
        yield from _scripts(source, package, templates)


def _control(source: DebSource, templates: Path | None) -> str:
    program, options = source.content.program, source.content.deb
    values = {
        "name": program.name,
        "section": options.section,
        "priority": options.priority,
        "maintainer": program.maintainer,
        "build_depends": control.build_depends(source),
        "standards_version": options.standards_version,
        "homepage": program.homepage,
        "packages": control.stanzas(source),
    }
    return fill("deb/control.j2", values, templates)


def _changelog(source: DebSource, templates: Path | None) -> str:
    program = source.content.program
    values = {
        "name": program.name,
        "version": source.version,
        "upstream_version": program.version,
        "maintainer": program.maintainer,
        "date": _date(source.plan.timestamp),
    }
    return fill("deb/changelog.j2", values, templates)


def _date(timestamp: int) -> str:
    """A time as deb-changelog(5) has it, in English whatever the locale."""
    weekday, month, day, clock, year = time.asctime(time.gmtime(timestamp)).split()
    return f"{weekday}, {int(day):02} {month} {year} {clock} +0000"


def _copyright(source: DebSource, templates: Path | None) -> str:
    program, build = source.content.program, source.content.build
    synopsis, found = licences(program.license)
    values = {
        "name": program.name,
        "origin": build.source if build is not None and "://" in build.source else program.homepage,
        "copyright": program.copyright
        or (f"{time.gmtime(source.plan.timestamp).tm_year} the authors of {program.name}",),
        "year": time.gmtime(source.plan.timestamp).tm_year,
        "maintainer": program.maintainer,
        "synopsis": synopsis,
        "licences": found,
    }
    return fill("deb/copyright.j2", values, templates)


def _rules(source: DebSource, templates: Path | None) -> str:
    build = source.content.build
    common = {"rules": rules.rules(source), "ordinary": ORDINARY}
    if build is None:
        return fill("deb/rules-prebuilt.j2", {**common, "top": rules.top_words(source)}, templates)
    return fill("deb/rules-source.j2", {**common, "steps": rules.steps(source, build)}, templates)


def _tags(source: DebSource, templates: Path | None) -> str:
    if not source.late.said:
        return ""
    values = {"rows": tags.rows(source), "fields": tags.fields(source)}
    return fill("deb/splitpkg-tags.j2", values, templates)


def _overrides(name: str, found: tuple[Override, ...], templates: Path | None) -> str:
    return fill("deb/overrides.j2", {"name": name, "overrides": found}, templates) if found else ""


def _scripts(source: DebSource, package: PlannedPackage, templates: Path | None) -> Iterator[tuple[str, str]]:
    name, found = source.name(package), scripts(source, package)
    yield f"{name}.triggers", triggers_text(found)
    wanted = ("postinst", *(("prerm", "postrm") if found.links else ())) if found.has_postinst else ()
    for script in wanted:
        yield f"{name}.{script}", fill(f"deb/{script}.j2", {"scripts": found}, templates)
