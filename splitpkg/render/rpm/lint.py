"""The complaints of rpmlint that are inherent in packages of modules, each with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from splitpkg.plan.model import Plan
    from splitpkg.render.rpm.names import Names


@dataclass(frozen=True, slots=True)
class Filter:
    """A regular expression for rpmlint's output, and why what it matches is right as it is."""

    pattern: str
    reason: str


def filters(plan: Plan, names: Names) -> tuple[Filter, ...]:
    """The filters for one build."""
    return (
        Filter("requires-on-release", "Packages of one build only fit each other."),
        *(Filter(f"^{names.name(package.name)}\\.", "x") for package in plan.packages if package.modules),
    )
