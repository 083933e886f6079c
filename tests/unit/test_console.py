"""What a command prints of names that come from files."""

from __future__ import annotations

import json

import pytest

from splitpkg.console import Console
from splitpkg.diagnostics import Diagnostic, EnvironmentFailed, Failed, Location, Severity

NAME = "caf\u00e9\udcff\x1b[31m"
FINDING = Diagnostic("unmet-symbol", Location("a.so"), f"needs `{NAME}`")


def test_lines_cannot_steer_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert Console(as_json=False).show({}, [f"because a.so needs `{NAME}`"]) == 0
    assert capsys.readouterr().out == "because a.so needs `caf\u00e9\\udcff\\x1b[31m`\n"


def test_json_has_names_as_they_are_in_plain_ascii(capsys: pytest.CaptureFixture[str]) -> None:
    console = Console(as_json=True)
    console.note([FINDING])
    assert console.show({"name": NAME}, []) == 1
    out = capsys.readouterr().out
    assert out.isascii()
    assert json.loads(out)["name"] == NAME
    assert json.loads(out)["findings"][0]["message"] == FINDING.message


@pytest.mark.parametrize(("kind", "status"), [(Failed, 1), (EnvironmentFailed, 3)])
def test_a_failure_chooses_the_status_and_keeps_what_was_found_before(
    kind: type[Failed], status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    console = Console(as_json=False)
    console.note([Diagnostic("edge-cycle", Location("b"), "warns", severity=Severity.WARNING)])
    assert console.fail(kind([FINDING])) == status
    assert [line.split(":")[0] for line in capsys.readouterr().err.splitlines()] == ["b", "a.so"]


def test_warnings_are_no_failure() -> None:
    console = Console(as_json=True)
    console.add([Diagnostic("edge-cycle", Location("b"), "warns", severity=Severity.WARNING)])
    assert console.show({}, []) == 0
    with pytest.raises(Failed):
        console.add([FINDING])
