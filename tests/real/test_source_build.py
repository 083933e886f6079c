"""Worked programs from source, as distributions build them: what they hold, need, and bring for debuggers."""

from __future__ import annotations

import re
import subprocess
import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.sourced import built, cases
from tests.support.worked import is_elf

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.worked import Case

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("case", cases(), ids=str)]

_DEBUG = re.compile(r"(.+)-(?:dbgsym|debuginfo)")
_MADE_BY_DEBHELPER = re.compile(
    r"usr/share/doc/[^/]+/(?:copyright|changelog\.Debian|changelog|NEWS)|usr/share/lintian/overrides/[^/]+"
)
"""As the same files of Debian's packages, which the manifests leave out of the plan."""


def run(*command: str | Path) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def packages(folder: Path, ending: str) -> dict[str, Path]:
    """The packages of a folder by name, without those for debuggers and of the source."""
    found = {}
    for path in folder.glob(f"*.{ending}"):
        name = path.name.split("_")[0] if ending == "deb" else path.name.rsplit("-", 2)[0]
        if not path.name.endswith(".src.rpm"):
            found[name] = path
    return found


def ordinary(found: dict[str, Path]) -> dict[str, Path]:
    return {
        name: path
        for name, path in found.items()
        if not _DEBUG.fullmatch(name) and "-debugsource" not in name
    }


def neutral(paths: Iterator[str]) -> set[str]:
    """Paths with one directory for libraries and nothing compressed, less what debhelper makes."""
    plain = {re.sub(r"^usr/lib(?:64|/x86_64-linux-gnu)/", "usr/lib/", path) for path in paths}
    plain = {re.sub(r"^(usr/share/(?:doc|man|info)/.+)\.gz$", r"\1", path) for path in plain}
    return {path for path in plain if not _MADE_BY_DEBHELPER.fullmatch(path)}


def deb_paths(package: Path) -> Iterator[str]:
    for line in run("dpkg-deb", "--contents", package).splitlines():
        path = line.split(maxsplit=5)[5].removeprefix("./").split(" -> ")[0]
        if path and not path.endswith("/"):
            yield path


def rpm_paths(package: Path) -> Iterator[str]:
    listed = run("rpm", "-qp", "--nosignature", "--qf", "[%{FILEMODES:perms} %{FILENAMES}\n]", package)
    for line in listed.splitlines():
        path = line.split(maxsplit=1)[1].removeprefix("/")
        if not line.startswith("d") and not path.startswith("usr/lib/.build-id"):
            yield path


def held(found: dict[str, Path]) -> dict[str, frozenset[str]]:
    """What each package holds; all metapackages alike nothing."""
    return {
        name: frozenset(neutral(deb_paths(path) if path.suffix == ".deb" else rpm_paths(path)))
        for name, path in found.items()
    }


def planned(case: Case) -> dict[frozenset[str], Any]:
    """The packages of the reviewed plan by what they hold, which is what Debian's own packages hold."""
    return {frozenset(neutral(iter(one["files"]))): one for one in case.plan["packages"]}


@cache
def has_code(package: Path) -> bool:
    """Whether a program or a shared object is in a Debian package."""
    folder = package.with_suffix(".content")
    subprocess.run(["dpkg-deb", "--extract", package, folder], check=True)
    return any(is_elf(path) for path in folder.rglob("*") if path.is_file())


def declared(case: Case) -> set[str]:
    """Packages of Debian that the manifest itself says modules need: no library, such as an interpreter."""
    manifest = tomllib.loads(case.manifest.read_text(encoding="utf-8"))
    tables = (*manifest["family"].values(), *manifest.get("module", {}).values())
    return {re.split(r"[ (]", one)[0] for table in tables for one in table.get("deb", {}).get("depends", ())}


@pytest.mark.parametrize(("kind", "ending"), [("full", "deb"), ("rpm", "rpm")])
def test_packages_hold_what_the_distribution_s_own_build_holds(case: Case, kind: str, ending: str) -> None:
    found = held(ordinary(packages(built(case) / kind, ending)))
    assert len(found) == len(case.plan["packages"])
    ours, theirs = ({path for paths in one for path in paths} for one in (found.values(), planned(case)))
    assert (sorted(ours - theirs), sorted(theirs - ours)) == ([], [])
    assert set(found.values()) == set(planned(case))


def test_each_kind_of_package_is_built_alone(case: Case) -> None:
    full, indep, arch = (packages(built(case) / kind, "deb") for kind in ("full", "all", "any"))
    for_all = {name for name, path in full.items() if path.name.endswith("_all.deb")}
    assert (set(indep), set(arch)) == (for_all, full.keys() - for_all)
    assert held(indep) | held(arch) == held(full)


def test_each_package_with_code_has_one_for_debuggers(case: Case) -> None:
    debs = packages(built(case) / "full", "deb")
    coded = {name for name, path in ordinary(debs).items() if has_code(path)}
    assert {name.removesuffix("-dbgsym") for name in debs.keys() - ordinary(debs).keys()} == coded
    rpms = packages(built(case) / "rpm", "rpm")
    named = dict(zip(held(ordinary(rpms)).values(), ordinary(rpms), strict=True))
    expected = {f"{named[paths]}-debuginfo" for name, paths in held(ordinary(debs)).items() if name in coded}
    assert {name for name in rpms if name.endswith("-debuginfo")} == expected


def test_modules_are_no_libraries(case: Case) -> None:
    """No shlibs, symbols or ldconfig trigger, and no SONAME that anybody could require."""
    plan = planned(case)
    debs, rpms = (
        ordinary(packages(built(case) / "full", "deb")),
        ordinary(packages(built(case) / "rpm", "rpm")),
    )
    for name, paths in held(debs).items():
        if plan[paths]["role"] == "module":
            control = run("dpkg-deb", "--info", debs[name])
            assert not re.search(r"^ .*\b(?:shlibs|symbols|triggers)\b", control, re.MULTILINE), name
    for name, paths in held(rpms).items():
        if plan[paths]["role"] == "module":
            provided = Path(f"{rpms[name]}.provides").read_text(encoding="utf-8")
            assert ".so" not in provided, name


def test_each_package_pulls_in_its_own_libraries_alone(case: Case) -> None:
    plan = planned(case)
    lines = (built(case) / "libraries").read_text(encoding="utf-8").splitlines()
    owners = dict(line.split(" ", 1) for line in lines)
    debs, rpms = (
        ordinary(packages(built(case) / "full", "deb")),
        ordinary(packages(built(case) / "rpm", "rpm")),
    )
    for name, paths in held(debs).items():
        if plan[paths]["role"] == "module":
            depends = run("dpkg-deb", "--field", debs[name], "Depends")
            found = {re.split(r"[ :(]", one.strip())[0] for one in depends.split(",")}
            wanted = {owners.get(soname) for soname in plan[paths]["external"]}
            assert found - debs.keys() - declared(case) <= wanted, name
    for name, paths in held(rpms).items():
        if plan[paths]["role"] == "module":
            text = Path(f"{rpms[name]}.requires").read_text(encoding="utf-8")
            sonames = {line.split("(")[0] for line in text.splitlines() if ".so" in line}
            assert sonames <= {*plan[paths]["external"], "ld-linux-x86-64.so.2", "rtld"}, name


def test_no_error_of_lintian_but_what_debian_s_own_build_has(case: Case) -> None:
    """A path to Java's library, say, is there since upstream and Debian want it."""
    said = (built(case) / "lintian").read_text(encoding="utf-8")
    errors = {line.split()[2] for line in said.splitlines() if line.startswith("E:")}
    assert errors <= {"custom-library-search-path"}, said
