"""specs/debian_tree.py: trees from binary packages, with a small archive of our own behind real apt."""

from __future__ import annotations

import os
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "specs" / "debian_tree.py"
CONTROL = """\
Package: {name}
Source: {source}
Version: 1:2.0-1
Architecture: {architecture}
Maintainer: Nobody <nobody@example.org>
Description: package for a test
"""


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive below `root` with the suites bookworm and trixie, and an apt that knows it."""

    root: Path

    def add(
        self, name: str, files: dict[str, str], *, source: str = "demo", architecture: str = "amd64"
    ) -> None:
        """A binary package; a content that begins with `->` makes a symbolic link."""
        build = self.root / "build" / name
        (build / "DEBIAN").mkdir(parents=True)
        control = CONTROL.format(name=name, source=source, architecture=architecture)
        (build / "DEBIAN" / "control").write_text(control)
        for path, content in files.items():
            (build / path).parent.mkdir(parents=True, exist_ok=True)
            if content.startswith("->"):
                (build / path).symlink_to(content.removeprefix("->"))
            else:
                (build / path).write_text(content)
        subprocess.run(
            ["dpkg-deb", "--root-owner-group", "-b", build, self.root / "pool"], check=True, stdout=-3
        )

    def publish(self) -> None:
        """Writes the indices of both suites."""
        for suite in ("bookworm", "trixie"):
            folder = self.root / "dists" / suite / "main" / "binary-amd64"
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "Packages").write_text(self._tool("packages", "pool"))
            release = self._tool("-o", "APT::FTPArchive::Release::Origin=Debian", "release", f"dists/{suite}")
            (self.root / "dists" / suite / "Release").write_text(release)

    def get(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """Runs the script as a user of this archive would."""
        environment = os.environ | {
            "APT_CONFIG": str(self.root / "apt.conf"),
            "XDG_CACHE_HOME": str(self.root / "cache"),
        }
        return subprocess.run(
            [SCRIPT, *arguments], env=environment, check=False, capture_output=True, text=True
        )

    def _tool(self, *arguments: str) -> str:
        done = subprocess.run(
            ["apt-ftparchive", *arguments], cwd=self.root, check=True, capture_output=True, text=True
        )
        return done.stdout


@pytest.fixture(params=["one-line", "deb822"])
def archive(tmp_path: Path, request: pytest.FixtureRequest) -> Archive:
    (tmp_path / "pool").mkdir()
    etc = tmp_path / "etc"
    (etc / "sources.list.d").mkdir(parents=True)
    if request.param == "one-line":
        text = f"# a comment\ndeb [arch=amd64 trusted=yes] file:{tmp_path} bookworm main\n"
        (etc / "sources.list").write_text(text)
    else:
        other = "Types: deb\nURIs: file:/nowhere\nSuites: bookworm-updates\nComponents: main\n"
        text = f"Types: deb\nURIs: file:{tmp_path}\nSuites: bookworm\nComponents: main\nTrusted: yes\n"
        (etc / "sources.list.d" / "demo.sources").write_text(f"{other}\n# a comment\n{text}")
    (tmp_path / "apt.conf").write_text(
        f'Dir::Etc "{etc}"; Dir::Etc::Parts "/dev/null"; Dir::State "{tmp_path}/state";\n'
        f'Dir::Cache "{tmp_path}/aptcache"; APT::Architecture "amd64"; APT::Architectures "amd64";\n'
    )
    return Archive(tmp_path)


def test_a_tree_is_what_the_packages_of_a_source_hold(archive: Archive, tmp_path: Path) -> None:
    archive.add("demo", {"usr/bin/demo": "program", "usr/share/doc/demo": "->demo-common"})
    archive.add("demo-common", {"usr/share/doc/demo-common/copyright": "MIT"}, architecture="all")
    archive.add("demo-tests", {"usr/share/demo/tests": "x"})
    archive.add("other", {"usr/bin/other": "x"}, source="other")
    archive.publish()
    tree = tmp_path / "tree"
    done = archive.get("--source", "demo", "--exclude", "*-tests", "--exclude", "*-none", tree)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{tree}: 3 files of demo, demo-common\n"
    assert (tmp_path / "tree.owners.tsv").read_text() == (
        "usr/bin/demo\tdemo\nusr/share/doc/demo\tdemo\nusr/share/doc/demo-common/copyright\tdemo-common\n"
    )
    found = sorted(
        str(path.relative_to(tree)) for path in tree.rglob("*") if not path.is_dir() or path.is_symlink()
    )
    assert found == ["usr/bin/demo", "usr/share/doc/demo", "usr/share/doc/demo-common/copyright"]
    assert (tree / "usr/share/doc/demo").readlink() == Path("demo-common")


def test_several_sources_and_what_was_downloaded_before(archive: Archive, tmp_path: Path) -> None:
    archive.add("demo", {"usr/bin/demo": "program"})
    archive.add("other", {"usr/bin/other": "x"}, source="other")
    archive.publish()
    sources = ("--suite", "trixie", "--source", "demo", "--source", "other")
    assert archive.get(*sources, tmp_path / "one").returncode == 0
    cached = sorted(path.name for path in tmp_path.glob("cache/splitpkg/debian/trixie-amd64/debs/*"))
    assert cached == ["demo_1%3a2.0-1_amd64.deb", "other_1%3a2.0-1_amd64.deb"]
    assert all(stat.S_ISREG(path.lstat().st_mode) for path in tmp_path.glob("cache/splitpkg/debian/*/debs/*"))
    assert archive.get(*sources, tmp_path / "two").returncode == 0
    assert (tmp_path / "one.owners.tsv").read_bytes() == (tmp_path / "two.owners.tsv").read_bytes()


def test_two_packages_with_one_path_are_refused_before_anything_is_unpacked(
    archive: Archive, tmp_path: Path
) -> None:
    archive.add("demo-one", {"usr/bin/demo": "1"})
    archive.add("demo-two", {"usr/bin/demo": "2"})
    archive.publish()
    done = archive.get("--source", "demo", tmp_path / "tree")
    assert done.returncode == 1
    assert "both demo-one and demo-two hold usr/bin/demo; exclude one of them" in done.stderr
    assert not (tmp_path / "tree").exists()


def test_a_link_where_another_package_has_a_folder_is_refused(archive: Archive, tmp_path: Path) -> None:
    archive.add("demo-base", {"lib": "->usr/lib"})
    archive.add("demo-two", {"lib/demo.so": "2"})
    archive.publish()
    done = archive.get("--source", "demo", tmp_path / "tree")
    assert (done.returncode, "hold lib; exclude one of them" in done.stderr) == (1, True)


def test_a_folder_that_is_not_empty_is_left_alone(archive: Archive, tmp_path: Path) -> None:
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "mine").touch()
    done = archive.get("--source", "demo", tmp_path / "tree")
    assert (done.returncode, done.stderr) == (1, f"debian_tree.py: {tmp_path}/tree is not an empty folder\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--source", "none"), "bookworm has no package of source `none` for amd64"),
        (("--source", "demo", "--exclude", "*"), "--exclude leaves no package"),
        (("--source", "demo", "--suite", "sid"), "apt-get -qq:"),
    ],
)
def test_what_is_not_there_is_said(
    archive: Archive, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    archive.add("demo", {"usr/bin/demo": "program"})
    archive.publish()
    done = archive.get(*arguments, tmp_path / "tree")
    assert (done.returncode, done.stdout) == (1, "")
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_an_apt_without_debian_is_said(archive: Archive, tmp_path: Path) -> None:
    for path in (tmp_path / "etc").rglob("*s*"):
        if path.is_file():
            path.write_text("")
    done = archive.get("--source", "demo", tmp_path / "tree")
    assert (done.returncode, "no source of Debian's component `main`" in done.stderr) == (1, True)


def test_names_that_would_be_options_or_paths_are_refused(tmp_path: Path) -> None:
    for arguments in (["--suite", "../x", "--source", "demo"], ["--source", "-o"], ["--source", "a/b"]):
        done = subprocess.run([SCRIPT, *arguments, tmp_path], check=False, capture_output=True, text=True)
        assert done.returncode == 2
