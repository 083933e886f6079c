"""The libraries that come with every compiler, and that nearly every file needs."""

from __future__ import annotations

import re

_TOOLCHAIN = re.compile(
    r"(?:ld-linux[^/]*|lib(?:c|m|mvec|dl|rt|util|pthread|resolv|gcc_s|stdc\+\+|atomic))\.so\.\d+"
)


def is_toolchain(soname: str) -> bool:
    """Whether the SONAME is of the GNU C library or of GCC's runtime.

    All symbols of these have versions: what was linked to them names the version that it needs.
    """
    return _TOOLCHAIN.fullmatch(soname) is not None
