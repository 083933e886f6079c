"""rpmbuild makes of our specs packages that hold what the plan says, and nothing else."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import string
import subprocess
from typing import TYPE_CHECKING

import pytest

from splitpkg.build.rpm import build_rpm, prepare
from splitpkg.diagnostics import Failed
from splitpkg.inventory.model import EntryKind
from splitpkg.inventory.scan import scan
from splitpkg.plan.model import Config, Constraint, Reason
from splitpkg.render.rpm.spec import render
from splitpkg.render.write import write
from tests.support.plans import (
    demo_plan,
    file,
    folder,
    link,
    manifest,
    module,
    package,
    plan,
    plant,
    relation,
)
from tests.support.programs import shared_object
from tests.support.rpm import built, contents, query, relations, run, written

if TYPE_CHECKING:
    from pathlib import Path

    from splitpkg.plan.model import Plan, PlannedFile, PlannedPackage

DEMO = shared_object("demo", "-Wl,-soname,libdemo.so.0")
ELF = {
    "usr/lib64/libdemo.so.0.1.6": DEMO,
    "usr/lib64/demo/ui-gl.so": shared_object("gl", "-Wl,-soname,libuigl.so"),
    "usr/lib64/demo/block-zip.so": shared_object("zip"),
}


def _expected(part: PlannedPackage) -> dict[str, tuple[int | None, str, str]]:
    return {one.path: _facts(one) for one in (*part.files, *part.directories)}


def _facts(one: PlannedFile) -> tuple[int | None, str, str]:
    mode = None if one.kind is EntryKind.SYMLINK else one.mode
    return mode, f"{one.user}:{one.group}", one.target or ""


def _found(path: Path, planned: Plan) -> dict[str, tuple[int | None, str, str]]:
    links = {one.path for part in planned.packages for one in part.files if one.target is not None}
    return {
        name: (None if name in links else one.mode, one.owner, one.target)
        for name, one in contents(path).items()
    }


def _check(packages: dict[str, Path], planned: Plan) -> None:
    assert set(packages) == {part.name for part in planned.packages}
    for part in planned.packages:
        assert _found(packages[part.name], planned) == _expected(part)


def test_every_path_is_packed_as_planned(tmp_path: Path) -> None:
    planned = demo_plan()
    packages = built(planned, tmp_path, held=ELF)
    _check(packages, planned)
    for name, path in packages.items():
        for one, facts in contents(path).items():
            source = tmp_path / "tree" / one
            if source.is_file() and not source.is_symlink():
                assert facts.digest == hashlib.sha256(source.read_bytes()).hexdigest(), (name, one)


def test_marks_of_configuration_documentation_and_licenses(tmp_path: Path) -> None:
    held = contents(built(demo_plan(), tmp_path)["demo-core"])
    assert {path: one.flags for path, one in held.items() if one.flags} == {
        "etc/demo/demo.conf": "cn",
        "usr/share/doc/demo/README": "d",
        "usr/share/licenses/demo/LICENSE": "l",
        "usr/share/man/man8/demod.8": "d",
    }


def test_modes_and_owners_that_unpacking_would_lose(tmp_path: Path) -> None:
    modes = (0o600, 0o640, 0o444, 0o555, 0o4755, 0o2755, 0o711, 0o664, 0o777, 0o1755)
    own = [file(f"usr/share/demo/{mode:04o}", mode) for mode in modes]
    own += [folder(f"usr/share/demo/d{mode:04o}", mode) for mode in (0o700, 0o1777, 0o2775, 0o755)]
    own += [
        folder("usr/share/demo"),
        file("etc/demo.conf", 0o640, user="demo", group="demo-x", config=Config.REPLACE),
        file("usr/share/demo/changed", 0o755, changed_mode=True),
        link("usr/share/demo/away", "/nowhere/at all"),
    ]
    planned = plan(package("core", own))
    _check(built(planned, tmp_path), planned)


def test_shared_objects_stay_as_they_are(tmp_path: Path) -> None:
    """With and without the executable bit; rpm 4.18 takes it away where it may (brp-elfperms)."""
    paths = {"usr/lib64/demo/a.so": 0o755, "usr/lib64/demo/b.so": 0o644}
    planned = plan(package("core", [file(path, mode) for path, mode in paths.items()]))
    packages = built(planned, tmp_path, held=dict.fromkeys(paths, DEMO))
    assert {path: one.mode for path, one in contents(packages["demo-core"]).items()} == paths


def _odd_names() -> list[PlannedFile]:
    """Each printable character by itself at each place of a name, then four hundred jumbles of them."""
    chance, letters = random.Random(1), [char for char in string.printable[:95] if char != "/"]
    base, own = "usr/share/demo", list[str]()
    for number, char in enumerate(letters):
        own += [f"{base}/{number}-a{char}b", f"{base}/{number}-c/{char}b", f"{base}/{number}-e/f{char}"]
    for number in range(400):
        name = "".join(chance.choices([*letters, "ü", "/"], k=chance.randint(1, 6)))
        parts = [part for part in name.split("/") if part not in ("", ".", "..")]
        own.append("/".join([base, f"r{number}", *parts, "x"]))
    return [file(path) for path in own]


def test_odd_names(tmp_path: Path) -> None:
    folders = [folder(f"usr/share/demo/d{char}x") for char in " %?*[]{}\"\\'$"]
    names = [one for one in _odd_names() if not one.path.endswith(" ")]
    planned = plan(package("core", [*names, *folders[:1]]), package("o", [file("usr/share/demo/o")]))
    _check(built(planned, tmp_path), planned)


def test_what_the_plan_leaves_out_is_not_packed(tmp_path: Path) -> None:
    planned = plan(package("core", [file("usr/bin/demod", 0o755)]), excluded=(("usr/lib64/x.a", "static"),))
    plant(planned, tmp_path / "tree")
    (tmp_path / "tree/usr/lib64/empty").mkdir(parents=True)
    (tmp_path / "tree/usr/lib64/x.a").write_text("x")
    inventory, _findings = scan(tmp_path / "tree")
    written(planned, None, tmp_path / "out")
    assert prepare(tmp_path / "tree", manifest(), inventory, planned, tmp_path / "out") == (
        "demo-1.6.0-tree.tar.gz",
    )
    (path,) = build_rpm(manifest(), planned, tmp_path / "out")
    assert list(contents(path)) == ["usr/bin/demod"]


def _sonames(folder: Path, *private: str) -> dict[str, Path]:
    """A module with a SONAME, another that is linked to it, a third, and a public library."""
    odd = "libui+gl.so"
    gl = shared_object("gl", f"-Wl,-soname,{odd}")
    (folder / odd).write_bytes(gl)
    parts = [
        package("core", [file("usr/lib64/libdemo.so.0", 0o755)]),
        module("ui", "gl", private_sonames=private),
        module("ui", "term", relation("requires", "demo-ui-gl", reason=Reason.EDGE)),
        module("ui", "x"),
    ]
    held = {
        "usr/lib64/libdemo.so.0": DEMO,
        "usr/lib64/demo/ui-gl.so": gl,
        "usr/lib64/demo/ui-term.so": shared_object("t", "-Wl,--no-as-needed", f"-L{folder}", f"-l:{odd}"),
        "usr/lib64/demo/ui-x.so": shared_object("x", "-Wl,-soname,libuixgl.so"),
    }
    return built(plan(*parts), folder / "p", held=held)


def test_private_sonames_are_no_capabilities_on_either_side(tmp_path: Path) -> None:
    """A name in the way of a regular expression; others keep what rpm's generator says of them."""
    packages = _sonames(tmp_path, "libui+gl.so")
    assert relations(packages["demo-ui-gl"], "provides") == [
        "demo-ui-gl = 1.6.0-2",
        "demo-ui-gl(x86-64) = 1.6.0-2",
    ]
    locks = ["demo-core(x86-64) = 1.6.0-2", "demo-ui-gl(x86-64) = 1.6.0-2"]
    assert relations(packages["demo-ui-term"], "requires") == [*locks, "rtld(GNU_HASH)"]
    assert "libdemo.so.0()(64bit)" in relations(packages["demo-core"], "provides")
    assert "libuixgl.so()(64bit)" in relations(packages["demo-ui-x"], "provides")


def test_sonames_that_are_not_private_are_capabilities(tmp_path: Path) -> None:
    packages = _sonames(tmp_path)
    assert "libui+gl.so()(64bit)" in relations(packages["demo-ui-gl"], "provides")
    assert "libui+gl.so()(64bit)" in relations(packages["demo-ui-term"], "requires")


def test_scriptlets_are_complete_where_the_machine_lacks_the_macros(tmp_path: Path) -> None:
    packages = built(demo_plan(), tmp_path)
    text = run("rpm", "-qp", "--scripts", packages["demo-core"])
    assert "systemctl --no-reload preset demod.service" in text
    assert "systemd-tmpfiles --create demo.conf" in text
    assert "try-restart demod.service" in text
    assert "%" not in text
    for scriptlet in ("POSTIN", "PREUN", "POSTUN"):
        script = query(packages["demo-core"], f"%{{{scriptlet}}}\x1f")[0]
        subprocess.run(["sh", "-n"], input=script.encode(), check=True)
    assert run("rpm", "-qp", "--scripts", packages["demo-libs"]) == ""


def test_noarch_packages(tmp_path: Path) -> None:
    packages = built(demo_plan(), tmp_path)
    assert query(packages["demo-data"], "%{ARCH}\x1f") == ["noarch"]
    assert relations(packages["demo-data"], "requires") == ["demo-core = 1.6.0-2"]
    assert "demo-data = 1.6.0-2" in relations(packages["demo-core"], "requires")


def test_facts_of_the_program(tmp_path: Path) -> None:
    given = manifest(program={"epoch": 2, "summary": "Ünïcode 100%", "license": "MIT AND (GPL-2.0-or-later)"})
    path = built(demo_plan(), tmp_path, given)["demo"]
    fields = (
        "%{EVR}\x1f%{SUMMARY}\x1f%{LICENSE}\x1f%{URL}\x1f%{SOURCERPM}\x1f%{BUILDHOST}\x1f%{BUILDTIME}\x1f"
    )
    assert query(path, fields) == [
        "2:1.6.0-2",
        "Ünïcode 100%",
        "MIT AND (GPL-2.0-or-later)",
        "https://demo.example/",
        "demo-1.6.0-2.src.rpm",
        "localhost",
        "1732233600",
    ]
    assert run("rpm", "-qp", "--changelog", path) == (
        "* Fri Nov 22 2024 Jo Doe <jo@demo.example> - 2:1.6.0-2\n- Version 1.6.0\n\n"
    )


def test_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    first = {name: path.read_bytes() for name, path in built(demo_plan(), tmp_path, held=ELF).items()}
    os.utime(tmp_path / "tree/usr")
    inventory, _findings = scan(tmp_path / "tree")
    prepare(tmp_path / "tree", manifest(), inventory, demo_plan(), tmp_path / "out")
    again = build_rpm(manifest(), demo_plan(), tmp_path / "out")
    assert sorted(path.read_bytes() for path in again) == sorted(first.values())


def test_folder_whose_name_a_shell_would_take_apart(tmp_path: Path) -> None:
    odd = tmp_path / "o dd 'n\"a$me %{x}"
    packages = built(demo_plan(), odd)
    assert len(packages) == 8
    assert sorted(one.name for one in (odd / "out").iterdir() if not one.name.endswith(".rpm")) == [
        "demo-1.6.0-tree.tar.gz",
        "demo.rpmlintrc",
        "demo.spec",
    ]


def test_failed_build_says_what_decided(tmp_path: Path) -> None:
    planned = plan(package("core", [file("usr/bin/demod", 0o755)]))
    given = manifest()
    plant(planned, tmp_path / "tree")
    spec = written(planned, given, tmp_path / "out")
    inventory, _findings = scan(tmp_path / "tree")
    prepare(tmp_path / "tree", given, inventory, planned, tmp_path / "out")
    spec.write_text(spec.read_text().replace("/usr/bin/demod", "/usr/bin/other"))
    with pytest.raises(Failed) as caught:
        build_rpm(given, planned, tmp_path / "out")
    text = str(caught.value)
    assert text.startswith(f"{spec}: error[build-failed]: rpmbuild did not succeed\n")
    assert "File not found" in text
    assert "Installed (but unpackaged) file(s) found" in text or "/usr/bin/other" in text
    log = tmp_path / "out/demo-rpmbuild.log"
    assert f"note: {log} has all that it said" in text
    assert "Processing files: demo-core" in log.read_text()
    assert not (tmp_path / "out/.splitpkg-rpmbuild").exists()


def test_failed_compiler_is_quoted(tmp_path: Path) -> None:
    said = 'echo "x.c:3: error: oops" >&2'
    build = {
        "system": "commands",
        "source": "demo-1.6.0.tar.gz",
        "compile": [said, "exit 3"],
        "install": ["true"],
    }
    planned = plan(package("core", [file("usr/bin/demod", 0o755)]))
    (tmp_path / "demo-1.6.0").mkdir()
    run("tar", "-C", tmp_path, "-czf", tmp_path / "demo-1.6.0.tar.gz", "demo-1.6.0")
    written(planned, manifest(build=build), tmp_path)
    with pytest.raises(Failed) as caught:
        build_rpm(manifest(build=build), planned, tmp_path)
    text = str(caught.value)
    assert "note: x.c:3: error: oops\n" in text
    assert "(%build)" in text


def test_file_that_no_package_takes_fails_the_build(tmp_path: Path) -> None:
    """rpm's own check stays on."""
    planned = plan(package("core", [file("usr/bin/demod", 0o755), file("usr/bin/forgotten")]))
    plant(planned, tmp_path / "tree")
    spec = written(planned, None, tmp_path / "out")
    inventory, _findings = scan(tmp_path / "tree")
    prepare(tmp_path / "tree", manifest(), inventory, planned, tmp_path / "out")
    spec.write_text(spec.read_text().replace("/usr/bin/forgotten\n", ""))
    with pytest.raises(Failed, match="Installed \\(but unpackaged\\) file"):
        build_rpm(manifest(), planned, tmp_path / "out")


def test_every_kind_of_relation_arrives(tmp_path: Path) -> None:
    kinds = ("requires", "recommends", "suggests", "supplements", "enhances", "conflicts", "provides")
    core = package("core", [file("usr/share/demo/x")])
    other = package("x", relations=tuple(relation(kind, "demo-core") for kind in kinds))
    packages = built(plan(core, other), tmp_path)
    for kind in kinds:
        assert "demo-core(x86-64) = 1.6.0-2" in relations(packages["demo-x"], kind)
    old = package("y", relations=(relation("obsoletes", "demo-old", Constraint.RANGE),))
    packages = built(plan(core, old), tmp_path / "2")
    assert relations(packages["demo-y"], "obsoletes") == ["demo-old < 1.6.0-2"]


def test_template_of_one_s_own(tmp_path: Path) -> None:
    own = tmp_path / "templates/rpm/spec.j2"
    own.parent.mkdir(parents=True)
    own.write_text(
        '{% extends "packaged/rpm/spec.j2" %}\n{% block globals %}\n# ours\n{{ super() }}{% endblock %}\n'
    )
    files, findings = render(manifest(), demo_plan(), templates=tmp_path / "templates")
    assert findings == ()
    write(files, tmp_path)
    assert "\n# ours\n" in (tmp_path / "demo.spec").read_text()
    run("rpmspec", "-q", tmp_path / "demo.spec")


def test_built_by_anyone_the_files_are_root_s(tmp_path: Path) -> None:
    planned = demo_plan()
    plant(planned, tmp_path / "tree")
    written(planned, None, tmp_path / "out")
    inventory, _findings = scan(tmp_path / "tree")
    prepare(tmp_path / "tree", manifest(), inventory, planned, tmp_path / "out")
    for parent in (tmp_path, *tmp_path.parents[:2]):
        parent.chmod(0o755)
    if os.geteuid() == 0:
        shutil.chown(tmp_path / "out", 65534, 65534)
    top = tmp_path / "out/top"
    argv = ["rpmbuild", "-bb", "--nodeps", "--define", f"_topdir {top}", "--define", f"_dbpath {top}/db"]
    argv += ["--define", f"_sourcedir {tmp_path}/out", "--define", f"_tmppath {tmp_path}/out"]
    argv += [
        "--define",
        "_docdir /usr/share/doc",
        "--define",
        "systemd_post() :",
        str(tmp_path / "out/demo.spec"),
    ]
    subprocess.run(
        ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *argv], check=True, cwd=tmp_path
    )
    packages = {query(path, "%{NAME}\x1f")[0]: path for path in top.glob("RPMS/*/*.rpm")}
    _check(packages, planned)
