"""How source is unpacked, built, installed and checked."""

from __future__ import annotations

from typing import Any

import pytest

from splitpkg.render.rpm.files import Listing
from splitpkg.render.rpm.steps import Steps, source_steps, versioned
from tests.support.plans import file, manifest, package, plan

SOURCE = "https://demo.example/demo-1.6.0.tar.gz"


def _steps(system: str, *parts: Any, excluded: tuple[tuple[str, str], ...] = (), **build: Any) -> Steps:
    table = {"system": system, "source": SOURCE, **build}
    content = manifest(build=table).content
    assert content.build is not None
    planned = plan(*(parts or [package("core", [file("usr/bin/demod")])]), excluded=excluded)
    return source_steps(content.program, content.build, planned, Listing(planned, source_mode=True))


def test_meson() -> None:
    steps = _steps("meson", options=["-Da=b", "-Dname=it's 5%"])
    assert steps.requires == ("gcc", "meson")
    assert steps.build == (
        "%meson \\",
        "    -Da=b \\",
        "    '-Dname=it'\"'\"'s 5%%'",
        "%meson_build",
    )
    assert (steps.install, steps.check) == (("%meson_install",), ("%meson_test",))


def test_cmake() -> None:
    steps = _steps("cmake")
    assert steps.requires == ("gcc", "cmake")
    assert steps.build == ("%cmake", "%cmake_build")
    assert (steps.install, steps.check) == (("%cmake_install",), ("%ctest",))


def test_autotools() -> None:
    steps = _steps("autotools", options=["--disable-static"])
    assert steps.requires == ("gcc", "make")
    assert steps.build == ("%configure \\", "    --disable-static", "%make_build")
    assert steps.install == ("%make_install", "find %{buildroot} -name '*.la' -delete")
    assert steps.check == ("%make_build check",)


def test_configure_is_made_where_it_is_not_there() -> None:
    steps = _steps("autotools", autoreconf=True)
    assert steps.requires == ("gcc", "make", "autoconf", "automake", "libtool")
    assert steps.build == ("autoreconf -fi", "%configure", "%make_build")


def test_variables_are_set_in_each_section_and_flags_are_added() -> None:
    flags = {"CPPFLAGS": "-I{source}/x -DA='\"$b\"'", "CFLAGS": "-g"}
    steps = _steps("meson", environment={"ODD": '`id` "%x" \\'}, flags=flags)
    odd = 'export ODD="\\`id\\` \\"%%x\\" \\\\"'
    assert steps.build[:4] == (
        "%{?set_build_flags}",
        'export CFLAGS="$CFLAGS -g"',
        'export CPPFLAGS="$CPPFLAGS -I$PWD/x -DA=\'\\"\\$b\\"\'"',
        odd,
    )
    assert steps.install == (odd, "%meson_install")
    assert steps.check == (odd, "%meson_test")


def test_what_the_manifest_installs_comes_after_the_build_system() -> None:
    steps = _steps("cmake", install=["cp x $DESTDIR"])
    assert steps.install == (
        "%cmake_install",
        "export DESTDIR=%{buildroot} LIBDIR=%{_libdir}",
        "cp x $DESTDIR",
    )


def test_make_says_the_same_directories_in_every_step() -> None:
    steps = _steps("make", options=["V=1", "X=a b"])
    assert {"prefix=%{_prefix}", "libdir=%{_libdir}", "sysconfdir=%{_sysconfdir}"} <= set(
        steps.variables.split()
    )
    options = ("    V=1 \\", "    'X=a b'")
    assert steps.build == ("%{?set_build_flags}", "%make_build %{make_variables} \\", *options)
    assert steps.install == ("%make_install %{make_variables} \\", *options)
    assert steps.check == ("%make_build check %{make_variables} \\", *options)
    assert _steps("meson").variables == ""


def test_commands_stand_as_they_are_but_for_macros() -> None:
    steps = _steps(
        "commands",
        configure=["./configure --date=$(date +%s)"],
        compile=["make \\"],
        install=['make install DESTDIR="$DESTDIR"'],
        test=["make -k check"],
    )
    assert steps.requires == ("gcc",)
    assert steps.build == ("%{?set_build_flags}", "./configure --date=$(date +%%s)", "make \\")
    assert steps.install == (
        "export DESTDIR=%{buildroot} LIBDIR=%{_libdir}",
        'make install DESTDIR="$DESTDIR"',
    )
    assert steps.check == ("make -k check",)


def test_own_check_replaces_the_build_system_s() -> None:
    assert _steps("meson", test=["./run-tests"]).check == ("./run-tests",)
    assert _steps("commands", install=["make install"]).check == ()


@pytest.mark.parametrize(
    ("said", "external", "expected"),
    [
        ([], ("libc.so.6",), ("gcc", "make")),
        ([], ("libc.so.6", "libstdc++.so.6"), ("gcc-c++", "make")),
        (["clang >= 15"], ("libstdc++.so.6",), ("make", "clang >= 15")),
        (["make", "pkgconfig(zlib)"], (), ("gcc", "make", "pkgconfig(zlib)")),
    ],
)
def test_a_compiler_is_required_unless_named(
    said: list[str], external: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    steps = _steps("make", package("core", external=external), requires={"rpm": said})
    assert steps.requires == expected


def test_what_is_left_out_is_removed() -> None:
    gone = (("usr/lib64/demo/x.a", "static"), ("usr/share/it's 5%", "odd"))
    part = package("core", [file("usr/lib64/demo/x.la"), file("usr/bin/demod")])
    assert _steps("meson", part, excluded=gone).install == (
        "%meson_install",
        "rm -rf %{buildroot}%{_libdir}/demo/x.a",
        "rm -rf %{buildroot}'%{_datadir}/it'\\''s 5%%'",
        "find %{buildroot} -name '*.la' -delete",
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "https://x.example/v1.6.0/demo-1.6.0.tar.gz",
            "https://x.example/v%{version}/%{name}-%{version}.tar.gz",
        ),
        ("Demo-1.6.0.zip", "Demo-%{version}.zip"),
        ("mydemo-1.6.0.zip", "mydemo-%{version}.zip"),
        ("demo-11.6.0.zip", "demo-11.6.0.zip"),
        ("demo-1.6.0.1.zip", "demo-1.6.0.1.zip"),
        ("https://x.example/a%20b", "https://x.example/a%%20b"),
    ],
)
def test_version_as_a_macro(text: str, expected: str) -> None:
    assert versioned(text, manifest().content.program) == expected


def test_a_version_without_a_dot_is_replaced_behind_the_name_only() -> None:
    program = manifest(program={"version": "1"}).content.program
    assert (
        versioned("https://x1.example/demo-1.tar.gz", program)
        == "https://x1.example/%{name}-%{version}.tar.gz"
    )


def test_top_folder_of_another_name() -> None:
    assert _steps("meson").prep == ("%autosetup -p1",)
    assert _steps("meson", directory="demo-v1.6.0").prep == ("%autosetup -p1 -n demo-v%{version}",)
