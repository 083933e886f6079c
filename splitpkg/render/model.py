"""What a renderer makes: texts to be written, by path."""

from __future__ import annotations

from dataclasses import dataclass

NAME_LIMIT = 128
"""Characters of a package's name: with version and endings it has to be a file's (NAME_MAX is 255)."""


@dataclass(frozen=True, slots=True, order=True)
class Rendered:
    """One file of the output: `path` relative to the output folder, its text, and whether it is run."""

    path: str
    text: str
    executable: bool = False


def tree_tarball(name: str, version: str) -> str:
    """Under which name a prebuilt tree is packed for an RPM; its top folder is NAME-VERSION."""
    return f"{name}-{version}-tree.tar.gz"
