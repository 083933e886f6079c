"""A set of files takes the place of another: killed at any moment, all of it has or nothing."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from splitpkg.output import reserved
from splitpkg.render.model import Rendered
from splitpkg.render.switch import JOURNAL, complete
from splitpkg.render.write import write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

OLD = {"d/changed": "old\n", "d/dropped": "old\n", "d/e/dropped": "old\n", "same": "same\n"}
NEW = {"added": "new\n", "d/changed": "new\n", "d/e/f/added": "new\n", "same": "same\n", "packed": "new\n"}
FOREIGN = {"d/mine": "mine\n", "other": "mine\n", "d/e/mine": "mine\n"}


@pytest.fixture
def memory() -> Iterator[Path]:
    """A folder in memory, where fsync(2) costs nothing."""
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        yield Path(folder)


def _lay_out(root: Path) -> Path:
    """The former output among files of other people, and a finished file that goes with the new one."""
    out = root / "out"
    write(_rendered(OLD), out, record="d/record")
    for path, text in FOREIGN.items():
        (out / path).write_text(text)
    (out / "packed").write_text("old\n")
    (out / "staged").mkdir()
    (out / "staged/packed").write_text("new\n")
    return out


def _rendered(texts: dict[str, str]) -> list[Rendered]:
    listed = "".join(f"{path}\n" for path in sorted({*texts, "d/record"}))
    return [Rendered("d/record", listed), *(Rendered(*one) for one in texts.items() if one[0] != "packed")]


def _seen(out: Path) -> dict[str, str]:
    """What a reader finds, without what waits under names of splitpkg's own."""
    found = {str(one.relative_to(out)): one.read_text() for one in out.rglob("*") if one.is_file()}
    return {path: text for path, text in found.items() if ".splitpkg-" not in path and "staged" not in path}


def _states() -> tuple[dict[str, str], dict[str, str]]:
    def listed(texts: dict[str, str]) -> str:
        return "".join(f"{path}\n" for path in sorted({*texts, "d/record"}))

    old = {**OLD, **FOREIGN, "packed": "old\n", "d/record": listed(OLD)}
    return old, {**NEW, **FOREIGN, "d/record": listed(NEW)}


def _write_new(out: Path) -> None:
    with reserved(out):
        write(_rendered(NEW), out, record="d/record", finished=[out / "staged/packed"])


def _write_new_and_linger(out: Path) -> None:
    """Some of the moments are to lie behind the switch."""
    _write_new(out)
    for _ in range(MOMENTS.step):
        os.getpid()


def _killed(work: Callable[[], None], moment: int, *, everyone: bool) -> bool:
    """Does the work in a process that is killed before its `moment`-th step; whether it was.

    A step is a call of a function, those of the system among them. With `everyone` the processes that
    it starts are killed at that step, too.
    """
    child = os.fork()
    if child == 0:
        me, steps = os.getpid(), 0

        def count(_frame: FrameType, event: str, _argument: object) -> None:
            nonlocal steps
            steps += event in ("call", "c_call")
            if steps >= moment and (everyone or os.getpid() == me):
                os.kill(os.getpid(), signal.SIGKILL)

        sys.setprofile(count)
        work()
        sys.setprofile(None)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.waitstatus_to_exitcode(status) == 0
    return os.WIFSIGNALED(status)


MOMENTS = range(1, 20_000, 23)


def test_a_command_that_is_killed_leaves_the_former_or_the_new_output(memory: Path) -> None:
    old, new = _states()
    seen = []
    for moment in MOMENTS:
        out = _lay_out(memory / str(moment))
        if not _killed(lambda: _write_new_and_linger(out), moment, everyone=False):  # noqa: B023
            break
        with reserved(out):
            seen.append(_seen(out))
    assert len(seen) > 100
    assert all(one in (old, new) for one in seen)
    assert seen[0] == old
    assert seen[-1] == new


def test_what_ends_all_processes_is_mended_by_the_next_run(memory: Path) -> None:
    """Only there both outputs are mixed, for as long as the journal is there."""
    old, new = _states()
    journals = mixed = 0
    for moment in MOMENTS:
        out = _lay_out(memory / str(moment))
        if not _killed(lambda: _write_new(out), moment, everyone=True):  # noqa: B023
            break
        with reserved(out):
            decided = (out / JOURNAL).exists()
            journals += decided
            mixed += _seen(out) not in (old, new)
            assert decided or _seen(out) in (old, new)
            complete(out)
            assert _seen(out) in (old, new)
            write(_rendered(OLD), out, record="d/record")
        left = {path for path in out.rglob("*") if ".splitpkg-" in path.name}
        assert left == set()
    assert journals > mixed > 0, "else nothing of this was tried"


def test_a_command_whose_switch_is_killed_completes_it(memory: Path) -> None:
    """The memory killer may choose that process; the command itself still lives."""
    old, new = _states()
    ended = []
    for moment in range(1, 400, 17):
        out = _lay_out(memory / str(moment))
        child = os.fork()
        if child == 0:
            _kill_those_started(moment)
            _write_new(out)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        assert status == 0
        ended.append(_seen(out) == new)
        assert not (out / JOURNAL).exists()
    assert all(ended)
    assert old != new


def _kill_those_started(moment: int) -> None:
    me, steps = os.getpid(), 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal steps
        steps += os.getpid() != me and event in ("call", "c_call")
        if steps >= moment:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(count)


STEPS = ("1", "[1]", '[["../away", true]]', '[["/etc/none", true]]', '[["d/up/away", true]]', '[["", true]]')


@pytest.mark.parametrize(
    "text",
    ["", "{", "1", "[1]", "{}", *(f'{{"decided": true, "steps": {one}}}' for one in STEPS)],
)
def test_a_journal_reaches_nothing_outside(tmp_path: Path, text: str) -> None:
    out = _lay_out(tmp_path)
    (tmp_path / "away").write_text("x")
    (out / "d/up").symlink_to("../..")
    (out / JOURNAL).write_text(text)
    write(_rendered(OLD), out, record="d/record")
    assert (tmp_path / "away").read_text() == "x"
    assert not (out / JOURNAL).exists()
