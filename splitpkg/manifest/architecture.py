"""Debian's names of architectures, and its wildcards (Debian policy 11.1, dpkg-architecture(1))."""

from __future__ import annotations

from splitpkg.manifest.keys import nearest

_CPUS = (
    *("alpha", "amd64", "arc", "arm", "arm64", "armeb", "avr32", "hppa", "i386", "ia64", "loong64", "m32r"),
    *(
        "m68k",
        "mips",
        "mips64",
        "mips64el",
        "mips64r6",
        "mips64r6el",
        "mipsel",
        "mipsr6",
        "mipsr6el",
        "nios2",
    ),
    *("or1k", "powerpc", "powerpcel", "ppc64", "ppc64el", "riscv64", "s390", "s390x", "sh3", "sh3eb", "sh4"),
    *("sh4eb", "sparc", "sparc64", "tilegx"),
)
# A CPU with an ABI of its own (dpkg's ostable).
_VARIANTS = (
    *(
        "arm64ilp32",
        "armel",
        "armhf",
        "mipsn32",
        "mipsn32el",
        "mipsn32r6",
        "mipsn32r6el",
        "powerpcspe",
        "x32",
    ),
)
_SYSTEMS = (
    *("aix", "darwin", "dragonflybsd", "freebsd", "hurd", "kfreebsd", "knetbsd", "kopensolaris", "linux"),
    *("mint", "netbsd", "openbsd", "solaris", "uclinux"),
)
_LIBRARIES = ("gnu", "musl", "uclibc")
_ELSEWHERE = {"x86_64": "amd64", "aarch64": "arm64", "i686": "i386", "ppc64le": "ppc64el"}

PATTERN = (
    f"^(({'|'.join((*_LIBRARIES, 'any'))})-)?"
    f"(({'|'.join((*_SYSTEMS, 'any'))})-)?"
    f"({'|'.join((*_CPUS, *_VARIANTS, 'any'))})$"
)


def near(text: str) -> str:
    """The name that was probably meant: RPM's names and misspelled ones have one, others stay as they are."""
    return _ELSEWHERE.get(text) or nearest(text.lower(), (*_CPUS, *_VARIANTS)) or text
