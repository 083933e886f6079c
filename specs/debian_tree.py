#!/usr/bin/env python3
"""Unpack what Debian built from a source package into one tree.

The tree is what `make install` left, as far as the binary packages hold it. Beside it,
TREE.owners.tsv tells which binary package each path is from: path, tab, package, sorted by path.
Packages come from the Debian archive that this machine's apt uses, with the same keyring; apt's own
state is not touched. Needs apt and dpkg; runs as any user. What was downloaded is kept in
$XDG_CACHE_HOME/splitpkg/debian.
"""

from __future__ import annotations

import argparse
import fnmatch
import os
import re
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_SOURCE = re.compile(r"[a-z0-9][a-z0-9+.-]+")
_WORD = re.compile(r"[a-z][a-z0-9-]*")
_FIELD = re.compile(r"^(Package|Source): (\S+)", re.MULTILINE)
_OPTION = re.compile(r"\[([^\]]*)\]")


class Failure(Exception):
    """What kept the tree from being made, in one line."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an archive is, and why it may be believed; the fields are those of sources.list(5)."""

    uri: str
    signed_by: str = ""
    trusted: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """One path of a binary package, relative to the root, without a trailing slash."""

    path: str
    is_directory: bool


# ---- the machine's archive


def system_origin() -> Origin:
    """The archive of Debian that this machine's apt uses for `main`, with package lists or without.

    Of several, first the one that is signed with Debian's own keyring, then one whose path ends as
    Debian's mirrors do.
    """
    listing = run("apt-get", "indextargets", "--no-release-info", "Created-By: Packages", "Component: main")
    targets = [dict(_deb822(record)) for record in listing.split("\n\n") if record.strip()]
    found = []
    for target in targets:
        if "-" not in target["release"]:
            options = _source_options(target["sourcesentry"])
            found.append(Origin(target["repo-uri"], options.get("signed-by", ""), options.get("trusted", "")))
    if not found:
        raise Failure("apt has no source of Debian's component `main`; see sources.list(5)")
    return min(found, key=_foreignness)


def _foreignness(origin: Origin) -> tuple[bool, bool]:
    return "debian-archive-keyring" not in origin.signed_by, not origin.uri.rstrip("/").endswith("/debian")


def _source_options(entry: str) -> Mapping[str, str]:
    """The options of one entry of apt's sources, which apt calls FILE:NUMBER (of the line or stanza)."""
    name, _, number = entry.rpartition(":")
    text = Path(name).read_text(encoding="utf-8")
    if not name.endswith(".sources"):
        found = _OPTION.search(text.splitlines()[int(number) - 1])
        return dict(word.split("=", 1) for word in found[1].lower().split()) if found else {}
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    stanzas = re.split(r"\n(?:[ \t]*\n)+", "\n".join(lines).strip("\n"))
    return dict(_deb822(stanzas[int(number) - 1]))


def _deb822(stanza: str) -> Iterator[tuple[str, str]]:
    """The fields of a stanza; a value keeps its further lines as they are."""
    for field in re.split(r"\n(?![ \t])", stanza.strip("\n")):
        name, _, value = field.partition(":")
        yield name.lower(), value.lstrip(" ")


# ---- packages of one suite


class Archive:
    """One suite of the machine's archive for one architecture, with a state and cache of its own."""

    def __init__(self, suite: str, architecture: str, options: Iterable[str] = ()) -> None:
        self.suite, self.architecture = suite, architecture
        home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        self.cache = home / "splitpkg" / "debian" / f"{suite}-{architecture}"
        self.debs = self.cache / "debs"
        self._options = tuple(options)

    def open(self) -> None:
        """Writes the private configuration and brings the package lists up to date."""
        for part in ("lists/partial", "archives/partial", "debs"):
            (self.cache / part).mkdir(parents=True, exist_ok=True)
        (self.cache / "status").touch()
        (self.cache / "apt.sources").write_text(self._sources(system_origin()), encoding="utf-8")
        (self.cache / "apt.conf").write_text(self._configuration(), encoding="utf-8")
        self.run("apt-get", "-qq", "update")

    def run(self, *command: str | Path, cwd: Path | None = None) -> str:
        """The output of one of apt's commands on this archive."""
        return run(*command, cwd=cwd, APT_CONFIG=str(self.cache / "apt.conf"))

    def stanzas(self) -> Iterator[str]:
        """The stanzas of the suite's package list, deb-control(5)."""
        wanted = ("--format", "$(FILENAME)", "Created-By: Packages")
        for name in self.run("apt-get", "indextargets", *wanted).split():
            yield from self.run("/usr/lib/apt/apt-helper", "cat-file", name).split("\n\n")

    def binaries(self, sources: Sequence[str], excluded: Sequence[str]) -> list[str]:
        """Names of the binary packages that the sources build, less those that a glob excludes."""
        found: dict[str, set[str]] = {source: set() for source in sources}
        for stanza in self.stanzas():
            field: dict[str, str] = dict(_FIELD.findall(stanza))
            name = field.get("Package", "")
            found.get(field.get("Source", name), set()).add(name)
        for source, names in found.items():
            if not names:
                raise Failure(f"{self.suite} has no package of source `{source}` for {self.architecture}")
        return _less(sorted(set().union(*found.values())), excluded)

    def download(self, names: Iterable[str]) -> list[Path]:
        """The .deb files of the packages in the suite's version, in the order of the names."""
        files = [self._file_of(name) for name in names]
        missing = [f"{name}:{self.architecture}" for name, file in files if not file.exists()]
        if missing:
            self.run("apt-get", "-qq", "download", *missing, cwd=self.debs)
        return [file for _, file in files]

    def _file_of(self, name: str) -> tuple[str, Path]:
        """Where apt puts the package: NAME_VERSION_ARCH.deb, the colon of an epoch as %3a."""
        shown = self.run("apt-cache", "show", "--no-all-versions", f"{name}:{self.architecture}")
        field = dict(_deb822(shown.split("\n\n")[0]))
        version = field["version"].replace(":", "%3a")
        return name, self.debs / f"{name}_{version}_{field['architecture']}.deb"

    def _sources(self, origin: Origin) -> str:
        lines = ["Types: deb", f"URIs: {origin.uri}", f"Suites: {self.suite}", "Components: main"]
        lines += [f"Architectures: {self.architecture}"]
        lines += [f"Signed-By: {origin.signed_by}"] if origin.signed_by else []
        lines += [f"Trusted: {origin.trusted}"] if origin.trusted else []
        return "\n".join(lines) + "\n"

    def _configuration(self) -> str:
        """An apt.conf(5): the machine's way to fetch (proxies, certificates), and directories of our own."""
        cache = self.cache
        return "\n".join(
            (
                run("apt-config", "dump", "Acquire"),
                f'APT::Architecture "{self.architecture}";',
                f'APT::Architectures "{self.architecture}";',
                'APT::Sandbox::User "root";',
                'Acquire::Languages "none";',
                'Dir::Etc::Parts "/dev/null";',
                'Dir::Etc::Main "/dev/null";',
                f'Dir::Etc::SourceList "{cache}/apt.sources";',
                'Dir::Etc::SourceParts "/dev/null";',
                'Dir::Etc::Preferences "/dev/null";',
                'Dir::Etc::PreferencesParts "/dev/null";',
                f'Dir::State "{cache}";',
                f'Dir::State::Lists "{cache}/lists";',
                f'Dir::State::Status "{cache}/status";',
                f'Dir::Cache "{cache}";',
                *self._options,
                "",
            )
        )


def _less(names: list[str], excluded: Sequence[str]) -> list[str]:
    kept = [name for name in names if not any(fnmatch.fnmatchcase(name, glob) for glob in excluded)]
    if not kept:
        raise Failure("--exclude leaves no package")
    return kept


# ---- the tree


def unpack(debs: Sequence[Path], tree: Path) -> dict[str, str]:
    """Unpacks the packages into an empty folder; the package of each path that is no directory.

    Where two packages hold one path, one would overwrite the other: refused before anything is
    unpacked. Only directories may be in several.
    """
    held: dict[str, tuple[str, bool]] = {}
    for deb in debs:
        package = deb.name.split("_")[0]
        for content in contents(deb):
            rival, shared = held.get(content.path, (package, True))
            if rival != package and not (shared and content.is_directory):
                raise Failure(f"both {rival} and {package} hold {content.path}; exclude one of them")
            held[content.path] = (package, content.is_directory)
    tree.mkdir(parents=True, exist_ok=True)
    for deb in debs:
        run("dpkg-deb", "--extract", deb, tree)
    return {path: package for path, (package, is_directory) in held.items() if not is_directory}


def contents(deb: Path) -> Iterator[Content]:
    """What a binary package installs, deb(5)."""
    reader = subprocess.Popen(["dpkg-deb", "--fsys-tarfile", deb], stdout=subprocess.PIPE)
    with reader, tarfile.open(fileobj=reader.stdout, mode="r|") as archive:
        for member in archive:
            path = member.name.removeprefix("./").rstrip("/")
            if path not in ("", "."):
                yield Content(path, member.isdir())
    if reader.returncode:
        raise Failure(f"dpkg-deb could not read {deb}")


def _fresh(tree: Path) -> Path:
    if tree.exists() and (not tree.is_dir() or any(tree.iterdir())):
        raise Failure(f"{tree} is not an empty folder")
    return tree


# ---- the command


def run(*command: str | Path, cwd: Path | None = None, **environment: str) -> str:
    """Standard output of a tool. Raises Failure with what the tool said."""
    setting = os.environ | {"LC_ALL": "C.UTF-8"} | environment
    try:
        done = subprocess.run(
            command, cwd=cwd, env=setting, check=False, capture_output=True, text=True, encoding="utf-8"
        )
    except FileNotFoundError as error:
        raise Failure(f"{command[0]} is needed and not there") from error
    if done.returncode:
        said = " ".join(done.stderr.split()) or f"exit status {done.returncode}"
        raise Failure(f"{' '.join(map(str, command[:2]))}: {said}")
    return done.stdout


def _matching(pattern: re.Pattern[str], what: str) -> type[str]:
    class Checked(str):
        __slots__ = ()

        def __new__(cls, text: str) -> Checked:
            if not pattern.fullmatch(text):
                raise argparse.ArgumentTypeError(f"{text!r} is no name of {what}")
            return super().__new__(cls, text)

    return Checked


def _parser() -> argparse.ArgumentParser:
    first, _, rest = (__doc__ or "").partition("\n\n")
    parser = argparse.ArgumentParser(description=first, epilog=rest)
    word = _matching(_WORD, "a suite or architecture")
    parser.add_argument("--suite", type=word, default="bookworm", help="default: %(default)s")
    parser.add_argument("--architecture", type=word, default="amd64", help="default: %(default)s")
    parser.add_argument(
        "--source",
        type=_matching(_SOURCE, "a source package"),
        action="append",
        required=True,
        metavar="NAME",
        help="source package whose binary packages are unpacked; may be repeated",
    )
    parser.add_argument(
        "--exclude", action="append", default=[], metavar="GLOB", help="binary packages to leave out"
    )
    parser.add_argument("tree", type=Path, metavar="TREE", help="folder to make, or an empty one")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command; 1 when the tree could not be made."""
    options = _parser().parse_args(arguments)
    try:
        tree = _fresh(options.tree)
        archive = Archive(options.suite, options.architecture)
        archive.open()
        names = archive.binaries(options.source, options.exclude)
        owners = unpack(archive.download(names), tree)
    except (Failure, OSError) as failure:
        print(f"{Path(sys.argv[0]).name}: {failure}", file=sys.stderr)
        return 1
    rows = "".join(f"{path}\t{owners[path]}\n" for path in sorted(owners))
    tree.with_name(f"{tree.name}.owners.tsv").write_text(rows, encoding="utf-8")
    print(f"{tree}: {len(owners)} files of {', '.join(names)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
