"""rpmspec reads what we render: the same names, relations and texts, and nothing of them runs."""

from __future__ import annotations

import random
import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from splitpkg.build import runner
from splitpkg.build.fallback import undefined_macros
from splitpkg.manifest.model import FormatNames, RpmRelations
from splitpkg.plan.model import Role
from splitpkg.render.rpm import quote
from splitpkg.render.rpm.spec import render
from splitpkg.render.write import write
from tests.support.plans import demo_plan, file, manifest, module, package, plan, relation
from tests.support.rpm import run, written

if TYPE_CHECKING:
    from pathlib import Path

    from splitpkg.manifest.model import ManifestFile
    from splitpkg.plan.model import Plan

SEPARATOR = "\x1f"
SYSTEMS = [
    {"system": "meson"},
    {"system": "cmake"},
    {"system": "autotools"},
    {"system": "make"},
    {"system": "commands", "install": ["make install"], "test": ["make check"]},
]


def _spec(spec: Path, text: str) -> list[str]:
    """One answer for each package that the spec builds."""
    return run("rpmspec", "-q", "--builtrpms", "--qf", text + SEPARATOR, spec).split(SEPARATOR)[:-1]


def _relations(spec: Path, kind: str) -> set[str]:
    tag = f"{kind.removesuffix('s').upper()}NEVRS"
    return set(run("rpmspec", "-q", "--builtrpms", "--qf", f"[%{{{tag}}}\\n]", spec).splitlines())


def test_packages_and_their_architectures(tmp_path: Path) -> None:
    spec = written(demo_plan(), None, tmp_path)
    assert sorted(_spec(spec, "%{NAME} %{ARCH} %{EVR}")) == [
        "demo x86_64 1.6.0-2",
        "demo-block-zip x86_64 1.6.0-2",
        "demo-core x86_64 1.6.0-2",
        "demo-data noarch 1.6.0-2",
        "demo-devel x86_64 1.6.0-2",
        "demo-libs x86_64 1.6.0-2",
        "demo-ui-gl x86_64 1.6.0-2",
        "demo-ui-term x86_64 1.6.0-2",
    ]


def test_no_main_package_where_none_is_planned(tmp_path: Path) -> None:
    spec = written(plan(package("core", [file("usr/bin/demod", 0o755)])), None, tmp_path)
    assert _spec(spec, "%{NAME}") == ["demo-core"]


@pytest.mark.parametrize(("epoch", "prefix"), [(0, ""), (3, "3:")])
def test_locks_have_epoch_and_architecture(tmp_path: Path, epoch: int, prefix: str) -> None:
    spec = written(demo_plan(), manifest(program={"epoch": epoch}), tmp_path)
    assert _relations(spec, "requires") >= {
        f"demo-core(x86-64) = {prefix}1.6.0-2",
        f"demo-libs(x86-64) = {prefix}1.6.0-2",
        f"demo-data = {prefix}1.6.0-2",
        f"demo-core = {prefix}1.6.0-2",
        f"demo-ui-gl(x86-64) = {prefix}1.6.0-2",
    }


def test_release_gets_the_distribution_s_mark_and_so_do_locks(tmp_path: Path) -> None:
    spec = written(demo_plan(), None, tmp_path)
    found = run("rpmspec", "-q", "--define", "dist .fc43", "--requires", spec).splitlines()
    assert "demo-core(x86-64) = 1.6.0-2.fc43" in found


def test_each_kind_of_relation_is_one_for_rpm(tmp_path: Path) -> None:
    kinds = (
        "requires",
        "recommends",
        "suggests",
        "supplements",
        "enhances",
        "conflicts",
        "obsoletes",
        "provides",
    )
    said = {kind: (f"{kind[:3]}-x >= 1:2.0-3",) for kind in kinds if kind != "enhances"}
    planned = [relation(kind, "demo-core") for kind in kinds]
    part = package("x", relations=planned, rpm=RpmRelations.model_validate(said))
    spec = written(plan(package("core"), part), None, tmp_path)
    for kind in kinds:
        lock = "demo-core = 1.6.0-2" if kind == "obsoletes" else "demo-core(x86-64) = 1.6.0-2"
        expected = {lock} | ({f"{kind[:3]}-x >= 1:2.0-3"} if kind in said else set())
        assert expected <= _relations(spec, kind)


def test_boolean_relations_are_read(tmp_path: Path) -> None:
    rich = ("(foo%{?_isa} = %{version} if bar)", "(a and (b or c >= 2) and d)")
    spec = written(plan(package("core", rpm=RpmRelations(requires=rich))), None, tmp_path)
    assert {"(foo(x86-64) = 1.6.0 if bar)", "(a and (b or c >= 2) and d)"} <= _relations(spec, "requires")


def test_source_is_named_with_macros_that_give_it_back(tmp_path: Path) -> None:
    source = "https://demo.example/a%20b/v1.6.0/demo-1.6.0.tar.gz"
    build = {"system": "meson", "source": source, "directory": "demo-v1.6.0"}
    spec = written(demo_plan(), manifest(build=build), tmp_path)
    assert "/v%{version}/%{name}-%{version}.tar.gz" in spec.read_text()
    assert source in run("rpmspec", "-P", spec).splitlines()[8:12][-1] or source in run("rpmspec", "-P", spec)


@pytest.mark.parametrize("build", SYSTEMS, ids=lambda one: str(one["system"]))
def test_every_macro_is_defined_or_stood_in_for(tmp_path: Path, build: dict[str, object]) -> None:
    spec = written(demo_plan(), manifest(build={**build, "source": "demo-1.6.0.tar.gz"}), tmp_path)
    expanded = run("rpmspec", "-P", f"--load={undefined_macros(tmp_path, runner.run)}", spec)
    directives = (
        r"%(?:package|description|prep|build|install|check|post|preun|postun|files|changelog|dir|doc)\b"
    )
    known = rf"{directives}|%(?:license|config)\b|%\{{\?systemd_requires\}}|%%"
    assert re.findall(r"%[A-Za-z_{(].*", re.sub(known, "", expanded)) == []


def test_other_names_and_architectures(tmp_path: Path) -> None:
    part = package(
        "x", names=FormatNames(rpm="python3-demo"), rpm=RpmRelations(provides=("%{name}-py = %{version}",))
    )
    given = manifest(program={"architectures": ["amd64", "i386"]})
    spec = written(plan(package("core"), part), given, tmp_path)
    assert sorted(_spec(spec, "%{NAME}")) == ["demo-core", "python3-demo"]
    assert "demo-py = 1.6.0" in _relations(spec, "provides")
    assert any(
        line.startswith("ExclusiveArch:  x86_64 i386 ") for line in run("rpmspec", "-P", spec).splitlines()
    )


NASTY = [
    *("%", "%%", "%{", "}", "%{name}", "%(touch {})", "%{lua:x}", "%files", "%if 1", "%endif", "%package x"),
    *(
        "#",
        "#!",
        "\\",
        "\\\\",
        "$(id)",
        "`id`",
        '"',
        "'",
        "Name: x",
        "%{nil}",
        "%1",
        "%*",
        "%define a b",
        "ü",
        "🙂",
    ),
    *(
        "word",
        "more words",
        "- item",
        "* item",
        "1. item",
        "(a)",
        "[b]",
        "%[1+1]",
        "%-x",
        "%!",
        "%?x",
        "-",
        ":",
    ),
]


def _nasty(seed: int) -> str:
    chance = random.Random(seed)
    words = chance.choices(NASTY, k=chance.randint(1, 40))
    between = chance.choices((" ", "", "\n", "\n\n"), (80, 10, 2, 2), k=len(words))
    return "A " + "".join(word + end for word, end in zip(words, between, strict=True)).strip()


def test_texts_arrive_as_they_were(tmp_path: Path) -> None:
    """Five hundred packages with texts of what is special in specs; those that cannot be said are refused."""
    parts = {}
    for seed in range(500):
        text = "\n".join(line.rstrip() for line in _nasty(seed).split("\n")).strip("\n")
        line = " ".join(text.split())
        parts[f"demo-p{seed}"] = package(f"p{seed}", summary=f"A {line}", description=text)
    refused = set()
    for name, part in parts.items():
        _files, findings = render(manifest(), plan(part))
        if findings:
            assert {finding.slug for finding in findings} == {"line-is-directive"}
            assert any(quote.is_active(one) for one in quote.description(part.description))
            refused.add(name)
    kept = [part for name, part in parts.items() if name not in refused]
    assert len(kept) > 250
    assert any(part.summary.endswith("\\") for part in kept)
    spec = written(plan(*kept), None, tmp_path)
    answers = [one.split("\x1e") for one in _spec(spec, "%{NAME}\x1e%{SUMMARY}\x1e%{DESCRIPTION}")]
    assert {name: summary for name, summary, _text in answers} == {part.name: part.summary for part in kept}
    for name, _summary, text in answers:
        assert text.split("\n") == "\n".join(quote.description(parts[name].description)).rstrip("\n").split(
            "\n"
        )


def _hostile(mark: Path, *, escaped: bool) -> tuple[ManifestFile, Plan]:
    """Every text that a manifest or tree brings, each with a command in each of rpm's ways to run one."""
    ways = [
        f"%(touch {mark})",
        f'%{{lua:os.execute("touch {mark}")}}',
        f"%{{!?x:%(touch {mark})}}",
        "%{load:x}",
    ]
    text = f"x {' '.join(ways)} `touch {mark}` $(touch {mark}) \\"
    program = {
        "summary": text,
        "description": f"{text}\n\n{text}",
        "homepage": f"https://x.example/{text.replace(' ', '')}",
        "maintainer": f"{text} <a@x.example>",
        "license": text if escaped else "MIT",
    }
    relative = str(mark).replace("/", "\u2215")
    names = [
        f"usr/share/demo/%(touch {relative})",
        f"usr/share/demo/`touch {relative}`",
        "usr/share/demo/$(id)",
    ]
    part = package("core", [file(name) for name in names], summary=text, description=text)
    given = manifest(rpm={"group": text}, build=None)
    content = given.content.model_copy(update={"program": given.content.program.model_copy(update=program)})
    return type(given)(given.path, content, {}), plan(part)


def test_hostile_text_runs_nothing(tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    given, planned = _hostile(mark, escaped=True)
    spec = written(planned, given, tmp_path)
    run("rpmspec", "-q", spec)
    run("rpmspec", "-P", spec)
    subprocess.run(["rpmlint", spec, tmp_path / "demo.rpmlintrc"], check=False, capture_output=True)
    assert not mark.exists()


def test_the_same_text_would_run_if_it_were_not_escaped(tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    given, planned = _hostile(mark, escaped=True)
    files, _findings = render(given, planned)
    write([type(one)(one.path, one.text.replace("%%", "%")) for one in files], tmp_path)
    subprocess.run(["rpmspec", "-q", tmp_path / "demo.spec"], check=False, capture_output=True)
    assert mark.exists()


def test_a_module_s_edge_is_told_above_its_relation(tmp_path: Path) -> None:
    parts = [package("core"), module("ui", "gl"), module("ui", "term", relation("requires", "demo-ui-gl"))]
    assert parts[2].role is Role.MODULE
    assert "demo-ui-gl(x86-64) = 1.6.0-2" in _relations(written(plan(*parts), None, tmp_path), "requires")
