"""How a run of splitpkg ends, whatever happens in it. Real processes with real streams."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import pytest

from splitpkg import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# Runs main() with a command line that does nothing but what the test is about.
STAND_IN = """
import sys, types
from splitpkg.__main__ import main
def app(**_): {body}
sys.modules["splitpkg.cli"] = types.SimpleNamespace(app=app)
sys.argv[1:] = ["anything"]
sys.exit(main())
"""


Done = subprocess.CompletedProcess[str]


def started(
    *command: str, stdout: int = subprocess.PIPE, environment: Mapping[str, str] = MappingProxyType({})
) -> Done:
    return subprocess.run(
        command,
        text=True,
        check=False,
        timeout=60,
        stdout=stdout,
        stderr=subprocess.PIPE,
        env={**os.environ, **environment},
    )


def run(body: str, stdout: int = subprocess.PIPE) -> Done:
    """Run a stand-in whose command is that statement."""
    return started(sys.executable, "-c", STAND_IN.format(body=body), stdout=stdout)


def splitpkg(*arguments: str, stdout: int = subprocess.PIPE) -> Done:
    return started(sys.executable, "-m", "splitpkg", *arguments, stdout=stdout)


@contextmanager
def nobody() -> Iterator[int]:
    """The writing end of a pipe whose reader has gone."""
    reader, writer = os.pipe()
    os.close(reader)
    yield writer
    os.close(writer)


@pytest.mark.parametrize("arguments", [["--version"], ["--version", "plan"]])
def test_version(arguments: list[str]) -> None:
    """The fast answer and typer's are the same."""
    done = splitpkg(*arguments)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"splitpkg {__version__}\n", "")


def test_unknown_command_is_a_usage_error() -> None:
    done = splitpkg("frobnicate")
    assert (done.returncode, done.stdout) == (2, "")
    assert "frobnicate" in done.stderr


@pytest.mark.parametrize("code", [0, 1, 2, 3])
def test_exit_status_of_a_command_passes_through(code: int) -> None:
    done = run(f"sys.exit({code})")
    assert (done.returncode, done.stdout, done.stderr) == (code, "", "")


def test_a_bug_says_so_and_how_to_report_it() -> None:
    done = run("print('half of it'); {}['nothing']")
    assert (done.returncode, done.stdout) == (70, "half of it\n")
    assert "KeyError: 'nothing'" in done.stderr
    assert f"note: splitpkg {__version__}, Python 3." in done.stderr
    assert "this is a bug in splitpkg" in done.stderr
    assert "hint: report it" in done.stderr


def test_the_machine_at_fault_is_no_bug() -> None:
    done = run("open('/nonexistent/a\\\\nb')")
    assert done.returncode == 3
    assert done.stderr == "splitpkg: error: /nonexistent/a\\nb: no such file or directory\n"


def test_what_the_terminal_cannot_show_is_escaped() -> None:
    body = STAND_IN.format(body="print('caf\\u00e9')")
    done = started("env", "PYTHONIOENCODING=ascii", sys.executable, "-c", body)
    assert (done.returncode, done.stdout) == (0, "caf\\xe9\n")


def test_interrupt() -> None:
    done = run("raise KeyboardInterrupt")
    assert (done.returncode, done.stderr) == (130, "")


@pytest.mark.parametrize("body", ["print('x')", "print('x' * 10**6)", "print('x'); sys.exit(0)"])
def test_reader_that_went_away(body: str) -> None:
    """As if SIGPIPE had ended it, and without a word: `splitpkg scan TREE | head`."""
    with nobody() as writer:
        done = run(body, stdout=writer)
    assert (done.returncode, done.stderr) == (141, "")


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["plan", "--help"]])
def test_answers_without_reader(arguments: list[str]) -> None:
    with nobody() as writer:
        done = splitpkg(*arguments, stdout=writer)
    assert (done.returncode, done.stderr) == (141, "")


def test_output_that_cannot_be_written_is_no_success() -> None:
    with Path("/dev/full").open("w") as full:
        done = run("print('x')", stdout=full.fileno())
    assert done.returncode == 3
    assert done.stderr == "splitpkg: error: no space left on device\n"


CLOSED = [("<&-", "x\n"), (">&-", ""), ("2>&-", "x\n"), ("<&- >&- 2>&-", "")]


@pytest.mark.parametrize(("closed", "output"), CLOSED)
def test_closed_streams_are_no_failure(closed: str, output: str) -> None:
    """Nor does a file that is opened get the number of one of them, and the output with it."""
    body = STAND_IN.format(body="import os; assert os.open('/', 0) > 2; sys.stdout.write('x\\n')")
    done = started("sh", "-c", f'"$1" -c "$2" {closed}', "sh", sys.executable, body)
    assert (done.returncode, done.stdout, done.stderr) == (0, output, "")


@pytest.mark.parametrize("closed", [closed for closed, _ in CLOSED])
def test_a_bug_is_one_with_closed_streams(closed: str) -> None:
    body = STAND_IN.format(body="1 / 0")
    done = started("sh", "-c", f'"$1" -c "$2" {closed}', "sh", sys.executable, body)
    assert (done.returncode, done.stdout) == (70, "")


ODD = os.fsdecode("t\u00fcr\u2028 ".encode() + b"\xff")
"""A name with what no locale of one byte a letter has, a line separator, and a byte that is no UTF-8."""


@pytest.mark.parametrize(
    "environment",
    [
        {"LC_ALL": "C.UTF-8"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"LC_ALL": "C.UTF-8", "PYTHONIOENCODING": "latin-1:strict"},
    ],
)
def test_names_are_the_same_in_every_locale(environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / ODD).mkdir()
    (tmp_path / ODD / ODD).touch()
    done = started(
        sys.executable, "-m", "splitpkg", "scan", str(tmp_path / ODD), "--json", environment=environment
    )
    assert done.returncode == 1
    (finding,) = json.loads(done.stdout)["findings"]
    assert (finding["slug"], finding["path"]) == ("name-not-utf8", ODD)


COMPLETE = """
eval "$(env _SPLITPKG_COMPLETE=source_bash "$1" -m splitpkg)"
COMP_WORDS=(splitpkg sc) COMP_CWORD=1
_splitpkg_completion "$2"
printf '%s\\n' "${COMPREPLY[@]}"
"""


def test_bash_completes_commands() -> None:
    """By the very script that `--show-completion` prints, read by the real shell."""
    script = str(Path(sys.executable).with_name("splitpkg"))
    done = started("bash", "-c", COMPLETE, "bash", sys.executable, script)
    assert (done.stdout.split(), done.stderr) == (["scan", "schema"], "")
