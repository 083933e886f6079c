"""Programs of somebody else that use a library of the build, and what each format makes them depend on."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

CONTROL = """Source: other
Maintainer: Jo Doe <jo@other.example>

Package: other
Architecture: any
Description: x
"""
STATUS = """Package: {package}
Status: install ok installed
Architecture: {architecture}
Multi-Arch: same
Version: {version}
Maintainer: Jo Doe <jo@other.example>
Description: x

"""


def symbols(library: Path, node: str) -> list[str]:
    """The functions of the library in a version node, by readelf."""
    done = subprocess.run(
        ["readelf", "--dyn-syms", "--wide", library], check=True, capture_output=True, text=True
    )
    rows = (line.split() for line in done.stdout.splitlines())
    return sorted(row[-1].partition("@@")[0] for row in rows if row[-1:] and row[-1].endswith(f"@@{node}"))


def consumer(folder: Path, library: Path, symbol: str) -> Path:
    """A program, compiled here, that calls one function of the library."""
    folder.mkdir(parents=True, exist_ok=True)
    source, program = folder / "other.c", folder / "other"
    source.write_text(f"void {symbol}(void); int main(void) {{ {symbol}(); return 0; }}\n")
    linking = ("-nostartfiles", "-nolibc", "-Wl,--entry=main", "-Wl,--unresolved-symbols=ignore-all")
    subprocess.run(["cc", source, library, *linking, "-o", program], check=True)
    return program


def rpm_requires(program: Path) -> set[str]:
    """What rpm's generator makes it require."""
    done = subprocess.run(
        ["/usr/lib/rpm/elfdeps", "--requires"],
        input=f"{program}\n",
        check=True,
        capture_output=True,
        text=True,
    )
    return set(done.stdout.split("\n")) - {"", "rtld(GNU_HASH)"}


def deb_depends(program: Path, deb: Path, library: Path) -> set[str]:
    """What dpkg-shlibdeps makes it depend on, where the package of the library is installed."""
    root = program.parent / "source"
    info = root / "dpkg/info"
    info.mkdir(parents=True)
    (root / "debian").mkdir()
    (root / "debian/control").write_text(CONTROL)
    fields = ("Package", "Architecture", "Version")
    shown = subprocess.run(
        ["dpkg-deb", "-f", deb, *fields], check=True, capture_output=True, text=True
    ).stdout
    said = dict(line.split(": ", 1) for line in shown.splitlines())
    (root / "dpkg/status").write_text(
        STATUS.format(package=said["Package"], architecture=said["Architecture"], version=said["Version"])
    )
    (info / "format").write_text("1\n")
    name = f"{said['Package']}:{said['Architecture']}"
    subprocess.run(["dpkg-deb", "--control", deb, root / "control"], check=True)
    (info / f"{name}.symbols").write_bytes((root / "control/symbols").read_bytes())
    (info / f"{name}.list").write_text(f"/.\n{library}\n{library.resolve()}\n")
    argv = ["dpkg-shlibdeps", "-O", f"--admindir={root}/dpkg", f"-l{library.parent}", str(program)]
    done = subprocess.run(argv, cwd=root, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.strip().removeprefix("shlibs:Depends=").split(", "))
