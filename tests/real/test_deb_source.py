"""Source mode: debian/ builds upstream's source on a machine without splitpkg, in every build system."""

from __future__ import annotations

import json
import subprocess
import sysconfig
from typing import TYPE_CHECKING

import pytest

from splitpkg.diagnostics import EnvironmentFailed, Failed
from splitpkg.inventory.scan import scan
from splitpkg.manifest.load import load
from splitpkg.plan.make import make_plan
from splitpkg.render.deb.expect import expected
from splitpkg.verify.compare import compare
from splitpkg.verify.read import read
from tests.support import debs
from tests.support.programs import shared_object
from tests.support.project import EXTRA_FILES, EXTRAS, OPTIONS, install, write_project

if TYPE_CHECKING:
    from pathlib import Path

    from splitpkg.manifest.model import ManifestFile
    from splitpkg.plan.model import Plan

LIBDIR = f"usr/lib/{sysconfig.get_config_var('MULTIARCH')}"
GREETING = "it's; touch pwned; `touch pwned` #1"

COMMANDS = """
compile = ["cp 'odd makefile' Makefile", "make libdir=/usr/lib/$DEB_HOST_MULTIARCH prefix=/usr"]
test = ["test -e demod && test $((1+1)) = 2"]
install = ["make install libdir=/usr/lib/$DEB_HOST_MULTIARCH prefix=/usr"]
"""


def _planned(manifest: Path, tree: Path) -> tuple[ManifestFile, Plan]:
    loaded = load(manifest)
    plan, findings = make_plan(loaded, scan(tree)[0])
    assert plan is not None, findings
    return loaded, plan


def _built(folder: Path, system: str, rest: str) -> dict[str, Path]:
    tree = install(folder, "usr/lib64", system)
    planned = _planned(write_project(folder, system, rest), tree)
    built = debs.build(*planned, tree, folder / "out")
    assert compare(read(built.values()), expected(*planned), None) == ()
    return built


@pytest.mark.parametrize(
    "system",
    [
        "make",
        "meson",
        pytest.param("cmake", marks=pytest.mark.slow),
        pytest.param("autotools", marks=pytest.mark.slow),
    ],
)
def test_build_systems(system: str, tmp_path: Path) -> None:
    option = OPTIONS[system].format(GREETING if system == "make" else "good day")
    built = _built(tmp_path, system, f"options = [{json.dumps(option)}]")
    assert set(built) == {"demo-core", "demo-data", "libdemo0", "libdemo-dev", "demo-block-zip"}
    module = debs.payload(built["demo-block-zip"])
    assert module[f"{LIBDIR}/demo/block-zip.so"].mode == 0o644
    assert not list(tmp_path.rglob("pwned"))
    assert debs.payload(built["demo-data"])["usr/share/demo/words"].mode == 0o600
    program = debs.contents(built["demo-core"], "usr/bin/demod")
    assert (GREETING if system == "make" else "good day").encode() in program
    assert f"/{LIBDIR}/demo".encode() in program
    _check_shared_libraries(built)


def _check_shared_libraries(built: dict[str, Path]) -> None:
    """dh_makeshlibs: nothing links to a module, and ldconfig has nothing to do with one."""
    for name in ("shlibs", "symbols", "triggers"):
        assert debs.control_file(built["demo-block-zip"], name) == ""
    assert debs.control_file(built["libdemo0"], "shlibs").startswith("libdemo 0 libdemo0")
    assert "activate-noawait ldconfig" in debs.control_file(built["libdemo0"], "triggers")


def test_patches_and_files_of_the_packaging_s_own(tmp_path: Path) -> None:
    tree = install(tmp_path, "usr/lib64", "make")
    for name, text in EXTRA_FILES.items():
        (tmp_path / name).write_text(text)
    planned = _planned(write_project(tmp_path, "make", EXTRAS), tree)
    built = debs.build(*planned, tree, tmp_path / "out")
    assert compare(read(built.values()), expected(*planned), None) == ()
    core = debs.payload(built["demo-core"])
    assert core["etc/demo/demo.conf"].mode == 0o640
    assert debs.control_file(built["demo-core"], "conffiles") == "/etc/demo/demo.conf\n"
    assert "usr/share/doc/demo-core/NEWS" in {path.removesuffix(".gz") for path in core}
    assert debs.contents(built["demo-core"], f"{LIBDIR}/demo/modules.list") == b"zip\n"
    assert debs.contents(built["demo-data"], "usr/share/demo/words") == b"other words, and more\n"
    assert f"from /{LIBDIR}!".encode() in debs.contents(built["demo-core"], "usr/bin/demod")


def test_a_source_package_has_all_that_its_build_needs(tmp_path: Path) -> None:
    """dpkg-source packs patches and added files, and they go when the manifest names them no more."""
    tree = install(tmp_path, "usr/lib64", "make")
    for name, text in EXTRA_FILES.items():
        (tmp_path / name).write_text(text)
    planned = _planned(write_project(tmp_path, "make", EXTRAS), tree)
    debs.lay_out(*planned, tree, tmp_path / "out")
    dsc = debs.source_package(tmp_path / "out", "demo-1.6.0")
    subprocess.run(["dpkg-source", "-x", dsc.name, "unpacked"], cwd=dsc.parent, check=True, stdout=-3)
    root = tmp_path / "out/unpacked"
    assert (root / "words").read_text() == "other words, and more\n"
    assert (root / "debian/extra/demo.conf").read_text() == EXTRA_FILES["demo.conf"]


@pytest.mark.parametrize("said", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_library_without_a_version_needs_a_word_of_the_manifest(
    said: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """dpkg-shlibdeps only warns of it, and the module's package would lack the dependency."""
    library = tmp_path / "lib/libodd.so"
    library.parent.mkdir()
    library.write_bytes(shared_object("odd", "-Wl,-soname,libodd.so"))
    monkeypatch.setenv("LD_LIBRARY_PATH", str(library.parent))
    tree = install(tmp_path, "usr/lib64", "make", f"linked_too=-Wl,--no-as-needed {library}")
    own = '[module.block-zip.deb]\ndepends = ["libc6"]' if said else ""
    text = f"options = ['linked_too=-Wl,--no-as-needed {library}']\n{own}"
    planned = _planned(write_project(tmp_path, "make", text), tree)
    if said:
        assert "demo-block-zip" in debs.build(*planned, tree, tmp_path / "out")
        return
    with pytest.raises(Failed) as caught:
        debs.build(*planned, tree, tmp_path / "out")
    (finding,) = caught.value.diagnostics
    assert finding.slug == "library-unnamed"
    assert finding.message == (
        "package `block-zip` needs `libodd.so`, for which dpkg-shlibdeps finds no package"
    )


def test_each_kind_of_package_is_built_alone(tmp_path: Path) -> None:
    tree = install(tmp_path, "usr/lib64", "make")
    planned = _planned(write_project(tmp_path, "make"), tree)
    both = [set(debs.build(*planned, tree, tmp_path / kind, [f"--build={kind}"])) for kind in ("all", "any")]
    assert both == [{"demo-data"}, {"demo-core", "libdemo0", "libdemo-dev", "demo-block-zip"}]


def test_commands_of_one_s_own(tmp_path: Path) -> None:
    built = _built(tmp_path, "commands", COMMANDS)
    assert f"{LIBDIR}/demo/block-zip.so" in debs.payload(built["demo-block-zip"])


def test_a_test_that_fails_fails_the_build_and_the_log_is_kept(tmp_path: Path) -> None:
    tree = install(tmp_path, "usr/lib64", "make")
    planned = _planned(write_project(tmp_path, "make", 'test = ["echo not so good >&2; exit 3"]'), tree)
    with pytest.raises(Failed) as caught:
        debs.build(*planned, tree, tmp_path / "out")
    (finding,) = caught.value.diagnostics
    log = tmp_path / "out/demo-dpkg-buildpackage.log"
    assert finding.slug == "build-failed"
    assert any("override_dh_auto_test] Error 3" in note for note in finding.notes)
    assert "not so good" in log.read_text()
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "debian",
        "demo-dpkg-buildpackage.log",
        "demo_1.6.0.orig.tar.gz",
    ]


def test_missing_build_dependencies_are_named(tmp_path: Path) -> None:
    tree = install(tmp_path, "usr/lib64", "make")
    rest = '[build.requires]\ndeb = ["no-such-package-anywhere (>= 2)"]'
    planned = _planned(write_project(tmp_path, "make", rest), tree)
    with pytest.raises(EnvironmentFailed) as caught:
        debs.build(*planned, tree, tmp_path / "out")
    (finding,) = caught.value.diagnostics
    assert finding.slug == "build-depends-missing"
    assert finding.message.endswith("not installed: no-such-package-anywhere (>= 2)")


def test_without_the_tarball_nothing_is_begun(tmp_path: Path) -> None:
    tree = install(tmp_path, "usr/lib64", "make")
    planned = _planned(write_project(tmp_path, "make"), tree)
    (tmp_path / "demo-1.6.0.tar.gz").unlink()
    with pytest.raises(Failed) as caught:
        debs.build(*planned, tree, tmp_path / "out")
    assert [one.slug for one in caught.value.diagnostics] == ["source-missing"]
