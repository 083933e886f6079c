"""Running tools: what they get, what is kept, what is told."""

from __future__ import annotations

import io
import os
import pty
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from splitpkg.build.runner import environment, last_lines, run
from splitpkg.diagnostics import EnvironmentFailed

if TYPE_CHECKING:
    from pathlib import Path


def _run(tmp_path: Path, script: str, **env: str) -> tuple[int, str]:
    log = tmp_path / "log"
    status = run(["sh", "-c", script], cwd=tmp_path, env=env, log=log)
    return status, log.read_text()


def test_gives_the_status_and_logs_both_streams_in_order(tmp_path: Path) -> None:
    assert _run(tmp_path, "echo one; echo two >&2; exit 7") == (7, "one\ntwo\n")
    assert _run(tmp_path, "echo three") == (0, "one\ntwo\nthree\n")


def test_runs_in_the_folder_with_the_environment_and_without_input(tmp_path: Path) -> None:
    script = 'pwd; echo "$MARK"; cat; echo "$LC_ALL"'
    assert _run(tmp_path, script, MARK="here") == (0, f"{tmp_path}\nhere\nC.UTF-8\n")


def test_language_of_the_caller_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LANG", "LANGUAGE", "LC_MESSAGES"):
        monkeypatch.setenv(name, "de_DE.UTF-8")
    kept = environment({"A": "b"})
    assert {name: text for name, text in kept.items() if name.startswith("L")}["LC_ALL"] == "C.UTF-8"
    assert not {"LANG", "LANGUAGE", "LC_MESSAGES"} & kept.keys()
    assert kept["PATH"] == os.environ["PATH"]
    assert kept["A"] == "b"


def test_missing_tool_is_told(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFailed) as caught:
        run(["no-such-tool"], cwd=tmp_path, env={}, log=tmp_path / "log")
    assert str(caught.value) == (
        "no-such-tool: error[tool-missing]: is not installed\n"
        "  hint: install the package that brings `no-such-tool`"
    )


def test_last_lines_of_a_long_log(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_bytes(b"x" * 100_000 + b"\nfirst \xff\n\n  \nlast\n\n")
    assert last_lines(log, 2) == ("first \\xff", "last")


def test_progress_is_shown_on_a_terminal_only(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from splitpkg.build.runner import run;"
        "sys.exit(run(['sh', '-c', 'echo \"at \\33[31mwork\"; sleep 0.5; exit 3'],"
        " cwd=Path('.'), env={}, log=Path('log')))"
    )
    main, side = pty.openpty()
    argv = [sys.executable, "-c", code]
    assert subprocess.run(argv, cwd=tmp_path, stderr=side, check=False, env={**os.environ}).returncode == 3
    shown = os.read(main, 4096).decode()
    os.close(main)
    os.close(side)
    assert "sh: at \\x1b[31mwork" in shown
    assert shown.endswith("\r\x1b[K")
    silent = subprocess.run(argv, cwd=tmp_path, stderr=subprocess.PIPE, check=False)
    assert (silent.returncode, silent.stderr) == (3, b"")


def test_interrupted_tool_does_not_outlive_the_caller(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = io.StringIO()
    monkeypatch.setattr(screen, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setattr("splitpkg.build.runner.time.sleep", _interrupt)
    with pytest.raises(KeyboardInterrupt):
        run(["sh", "-c", "echo $$ > pid; exec sleep 60"], cwd=tmp_path, env={}, log=tmp_path / "log")
    for _ in range(50):
        if (tmp_path / "pid").exists():
            with pytest.raises(ProcessLookupError):
                os.kill(int((tmp_path / "pid").read_text()), 0)
            return


def _interrupt(_seconds: float) -> None:
    raise KeyboardInterrupt
