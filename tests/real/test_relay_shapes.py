"""Each file of the sample program has the shape that its source promises, as readelf sees it."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from tests.support.relay import HOSTS, MODULES, NEW, OLD, paths, tree

LIBC = re.compile(r"lib[cm]\.so\.\S+|ld-linux\S*")


@dataclass(frozen=True, slots=True)
class Shape:
    """What `readelf` says of a file."""

    needed: tuple[str, ...]
    soname: str | None
    runpath: str | None
    undefined: frozenset[str]
    defined: frozenset[str]
    nodes: frozenset[str]


def readelf(path: Path, *options: str) -> str:
    command: list[str | Path] = ["readelf", "-W", *options, path]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@cache
def shape(path: Path) -> Shape:
    """libc and weak symbols left out; symbols without their versions; `nodes` are relay's that are needed."""
    dynamic = readelf(path, "-d")
    rows = [line.split() for line in readelf(path, "--dyn-syms").splitlines()[4:]]
    symbols = [(row[6] == "UND", row[7]) for row in rows if row[4] == "GLOBAL" and "@GLIBC" not in row[7]]
    sonames = re.findall(r"\(SONAME\).*\[(.*)\]", dynamic)
    runpaths = re.findall(r"\(RUNPATH\).*\[(.*)\]", dynamic)
    return Shape(
        needed=tuple(name for name in re.findall(r"\(NEEDED\).*\[(.*)\]", dynamic) if not LIBC.match(name)),
        soname=sonames[0] if sonames else None,
        runpath=runpaths[0] if runpaths else None,
        undefined=frozenset(name.partition("@")[0] for undefined, name in symbols if undefined),
        defined=frozenset(name for undefined, name in symbols if not undefined),
        nodes=frozenset(node for undefined, name in symbols for node in [name.partition("@")[2]] if undefined)
        - {""},
    )


def module(name: str, version: str = NEW) -> Shape:
    return shape(tree(version).module(name))


def stamp(version: str) -> str:
    return f"register_module_init_{version.replace('.', '_')}"


@pytest.mark.parametrize("version", [OLD, NEW])
def test_stamp_is_exported_by_two_hosts_and_needed_by_all_but_one_module(version: str) -> None:
    hosts = {host: shape(tree(version).root / path).defined for host, path in HOSTS.items()}
    assert hosts == {"relayd": {stamp(version)}, "relayctl": {stamp(version)}, "relaycat": frozenset()}
    without = [name for name in MODULES if stamp(version) not in module(name, version).undefined]
    assert without == ["fmt-json"]


@pytest.mark.parametrize("version", [OLD, NEW])
def test_library_defines_a_public_and_a_private_node(version: str) -> None:
    library = tree(version).library_dir / "librelay.so.0"
    private = f"RELAY_PRIVATE_{version}"
    assert shape(library).soname == "librelay.so.0"
    public = {name for name in shape(library).defined if name.endswith("@@RELAY_1.0")}
    assert "relay_version@@RELAY_1.0" in public
    assert {name.partition("@@")[2] for name in shape(library).defined - public} == {"", private}
    assert {name for name in shape(library).defined if "@" not in name} == {"RELAY_1.0", private}
    assert re.search(rf"Name: {re.escape(private)}\n.*Parent 1: RELAY_1\.0", readelf(library, "-V"))


def test_public_functions_are_the_same_in_both_releases() -> None:
    old, new = (
        {name for name in shape(tree(version).library_dir / "librelay.so").defined if "RELAY_1.0" in name}
        for version in (OLD, NEW)
    )
    assert old == new


def test_private_node_is_needed_by_some() -> None:
    private = f"RELAY_PRIVATE_{NEW}"
    needing = [name for name in MODULES if private in module(name).nodes]
    assert needing == ["block-bzip2", "block-subst", "block-zlib", "fmt-json", "net-file"]
    assert all(private in shape(tree().root / path).nodes for path in HOSTS.values())


def test_stamp_only_module_needs_no_file() -> None:
    assert "(NEEDED)" not in readelf(tree().module("block-raw"), "-d")
    assert module("block-raw").undefined == {stamp(NEW)}


def test_public_node_only() -> None:
    assert module("block-hex").nodes == {"RELAY_1.0"}


def test_external_libraries_are_one_module_s_each() -> None:
    assert module("block-zlib").needed == ("librelay.so.0", "libz.so.1")
    assert module("block-bzip2").needed == ("librelay.so.0", "libbz2.so.1.0")
    assert "libm.so.6" in readelf(tree().module("ui-stat"), "-d")
    others = [name for name in MODULES if name not in {"block-zlib", "block-bzip2", "net-tun", "net-tap"}]
    assert {library for name in others for library in module(name).needed} == {"librelay.so.0"}
    assert all(shape(tree().root / path).needed == ("librelay.so.0",) for path in HOSTS.values())


def test_sonames_of_modules() -> None:
    named = {name: module(name).soname for name in MODULES if module(name).soname}
    assert named == {"block-rot13": "block-rot13.so", "net-tun": "net-tun.so.1"}


def test_versioned_module_is_found_by_symlinks() -> None:
    link = tree().module("net-tun")
    assert str(link.readlink()) == "net-tun.so.1"
    assert str(link.with_name("net-tun.so.1").readlink()) == "net-tun.so.1.2"
    assert not link.with_name("net-tun.so.1.2").is_symlink()


@pytest.mark.parametrize("version", [OLD, NEW])
def test_helper_library_is_no_module(version: str) -> None:
    helper = shape(tree(version).module_dir / f"librelay-wire-{version}.so")
    assert helper.soname == f"librelay-wire-{version}.so"
    assert not helper.needed
    assert not helper.undefined
    assert helper.defined == {"wire_checksum"}
    assert module("net-tun", version).needed == ("librelay.so.0", helper.soname)
    assert module("net-tun", version).runpath == "$ORIGIN"


def test_module_needs_module() -> None:
    assert (module("net-tap").needed, module("net-tap").runpath) == (("net-tun.so.1",), "$ORIGIN")
    assert "tun_write" in module("net-tap").undefined
    assert module("net-tun").defined == {"tun_write"}


def test_exporter_and_consumer_without_needed() -> None:
    assert module("ui-text").defined == {"ui_text_line"}
    assert "ui_text_line" in module("ui-stat").undefined
    assert module("ui-stat").needed == ("librelay.so.0",)


def test_modules_define_nothing_else() -> None:
    assert {name: module(name).defined for name in MODULES if module(name).defined} == {
        "net-tun": {"tun_write"},
        "ui-text": {"ui_text_line"},
    }


def test_programs_are_hardened_and_stripped() -> None:
    root = tree().root
    elf_files = [path for path in map(root.joinpath, paths(root)) if path.read_bytes()[:4] == b"\x7fELF"]
    assert len(elf_files) > len({path.resolve() for path in elf_files}) == len(MODULES) + len(HOSTS) + 2
    for path in elf_files:
        assert "GNU_RELRO" in readelf(path, "-l")
        assert re.search(r"\(FLAGS_1\) .*NOW", readelf(path, "-d"))
        assert ".symtab" not in readelf(path, "-S")
    assert all("PIE" in readelf(root / path, "-d") for path in HOSTS.values())


@pytest.mark.parametrize("name", MODULES)
def test_source_says_its_shape(name: str) -> None:
    source = Path(__file__).parents[2] / "specs/relay/src/modules" / f"{name}.c"
    assert source.read_text().startswith("/* Shape: ")
