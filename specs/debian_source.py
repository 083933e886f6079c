#!/usr/bin/env python3
"""Pack the source of a program as Debian builds it: upstream's files with Debian's patches applied.

FOLDER/NAME-VERSION.tar.gz has the one folder NAME-VERSION, of upstream's version. What Debian adds
beside its patches is in it as `packaging/`: a folder `debian` in a tarball would be dropped for that
of whoever builds it (dpkg-source(1), format 3.0). The source package comes from the same archive and
suite as the trees of debian_tree.py, and is kept in $XDG_CACHE_HOME/splitpkg/debian/SUITE-source/sources.
Needs apt and dpkg-dev; runs as any user.
"""

from __future__ import annotations

import argparse
import gzip
import re
import shutil
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from debian_tree import Archive, Failure, Origin, run

if TYPE_CHECKING:
    from collections.abc import Sequence

_VERSION = re.compile(r"(?:[0-9]+:)?(?P<upstream>.+?)(?:-[^-]*)?")
_OWN = ("patches", "source", "tests", "watch", "upstream", "gbp.conf")
"""What of debian/ says how to get, patch, unpack and test the source."""


class Sources(Archive):
    """The source packages of one suite."""

    def __init__(self, suite: str) -> None:
        super().__init__(suite, "source")

    def fetch(self, name: str, folder: Path) -> Path:
        """The unpacked, patched source of a package, in `source` below the folder.

        Files that were downloaded before are taken again; dpkg-source holds them against the .dsc.
        """
        kept = self.cache / "sources"
        kept.mkdir(exist_ok=True)
        only = ("apt-get", "-qq", "source", "--download-only", "--only-source")
        files = [line.split()[1] for line in self.run(*only, "--print-uris", name).splitlines()]
        if not all((kept / file).exists() for file in files):
            self.run(*only, name, cwd=kept)
        (control,) = (kept / file for file in files if file.endswith(".dsc"))
        run("dpkg-source", "--no-check", "--extract", control, folder / "source")
        return folder / "source"

    def _sources(self, origin: Origin) -> str:
        binary, rest = super()._sources(origin).split("\n", 1)
        lines = (line for line in rest.splitlines() if not line.startswith("Architectures:"))
        return "\n".join([f"{binary}-src", *lines, ""])

    def _configuration(self) -> str:
        """Only the kind of machine that this is: the source is the same for all."""
        lines = super()._configuration().splitlines()
        return "\n".join(line for line in lines if not line.startswith("APT::Architecture")) + "\n"


def arranged(source: Path) -> Path:
    """The source with Debian's own files where a build finds them."""
    for name in _OWN:
        path = source / "debian" / name
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    shutil.rmtree(source / ".pc", ignore_errors=True)
    (source / "debian").rename(source / "packaging")
    return source


def pack(source: Path, folder: Path) -> Path:
    """The tarball, the same bytes for the same source package."""
    log = source / "packaging" / "changelog"
    name, version, date = (
        run("dpkg-parsechangelog", "-l", log, "-S", field).strip()
        for field in ("Source", "Version", "Timestamp")
    )
    found = _VERSION.fullmatch(version)
    if found is None:
        raise Failure(f"{name} has the odd version {version}")
    top = f"{name}-{found['upstream']}"

    def plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
        member.uid = member.gid = 0
        member.uname = member.gname = ""
        member.mtime = int(date)
        member.mode = 0o755 if member.isdir() or member.mode & 0o100 else 0o644
        return member

    target = folder / f"{top}.tar.gz"
    with (
        target.open("wb") as file,
        gzip.GzipFile("", "wb", mtime=int(date), fileobj=file) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.GNU_FORMAT) as archive,
    ):
        archive.add(source, top, filter=plain)
    return target


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command; 1 when the tarball could not be made."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[0])
    parser.add_argument("--suite", default="bookworm", help="default: %(default)s")
    parser.add_argument("--source", required=True, metavar="NAME", help="the source package")
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="where the tarball goes")
    options = parser.parse_args(arguments)
    try:
        archive = Sources(options.suite)
        archive.open()
        options.folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as scratch:
            target = pack(arranged(archive.fetch(options.source, Path(scratch))), options.folder)
    except (Failure, OSError) as failure:
        print(f"{Path(sys.argv[0]).name}: {failure}", file=sys.stderr)
        return 1
    print(target)
    return 0


if __name__ == "__main__":
    sys.exit(main())
