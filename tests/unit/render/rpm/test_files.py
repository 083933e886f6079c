"""The %files sections."""

from __future__ import annotations

import pytest

from splitpkg.plan.model import Config
from splitpkg.render.rpm.files import Listing
from tests.support.plans import demo_plan, file, folder, link, package, plan


def _lines(
    *files: object, source_mode: bool = False, excluded: tuple[tuple[str, str], ...] = ()
) -> list[str]:
    part = package("core", files)  # type: ignore[arg-type]
    return list(Listing(plan(part, excluded=excluded), source_mode).lines(part))


def test_a_directory_of_one_package_stands_for_its_content() -> None:
    own = [
        folder("usr/share/demo"),
        folder("usr/share/demo/a"),
        file("usr/share/demo/a/b"),
        file("usr/share/x"),
    ]
    assert _lines(*own) == ["/usr/share/demo/", "/usr/share/x"]


def test_a_directory_that_others_use_does_not() -> None:
    core = package("core", [folder("usr/share/demo"), file("usr/share/demo/a")])
    for other in (file("usr/share/demo/b"), folder("usr/share/demo/b"), folder("usr/share/demo")):
        listing = Listing(plan(core, package("x", [other])), source_mode=False)
        assert listing.lines(core) == ("%dir /usr/share/demo", "/usr/share/demo/a")


def test_a_directory_that_the_package_does_not_own_does_not() -> None:
    assert _lines(file("usr/share/demo/a")) == ["/usr/share/demo/a"]
    assert _lines(folder("usr/share/demo/b"), file("usr/share/demo/a"), file("usr/share/demo/b/c")) == [
        "/usr/share/demo/a",
        "/usr/share/demo/b/",
    ]


@pytest.mark.parametrize(
    ("odd", "line"),
    [
        (file("usr/share/demo/a", 0o600), "%attr(0600, root, root) /usr/share/demo/a"),
        (file("usr/share/demo/a", 0o4755), "%attr(4755, root, root) /usr/share/demo/a"),
        (file("usr/share/demo/a", changed_mode=True), "%attr(0644, root, root) /usr/share/demo/a"),
        (file("usr/share/demo/a", user="demo"), "%attr(0644, demo, root) /usr/share/demo/a"),
        (file("usr/share/demo/a", group="demo"), "%attr(0644, root, demo) /usr/share/demo/a"),
        (file("usr/share/demo/a", config=Config.REPLACE), "%config /usr/share/demo/a"),
        (file("usr/share/demo/a", config=Config.NOREPLACE), "%config(noreplace) /usr/share/demo/a"),
        (folder("usr/share/demo/a", 0o1777), "%dir %attr(1777, root, root) /usr/share/demo/a"),
    ],
)
def test_a_directory_with_something_special_does_not(odd: object, line: str) -> None:
    assert _lines(folder("usr/share/demo"), odd, file("usr/share/demo/z")) == [
        "%dir /usr/share/demo",
        line,
        "/usr/share/demo/z",
    ]


def test_a_special_directory_is_listed_by_itself() -> None:
    own = [folder("usr/share/demo", 0o750, group="demo"), file("usr/share/demo/a")]
    assert _lines(*own) == ["%dir %attr(0750, root, demo) /usr/share/demo", "/usr/share/demo/a"]


def test_links_and_executables_need_no_word() -> None:
    own = [link("usr/bin/a", "b"), file("usr/bin/b", 0o755), file("usr/bin/c", 0o644)]
    assert _lines(*own) == ["/usr/bin/a", "/usr/bin/b", "/usr/bin/c"]


def test_licenses_come_first_then_documentation() -> None:
    own = [
        file("etc/demo.conf", config=Config.NOREPLACE),
        folder("usr/share/doc/demo"),
        file("usr/share/doc/demo/NEWS"),
        file("usr/share/doc/demo/COPYING"),
        folder("usr/share/doc/demo/examples"),
        file("usr/share/doc/demo/examples/a.c"),
        folder("usr/share/licenses/demo"),
        file("usr/share/licenses/demo/MIT"),
    ]
    assert _lines(*own, source_mode=True) == [
        "%license %{_datadir}/doc/demo/COPYING",
        "%license %{_datadir}/licenses/demo/",
        "%dir %{_datadir}/doc/demo",
        "%doc %{_datadir}/doc/demo/NEWS",
        "%doc %{_datadir}/doc/demo/examples/",
        "%config(noreplace) %{_sysconfdir}/demo.conf",
    ]


def test_libtool_archives_are_left_out_in_source_mode_only() -> None:
    own = [file("usr/lib64/demo/a.la"), file("usr/lib64/demo/a.so", 0o755)]
    assert _lines(*own) == ["/usr/lib64/demo/a.la", "/usr/lib64/demo/a.so"]
    assert _lines(*own, source_mode=True) == ["%{_libdir}/demo/a.so"]


def test_every_file_is_listed_once_or_stands_below_a_listed_directory() -> None:
    planned = demo_plan()
    listing = Listing(planned, source_mode=False)
    for part in planned.packages:
        lines = [line.split()[-1] for line in listing.lines(part)]
        assert len(set(lines)) == len(lines)
        for one in (*part.files, *part.directories):
            exact = [line for line in lines if line in (f"/{one.path}", f"/{one.path}/")]
            above = [line for line in lines if line.endswith("/") and f"/{one.path}".startswith(line)]
            assert len(exact) + len([line for line in above if line not in exact]) == 1


def test_what_is_left_out_is_named_by_its_topmost_path() -> None:
    gone = (("usr/share/x", "r"), ("usr/share/x/a", "r"), ("usr/share/x/b/c", "r"), ("usr/lib/y.a", "r"))
    part = package("core", [file("usr/bin/a")])
    assert Listing(plan(part, excluded=gone), source_mode=True).removed() == ("usr/lib/y.a", "usr/share/x")
    kept = package("core", [file("usr/share/x/b/d")])
    listing = Listing(plan(kept, excluded=gone), source_mode=True)
    assert listing.removed() == ("usr/lib/y.a", "usr/share/x/a", "usr/share/x/b/c")


def test_findings_name_the_path() -> None:
    part = package("core", [file("usr/a\tb"), file("usr/b")])
    found = list(Listing(plan(part), source_mode=False).findings(part))
    assert [(one.slug, one.where.path) for one in found] == [("path-unspeakable", "usr/a\tb")]


def test_translations_are_marked_with_their_language() -> None:
    paths = [
        "usr/share/locale/de/LC_MESSAGES/demo.mo",
        "usr/share/locale/pt_BR/LC_MESSAGES/demo.mo",
        "usr/share/locale/sr@latin/LC_MESSAGES/demo.mo",
        "usr/share/locale/C/LC_MESSAGES/demo.mo",
        "usr/share/locale/locale.alias",
        "usr/share/man/de/man1/demo.1",
        "usr/share/man/man1/demo.1",
        "usr/share/man/manual/demo",
    ]
    planned = plan(package("core", [file(path) for path in paths]))
    assert Listing(planned, source_mode=False).lines(planned.packages[0]) == (
        "/usr/share/locale/C/LC_MESSAGES/demo.mo",
        "%lang(de) /usr/share/locale/de/LC_MESSAGES/demo.mo",
        "/usr/share/locale/locale.alias",
        "%lang(pt) /usr/share/locale/pt_BR/LC_MESSAGES/demo.mo",
        "%lang(sr@latin) /usr/share/locale/sr@latin/LC_MESSAGES/demo.mo",
        "%lang(de) /usr/share/man/de/man1/demo.1",
        "/usr/share/man/man1/demo.1",
        "/usr/share/man/manual/demo",
    )
