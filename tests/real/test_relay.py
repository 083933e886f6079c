"""The sample program really loads its modules, and really refuses those of another release."""

from __future__ import annotations

import bz2
import json
import shutil
import signal
import struct
import zlib
from typing import TYPE_CHECKING

import pytest

from tests.support.relay import HOSTS, MODULES, NEW, OLD, Tree, tree

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FAMILIES = {"relayd": ("block", "fmt", "net", "ui"), "relayctl": ("block",), "relaycat": ("fmt",)}
PAIRS = [(host, module) for host in HOSTS for module in MODULES if module.partition("-")[0] in FAMILIES[host]]
CROSSINGS = [(OLD, NEW), (NEW, OLD)]

STAMP = "undefined symbol: register_module_init_{stamp}"
NODE = "version `RELAY_PRIVATE_{version}' not found (required by {modules}/{module}.so)"
WIRE = "librelay-wire-{version}.so: cannot open shared object file: No such file or directory"
REFUSALS = {
    "block-bzip2": "{library}: " + NODE,
    "block-hex": "{modules}/block-hex.so: " + STAMP,
    "block-raw": "{modules}/block-raw.so: " + STAMP,
    "block-rot13": "{modules}/block-rot13.so: " + STAMP,
    "block-subst": "{library}: " + NODE,
    "block-zlib": "{library}: " + NODE,
    "fmt-json": "{library}: " + NODE,
    "net-file": "{library}: " + NODE,
    "net-stdout": "{modules}/net-stdout.so: " + STAMP,
    "net-tap": "{modules}/net-tap.so: " + STAMP,
    "net-tun": WIRE,
    "ui-stat": "{modules}/ui-stat.so: " + STAMP,
    "ui-text": "{modules}/ui-text.so: " + STAMP,
}
# With all modules foreign, the dynamic loader meets the stamp of net-tun first.
REFUSALS_OF_ALL = REFUSALS | {
    "net-tap": "{modules}/net-tun.so.1: " + STAMP,
    "net-tun": "{modules}/net-tun.so: " + STAMP,
}


def loaded(*modules: str) -> bytes:
    return "".join(f"loaded: {module}\n" for module in modules).encode()


def refusal(host: str, module: str, causes: dict[str, str], places: dict[str, object]) -> str:
    cause = causes[module].format(module=module, **places)
    return f"{host}: warning: {module}: {cause}\n"


def places(own: Tree, foreign: str, modules: Path) -> dict[str, object]:
    """What the texts of refusals speak of."""
    library = own.library_dir / "librelay.so.0"
    return {"library": library, "modules": modules, "version": foreign, "stamp": foreign.replace(".", "_")}


@pytest.mark.parametrize("version", [OLD, NEW])
@pytest.mark.parametrize("host", HOSTS)
def test_host_loads_all_modules_of_its_families(host: str, version: str) -> None:
    run = tree(version).run(host, "--all")
    ours = [module for module in MODULES if (host, module) in PAIRS]
    assert (run.status, run.output, run.warnings) == (0, loaded(*ours), "")


@pytest.mark.parametrize("host", HOSTS)
def test_list_names_what_all_loads(host: str) -> None:
    run = tree().run(host, "--list")
    ours = [module for module in MODULES if (host, module) in PAIRS]
    assert (run.status, run.output.decode().split(), run.warnings) == (0, ours, "")


@pytest.mark.parametrize(("host", "module"), PAIRS)
def test_host_loads_each_module_alone(host: str, module: str) -> None:
    run = tree().run(host, "--load", module)
    assert (run.status, run.output, run.warnings) == (0, loaded(module), "")


def with_foreign(own: Tree, foreign: Tree, module: str, target: Path) -> Path:
    """A module directory in which one module is the other release's."""
    shutil.copytree(own.module_dir, target, symlinks=True)
    shutil.copy2(foreign.module(module), (target / f"{module}.so").resolve())
    return target


@pytest.mark.parametrize(("own", "foreign"), CROSSINGS)
@pytest.mark.parametrize(("host", "module"), PAIRS)
def test_foreign_module_is_refused(host: str, module: str, own: str, foreign: str, tmp_path: Path) -> None:
    modules = with_foreign(tree(own), tree(foreign), module, tmp_path / "relay")
    run = tree(own).run(host, "--load", module, modules=modules)
    assert run.status == 1
    assert run.output == b""
    assert run.warnings == refusal(host, module, REFUSALS, places(tree(own), foreign, modules))


def test_one_foreign_module_leaves_the_others_alone(tmp_path: Path) -> None:
    modules = with_foreign(tree(NEW), tree(OLD), "block-raw", tmp_path / "relay")
    run = tree(NEW).run("relayd", "--all", modules=modules)
    assert run.status == 1
    assert run.output == loaded(*(module for module in MODULES if module != "block-raw"))
    assert run.warnings.count("warning:") == 1


@pytest.mark.parametrize(("own", "foreign"), CROSSINGS)
@pytest.mark.parametrize("host", HOSTS)
def test_whole_foreign_directory_is_refused(host: str, own: str, foreign: str) -> None:
    modules = tree(foreign).module_dir
    named = places(tree(own), foreign, modules)
    expected = ""
    for module in (module for module in MODULES if (host, module) in PAIRS):
        if module == "ui-stat":
            expected += refusal(host, "ui-text", REFUSALS_OF_ALL, named)
            expected += f"{host}: warning: ui-stat: needs ui-text\n"
        else:
            expected += refusal(host, module, REFUSALS_OF_ALL, named)
    run = tree(own).run(host, "--all", modules=modules)
    assert (run.status, run.output, run.warnings) == (1, b"", expected)


@pytest.mark.parametrize(("own", "foreign"), CROSSINGS)
@pytest.mark.parametrize("host", HOSTS)
def test_host_does_not_start_with_a_foreign_library(host: str, own: str, foreign: str) -> None:
    run = tree(own).run(host, "--version", library_dir=tree(foreign).library_dir)
    program = tree(own).root / HOSTS[host]
    library = tree(foreign).library_dir / "librelay.so.0"
    node = f"version `RELAY_PRIVATE_{own}' not found (required by {program})"
    assert (run.status, run.output, run.warnings) == (1, b"", f"{program}: {library}: {node}\n")


def sysv_hash(name: bytes) -> bytes:
    """The hash of a version's name in DT_VERNEED, gABI "Hash Table"."""
    value = 0
    for byte in name:
        value = (value << 4) + byte
        high = value & 0xF0000000
        value = (value ^ high >> 24) & ~high
    return struct.pack("=I", value)


def forge(path: Path, old: str, new: str) -> None:
    """Makes a module of one release carry the marks of another."""
    nodes = [f"RELAY_PRIVATE_{version}".encode() for version in (old, new)]
    stamps = [f"register_module_init_{version}".replace(".", "_").encode() for version in (old, new)]
    content = path.read_bytes()
    for found, wanted in (nodes, stamps, [sysv_hash(node) for node in nodes]):
        assert content.count(found) == 1
        content = content.replace(found, wanted)
    path.write_bytes(content)


def test_marks_keep_from_real_harm(tmp_path: Path) -> None:
    """Between the releases a struct's fields changed places: only the marks stop what then happens."""
    own = tree(NEW)
    modules = with_foreign(own, tree(OLD), "block-zlib", tmp_path / "relay")
    assert own.run("relayctl", "block-zlib", modules=modules, stdin=b"hello\n").status == 1
    forge(modules / "block-zlib.so", OLD, NEW)
    assert own.run("relayctl", "--load", "block-zlib", modules=modules).output == loaded("block-zlib")
    run = own.run("relayctl", "block-zlib", modules=modules, stdin=b"hello\n")
    assert run.status == -signal.SIGSEGV


ALL_BYTES = bytes(byte for byte in range(256) if byte != ord("\n"))
LINES = [b"", b"hello", b'say "hi\\"', ALL_BYTES, b"a" * 100_000]
CODECS = [("block-zlib", zlib.decompress), ("block-bzip2", bz2.decompress)]


@pytest.mark.parametrize("version", [OLD, NEW])
@pytest.mark.parametrize(("module", "undo"), CODECS)
def test_codecs_are_undone_by_others(module: str, undo: Callable[[bytes], bytes], version: str) -> None:
    run = tree(version).run("relayctl", module, "block-hex", stdin=b"\n".join(LINES))
    assert (run.status, run.warnings) == (0, "")
    assert [undo(bytes.fromhex(line)) for line in run.output.decode().splitlines()] == LINES


def test_json_is_read_by_others() -> None:
    run = tree().run("relaycat", "fmt-json", stdin=b"\n".join(LINES))
    assert [json.loads(line).encode("latin-1") for line in run.output.splitlines()] == LINES


def test_chain_keeps_its_order() -> None:
    run = tree().run("relayd", "net-stdout", "block-rot13", "block-raw", "net-stdout", stdin=b"Hello\n")
    assert (run.status, run.output, run.warnings) == (0, b"Hello\nUryyb\n", "")


def test_subst_uses_its_data_or_that_of_the_configuration(tmp_path: Path) -> None:
    assert tree().run("relayctl", "block-subst", stdin=b"gray, greyer\n").output == b"grey, greyer\n"
    (tmp_path / "block-subst.map").write_text("# comment\ngreyer dark\n")
    run = tree().run("relayctl", "block-subst", stdin=b"gray, greyer\n", config_dir=tmp_path)
    assert run.output == b"gray, dark\n"


def test_tap_frames_what_tun_writes() -> None:
    checksum = f"{zlib.adler32(b'hello'):08x}"
    run = tree().run("relayd", "net-tap", "net-tun", stdin=b"hello\n")
    assert run.output.decode() == f"tap 02:00:00:00:00:01 5 {checksum} hello\ntun 5 {checksum} hello\n"


def test_ui_shows_what_goes_by() -> None:
    run = tree().run("relayd", "ui-stat", "ui-text", stdin=b"abab\nabab\n")
    expected = "message: 1, 4 bytes\nmessage: 2, 4 bytes\nentropy: 8 bytes, 1.00 bits each\n"
    assert (run.status, run.output, run.warnings) == (0, b"", expected)


def test_daemon_takes_its_chain_from_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "relay.conf").write_text("# a chain\nmodules = block-rot13 net-file\n")
    (tmp_path / "net-file.conf").write_text(f"path = {tmp_path}/messages\n")
    for _ in range(2):
        assert tree().run("relayd", config_dir=tmp_path, stdin=b"Hello\n").status == 0
    assert (tmp_path / "messages").read_text() == "Uryyb\nUryyb\n"


def test_default_configuration_names_no_module() -> None:
    run = tree().run("relayd", stdin=b"Hello\n")
    assert (run.status, run.output) == (0, b"")
    assert run.warnings == "relayd: warning: no modules in the chain\n"


@pytest.mark.parametrize(
    ("arguments", "status", "warning"),
    [
        (("--load",), 2, "usage: relayctl"),
        (("--all", "block-raw"), 2, "usage: relayctl"),
        (("--nope",), 2, "unrecognized option '--nope'"),
        (("--load", "net-stdout"), 1, "net-stdout: not of a family that relayctl loads"),
        (("--load", "block-../block-raw"), 1, "not of a family that relayctl loads"),
        (("block-nope",), 1, "block-nope.so: cannot open shared object file: No such file or directory"),
        (("--input", "/nonexistent", "block-raw"), 1, "/nonexistent: No such file or directory"),
    ],
)
def test_wrong_use_is_told(arguments: tuple[str, ...], status: int, warning: str) -> None:
    run = tree().run("relayctl", *arguments)
    assert (run.status, run.output) == (status, b"")
    assert warning in run.warnings


def test_missing_module_directory_is_told() -> None:
    run = tree().run("relayd", "--all", modules=tree().root / "none")
    assert run.status == 1
    assert "none: No such file or directory" in run.warnings
