"""Text of others in the files of debian/: each file has its own characters that mean something.

Paths hold no control characters and are UTF-8: a tree with others is refused when it is scanned.
"""

from __future__ import annotations

import re
import shlex

_SUBSTITUTED = str.maketrans({" ": "${Space}", "$": "${Dollar}"})
_GLOB = re.compile(r"[*?\[\]{}\\]")


def prose(text: str) -> str:
    """Text for a field of debian/control in which nothing is substituted (deb-substvars(5): `${}` is `$`)."""
    return text.replace("${", "${}{")


def listed(path: str) -> str:
    """A path for a file without patterns, as .dirs: spaces and `$` as substitutions of compat 13."""
    return path.translate(_SUBSTITUTED)


def pattern(path: str) -> str:
    """A path for a file of patterns, as .install and not-installed, that matches just this path."""
    return listed(_GLOB.sub(r"\\\g<0>", path))


def variable(text: str) -> str:
    """The value of a variable in a makefile, in which make expands nothing (make(1), info 3.1, 6.5)."""
    text = re.sub(r"(\\*)#", r"\1\1\#", command(text))
    # A backslash at the end would join the next line to this one; `$()` is nothing.
    return f"{text}$()" if text.endswith("\\") else text


def word(text: str) -> str:
    """One word of a shell command in a make recipe."""
    return command(shlex.quote(text))


def command(line: str) -> str:
    """A shell command in a make recipe, in which make expands nothing."""
    return line.replace("$", "$$")
