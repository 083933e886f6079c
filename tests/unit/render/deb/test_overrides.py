"""Lintian overrides: for those files, no others."""

from __future__ import annotations

from typing import Any

from splitpkg.render.deb.render import render
from tests.support.plans import file, manifest, package, plan

BUILD = {"system": "make", "source": "demo-1.6.0.tar.gz"}
MODULES = [
    file("usr/lib64/demo/bare.so", needed=()),
    file("usr/lib64/demo/odd [1].so", needed=()),
    file("usr/lib64/demo/help.so", needed=(), soname="libhelp-1.so"),
    file("usr/lib64/demo/run.so", 0o755, needed=("libc.so.6",), soname="run.so"),
    file("usr/share/man/man1/x.1"),
    file("usr/share/man/de/man1/x.1"),
    file("usr/share/man/man1/y.1.gz"),
    file("usr/lib64/demo/zip.so", needed=("libz.so.1",)),
    file("usr/lib64/demo/usual.so", needed=("libz.so.1", "libc.so.6")),
    file("usr/lib64/demo/script.py"),
    file("usr/bin/static", needed=()),
]


def _overrides(**tables: Any) -> str:
    paths = tuple(one.path for one in MODULES if "/demo/" in one.path and "help" not in one.path)
    part = package("x", MODULES, modules=paths, private_sonames=("libhelp-1.so",))
    files, _ = render(manifest(**tables), plan(part))
    return next(one.text for one in files if one.path == "debian/demo-x.lintian-overrides")


def test_each_has_its_reason() -> None:
    assert _overrides() == (
        "# It calls nothing of the C library, and so was not linked to it.\n"
        "demo-x: library-not-linked-against-libc [usr/lib64/demo/zip.so]\n"
        "\n"
        "# Nothing but what loads it defines the symbols that it needs: there was no library to link it to.\n"
        "demo-x: shared-library-lacks-prerequisites [usr/lib64/demo/bare.so]\n"
        "demo-x: shared-library-lacks-prerequisites [usr/lib64/demo/help.so]\n"
        "demo-x: shared-library-lacks-prerequisites [usr/lib64/demo/odd**1*.so]\n"
        "\n"
        "# The tree is packed as it is.\n"
        "demo-x: shared-library-is-executable 0755 [usr/lib64/demo/run.so]\n"
        "demo-x: uncompressed-manual-page [usr/share/man/de/man1/x.1]\n"
        "demo-x: uncompressed-manual-page [usr/share/man/man1/x.1]\n"
    )


def test_the_tree_s_own_are_not_written_over() -> None:
    """Nor are there two packages with that file."""
    path = "usr/share/lintian/overrides/demo-x"
    for parts in (
        [package("x", [*MODULES, file(path)])],
        [package("x", MODULES), package("y", [file(path)])],
    ):
        files, _ = render(manifest(), plan(*parts))
        assert not [one for one in files if one.path == "debian/demo-x.lintian-overrides"]


def test_a_packed_tree_is_no_source() -> None:
    files, _ = render(manifest(), plan(package("x", MODULES)))
    text = next(one.text for one in files if one.path == "debian/source/lintian-overrides")
    assert "demo source: source-is-missing *\n" in text
    assert "demo source: excessive-debhelper-overrides *\n" in text
    files, _ = render(manifest(build=BUILD), plan(package("x", MODULES)))
    assert not [one for one in files if one.path == "debian/source/lintian-overrides"]


def test_in_any_architecture_s_folder_when_built() -> None:
    text = _overrides(build=BUILD)
    assert "[usr/lib/*/demo/zip.so]" in text
    assert "packed as it is" not in text
