"""Symbols files and shlibs.local in the hands of dpkg-gensymbols and dpkg-shlibdeps."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from splitpkg.abi.model import Tag, TagFamily
from splitpkg.plan.model import LibraryFact, Role
from splitpkg.render.deb import relations
from splitpkg.render.deb.libraries import shlibs_local_text
from splitpkg.render.deb.source import DebSource
from splitpkg.render.deb.symbols import symbols_text
from tests.support.plans import file, link, manifest, package, plan

if TYPE_CHECKING:
    from pathlib import Path

LIBRARY = "usr/lib/libdemo.so.0"
HELPER = "usr/lib/demo/libhelp-1.6.0.so"
CONTROL = """Source: demo
Maintainer: Jo Doe <jo@demo.example>

Package: libdemo0
Architecture: any
Description: x

Package: demo-core
Architecture: any
Description: x

Package: demo-user
Architecture: any
Description: x
"""
PUBLIC = "int demo_open(void); int main(void) { return demo_open(); }"
PRIVATE = "int demo_open(void); int demo_guts(void); int main(void) { return demo_open() + demo_guts(); }"
HELPED = "int help_me(void); int main(void) { return help_me(); }"


def _source() -> DebSource:
    """The release 1.6.0, whatever is built afterwards."""
    library = LibraryFact(LIBRARY, "libdemo.so.0", ("DEMO_1.0", "DEMO_PRIVATE_1.6.0"))
    tag = Tag(TagFamily.NODE, "DEMO_PRIVATE_1.6.0", (LIBRARY,), (), "holds the release")
    return DebSource(
        manifest(),
        plan(
            package("libs", [file(LIBRARY)], role=Role.LIBRARY, libraries=(library,)),
            package("core", [file(HELPER)]),
            package("devel", [link("usr/lib/libdemo.so", "libdemo.so.0")], role=Role.DEVELOPMENT),
            package("user", [file("usr/bin/user", needed=("libdemo.so.0", "libhelp-1.6.0.so"))]),
            tags=(tag,),
        ),
    )


def _compile(target: Path, text: str, *arguments: object) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.with_suffix(".c").write_text(text)
    subprocess.run(["cc", target.with_suffix(".c"), *map(str, arguments), "-o", target], check=True)
    target.with_suffix(".c").unlink()


@pytest.fixture
def built(tmp_path: Path) -> Path:
    return _built(tmp_path, "1.6.0")


def _built(root: Path, release: str) -> Path:
    """Package trees as debhelper has them, the library with its node of that release."""
    source, debian = _source(), root / "debian"
    (debian / "libdemo0/DEBIAN").mkdir(parents=True)
    (debian / "control").write_text(CONTROL)
    (debian / "changelog").write_text(
        f"demo ({release}-1) unstable; urgency=low\n\n  * x.\n\n"
        " -- Jo Doe <jo@demo.example>  Thu, 01 Jan 2015 00:00:00 +0000\n"
    )
    (debian / "shlibs.local").write_text(shlibs_local_text(source))
    (debian / "libdemo0.symbols").write_text(symbols_text(source, source.plan.package("demo-libs")))
    script = root / "map"
    script.write_text(
        f"DEMO_1.0 {{ global: demo_open; }}; DEMO_PRIVATE_{release} {{ global: demo_guts; local: *; }};"
    )
    functions = "int demo_open(void) { return 0; } int demo_guts(void) { return 0; }"
    options = ("-shared", "-fPIC", "-Wl,-soname,libdemo.so.0", f"-Wl,--version-script={script}")
    _compile(debian / "libdemo0" / LIBRARY, functions, *options)
    helper = ("-shared", "-fPIC", "-Wl,-soname,libhelp-1.6.0.so")
    _compile(debian / "demo-core" / HELPER, "int help_me(void) { return 0; }", *helper)
    argv = ["dpkg-gensymbols", "-plibdemo0", "-Idebian/libdemo0.symbols", "-Pdebian/libdemo0", "-c4"]
    subprocess.run([*argv, f"-edebian/libdemo0/{LIBRARY}"], cwd=root, check=True, capture_output=True)
    return root


def _depends(root: Path, text: str, library: str) -> set[str]:
    """What dpkg-shlibdeps says of a program that is linked to a library of the build."""
    user = root / "debian/demo-user/usr/bin/user"
    (root / "debian/demo-user/DEBIAN").mkdir(parents=True)
    _compile(user, text, "-nostartfiles", "-Wl,--entry=main", "-Wl,--no-as-needed", root / library, "-nolibc")
    argv = ["dpkg-shlibdeps", "-O", "-Sdebian/demo-core", "-l/usr/lib/demo", str(user.relative_to(root))]
    done = subprocess.run(argv, cwd=root, check=True, capture_output=True, text=True)
    return set(done.stdout.strip().removeprefix("shlibs:Depends=").split(", "))


def test_gensymbols_takes_the_file_in_its_strictest_mode(built: Path) -> None:
    made = (built / "debian/libdemo0/DEBIAN/symbols").read_text()
    assert " demo_open@DEMO_1.0 1.6.0\n" in made
    assert " demo_guts@DEMO_PRIVATE_1.6.0 0 1\n" in made
    assert "* Build-Depends-Package: libdemo-dev\n" in made


def test_a_user_of_public_symbols_needs_a_release_that_is_as_new(built: Path) -> None:
    assert _depends(built, PUBLIC, f"debian/libdemo0/{LIBRARY}") == {"libdemo0 (>= 1.6.0)"}


def test_a_user_of_private_symbols_needs_the_very_version(built: Path) -> None:
    said = _depends(built, PRIVATE, f"debian/libdemo0/{LIBRARY}")
    assert said == {"libdemo0-private-abi (= 1.6.0)", "libdemo0 (>= 1.6.0)"}
    source = _source()
    fields = dict(relations.fields(source, source.plan.package("demo-libs")))
    assert fields["Provides"] == ("libdemo0-private-abi (= ${source:Upstream-Version})",)


def test_a_symbols_file_of_the_release_before_asks_for_what_is_no_more_provided(tmp_path: Path) -> None:
    """A weak bound would be met by any library that follows."""
    said = _depends(_built(tmp_path, "1.6.1"), PRIVATE, f"debian/libdemo0/{LIBRARY}")
    assert said == {"libdemo0-private-abi (= 1.6.0)", "libdemo0 (>= 1.6.0)"}


def test_a_user_of_a_private_library_needs_the_very_build(built: Path) -> None:
    said = _depends(built, HELPED, f"debian/demo-core/{HELPER}")
    assert said == {"demo-core (= ${binary:Version})"}
