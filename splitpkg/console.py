"""What one command prints: findings to standard error, its result to standard output."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from splitpkg.diagnostics import Diagnostic, EnvironmentFailed, Failed, errors, printable

if TYPE_CHECKING:
    from collections.abc import Iterable

FINDINGS = 1
ENVIRONMENT = 3


class Console:
    """The findings of one command, and how it prints them."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self._findings: list[Diagnostic] = []

    def add(self, findings: Iterable[Diagnostic]) -> None:
        """Takes findings in. Raises `Failed` with all of them when one is an error."""
        found = tuple(findings)
        if errors(found):
            raise Failed(found)
        self._findings += found

    def note(self, findings: Iterable[Diagnostic]) -> None:
        """Takes findings in that do not keep the result from being shown."""
        self._findings += findings

    def show(self, data: dict[str, Any], lines: Iterable[str]) -> int:
        """Prints the result, as `data` or in `lines`, and the findings; returns the exit status."""
        if self._as_json:
            self._print_json(data)
        else:
            sys.stdout.write("".join(f"{printable(line)}\n" for line in lines))
            self._complain()
        return FINDINGS if errors(self._findings) else 0

    def fail(self, failure: Failed) -> int:
        """Prints all findings, those of the failure last; returns the exit status."""
        self._findings += failure.diagnostics
        if self._as_json:
            self._print_json({})
        else:
            self._complain()
        return ENVIRONMENT if isinstance(failure, EnvironmentFailed) else FINDINGS

    def _print_json(self, data: dict[str, Any]) -> None:
        whole = {**data, "findings": [finding.as_json() for finding in self._findings]}
        sys.stdout.write(json.dumps(whole, indent=2) + "\n")

    def _complain(self) -> None:
        sys.stderr.write("".join(f"{finding}\n" for finding in self._findings))
