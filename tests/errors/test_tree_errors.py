"""Each finding about a tree: a small manifest and tree beside the exact text they are answered with.

`trees/NAME.tree` has a path on a line, behind its kind: `file`, `folder`, `pipe`, `damaged` (ELF that is
cut off), `link PATH TARGET`, and `program` or `shared` with symbols, `+` defined and `-` undefined.
Escapes in paths are Python's.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import pytest

from splitpkg.diagnostics import Failed
from splitpkg.inventory.scan import scan
from splitpkg.manifest.load import load
from splitpkg.plan.make import make_plan
from tests.support.slugs import PACKAGE, slugs

HERE = Path(__file__).parent / "trees"
CASES = sorted(path.stem for path in HERE.glob("*.err"))

# They take another user, an extended attribute, a path of 3000 bytes, a system, a build directory, a table
# in a program's data, or facts that take a linker script; tests/real/test_faults.py, test_hostile.py,
# test_loading.py, and tests/unit/plan have them.
ELSEWHERE = {
    *("unreadable", "file-capability", "path-too-long", "node-missing", "tag-unprovided", "link-astray"),
    *(
        "host-unlocked",
        "host-unowned",
        "edge-cycle",
        "exports-missing",
        "library-missing",
        "no-sysroot",
        "previous-unlike",
        "tag-unchanged",
    ),
    *(
        "need-absent",
        "ambiguous-need",
        "needs-unconfirmed",
        "modinfo-absent",
        "modinfo-unplaced",
        "tag-unread",
    ),
}
# About names in the manifest: its own cases have them.
OF_THE_MANIFEST = {"name-taken", "target-unknown"}


@cache
def _elf(kind: str, symbols: tuple[str, ...]) -> bytes:
    lines = ["int main(void) { return 0; }"] if kind == "program" else []
    for one in symbols:
        name = one[1:]
        lines.append(
            f"int {name} = 1;" if one[0] == "+" else f"extern int {name}; int *use_{name} = &{name};"
        )
    options = ["-rdynamic"] if kind == "program" else ["-shared", "-fPIC", "-nostdlib"]
    with tempfile.NamedTemporaryFile() as out:
        argv = ["gcc", "-x", "c", "-", "-o", out.name, *options]
        subprocess.run(argv, input="\n".join(lines), text=True, check=True)
        return Path(out.name).read_bytes()


def _plant(root: bytes, line: str) -> None:
    kind, *words = (word.encode().decode("unicode_escape").encode("latin-1") for word in line.split())
    path = root + b"/" + words[0]
    os.makedirs(os.path.dirname(path), exist_ok=True)  # noqa: PTH103, PTH120 - bytes
    match kind:
        case b"folder":
            os.makedirs(path)  # noqa: PTH103
        case b"pipe":
            os.mkfifo(path)
        case b"link":
            os.symlink(words[1], path)  # noqa: PTH211
        case _:
            symbols = tuple(word.decode() for word in words[1:])
            content = {b"file": b"", b"damaged": b"\x7fELF\x02\x01\x01" + bytes(30)}.get(kind)
            data = _elf(kind.decode(), symbols) if content is None else content
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o755)
            with os.fdopen(descriptor, "wb") as out:
                out.write(data)


def _answer(case: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(folder)
    Path("splitpkg.toml").write_bytes((HERE / f"{case}.toml").read_bytes())
    for line in (HERE / f"{case}.tree").read_text().splitlines():
        _plant(b"tree", line)
    try:
        inventory, scanned = scan(Path("tree"))
    except Failed as failure:
        return f"{failure}\n"
    _, findings = make_plan(load(Path("splitpkg.toml")), inventory, scanned)
    return "".join(f"{one}\n" for one in findings)


@pytest.mark.parametrize("case", CASES)
def test_the_answer_is_the_expected_one(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = _answer(case, tmp_path, monkeypatch)
    assert answer == (HERE / f"{case}.err").read_text()
    assert f"[{case}]: " in answer


def test_every_input_has_its_answer() -> None:
    assert {path.stem for path in HERE.iterdir()} == set(CASES)


def test_every_finding_about_trees_has_a_case() -> None:
    known = slugs(PACKAGE / "inventory") | slugs(PACKAGE / "plan")
    assert known - set(CASES) == ELSEWHERE | OF_THE_MANIFEST
