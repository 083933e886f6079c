"""The formats that there are: for each the stages that spell, prepare and build it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from splitpkg.diagnostics import Diagnostic
    from splitpkg.inventory.model import Inventory
    from splitpkg.manifest.model import ManifestFile
    from splitpkg.plan.model import Plan
    from splitpkg.render.model import Rendered
    from splitpkg.verify.model import ExpectedPackage, PackageFormat


class Render(Protocol):
    """Spells a plan in the format; `templates` is a folder of the user's own."""

    def __call__(
        self, manifest: ManifestFile, plan: Plan, *, templates: Path | None
    ) -> tuple[tuple[Rendered, ...], tuple[Diagnostic, ...]]: ...


@dataclass(frozen=True, slots=True)
class OutputFormat:
    """One format. `prepare` puts beside the output what a build of it needs, `build` builds it.

    `record` is that one of the rendered files which lists all of them, where there are many.
    """

    render: Render
    expected: Callable[[ManifestFile, Plan], tuple[ExpectedPackage, ...]]
    prepare: Callable[[Path, ManifestFile, Inventory, Plan, Path], tuple[str, ...]]
    build: Callable[[ManifestFile, Plan, Path], tuple[Path, ...]]
    record: str | None = None


def output_format(name: PackageFormat) -> OutputFormat:
    """The stages of a format, imported now."""
    from splitpkg.verify.model import PackageFormat  # noqa: PLC0415

    match name:
        case PackageFormat.RPM:
            return _rpm()
        case PackageFormat.DEB:
            return _deb()


def _rpm() -> OutputFormat:
    from splitpkg.build.rpm import build_rpm, prepare  # noqa: PLC0415
    from splitpkg.render.rpm.expect import expected  # noqa: PLC0415
    from splitpkg.render.rpm.spec import render  # noqa: PLC0415

    return OutputFormat(render, expected, prepare, build_rpm)


def _deb() -> OutputFormat:
    from splitpkg.build.deb import build_deb, prepare  # noqa: PLC0415
    from splitpkg.render.deb.expect import expected  # noqa: PLC0415
    from splitpkg.render.deb.render import RECORD, render  # noqa: PLC0415

    return OutputFormat(render, expected, prepare, build_deb, RECORD)
