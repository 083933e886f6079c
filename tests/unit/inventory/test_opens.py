"""How often a scan opens the files of a tree: it must not grow with the number of modules."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests.elf.writer import Spec, Sym, write

if TYPE_CHECKING:
    from pathlib import Path

# Python itself tells of every file that is opened (sys.audit, event "open").
COUNTED = """
import sys
from pathlib import Path
from splitpkg.discover.discover import discover
from splitpkg.inventory.scan import scan
root = sys.argv[1]
sys.addaudithook(
    lambda event, given: print(given[0]) if event == "open" and str(given[0]).startswith(root) else None
)
discover(scan(Path(root))[0])
"""


def opens(root: Path) -> Counter[str]:
    """How often each path below the root is opened by a scan and what it concludes."""
    command = [sys.executable, "-c", COUNTED, str(root)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return Counter(line.removeprefix(f"{root}/") for line in told.splitlines())


def put(path: Path, spec: Spec) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(bytes(write(spec).data))


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A host that holds the names of its 20 modules' directory and entry symbols; and a text."""
    host = Spec(
        type=2,
        interpreter=b"/lib64/ld-linux-x86-64.so.2\0",
        symbols=(Sym("dlopen"), Sym("host_log", section=5)),
        rodata=b"\0/usr/lib/demo\0demo_init\0",
    )
    put(tmp_path / "usr/bin/demo", host)
    for number in range(20):
        module = Spec(symbols=(Sym("host_log"), Sym("demo_init", section=5)))
        put(tmp_path / f"usr/lib/demo/part{number}.so", module)
    (tmp_path / "usr/share").mkdir()
    (tmp_path / "usr/share/text").write_text("text")
    return tmp_path


def test_each_file_is_opened_once_and_what_may_load_modules_twice(tree: Path) -> None:
    seen = opens(tree)
    assert seen.pop("usr/bin/demo") == 2, "once for its facts, once for its strings"
    assert len(seen) == 21
    assert set(seen.values()) == {1}


def test_empty_files_and_special_ones_are_not_opened(tree: Path) -> None:
    (tree / "usr/share/empty").touch()
    (tree / "usr/share/link").symlink_to("text")
    assert opens(tree).keys().isdisjoint({"usr/share/empty", "usr/share/link"})
