"""What a stage has to say about its input: findings with a place, a reason and one thing to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable


class Severity(StrEnum):
    """Whether a finding stops the work."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A file, and a line of it where that is known; lines count from 1."""

    path: str
    line: int | None = None

    def __str__(self) -> str:
        place = printable(self.path)
        return place if self.line is None else f"{place}:{self.line}"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding. `slug` is a stable name, documented by `splitpkg explain`."""

    slug: str
    where: Location
    message: str
    notes: tuple[str, ...] = ()
    hint: str | None = None
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        lines = [f"{self.where}: {self.severity}[{self.slug}]: {printable(self.message)}"]
        lines += [f"  note: {printable(note)}" for note in self.notes]
        if self.hint is not None:
            lines.append(f"  hint: {printable(self.hint)}")
        return "\n".join(lines)

    def as_json(self) -> dict[str, Any]:
        """The finding as the machine-readable reports spell it."""
        return {
            "slug": self.slug,
            "severity": str(self.severity),
            "path": self.where.path,
            "line": self.where.line,
            "message": self.message,
            "notes": list(self.notes),
            "hint": self.hint,
        }


class Failed(Exception):
    """A stage could not give its result; the findings say why."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__("\n".join(str(finding) for finding in self.diagnostics))


class EnvironmentFailed(Failed):
    """Not the input but the machine is at fault: a tool is missing, a disk is full (exit status 3)."""


def printable(text: str) -> str:
    """Text for one line of a terminal: control characters and undecodable bytes as escapes."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else _escaped(char) for char in text)


def reason(error: OSError) -> str:
    """Why the system refused, as a clause of a message."""
    return (error.strerror or str(error)).lower()


def _escaped(char: str) -> str:
    return char.encode("unicode_escape", "surrogatepass").decode("ascii")


def ordered(findings: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Findings in the order in which they are reported: by place, then by slug and text."""
    return tuple(
        sorted(findings, key=lambda one: (one.where.path, one.where.line or 0, one.slug, one.message))
    )


def errors(findings: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Only those findings that stop the work."""
    return tuple(finding for finding in findings if finding.severity is Severity.ERROR)
