"""What programs of others that use the sample program's library get, and what its own packages have."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from splitpkg.verify.model import PackageFormat
from tests.support import debs, rpm
from tests.support.consumers import consumer, deb_depends, rpm_requires, symbols
from tests.support.mixtures.builds import NEW_RELEASE, packages
from tests.support.relay import NEW, tree

if TYPE_CHECKING:
    from pathlib import Path

PUBLIC, PRIVATE = "RELAY_1.0", f"RELAY_PRIVATE_{NEW}"
STAMP = f"register_module_init_{NEW.replace('.', '_')}"
STAMPED = {"block-raw", "block-hex", "net-file", "ui-text"}


@pytest.mark.parametrize(
    ("node", "capability", "more"),
    [
        (PUBLIC, f"librelay.so.0({PUBLIC})(64bit)", set()),
        (PRIVATE, f"librelay.so.0({PRIVATE})(64bit)", {f"librelay0-private-abi (= {NEW})"}),
    ],
)
def test_a_private_symbol_asks_for_its_release_and_a_public_one_for_no_older(
    tmp_path: Path, node: str, capability: str, more: set[str]
) -> None:
    deb = packages(PackageFormat.DEB, NEW_RELEASE)["librelay0"]
    subprocess.run(["dpkg-deb", "-x", deb, tmp_path / "root"], check=True)
    library = tmp_path / "root" / tree(NEW).libdir / "librelay.so.0"
    program = consumer(tmp_path / "other", library, symbols(library, node)[0])
    assert rpm_requires(program) == {capability, "librelay.so.0()(64bit)"}
    assert deb_depends(program, deb, library) == {f"librelay0 (>= {NEW})", *more}


def test_rpm_s_capability_is_met_by_the_library_s_package_alone() -> None:
    built = packages(PackageFormat.RPM, NEW_RELEASE)
    node = f"librelay.so.0({PRIVATE})(64bit)"
    assert {name for name, path in built.items() if node in rpm.relations(path, "provides")} == {"relay-libs"}


def test_what_rpm_sees_itself_is_not_said_again() -> None:
    """The stamp is what no generator sees; a module has the node as rpm tells it, and nothing else of it."""
    built = packages(PackageFormat.RPM, NEW_RELEASE)
    stamp = f"relay-abi({STAMP})(x86-64)"
    provided = {name: _of_tags(rpm.relations(path, "provides")) for name, path in built.items()}
    assert {name: said for name, said in provided.items() if said} == {
        "relay-core": [stamp],
        "relay-libs": [f"librelay.so.0({PRIVATE})(64bit)"],
    }
    required = {name: _of_tags(rpm.relations(path, "requires")) for name, path in built.items()}
    assert required["relay-block-zlib"] == [f"librelay.so.0({PRIVATE})(64bit)", stamp]
    assert {name for name in STAMPED if required[f"relay-{name}"] == [stamp]} >= {"block-raw", "block-hex"}


def _of_tags(relations: list[str]) -> list[str]:
    return [one for one in relations if "-abi" in one or "PRIVATE" in one]


def test_what_symbols_files_bring_is_not_said_again() -> None:
    built = packages(PackageFormat.DEB, NEW_RELEASE)
    stamp = f"relay-abi-{STAMP.replace('_', '-')}"
    private = f"librelay0-private-abi (= {NEW})"
    provided = {name: _abi(debs.field(path, "Provides")) for name, path in built.items()}
    assert {name: said for name, said in provided.items() if said} == {
        "relay-core": [stamp],
        "librelay0": [private],
    }
    depends = {name: _abi(debs.field(path, "Depends")) for name, path in built.items()}
    assert sorted(depends["relay-block-zlib"]) == sorted([private, stamp])
    assert depends["relay-block-hex"] == [stamp]
    assert depends["relay-core"] == [private]


def _abi(field: str) -> list[str]:
    return [one.strip() for one in field.split(",") if "-abi" in one]


def test_no_package_that_others_are_locked_to_serves_another_architecture() -> None:
    built = packages(PackageFormat.DEB, NEW_RELEASE)
    assert "foreign" not in {debs.field(path, "Multi-Arch") for path in built.values()}
