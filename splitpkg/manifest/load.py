"""Reads `splitpkg.toml`: the typed manifest, or everything that is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError

from splitpkg.diagnostics import Failed, ordered
from splitpkg.manifest.beside import read_beside
from splitpkg.manifest.check import faults
from splitpkg.manifest.descriptors import read_descriptors
from splitpkg.manifest.document import parse
from splitpkg.manifest.findings import findings, told
from splitpkg.manifest.model import Manifest, ManifestFile
from splitpkg.manifest.source import read_text

if TYPE_CHECKING:
    from pathlib import Path


def load(path: Path) -> ManifestFile:
    """The manifest in that file. Raises Failed with all findings, EnvironmentFailed if it cannot be read.

    What is wrong with single values and tables is told before how the tables fit together: a table
    that cannot be read would look like one that is not there.
    """
    document = parse(read_text(path), str(path))
    try:
        content = Manifest.model_validate(document.values)
    except ValidationError as error:
        raise Failed(ordered(findings(error, document))) from None
    wrong = [told(fault, (), document) for fault in faults(content)]
    if wrong:
        raise Failed(ordered(wrong))
    beside = read_beside(content, document)
    inline = tuple(one.interface for one in content.abi.inline)
    described = (*inline, *read_descriptors(content.abi.descriptors, beside, path.parent))
    return ManifestFile(document.path, _filled(content), document.lines, beside, described)


def _filled(content: Manifest) -> Manifest:
    """With the program's name and version where [build] has places for them."""
    if content.build is None:
        return content
    build = content.build.filled(content.program.name, content.program.version)
    return content.model_copy(update={"build": build})
