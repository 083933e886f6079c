"""The manual pages, judged by the real formatter."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("man")
    command = [sys.executable, str(REPOSITORY / ".ci/man_pages.py"), str(folder)]
    subprocess.run(command, check=True, timeout=60)
    return folder


def formatted(page: Path) -> str:
    """The page as plain text, without the overstriking that stands for bold."""
    command = ["mandoc", "-T", "ascii", "-O", "width=200", str(page)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    return re.sub(r".\x08", "", done.stdout)


def test_formatter_has_no_complaint(pages: Path) -> None:
    """But that of the date, which the pages leave out to be the same every day."""
    found = [str(path) for path in sorted(pages.iterdir())]
    command = ["mandoc", "-T", "lint", "-W", "warning", *found]
    lint = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    said = (lint.stdout + lint.stderr).splitlines()
    assert [line for line in said if "missing date" not in line] == []
    assert len(said) == len(found) > 5


def test_every_command_has_a_page_that_the_main_page_names(pages: Path) -> None:
    text = formatted(pages / "splitpkg.1")
    names = {path.stem for path in pages.iterdir()} - {"splitpkg"}
    assert {"splitpkg-plan", "splitpkg-rpm", "splitpkg-deb"} <= names
    assert [name for name in names if f"{name}(1)" not in text] == []


def test_options_and_quotes_survive(pages: Path) -> None:
    text = formatted(pages / "splitpkg-plan.1")
    assert "-m, --manifest FILE" in text
    assert "`make install DESTDIR=`" in text
