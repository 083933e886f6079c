"""Where libraries lie that anyone may link to, and names that libraries have."""

from __future__ import annotations

import re

from splitpkg.abi.directories import is_library_directory

_VERSIONED = re.compile(r"\.so\.\d[^/]*$|-\d[\d.]*\.so$")
_FILE_NAME = re.compile(r"(?P<stem>.+?)(?:\.(?:so|oct|node)(?:\.\d[^/]*)?)?$")
_DEVELOPMENT = re.compile(
    r"""
      usr/include/.*
    | usr/share/ (?: aclocal | gir-1\.0 | vala | pkgconfig | cmake ) /.*
    | usr/share/man/ (?: [^/]+/ )? man3/.*
    | usr/bin/[^/]+-config
    | .*/ (?: pkgconfig | cmake ) /.*
    """,
    re.VERBOSE,
)
_DOCUMENTATION = re.compile(r"usr/share/(?:doc|gtk-doc|doc-base|info)/.*")


def is_public(path: str) -> bool:
    """Whether the file lies where anyone's programs find it without a run path."""
    return is_library_directory(path.rpartition("/")[0])


def has_library_version(name: str) -> bool:
    """Whether a file name carries a version as those of libraries do: `libx.so.1`, `libx-2.so`."""
    return _VERSIONED.search(name) is not None


def stem(path: str) -> str:
    """The file's name without directory, `.so` and version."""
    found = _FILE_NAME.fullmatch(path.rpartition("/")[2])
    return found["stem"] if found is not None else path


def private_parts(directory: str) -> list[str]:
    """The parts of a directory's name below the libraries' directory, or that of helper programs."""
    parts: list[str] = []
    while directory and directory != "usr/libexec" and not is_library_directory(directory):
        directory, _, part = directory.rpartition("/")
        parts.insert(0, part)
    return parts


def is_development(path: str) -> bool:
    """Whether the path is needed to build software only."""
    return _DEVELOPMENT.fullmatch(path) is not None


def is_documentation(path: str) -> bool:
    """Whether the path is documentation that nothing but people reads."""
    return _DOCUMENTATION.fullmatch(path) is not None
