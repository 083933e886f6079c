"""Paths in %files."""

from __future__ import annotations

import pytest

from splitpkg.render.rpm.paths import Spelling

PATHS = frozenset(["usr/share/demo/a b", "usr/share/demo/a%b", "usr/share/demo/c d", "usr/share/demo/plain"])


def _spelling(*paths: str, libdir: str | None = "usr/lib64", macros: bool = True) -> Spelling:
    return Spelling(frozenset(paths) | PATHS, libdir, macros)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("usr/lib64/demo/x.so", "%{_libdir}/demo/x.so"),
        ("usr/lib64", "%{_libdir}"),
        ("usr/lib642/x", "%{_prefix}/lib642/x"),
        ("usr/lib/demo/x", "%{_prefix}/lib/demo/x"),
        ("usr/bin/x", "%{_bindir}/x"),
        ("usr/sbin/x", "%{_sbindir}/x"),
        ("usr/libexec/x", "%{_libexecdir}/x"),
        ("usr/include/x.h", "%{_includedir}/x.h"),
        ("usr/share/x", "%{_datadir}/x"),
        ("usr/share/doc/x", "%{_datadir}/doc/x"),
        ("etc/x", "%{_sysconfdir}/x"),
        ("var/lib/x", "%{_localstatedir}/lib/x"),
        ("usr/lib/systemd/system/x.service", "%{_unitdir}/x.service"),
        ("usr/lib/systemd/user/x.service", "%{_userunitdir}/x.service"),
        ("usr/lib/sysusers.d/x.conf", "%{_sysusersdir}/x.conf"),
        ("usr/lib/tmpfiles.d/x.conf", "%{_tmpfilesdir}/x.conf"),
        ("usr/lib/udev/rules.d/x", "%{_udevrulesdir}/x"),
        ("opt/x", "/opt/x"),
    ],
)
def test_directories_are_macros_in_source_mode(path: str, expected: str) -> None:
    assert _spelling(path).listed(path) == expected
    assert _spelling(path, macros=False).listed(path) == f"/{path}"


def test_a_tree_s_own_directory_for_libraries_becomes_the_distribution_s() -> None:
    triplet = "usr/lib/x86_64-linux-gnu"
    spelling = _spelling(f"{triplet}/demo/x.so", libdir=triplet)
    assert spelling.listed(f"{triplet}/demo/x.so") == "%{_libdir}/demo/x.so"
    plain = _spelling("usr/lib/demo/x.so", "usr/lib/modprobe.d/x.conf", libdir="usr/lib")
    assert plain.listed("usr/lib/demo/x.so") == "%{_libdir}/demo/x.so"
    assert plain.listed("usr/lib/modprobe.d/x.conf") == "%{_prefix}/lib/modprobe.d/x.conf"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("usr/share/man/man8/x.8", "%{_mandir}/man8/x.8*"),
        ("usr/share/man/man8/x.8.gz", "%{_mandir}/man8/x.8*"),
        ("usr/share/man/de/man1/x.1", "%{_mandir}/de/man1/x.1*"),
        ("usr/share/info/x.info", "%{_infodir}/x.info*"),
        ("usr/share/info/dir", "%{_infodir}/dir"),
        ("usr/share/man/README", "%{_mandir}/README"),
        ("usr/share/doc/x/README.gz", "%{_datadir}/doc/x/README*"),
        ("usr/share/doc/x/README", "%{_datadir}/doc/x/README"),
    ],
)
def test_pages_may_be_compressed(path: str, expected: str) -> None:
    assert _spelling(path).listed(path) == expected
    assert _spelling(path, macros=False).listed(path) == f"/{path}"


def test_page_whose_name_begins_another_s() -> None:
    spelling = _spelling("usr/share/man/man1/x.1", "usr/share/man/man1/x.1ssl", "usr/share/man/man1/x.1.2")
    assert spelling.listed("usr/share/man/man1/x.1ssl") == "%{_mandir}/man1/x.1ssl*"
    assert spelling.listed("usr/share/man/man1/x.1") is None
    other = _spelling("usr/share/man/man1/x.1", "usr/share/man/man1/x.1ssl")
    assert other.listed("usr/share/man/man1/x.1") == "%{_mandir}/man1/x.1{,.*}"


def test_special_characters_stand_for_any_one() -> None:
    spelling = _spelling()
    assert spelling.listed("usr/share/demo/c d") == "%{_datadir}/demo/c?d"
    assert spelling.listed("usr/share/demo/a b") is None
    assert spelling.listed("usr/share/demo/a%b") is None
    assert _spelling("usr/x y/a b", "usr/x y/b").listed("usr/x y/a b") == "%{_prefix}/x?y/a?b"
    assert _spelling("usr/x y/a", "usr/x%y/a").listed("usr/x y/a") is None


@pytest.mark.parametrize(
    "path", ["usr/a\tb", "usr/a\nb", "usr/a\x01", "usr/a\udce9", "usr/a\u2028b", "usr/\x7f"]
)
def test_what_no_spec_can_say(path: str) -> None:
    assert _spelling(path).listed(path) is None


@pytest.mark.parametrize("char", "\"'`$%&*?[]{}\\!;<>|#() ")
def test_characters_that_are_special_somewhere(char: str) -> None:
    assert _spelling(f"usr/a{char}b").listed(f"usr/a{char}b") == "%{_prefix}/a?b"
