"""The README does what it says: its commands are run, its manifests loaded, its links followed.

A `console` block holds commands behind `$ ` and what they print; a line `...` stands for any lines.
All of them run in turn in one folder, beside a copy of specs/. The `toml` blocks are one manifest.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.core import TyperGroup
from typer.main import get_command

from splitpkg.cli import app
from splitpkg.manifest.load import load

REPOSITORY = Path(__file__).resolve().parents[2]
README = (REPOSITORY / "README.md").read_text()


@dataclass(frozen=True, slots=True)
class Command:
    """One command of a console block, and the lines that it prints."""

    text: str
    output: tuple[str, ...]


def blocks(language: str) -> list[str]:
    """The fenced blocks of that language, as CommonMark has them."""
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)


def commands() -> list[Command]:
    found = []
    for block in blocks("console"):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            text, *output = part.splitlines()
            found.append(Command(text, tuple(output)))
    return found


def pattern(output: tuple[str, ...]) -> str:
    """The lines as a regular expression, `...` for any number of whatever lines."""
    return "".join(r"(?:.*\n)*?" if line == "..." else re.escape(line) + r"\n" for line in output)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("readme")
    shutil.copytree(REPOSITORY / "specs", folder / "specs")
    return folder


def test_commands_print_what_the_readme_shows(place: Path) -> None:
    """All in one test: each command finds what those before it left."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    for command in commands():
        done = subprocess.run(
            ["bash", "-c", command.text],
            cwd=place,
            env={**os.environ, "PATH": path},
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
        )
        is_as_shown = re.fullmatch(pattern(command.output), done.stdout) is not None
        assert is_as_shown, f"$ {command.text}\n{done.stdout}"


def test_readme_shows_the_whole_line() -> None:
    """From the tree to packages of both formats."""
    shown = " ".join(command.text for command in commands())
    assert all(f"splitpkg {name}" in shown for name in ("scan", "plan", "rpm", "deb", "verify"))


def test_the_manifest_loads(tmp_path: Path) -> None:
    file = tmp_path / "splitpkg.toml"
    file.write_text("\n".join(blocks("toml")))
    assert load(file).content.program.name == "relay"


def test_every_command_is_listed() -> None:
    listed = set(re.findall(r"^\| `splitpkg (\w+)", README, re.MULTILINE))
    group = get_command(app)
    assert isinstance(group, TyperGroup)
    assert listed == set(group.commands)


def test_every_make_target_that_is_named_is_there() -> None:
    named = set(re.findall(r"\bmake ([a-z][a-z-]+)\b", README)) - {"install"}
    targets = set(re.findall(r"^([a-z-]+):", (REPOSITORY / "Makefile").read_text(), re.MULTILINE))
    assert {"demo", "test"} <= named <= targets
