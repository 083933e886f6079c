"""What the compiler at hand builds: facts known from the sources, and by two other readers."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from splitpkg.elf.model import DF_1_PIE, ElfFile, ElfType, Symbol, VersionDefinition
from splitpkg.elf.read import ElfError, Reason, parse, read, section, strings_present
from tests.elf import by_pyelftools, by_readelf
from tests.elf.agreement import differences
from tests.elf.sectionless import without_sections
from tests.elf.shapes import COMMANDS, build

if TYPE_CHECKING:
    from pathlib import Path

VARIANTS = ("", ".stripped", ".eu-stripped")


@pytest.fixture(scope="module")
def shapes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shapes")
    build(folder)
    return folder


def facts(path: Path) -> ElfFile:
    found = read(path)
    assert found is not None
    return found


def names(symbols: tuple[Symbol, ...]) -> set[str]:
    return {symbol.name for symbol in symbols}


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("name", COMMANDS)
def test_other_readers_agree(name: str, variant: str, shapes: Path) -> None:
    path = shapes / (name + variant)
    assert facts(path) == by_pyelftools.read(path)
    assert differences(facts(path), dict(by_readelf.read_all([path]))[path]) == []


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("name", set(COMMANDS) - {"object.o"})
def test_section_headers_are_not_needed(name: str, variant: str, shapes: Path) -> None:
    path = shapes / (name + variant)
    bare = parse(without_sections(path.read_bytes()))
    assert bare == facts(path)


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("variant", [".debug", ".eu-debug"])
def test_separate_debug_information_is_told_from_what_is_damaged(
    name: str, variant: str, shapes: Path
) -> None:
    origin, debug = facts(shapes / name), facts(shapes / (name + variant))
    assert debug.separate_debug
    assert not debug.dynamic
    assert not debug.is_program
    assert not debug.is_shared_object
    assert (debug.type, debug.machine, debug.build_id) == (origin.type, origin.machine, origin.build_id)
    assert strings_present(shapes / (name + variant), ["stamp_0123456789abcdef"]) == frozenset()


def test_debug_information_that_is_cut_short_is_not_taken_for_whole(shapes: Path) -> None:
    data = (shapes / "module.so.eu-debug").read_bytes()
    with pytest.raises(ElfError) as caught:
        parse(data[:-1])
    assert caught.value.reason is Reason.TRUNCATED


@pytest.mark.parametrize(
    ("name", "elf_type", "program", "shared"),
    [
        ("host", ElfType.DYN, True, False),
        ("fixed-host", ElfType.EXEC, True, False),
        ("static-host", ElfType.EXEC, True, False),
        ("static-pie-host", ElfType.DYN, True, False),
        ("module.so", ElfType.DYN, False, True),
        ("libcore.so.1", ElfType.DYN, False, True),
        ("object.o", ElfType.REL, False, False),
    ],
)
def test_programs_and_shared_objects(
    name: str, elf_type: int, program: bool, shared: bool, shapes: Path
) -> None:
    found = facts(shapes / name)
    assert (found.type, found.is_program, found.is_shared_object) == (elf_type, program, shared)


def test_a_static_position_independent_program_says_so_itself(shapes: Path) -> None:
    found = facts(shapes / "static-pie-host")
    assert found.interpreter is None
    assert found.flags_1 & DF_1_PIE
    assert found.dynamic


def test_a_library_with_versions(shapes: Path) -> None:
    found = facts(shapes / "libcore.so.1")
    assert found.soname == "libcore.so.1"
    assert found.verdefs == (
        VersionDefinition("libcore.so.1", (), base=True, weak=False),
        VersionDefinition("CORE_1.0", (), base=False, weak=False),
        VersionDefinition("CORE_2.0", ("CORE_1.0",), base=False, weak=False),
        VersionDefinition("CORE_PRIVATE_1.2.3", ("CORE_2.0",), base=False, weak=False),
    )
    assert set(found.defined) == {
        Symbol("core_both", "CORE_1.0", weak=False, default=False),
        Symbol("core_both", "CORE_2.0", weak=False, default=True),
        Symbol("core_old", "CORE_1.0", weak=False, default=True),
        Symbol("core_protected", "CORE_1.0", weak=False, default=True),
        Symbol("core_weak", "CORE_1.0", weak=True, default=True),
        Symbol("core_new", "CORE_2.0", weak=False, default=True),
        Symbol("core_thread", "CORE_2.0", weak=False, default=True),
        Symbol("core_indirect", "CORE_2.0", weak=False, default=True),
    }


def test_a_module(shapes: Path) -> None:
    found = facts(shapes / "module.so")
    assert found.needed[0] == "libcore.so.1"
    assert (found.rpath, found.runpath) == (None, "$ORIGIN")
    assert (facts(shapes / "libplain.so").rpath, facts(shapes / "libplain.so").runpath) == ("/opt/lib", None)
    assert {
        Symbol("core_new", "CORE_2.0", weak=False, default=True),
        Symbol("core_both", "CORE_2.0", weak=False, default=True),
        Symbol("host_function", None, weak=False, default=True),
        Symbol("absent", None, weak=True, default=True),
    } <= set(found.undefined)
    assert [need.nodes for need in found.verneeds if need.file == "libcore.so.1"] == [("CORE_2.0",)]
    assert found.build_id is not None
    assert len(found.build_id) == 40


@pytest.mark.parametrize("name", ["host", "fixed-host"])
def test_a_host(name: str, shapes: Path) -> None:
    found = facts(shapes / name)
    assert found.interpreter is not None
    assert found.copied == {"optind", "environ", "__environ"}
    assert names(found.defined) >= found.copied
    assert ("host_function" in names(found.defined)) == (name == "host")
    assert "host_hidden" not in names(found.defined)


def test_a_unique_symbol_is_exported(shapes: Path) -> None:
    assert "_ZN4Once5countE" in names(facts(shapes / "libunique.so").defined)


def test_strings_and_sections(shapes: Path) -> None:
    host = shapes / "host.stripped"
    asked = ["stamp_0123456789abcdef", "host_function", "libc.so.6"]
    assert strings_present(host, asked) == {"stamp_0123456789abcdef"}
    assert strings_present(without_sections(host.read_bytes()), asked) == {"stamp_0123456789abcdef"}
    assert section(shapes / "modinfo.so", ".modinfo") == b"license=MIT\0depends=core\0"
    assert section(shapes / "modinfo.so.debug", ".modinfo") is None


def test_what_patchelf_moves_is_found(shapes: Path, tmp_path: Path) -> None:
    origin, moved = shapes / "module.so.stripped", tmp_path / "moved.so"
    shutil.copy(origin, moved)
    path = "/a" * 3000
    subprocess.run(["patchelf", "--set-rpath", path, moved], check=True)
    assert facts(moved) == replace(facts(origin), runpath=path) == by_pyelftools.read(moved)
