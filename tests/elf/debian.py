"""Real ELF files of Debian's other architectures, by a private apt configuration (apt.conf(5)).

The archive is the one this machine's apt uses; its own lists and status stay untouched. What was
fetched stays below the user's cache directory.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from platform import freedesktop_os_release

PACKAGES = (
    "apache2-bin",
    "bash",
    "coreutils",
    "libc6",
    "libpam-modules",
    "libstdc++6",
    "perl-base",
    "util-linux",
)
ARCHITECTURES = ("arm64", "armel", "armhf", "i386", "mips64el", "mipsel", "ppc64el", "s390x")

# Libraries of architectures that Debian does not release, in packages for cross-compilers.
PORTS = "ports"
PORTED = (
    *("libc6.1-alpha-cross", "libc6-arc-cross", "libc6-hppa-cross", "libc6-m68k-cross", "libc6-mips-cross"),
    *("libc6-mips64-cross", "libc6-mipsn32-mips64-cross", "libc6-powerpc-cross", "libc6-ppc64-cross"),
    *("libc6-riscv64-cross", "libc6-sh4-cross", "libc6-sparc64-cross", "libc6-x32-cross"),
)

_CONFIGURATION = """\
APT::Architecture "{architecture}"; APT::Architectures {{ "{architecture}"; }}; APT::Sandbox::User "";
Dir::Etc::sourcelist "/dev/null"; Dir::Etc::sourceparts "{state}/sources";
Dir::Etc::preferencesparts "/dev/null";
Dir::State "{state}"; Dir::State::lists "{state}/lists"; Dir::State::status "{state}/status";
Dir::Cache "{state}/cache"; Acquire::Languages "none"; Debug::NoLocking "1";
#clear APT::Update::Post-Invoke; #clear APT::Update::Post-Invoke-Success; #clear DPkg::Post-Invoke;
"""


def elf_files(architecture: str) -> list[Path]:
    """The ELF files of PACKAGES for one of ARCHITECTURES, or those of PORTED; fetched at the first call."""
    tree = _cache() / f"{_codename()}-{architecture}"
    if not tree.is_dir():
        _unpack(architecture, tree)
    return sorted(
        path for path in tree.rglob("*") if path.is_file() and not path.is_symlink() and _is_elf(path)
    )


def _cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "splitpkg-tests" / "elf"


def _codename() -> str:
    return freedesktop_os_release()["VERSION_CODENAME"]


def _is_elf(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def _unpack(architecture: str, tree: Path) -> None:
    state = tree.with_name(tree.name + ".apt")
    # Packages for cross-compilers are for all architectures, so any released one has them.
    environment = _private_apt(ARCHITECTURES[0] if architecture == PORTS else architecture, state)
    # Any one index may be out of step while the mirror is synced: the download tells whether it matters.
    subprocess.run(["apt-get", "-qqq", "update"], cwd=state, env=environment, check=False)
    packages = PORTED if architecture == PORTS else PACKAGES
    _run("apt-get", "-qq", "download", *packages, cwd=state, env=environment)
    partial = tree.with_name(tree.name + ".partial")
    for package in sorted(state.glob("*.deb")):
        _run("dpkg-deb", "-x", str(package), str(partial), cwd=state, env=environment)
    partial.rename(tree)
    shutil.rmtree(state)


def _private_apt(architecture: str, state: Path) -> dict[str, str]:
    for part in ("lists/partial", "cache/archives/partial", "sources"):
        (state / part).mkdir(parents=True, exist_ok=True)
    for source in _sources():
        shutil.copy(source, state / "sources")
    (state / "status").touch()
    configuration = state / "apt.conf"
    configuration.write_text(_CONFIGURATION.format(architecture=architecture, state=state))
    return {**os.environ, "APT_CONFIG": str(configuration), "LC_ALL": "C"}


def _sources() -> list[Path]:
    """The files of sources.list(5), in either format, that name the suite this machine runs."""
    suite = re.compile(rf"^[^#\n]*\s{re.escape(_codename())}\s", re.MULTILINE)
    candidates = [Path("/etc/apt/sources.list"), *sorted(Path("/etc/apt/sources.list.d").glob("*.*"))]
    return [path for path in candidates if path.is_file() and suite.search(path.read_text())]


def _run(*command: str, cwd: Path, env: dict[str, str]) -> None:
    subprocess.run(command, cwd=cwd, env=env, check=True, stdout=subprocess.DEVNULL)
