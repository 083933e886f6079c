"""The whole way from the file to the typed manifest."""

from __future__ import annotations

import datetime
import json
import os
import subprocess
import sys
import time
import tomllib
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from splitpkg.diagnostics import Failed, Location
from splitpkg.manifest.load import load
from splitpkg.manifest.model import Build, Descriptor, Manifest, Package, PackageKind, Relations, Table
from splitpkg.manifest.schema import schema

if TYPE_CHECKING:
    from collections.abc import Iterator

    from splitpkg.manifest.model import ManifestFile

REPOSITORY = Path(__file__).resolve().parents[3]
WORKED = sorted((REPOSITORY / "specs").rglob("splitpkg.toml"))

# Every key that there is.
EVERYTHING: dict[str, Any] = {
    "program": {
        "name": "demo",
        "version": "1.0",
        "release": "2",
        "epoch": 1,
        "summary": "Demonstration",
        "description": "It demonstrates.\n\nReally.",
        "copyright": ["2020-2026 Jo Doe", "2021 Al"],
        "license": "MIT AND BSD-3-Clause",
        "homepage": "https://demo.example/",
        "maintainer": "Jo Doe <jo@demo.example>",
        "date": datetime.date(2026, 11, 22),
        "architectures": ["amd64", "linux-any"],
    },
    "hosts": {"files": "usr/bin/demo", "outside": True},
    "lock": {"hub": "core", "policy": "exact"},
    "abi": {
        "offer": True,
        "tag": {
            "node": "DEMO_PRIVATE_*",
            "symbol": "demo_stamp_*",
            "soname": "libdemo-private-*.so",
            "path": "demo/*",
            "constant": {
                "name": "demo",
                "symbol": "*_module",
                "fields": [
                    {"kind": "u32", "name": "number", "split": [100], "into": ["major", "rest"]},
                    {"kind": "pointer", "fields": [{"kind": "text", "name": "text", "pattern": "[a-z]+"}]},
                    {"kind": "chars", "name": "mark", "length": 5, "equals": "demo", "held": True},
                ],
                "anchor": "mark",
                "value": "{major}",
                "minor": "{rest}",
                "capability": {"rpm": "demo(api)"},
            },
            "capability": {"rpm": "demo-api = {value}", "deb": "demo-api-{value}"},
        },
        "descriptors": ["demo.toml"],
    },
    "package": {
        "core": {
            "kind": "program",
            "files": ["usr/bin/demo", "etc/demo"],
            "summary": "Core",
            "description": "The core.",
            "locked": True,
            "name": {"rpm": "Demo_Core", "deb": "demo-daemon"},
            "requires": ["libs"],
            "recommends": ["block-zip"],
            "suggests": "ui-gl",
            "conflicts": [],
            "enable": {"etc/demo/on/00": "etc/demo/demo.conf"},
            "rpm": {
                "requires": ["glibc >= 2.36", "(a if b)"],
                "recommends": "a",
                "suggests": "a",
                "supplements": "(a and b)",
                "conflicts": "a < 1",
                "provides": "demo-abi%{?_isa} = %{version}",
                "obsoletes": "demo < 0.9",
            },
            "deb": {
                "depends": ["adduser", "aa | bb (>= 1)"],
                "recommends": "aa",
                "suggests": "aa",
                "conflicts": "aa",
                "breaks": "aa (<< 1)",
                "replaces": "aa (<< 1)",
                "provides": "demo-abi (= ${binary:Version})",
                "section": "net",
            },
        },
        "libs": {"kind": "library", "files": "{libdir}/libdemo.so.*"},
    },
    "family": {
        "block": {
            "files": ["{libdir}/demo/block-{name}.so"],
            "package": "block-{name}",
            "summary": "Block driver {name}",
            "description": "The block driver\n{name}.",
            "beside": ["etc/demo/{name}.conf", "{libdir}/demo/{name}.d"],
            "suggests": "core",
        },
        "ui": {"files": "{libdir}/demo/ui-{name}.so", "package": "ui-{name}", "summary": "Display {name}"},
    },
    "module": {
        "block-zip": {
            "summary": "Zip",
            "description": "Zip files.",
            "files": "usr/share/demo/zip",
            "keep-in-core": False,
            "name": {"rpm": "demo-zip"},
        },
        "block-tar": {"bundle": "block-archives", "files": "usr/share/demo/tar"},
        "ui-gl": {"keep-in-core": True},
    },
    "metapackage": {"suffix": "all", "modules": "recommends", "summary": "All", "description": "All of it."},
    "exclude": [{"files": "usr/lib/*.la", "reason": "for libtool only"}],
    "attribute": [
        {"files": "usr/bin/demo", "mode": "0755", "user": "demo", "group": "demo", "config": "no"},
    ],
    "unit": [{"files": "usr/lib/systemd/system/demo*.socket", "enabled": False, "restart": True}],
    "trigger": [{"package": "core", "paths": "etc/demo", "reload": "demo.service", "run": "demo-cache"}],
    "waiver": [{"slug": "unmet-symbol", "files": "usr/bin/*", "match": "demo_", "reason": "known upstream"}],
    "build": {
        "system": "commands",
        "source": "https://demo.example/demo-1.0.tar.xz",
        "directory": "demo",
        "patches": "demo.patch",
        "license-files": "COPYING",
        "doc-files": ["README", "doc/FAQ"],
        "add": [{"file": "demo.conf", "to": "etc/demo/demo.conf", "mode": "0640"}],
        "environment": {"PYTHON": "/usr/bin/python3"},
        "flags": {"CFLAGS": "-DX=1"},
        "configure": "./configure",
        "compile": ["make"],
        "test": ["make check"],
        "install": ["make install DESTDIR=$DESTDIR"],
        "requires": {"rpm": "gcc", "deb": ["gcc"]},
    },
    "rpm": {"group": "System"},
    "deb": {"section": "net", "priority": "optional", "standards-version": "4.6.2"},
}


INTERFACE = b'name = "other"\nsymbol = "other_version"\ntext = "v[0-9]+"\nvalue = "{text}"\n'
BESIDE = {"demo.patch": b"--- a\n", "demo.conf": b"Latin\xe9\r\n", "demo.toml": INTERFACE}


def toml(value: Any) -> str:
    """A value as TOML has it on one line."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return json.dumps(value).replace("\x7f", "\\u007f")
        case datetime.date() | datetime.time():
            return value.isoformat()
        case list():
            return "[" + ", ".join(toml(item) for item in value) + "]"
        case dict():
            return "{" + ", ".join(f"{json.dumps(key)} = {toml(item)}" for key, item in value.items()) + "}"
        case _:
            return str(value)


def written(path: Path, content: dict[str, Any]) -> Path:
    """The manifest's file, one line for each table, and the files that it names beside it."""
    for name, text in BESIDE.items():
        (path.parent / name).write_bytes(text)
    path.write_text("".join(f"{json.dumps(key)} = {toml(value)}\n" for key, value in content.items()))
    return path


def without_dates(value: Any) -> Any:
    """What an editor hands to a JSON Schema."""
    match value:
        case dict():
            return {key: without_dates(item) for key, item in value.items()}
        case list():
            return [without_dates(item) for item in value]
        case datetime.date() | datetime.time():
            return value.isoformat()
        case _:
            return value


@pytest.fixture
def everything(tmp_path: Path) -> ManifestFile:
    return load(written(tmp_path / "splitpkg.toml", EVERYTHING))


def test_every_key_that_there_is(everything: ManifestFile) -> None:
    said = everything.content.model_dump(mode="json", by_alias=True, exclude_unset=True)
    listed = {
        "patches",
        "license-files",
        "doc-files",
        "copyright",
        "files",
        "beside",
        "architectures",
        "compile",
        "configure",
        "test",
        "install",
        "descriptors",
    } | {
        *("requires", "recommends", "suggests", "conflicts", "provides", "obsoletes", "supplements"),
        *("depends", "breaks", "replaces", "paths", "reload", "run"),
    }

    def plain(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {name: plain(item, name) for name, item in value.items()}
        if isinstance(value, list):
            return [plain(item) for item in value]
        return [value] if key in listed and isinstance(value, str) else value

    expected = plain(without_dates(EVERYTHING))
    expected["build"]["requires"] = {"rpm": ["gcc"], "deb": ["gcc"]}
    assert said == expected


def test_no_key_of_the_model_is_left_out_above(everything: ManifestFile) -> None:
    used: defaultdict[type[Table], set[str]] = defaultdict(set)
    for table in tables(everything.content):
        used[type(table)] |= table.model_fields_set
    assert set(Relations.model_fields) <= used[Package]
    left = {
        model: set(model.model_fields) - names - set(Relations.model_fields) for model, names in used.items()
    }
    # The build system `commands` has neither, and a struct is no text.
    assert {model: names for model, names in left.items() if names} == {
        Build: {"autoreconf", "options"},
        Descriptor: {"text", "section"},
    }
    assert len(used) == 27


def tables(value: Any) -> Iterator[Table]:
    """All tables of a manifest."""
    if isinstance(value, Table):
        yield value
        value = dict(value)
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else ():
        yield from tables(item)


def test_keys_are_found_at_their_lines(everything: ManifestFile) -> None:
    assert everything.where("module", "block-zip", "files").line == list(EVERYTHING).index("module") + 1
    assert everything.where("none").line is None
    assert everything.where() == Location(everything.path)


def test_what_is_absent_has_its_default(tmp_path: Path) -> None:
    small = {key: EVERYTHING[key] for key in ("program", "hosts")} | {"package": {"core": {}}}
    content = load(written(tmp_path / "m.toml", small)).content
    assert (content.lock.hub, content.abi.tag, content.build) == ("core", "auto", None)
    assert (content.package["core"].kind, content.package["core"].locked) == (PackageKind.PROGRAM, True)
    assert (content.package["core"].rpm.requires, content.deb.section) == ((), "misc")


def test_nothing_changes_after_loading(everything: ManifestFile) -> None:
    with pytest.raises(ValueError, match="frozen"):
        everything.content.program.name = "other"  # type: ignore[misc]


@pytest.mark.parametrize("path", WORKED, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_worked_programs(path: Path) -> None:
    assert load(path).content.program.name in path.parts


def test_there_are_worked_programs() -> None:
    assert {path.parent.name for path in WORKED} >= {"relay", "qemu"}


PLACES = [
    (
        "program",
        *("name", "version", "epoch", "date", "architectures", "description", "maintainer", "license"),
    ),
    ("hosts", "files"),
    ("lock", "hub"),
    ("abi", "tag"),
    ("package", *("core", "libs")),
    ("family", *("block", "ui")),
    ("module", *("block-zip", "ui-gl")),
    ("metapackage", *("suffix", "modules")),
    ("build", *("system", "install", "options", "requires", "source")),
    ("deb", *("section", "priority")),
    ("exclude",),
    ("attribute",),
    ("unit",),
    ("waiver",),
]
SIMPLE = st.one_of(
    st.sampled_from(
        [True, False, 0, -1, 2**70, 1.5, float("inf"), float("nan"), "", "core", "a b", "{name}", "auto"]
    ),
    st.sampled_from([datetime.date(2024, 1, 1), datetime.time(1, 2), datetime.datetime(2024, 1, 1, 1, 2)]),
    st.text(st.characters(codec="utf-8"), max_size=5),
)
NAMES = st.sampled_from(
    [
        "core",
        "libs",
        "block",
        "files",
        "kind",
        "summary",
        "bundle",
        "requires",
        "name",
        "rpm",
        "deb",
        "tag",
        "Ü",
        "x y",
    ]
)
VALUES = st.recursive(
    SIMPLE,
    lambda below: st.lists(below, max_size=3) | st.dictionaries(NAMES, below, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from([(table, key) for table, *keys in PLACES for key in (*keys, "", "new key")]), VALUES)
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(("hosts", ""), {"files": "\n"})
@example(("package", "core"), {"requires": ["all", "block-archives", "none"]})
@example(("family", "block"), {"files": "{x}/{name}", "package": "{name}", "summary": "{x}"})
def test_any_value_anywhere_is_right_or_answered_with_findings(
    tmp_path: Path, place: tuple[str, str], value: Any
) -> None:
    table, key = place
    content = {
        **EVERYTHING,
        table: {**EVERYTHING[table], key: value} if key and isinstance(EVERYTHING[table], dict) else value,
    }
    path = written(tmp_path / "m.toml", content)
    try:
        load(path)
    except Failed as failed:
        for finding in failed.diagnostics:
            assert finding.where.path == str(path)
            assert finding.where.line is not None
            assert "pydantic" not in str(finding)
            parts = [finding.message, *finding.notes, *filter(None, [finding.hint])]
            assert len(str(finding).splitlines()) == len(parts)
    else:
        jsonschema.validate(without_dates(content), schema(), jsonschema.Draft202012Validator)


def thousand(count: int) -> dict[str, Any]:
    modules = {
        f"block-m{number}": {
            "summary": f"Block driver {number}",
            "files": [f"etc/demo/{number}.conf"],
            "requires": [f"block-m{number - 1}"] if number else [],
            "rpm": {"requires": ["glibc >= 2.36"]},
        }
        for number in range(count)
    }
    return {**EVERYTHING, "module": modules}


def test_the_time_for_a_thousand_modules(tmp_path: Path) -> None:
    path = written(tmp_path / "m.toml", thousand(1000))
    started = time.process_time()
    assert len(load(path).content.module) == 1000
    assert time.process_time() - started < 3


def test_the_time_for_a_thousand_faults(tmp_path: Path) -> None:
    content = thousand(1000)
    for module in content["module"].values():
        module["sumary"] = module.pop("summary")
    started = time.process_time()
    with pytest.raises(Failed) as caught:
        load(written(tmp_path / "m.toml", content))
    assert len(caught.value.diagnostics) == 1000
    assert time.process_time() - started < 10


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    assert (schema()["$id"], schema()["additionalProperties"]) == ("urn:splitpkg:manifest:1", False)


def test_the_schema_is_the_same_in_every_process() -> None:
    code = "import json; from splitpkg.manifest.schema import schema; print(json.dumps(schema()))"
    texts = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert texts == {json.dumps(schema()) + "\n"}


def test_the_schema_describes_every_key() -> None:
    tables = [schema(), *(table for table in schema()["$defs"].values() if "properties" in table)]
    assert len(tables) == 27
    for table in tables:
        assert table["additionalProperties"] is False
        assert [name for name, key in table["properties"].items() if not key.get("description")] == []
        assert all("title" not in key and "_" not in name for name, key in table["properties"].items())


@pytest.mark.parametrize("path", WORKED, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_the_schema_admits_worked_programs(path: Path) -> None:
    jsonschema.validate(
        without_dates(tomllib.loads(path.read_text())), schema(), jsonschema.Draft202012Validator
    )


SHAPES = (
    "unknown-key",
    "missing-key",
    "wrong-type",
    "bad-name",
    "bad-version",
    "bad-maintainer",
    "bad-value",
)


@pytest.mark.parametrize(
    "path",
    [path for path in sorted((REPOSITORY / "tests/errors").glob("*.toml")) if path.stem.startswith(SHAPES)],
    ids=lambda path: path.stem,
)
def test_the_schema_refuses_what_it_can(path: Path) -> None:
    checker = jsonschema.Draft202012Validator(schema())
    assert list(checker.iter_errors(without_dates(tomllib.loads(path.read_text()))))


def test_a_model_without_a_file_is_checked_as_well() -> None:
    with pytest.raises(ValueError, match="does not capture"):
        Manifest.model_validate(
            {**EVERYTHING, "family": {"a": {"files": "a", "package": "{b}", "summary": "c"}}}
        )


def test_places_in_the_names_of_upstream_s_source_are_filled(tmp_path: Path) -> None:
    build = {
        "system": "make",
        "source": "https://demo.example/{name}/v{version}.tar.gz#/{name}_{version}.orig.tar.gz",
        "directory": "{name}-release-{version}",
    }
    loaded = load(written(tmp_path / "splitpkg.toml", {**EVERYTHING, "build": build})).content.build
    assert loaded is not None
    assert loaded.source == "https://demo.example/demo/v1.0.tar.gz#/demo_1.0.orig.tar.gz"
    assert (loaded.file_name, loaded.directory) == ("demo_1.0.orig.tar.gz", "demo-release-1.0")


def test_files_beside_the_manifest_are_read_with_every_byte(everything: ManifestFile) -> None:
    found = {name: text.encode("utf-8", "surrogateescape") for name, text in everything.beside.items()}
    assert found == BESIDE


def test_a_file_beside_the_manifest_may_not_be_huge(tmp_path: Path) -> None:
    path = written(tmp_path / "splitpkg.toml", EVERYTHING)
    with (tmp_path / "demo.patch").open("wb") as file:
        file.truncate((8 << 20) + 1)
    with pytest.raises(Failed, match=r"error\[over-limit\]: `demo.patch` is larger than 8 MiB"):
        load(path)


def test_a_pipe_beside_the_manifest_is_not_read(tmp_path: Path) -> None:
    path = written(tmp_path / "splitpkg.toml", EVERYTHING)
    (tmp_path / "demo.conf").unlink()
    os.mkfifo(tmp_path / "demo.conf")
    with pytest.raises(Failed, match="beside-missing"):
        load(path)
