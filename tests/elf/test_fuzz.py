"""A short run of the fuzzer; `make fuzz` is the long one."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

FUZZ = Path(__file__).with_name("fuzz.py")


def test_damaged_files_give_an_error_or_an_answer(tmp_path: Path) -> None:
    result = subprocess.run(
        [sys.executable, FUZZ, "--count", "2000", "--seed", "2013"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith("2000 inputs of ")
    counts = {outcome: int(count) for outcome, count in re.findall(r"'([\w ]+)': (\d+)", result.stdout)}
    assert sum(counts.values()) - counts["as pyelftools"] == 2000
    # A fuzzer that damages nothing, or all, shows nothing.
    assert min(counts["corrupt"], counts["truncated"], counts["same facts"], counts["other facts"]) > 100
    assert counts["as pyelftools"] > 10
