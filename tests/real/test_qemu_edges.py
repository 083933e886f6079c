"""Which of QEMU's modules need each other, against QEMU's own table and Debian's packages."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from debian.deb822 import Deb822, PkgRelation

from splitpkg.elf.read import names_tables, read
from tests.real.test_qemu import UNDECLARED, declared_by, module_name
from tests.support import worked
from tests.support.mixtures import deb
from tests.support.mixtures.model import Built, Stated
from tests.support.qemu import CASES, EMULATOR, MODULES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from tests.support.worked import Case

MISSED = {
    "audio-dbus": {"ui-dbus"},
    "ui-dbus": {"ui-opengl"},
    "hw-display-virtio-vga": {"hw-display-virtio-gpu"},
    "hw-display-virtio-vga-gl": {"hw-display-virtio-gpu-gl"},
}
"""Needs that the packages of Fedora or openSUSE lack."""

ARCHITECTURES = {
    "bookworm": {"armhf": 32, "i386": 32, "mips64el": 64, "s390x": 64},
    "trixie": {"arm64": 64, "riscv64": 64, "s390x": 64},
}
"""Of Debian, with the bits: with and without addends in relocations, and s390x of the other byte order."""

NO_SPICE = {"ui-spice-core", "ui-spice-app", "audio-spice", "chardev-spice", "hw-display-qxl"}

pytestmark = pytest.mark.parametrize("case", CASES, ids=lambda case: case.suite)


def edges(plan: Any) -> dict[tuple[str, str], list[str]]:
    """The requirements of modules among each other, by names of modules, with their evidence."""
    names = {package["name"]: module_name(one) for package in plan["packages"] for one in package["modules"]}
    return {
        (names[package["name"]], names[relation["target"]]): relation["evidence"]
        for package in plan["packages"]
        for relation in package["relations"]
        if package["name"] in names and relation["kind"] == "requires" and relation["target"] in names
    }


def pairs(needs: Mapping[str, Iterable[str]]) -> set[tuple[str, str]]:
    return {(module, need) for module, found in needs.items() for need in found}


def plan(manifest: Path, tree: Path, *options: str) -> Any:
    tool = (sys.executable, "-m", "splitpkg", "plan")
    done = subprocess.run(
        [*tool, tree, "-m", manifest, "--json", *options], capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


class TestReviewed:
    """The plan that is committed."""

    def test_each_declared_need_is_told_with_its_row(self, case: Case) -> None:
        by_table = re.compile(
            r"`(\S+)`: the row of `(\S+)` in a table of modules says so, at 0x[0-9a-f]+ in (\S+)"
        )
        found = {
            pair: match
            for pair, evidence in edges(case.plan).items()
            for match in (by_table.search(text) for text in evidence)
            if match is not None
        }
        assert found.keys() == pairs(declared_by(case))
        for (module, need), match in found.items():
            assert match.groups()[:2] == (need, module)
            assert match[3] in case.plan["hosts"]

    def test_what_other_distributions_miss_is_there(self, case: Case) -> None:
        more = {"hw-display-virtio-gpu-gl": {"ui-opengl"}} if case.suite == "trixie" else {}
        assert pairs(MISSED | more) <= edges(case.plan).keys()

    def test_the_manifest_states_only_needs_by_type(self, case: Case) -> None:
        stated = {pair for pair, evidence in edges(case.plan).items() if "splitpkg.toml" in str(evidence)}
        assert stated == pairs(UNDECLARED)


@pytest.mark.slow
class TestNow:
    """What the archive has today."""

    def test_without_the_manifests_word_the_rest_is_offered_for_review(
        self, case: Case, tmp_path: Path
    ) -> None:
        text = case.manifest.read_text(encoding="utf-8")
        silent = tmp_path / "splitpkg.toml"
        silent.write_text(re.sub(r"(?m)^\[module\.\S+\]\nrequires = .*\n", "", text), encoding="utf-8")
        found = plan(silent, case.tree, "--hints")
        assert edges(found).keys() == pairs(declared_by(case))
        hinted = {(hint["module"], hint["requires"]) for hint in found["hints"]}
        assert hinted >= pairs(UNDECLARED)
        # By way of virtio-gpu-gl; and a text of all graphics cards, which nothing is made from.
        gl = ("hw-display-virtio-gpu-pci-gl", "hw-display-virtio-vga-gl")
        cards = ("hw-display-virtio-vga", "hw-display-virtio-vga-gl")
        others = {(one, "hw-display-virtio-gpu") for one in gl} | {(one, "hw-display-qxl") for one in cards}
        assert hinted - pairs(UNDECLARED) <= others

    def test_hash_seeds_change_nothing(self, case: Case) -> None:
        tool = (sys.executable, "-m", "splitpkg", "plan", "--hints", "-m", case.manifest, case.tree)
        told = {
            subprocess.run(
                tool, check=True, capture_output=True, env=os.environ | {"PYTHONHASHSEED": seed}
            ).stdout
            for seed in ("1", "2", "3", "4")
        }
        assert len(told) == 1

    def test_modules_of_the_other_version_are_refused_by_name(self, case: Case, tmp_path: Path) -> None:
        (other,) = (one for one in CASES if one != case)
        shutil.copytree(case.tree, tmp_path / "tree", symlinks=True)
        foreign = [f"{MODULES}/{name}.so" for name in ("block-ssh", "ui-curses")]
        for path in foreign:
            shutil.copyfile(other.tree / path, tmp_path / "tree" / path)
        argv = (sys.executable, "-m", "splitpkg", "plan", tmp_path / "tree", "-m", case.manifest)
        done = subprocess.run(argv, capture_output=True, text=True, check=False)
        assert done.returncode == 1
        assert re.findall(r"^(\S+): error\[tag-differs\]", done.stderr, re.MULTILINE) == foreign


@pytest.mark.slow
def test_the_table_is_found_on_other_architectures(case: Case, tmp_path: Path) -> None:
    modules = {module_name(path) for package in case.plan["packages"] for path in package["modules"]}
    for architecture, bits in ARCHITECTURES[case.suite].items():
        program = _emulator(case, architecture, tmp_path / architecture)
        facts = read(program)
        assert facts is not None
        assert facts.bits == bits
        (table,) = names_tables(program, modules)
        assert table.stride == 5 * bits // 8
        found = {row.name: set(dict(row.cells).get(3 * bits // 8, ())) for row in table.rows}
        without = set() if found.keys() >= NO_SPICE else NO_SPICE
        expected = {name: needs for name, needs in declared_by(case).items() if name not in without}
        assert {name: needs for name, needs in found.items() if needs} == expected, architecture


def _emulator(case: Case, architecture: str, tree: Path) -> Path:
    """The emulator of PCs as built for another architecture."""
    without = ("qemu-block-extra", "qemu-guest-agent", "qemu-utils", "qemu-system-[cgm]*", "qemu-system-xen")
    options = [option for glob in without for option in ("--exclude", glob)]
    where = ("--suite", case.suite, "--architecture", architecture)
    subprocess.run([worked.SPECS / "qemu" / "get-tree", *where, *options, tree], check=True)
    return tree / EMULATOR


class TestApt:
    """Whether apt would put a host beside modules of another build, of which it then loads none."""

    HOSTS = ("qemu-system-x86", "qemu-utils")

    @pytest.mark.slow
    def test_debians_own_host_goes_back_alone(self, case: Case, tmp_path: Path) -> None:
        names = {*self.HOSTS, "qemu-block-extra", "qemu-system-common"}
        new = [_built(stanza, names) for stanza in worked.stanzas(case.suite, *sorted(names))]
        old = [_before(package) for package in new]
        assert {package.name for package in new} == names
        (utils,) = (package.version for package in old if package.name == "qemu-utils")
        back = ("--allow-downgrades", "install", f"qemu-utils={utils}")
        assert deb.apt_changes(new, [*new, *old], tmp_path, *back) == [f"Inst qemu-utils {utils}"]

    @pytest.mark.slow
    def test_ours_goes_with_all_that_it_loads_or_not_at_all(self, case: Case, tmp_path: Path) -> None:
        modules = {package["name"] for package in case.plan["packages"] if package["role"] == "module"}
        wanted = {*self.HOSTS, "qemu-common", *(name for name in modules if name.startswith("qemu-block-"))}
        new = [package for package in _ours(case, tmp_path) if package.name in wanted]
        old = [_before(package) for package in new]
        back = [f"{package.name}={package.version}" for package in old]
        (utils,) = (one for one in back if one.startswith("qemu-utils="))
        options = ("--simulate", "--allow-downgrades", "install")
        done = deb.apt(tmp_path, new, [*new, *old], *options, utils)
        assert done.returncode == 100
        assert "qemu-utils : Depends: qemu-common (= " in done.stdout
        changes = deb.apt_changes(new, [*new, *old], tmp_path, *options[1:], *back)
        assert changes == sorted(f"Inst {package.name} {package.version}" for package in old)
        changes = deb.apt_changes(old, [*new, *old], tmp_path, "install", "qemu-utils")
        assert changes == sorted(f"Inst {package.name} {package.version}" for package in new)


def _built(stanza: Deb822, known: set[str]) -> Built:
    """A package with its relations to packages of those names."""
    relations = tuple(
        Stated(field, PkgRelation.str([group]))
        for field in deb.FIELDS
        if stanza.get(field, "").strip()
        for group in PkgRelation.parse_relations(stanza[field])
        if field == "Provides" or any(one["name"] in known | {"qemu-system-any"} for one in group)
    )
    return Built(stanza["Package"], stanza["Version"], "amd64", relations, stanza.get("Multi-Arch", ""))


def _before(package: Built) -> Built:
    """The same package of an earlier build."""
    version = f"{package.version}~before"
    relations = tuple(
        Stated(one.field, one.text.replace(f" {package.version})", f" {version})"))
        for one in package.relations
    )
    return replace(package, version=version, relations=relations)


def _ours(case: Case, folder: Path) -> list[Built]:
    """The packages that splitpkg's debian/ describes, by their control files."""
    worked.splitpkg(case, "deb", case.tree, "-o", folder / "deb")
    control = (folder / "deb/debian/control").read_text(encoding="utf-8")
    source, *packages = Deb822.iter_paragraphs(control, use_apt_pkg=False)
    assert source["Source"] == "qemu"
    known = {package["Package"] for package in packages}
    (folder / "substvars").write_text("misc:Depends=\nshlibs:Depends=\n")
    found = []
    for name in sorted(known):
        argv = ["dpkg-gencontrol", f"-p{name}", f"-T{folder}/substvars", "-f/dev/null", "-Pnowhere", "-O"]
        done = subprocess.run(argv, cwd=folder / "deb", capture_output=True, text=True, check=True)
        found.append(_built(Deb822(done.stdout), known))
    return found
