"""Lists of paths: short, and exactly the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from splitpkg.render.deb.install import (
    dirs_text,
    install_text,
    lists,
    not_installed_text,
    parents,
)
from splitpkg.render.deb.source import DebSource
from tests.support.plans import file, folder, manifest, package, plan

if TYPE_CHECKING:
    from splitpkg.plan.model import Plan, PlannedPackage

BUILD = {"build": {"system": "make", "source": "demo-1.6.0.tar.gz"}}


def _lists(*packages: PlannedPackage, **facts: Any) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    found = lists(DebSource(manifest(), plan(*packages, **facts)))
    return {name: (one.copied, one.made) for name, one in found.items()}


def test_a_folder_of_one_package_stands_for_its_files() -> None:
    part = package("a", [folder("usr/share/demo"), file("usr/share/demo/x"), file("usr/share/demo/y/z")])
    assert _lists(part) == {"demo-a": (("usr/share/demo",), ())}


def test_a_folder_that_nobody_owns_stands_for_nothing() -> None:
    part = package("a", [file("usr/bin/x"), file("usr/bin/y")])
    assert _lists(part) == {"demo-a": (("usr/bin/x", "usr/bin/y"), ())}


def test_a_shared_folder_is_made_by_its_owner_and_filled_file_by_file() -> None:
    one = package("a", [folder("usr/lib/demo")])
    two = package("b", [file("usr/lib/demo/x"), file("usr/lib/demo/y")])
    assert _lists(one, two) == {
        "demo-a": ((), ("usr/lib/demo",)),
        "demo-b": (("usr/lib/demo/x", "usr/lib/demo/y"), ()),
    }


def test_a_folder_with_something_left_out_is_listed_file_by_file() -> None:
    part = package("a", [folder("usr/share/demo"), file("usr/share/demo/x"), file("usr/share/demo/y")])
    found = _lists(part, excluded=(("usr/share/demo/z", "reason"),))
    assert found == {"demo-a": (("usr/share/demo/x", "usr/share/demo/y"), ())}


def test_empty_folders_inside_a_whole_one_go_with_it() -> None:
    inside = [folder("usr/share/demo"), file("usr/share/demo/x"), file("usr/share/demo/y")]
    part = package(
        "a", [*inside, folder("usr/share/demo/none"), folder("var/lib/demo"), folder("var/lib/demo/sub")]
    )
    assert _lists(part) == {"demo-a": (("usr/share/demo",), ("var/lib/demo/sub",))}


PATHS = st.lists(
    st.tuples(st.sampled_from("abc"), st.lists(st.sampled_from("xyz"), min_size=1, max_size=4)), max_size=25
)


@given(PATHS, st.sets(st.sampled_from("abcn"), max_size=4))
def test_each_path_comes_with_one_line_of_its_owner(
    drawn: list[tuple[str, list[str]]], owning: set[str]
) -> None:
    """What the lines bring (a folder: all below it) is what the plan says, whoever owns the folders."""
    files = {"/".join([*parts, "f"]): owner for owner, parts in drawn}
    folders = {up for path in files for up in parents(path)}
    planned = _planned(files, folders, owning)
    everything = {*files, *folders}
    for name, one in lists(DebSource(manifest(), planned)).items():
        own = planned.package(name)
        brought = [
            path for line in one.copied for path in everything if path == line or path.startswith(f"{line}/")
        ]
        assert len(brought) == len(set(brought))
        assert {path for path in brought if path in files} == {file.path for file in own.files}
        needed = {up for path in (*brought, *one.made) for up in parents(path)}
        assert {entry.path for entry in own.directories} <= {*brought, *one.made, *needed}


def _planned(files: dict[str, str], folders: set[str], owning: set[str]) -> Plan:
    parts = []
    for owner in "abc":
        own = [file(path) for path, holder in files.items() if holder == owner]
        ups = {up for one in own for up in parents(one.path)} if owner in owning else set()
        parts.append(package(owner, [*own, *(folder(path) for path in ups & folders)]))
    return plan(*parts)


def test_the_directory_for_libraries_is_the_build_daemon_s() -> None:
    source = DebSource(manifest(**BUILD), plan(libdir="usr/lib64"))
    assert install_text(source, ("usr/lib64/demo/a b.so", "usr/bin/demo")) == (
        "usr/bin/demo\nusr/lib/${DEB_HOST_MULTIARCH}/demo/a${Space}b.so\n"
    )
    assert dirs_text(source, ("usr/lib64/demo",)) == "usr/lib/${DEB_HOST_MULTIARCH}/demo\n"


def test_a_plain_libdir_holds_much_that_is_none_of_it() -> None:
    source = DebSource(manifest(**BUILD), plan(libdir="usr/lib"))
    kept = ("usr/lib/systemd/system/x.service", "usr/lib/sysusers.d/x.conf")
    assert install_text(source, (*kept, "usr/lib/libx.so.1")) == (
        "usr/lib/${DEB_HOST_MULTIARCH}/libx.so.1\n" + "".join(f"{path}\n" for path in sorted(kept))
    )


def test_a_packed_tree_keeps_its_own_paths() -> None:
    source = DebSource(manifest(), plan(libdir="usr/lib64"))
    assert install_text(source, ("usr/lib64/x.so",)) == "usr/lib64/x.so\n"


def test_where_dh_install_would_mistake_the_folder_it_is_named() -> None:
    source = DebSource(manifest(), plan())
    assert (
        install_text(source, ("usr/share/debian/tmp/x",)) == "usr/share/debian/tmp/x usr/share/debian/tmp\n"
    )


def test_what_is_left_out_stands_under_its_reason() -> None:
    excluded = (("usr/share/a", "of no use"), ("usr/share/a/b", "of no use"), ("usr/x*", "static"))
    text = not_installed_text(DebSource(manifest(**BUILD), plan(excluded=excluded)))
    assert text == "# of no use\nusr/share/a\n\n# static\nusr/x\\*\n"
    assert not_installed_text(DebSource(manifest(), plan(excluded=excluded))) == ""


def test_archives_of_libtool_are_left_out_when_built_from_source() -> None:
    part = package("a", [file("usr/lib64/demo/x.la"), file("usr/lib64/demo/x.so")])
    source = DebSource(manifest(**BUILD), plan(part))
    assert not_installed_text(source) == (
        "# libtool's archives, which no package needs (Debian policy 10.2)\n"
        "usr/lib/${DEB_HOST_MULTIARCH}/demo/x.la\n"
    )
    assert [file.path for file in source.plan.packages[0].files] == ["usr/lib64/demo/x.so"]


def test_libtool_s_archives_are_left_out_even_where_the_tree_has_lost_them() -> None:
    build = {"build": {"system": "autotools", "source": "demo-1.6.0.tar.gz"}}
    assert not_installed_text(DebSource(manifest(**build), plan())) == (
        "# libtool's archives, which no package needs (Debian policy 10.2)\n"
        "usr/lib/${DEB_HOST_MULTIARCH}/*.la\n"
        "usr/lib/${DEB_HOST_MULTIARCH}/*/*.la\n"
    )


def test_what_a_packaged_tree_has_compressed_is_found_as_it_is_built() -> None:
    paths = ("usr/share/doc/demo/README.gz", "usr/share/man/man1/x.1.gz", "usr/share/demo/x.gz")
    part, gone = package("a", [file(path) for path in paths]), (("usr/share/doc/demo/README.Debian", "x"),)
    built, packed = (DebSource(manifest(**tables), plan(part, excluded=gone)) for tables in (BUILD, {}))
    assert install_text(built, paths).splitlines() == [
        "usr/share/demo/x.gz",
        "usr/share/doc/demo/README",
        "usr/share/man/man1/x.1*",
    ]
    assert install_text(packed, paths).splitlines() == sorted(paths)
