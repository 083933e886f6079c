"""Where a command may write, and that it is alone there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from splitpkg.diagnostics import EnvironmentFailed, Failed
from splitpkg.output import refuse_inside, reserved


@pytest.mark.parametrize("output", ["tree", "tree/", "tree/usr/out", "link", "link/new", "out/../tree/x"])
def test_the_tree_is_no_place_for_the_output(tmp_path: Path, output: str) -> None:
    (tmp_path / "tree/usr").mkdir(parents=True)
    (tmp_path / "link").symlink_to("tree/usr")
    for tree in (tmp_path / "tree", Path("/")):
        with pytest.raises(Failed, match=r"error\[output-in-tree\]: lies in the tree"):
            refuse_inside(tree, tmp_path / output)


@pytest.mark.parametrize("output", ["tree2", "out", ".", "out/tree"])
def test_beside_and_above_the_tree_is_room(tmp_path: Path, output: str) -> None:
    (tmp_path / "tree").mkdir()
    refuse_inside(tmp_path / "tree", tmp_path / output)


WRITER = """
import sys, time
from pathlib import Path
from splitpkg.output import reserved
with reserved(Path(sys.argv[1])):
    log = open(f"{sys.argv[1]}/log", "a", buffering=1)
    for _ in range(3):
        log.write(sys.argv[2])
        time.sleep(0.05)
"""


def test_one_at_a_time(tmp_path: Path) -> None:
    folder = str(tmp_path / "new/folder")
    running = [subprocess.Popen([sys.executable, "-c", WRITER, folder, name]) for name in "ab"]
    assert [one.wait(60) for one in running] == [0, 0]
    assert (tmp_path / "new/folder/log").read_text() in ("aaabbb", "bbbaaa")


@pytest.mark.parametrize("path", ["file", "file/below"])
def test_a_file_in_the_place_of_the_folder(tmp_path: Path, path: str) -> None:
    (tmp_path / "file").touch()
    with (
        pytest.raises(EnvironmentFailed, match=r"error\[output-unwritable\]: is no folder"),
        reserved(tmp_path / path),
    ):
        pass
