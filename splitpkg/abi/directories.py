"""Where the dynamic linker looks for libraries unasked (ld.so(8), ld.so.conf, multiarch, hwcaps)."""

from __future__ import annotations

import re
from functools import cache

_LIBRARY_DIRECTORY = re.compile(
    r"""
    (?: usr/ | usr/local/ )? lib (?: 32 | 64 | x32 )?
    (?: / [a-z0-9_]+ - (?: linux | kfreebsd | gnu ) [a-z0-9_-]* )?
    (?: / (?: glibc-hwcaps/[^/]+ | tls | i686 | sse2 ) )*
    """,
    re.VERBOSE,
)


@cache
def is_library_directory(directory: str) -> bool:
    """Whether the dynamic linker looks in that directory of a tree, for any program."""
    return _LIBRARY_DIRECTORY.fullmatch(directory) is not None


TRIPLETS = {
    3: "i386-linux-gnu",
    21: "powerpc64le-linux-gnu",
    22: "s390x-linux-gnu",
    40: "arm-linux-gnueabihf",
    62: "x86_64-linux-gnu",
    183: "aarch64-linux-gnu",
    243: "riscv64-linux-gnu",
}
"""Debian's directory below usr/lib by e_machine (multiarch)."""


@cache
def parts(directory: str) -> tuple[str, str] | None:
    """A private directory as the libraries' directory above it, and the rest; None for any other."""
    names = [] if is_library_directory(directory) else directory.split("/")
    for count in range(len(names) - 1, 0, -1):
        head = "/".join(names[:count])
        if is_library_directory(head):
            return head, "/".join(names[count:])
    return None


@cache
def elsewhere(directory: str, machine: int) -> tuple[str, ...]:
    """The same private directory below the other directories of libraries that builds are made for."""
    found = parts(directory)
    if found is None:
        return ()
    heads = ["usr/lib", "usr/lib64", "usr/local/lib", "usr/local/lib64"]
    heads += [f"usr/lib/{TRIPLETS[machine]}"] if machine in TRIPLETS else []
    return tuple(f"{head}/{found[1]}" for head in heads if merged(head) != merged(found[0]))


def merged(directory: str) -> str:
    """The directory without `usr/`: where /lib is a link to usr/lib, both are the same."""
    return directory.removeprefix("usr/")
