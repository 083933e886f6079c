"""What dpkg and tar say of a Debian package."""

from __future__ import annotations

import hashlib
import io
import tarfile
from typing import TYPE_CHECKING

from splitpkg.inventory.model import EntryKind
from splitpkg.verify.spelling import spelled
from tests.support.packages import called

if TYPE_CHECKING:
    from pathlib import Path

    from splitpkg.verify.model import BuiltPackage

RELATIONS = (
    *("Pre-Depends", "Depends", "Recommends", "Suggests", "Enhances"),
    *("Conflicts", "Breaks", "Replaces", "Provides"),
)

SEPARATOR = "\x1e"

# Parses relation fields as dpkg-dev does, one a line.
NORMALISE = r"""
use Dpkg::Deps;
for (split /\x1e/, $ARGV[0], -1) {
    my $d = deps_parse($_);
    die $_ unless defined $d;
    print $d->output(), "\n";
}
"""


def fields(path: Path, *names: str) -> list[str]:
    """The control fields' values, empty where there is none."""
    form = SEPARATOR.join(f"${{{name}}}" for name in names)
    return called(["dpkg-deb", "-W", f"--showformat={form}", path]).decode().split(SEPARATOR)


def stated_relations(path: Path) -> dict[str, str]:
    """The relation fields in dpkg-dev's own spelling."""
    values = fields(path, *RELATIONS)
    lines = called(["perl", "-e", NORMALISE, SEPARATOR.join(values)]).decode().split("\n")
    return {name: line for name, line in zip(RELATIONS, lines, strict=False) if line}


def read_relations(package: BuiltPackage) -> dict[str, str]:
    """The same of what was read, in order."""
    found: dict[str, list[str]] = {}
    for relation in package.relations:
        found.setdefault(relation.field, []).append(spelled(package.format, relation))
    return {name: ", ".join(sorted(texts)) for name, texts in found.items()}


def ordered(stated: dict[str, str]) -> dict[str, str]:
    """Each field's relations sorted."""
    return {name: ", ".join(sorted(text.split(", "))) for name, text in stated.items()}


Fact = tuple[EntryKind, int, int, str | None, str, str, str | None]


def stated_files(path: Path) -> dict[str, Fact]:
    """Kind, mode, size, link target, owners and digest of each path, by the standard library's tar."""
    return facts(called(["dpkg-deb", "--fsys-tarfile", path]))


def facts(data: bytes) -> dict[str, Fact]:
    """The same of a tar archive."""
    found: dict[str, Fact] = {}
    with tarfile.open(fileobj=io.BytesIO(data), encoding="utf-8", errors="surrogateescape") as tar:
        for member in tar:
            name = member.name.removeprefix("./").rstrip("/")
            if name not in ("", "."):
                found[name] = _fact(tar, member, found)
    return found


def _fact(tar: tarfile.TarFile, member: tarfile.TarInfo, before: dict[str, Fact]) -> Fact:
    owners = (member.uname or _numbered(member.uid), member.gname or _numbered(member.gid))
    mode = member.mode & 0o7777
    if member.islnk():
        return before[member.linkname.removeprefix("./")]
    if member.isdir():
        return (EntryKind.DIRECTORY, mode, 0, None, *owners, None)
    if member.issym():
        return (EntryKind.SYMLINK, mode, 0, member.linkname, *owners, None)
    assert member.isreg()
    file = tar.extractfile(member)
    assert file is not None
    digest = hashlib.sha256(file.read()).hexdigest()
    return (EntryKind.FILE, mode, member.size, None, *owners, digest)


def _numbered(number: int) -> str:
    return "root" if number == 0 else str(number)


def read_files(package: BuiltPackage) -> dict[str, Fact]:
    """The same of what was read."""
    return {
        file.path: (file.kind, file.mode, file.size, file.target, file.user, file.group, file.digest)
        for file in package.files
    }
