"""Paths in a spec: the distribution's macros for directories, and what no quoting can say alike everywhere.

In %files, rpm 4.18 and 4.20 share no way to escape a character; only `?`, which matches any one,
means the same in both. So every character but those that are surely plain becomes `?`, and the
result has to match that one path of the build.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from splitpkg.render.rpm.quote import is_one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

SPECIAL = re.compile(r"[\x20-\x7e](?<![A-Za-z0-9/._+:@,=~^-])")

_MACROS = {
    "etc": "%{_sysconfdir}",
    "run": "%{_rundir}",
    "usr": "%{_prefix}",
    "usr/bin": "%{_bindir}",
    "usr/include": "%{_includedir}",
    "usr/lib": "%{_prefix}/lib",
    "usr/lib/systemd/system": "%{_unitdir}",
    "usr/lib/systemd/user": "%{_userunitdir}",
    "usr/lib/sysusers.d": "%{_sysusersdir}",
    "usr/lib/tmpfiles.d": "%{_tmpfilesdir}",
    "usr/lib/udev/rules.d": "%{_udevrulesdir}",
    "usr/libexec": "%{_libexecdir}",
    "usr/sbin": "%{_sbindir}",
    "usr/share": "%{_datadir}",
    "usr/share/info": "%{_infodir}",
    "usr/share/man": "%{_mandir}",
    "var": "%{_localstatedir}",
}
_COMPRESSED = re.compile(
    r"usr/share/(?:man/(?:[^/]+/)?man[^/]+|info)/(?!dir$)[^/]+|usr/share/doc/.+\.(?:gz|bz2|xz|zst)"
)
_COMPRESSION = re.compile(r"\.(?:gz|bz2|xz|zst)$")


@dataclass(frozen=True)
class Spelling:
    """How the paths of one build are written in its spec.

    `libdir` is the tree's directory for libraries. With `macros`, for source mode, directories are
    the distribution's and manual pages may be compressed; without, paths stand as they are.
    """

    paths: frozenset[str]
    libdir: str | None
    macros: bool

    def listed(self, path: str) -> str | None:
        """The path as %files has it; None where there is no spelling that matches it alone."""
        if not is_one_line(path):
            return None
        if self.macros and _COMPRESSED.fullmatch(path):
            return self._compressible(path)
        pattern = SPECIAL.sub("?", path)
        if pattern != path and self._matching(pattern) != {path}:
            return None
        return self.placed(pattern)

    def placed(self, path: str) -> str:
        """The path from the root on, its directory as a macro in source mode."""
        if not self.macros:
            return f"/{path}"
        head = max((one for one in self._directories if _is_below(path, one)), key=len, default=None)
        return f"/{path}" if head is None else self._directories[head] + path[len(head) :]

    def _compressible(self, path: str) -> str | None:
        """rpm compresses manual pages (brp-compress) in the way that the distribution likes best.

        Other documentation is compressed in trees of Debian's packages alone.
        """
        bare = SPECIAL.sub("?", _COMPRESSION.sub("", path))
        if self._matching(f"{bare}*") == {path}:
            return self.placed(f"{bare}*")
        if self._matching(bare) | self._matching(f"{bare}.*") == {path}:
            return self.placed(f"{bare}{{,.*}}")
        return None

    def _matching(self, pattern: str) -> set[str]:
        parts = {"?": "[^/]", "*": "[^/]*"}
        regex = re.compile("".join(parts.get(char) or re.escape(char) for char in pattern), re.DOTALL)
        folder, _, _ = pattern.rpartition("/")
        near = self.paths if SPECIAL.search(folder) else self._by_folder.get(folder, ())
        return {path for path in near if regex.fullmatch(path)}

    @cached_property
    def _by_folder(self) -> dict[str, list[str]]:
        found: defaultdict[str, list[str]] = defaultdict(list)
        for path in self.paths:
            found[path.rpartition("/")[0]].append(path)
        return found

    @cached_property
    def _directories(self) -> dict[str, str]:
        if self.libdir is None:
            return _MACROS
        if self.libdir != "usr/lib":
            return {**_MACROS, self.libdir: "%{_libdir}"}
        return {**_MACROS, "usr/lib": "%{_libdir}", **_shared_directories(self.paths)}


def _shared_directories(paths: Iterable[str]) -> dict[str, str]:
    """Below usr/lib as libdir: what has its place there on every distribution, 64-bit or not."""
    names = {path.split("/")[2] for path in paths if path.startswith("usr/lib/") and path.count("/") > 2}
    return {
        f"usr/lib/{name}": f"%{{_prefix}}/lib/{name}"
        for name in names
        if name.endswith(".d") or name in ("systemd", "udev", "firmware", "modules", "firewalld", "rpm")
    }


def _is_below(path: str, directory: str) -> bool:
    return path == directory or path.startswith(f"{directory}/")
