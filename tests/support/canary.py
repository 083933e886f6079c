"""A command that tells that it was run: nothing that comes from a tree or a manifest may run it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

COMMAND = "splitpkg-canary"
"""Without a slash, so that it may stand in a file's name."""


@dataclass(frozen=True, slots=True)
class Canary:
    """The command in a folder of its own, which `environment` puts on the PATH."""

    folder: Path

    @property
    def was_run(self) -> bool:
        """Whether anybody has run it; asking forgets it."""
        mark = self.folder / "mark"
        found = mark.exists()
        mark.unlink(missing_ok=True)
        return found

    @property
    def environment(self) -> dict[str, str]:
        """The variables of a process that would find the command, through a shell or a library's exec."""
        return {**os.environ, "PATH": f"{self.folder}:{os.environ['PATH']}", "HOME": str(self.folder)}


def canary(folder: Path) -> Canary:
    """Makes the command in `folder`, which is made."""
    folder.mkdir()
    command = folder / COMMAND
    command.write_text(f'#!/bin/sh\n: > "{folder}/mark"\n')
    command.chmod(0o755)
    return Canary(folder)
