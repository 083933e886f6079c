"""The packaging's own files that lie beside the manifest: patches, and what is added to the build."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from splitpkg.diagnostics import Diagnostic, EnvironmentFailed, Failed, Location, ordered, reason

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from splitpkg.manifest.document import Document
    from splitpkg.manifest.fault import Key
    from splitpkg.manifest.model import Manifest

SIZE_LIMIT = 8 << 20
"""Bytes of one file; what is larger is no patch and no unit."""


def read_beside(content: Manifest, document: Document) -> Mapping[str, str]:
    """The text of each file that the manifest names, by name; bytes that are no UTF-8 as lone surrogates.

    Raises Failed (`beside-missing`, `over-limit`) with all findings, EnvironmentFailed
    (`manifest-unreadable`).
    """
    found, findings = dict[str, str](), list[Diagnostic]()
    for key, name in _named(content):
        path, where = Path(document.path).parent / name, document.where(key)
        if not path.is_file():
            findings.append(_missing(path, where))
        elif path.stat().st_size > SIZE_LIMIT:
            text = f"`{name}` is larger than {SIZE_LIMIT >> 20} MiB"
            findings.append(Diagnostic("over-limit", where, text))
        else:
            found[name] = _text(path)
    if findings:
        raise Failed(ordered(findings))
    return found


def _named(content: Manifest) -> Iterator[tuple[Key, str]]:
    for index, name in enumerate(content.abi.descriptors):
        yield ("abi", "descriptors", index), name
    build = content.build
    if build is None:
        return
    for index, name in enumerate(build.patches):
        yield ("build", "patches", index), name
    for index, one in enumerate(build.add):
        yield ("build", "add", index, "file"), one.file


def _missing(path: Path, where: Location) -> Diagnostic:
    text = f"`{path.name}` is not beside the manifest"
    return Diagnostic("beside-missing", where, text, hint="put it there, or remove its name")


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8", "surrogateescape")
    except OSError as error:
        text = f"cannot be read: {reason(error)}"
        raise EnvironmentFailed([Diagnostic("manifest-unreadable", Location(str(path)), text)]) from None
