"""What is written for the sample program is what was reviewed."""

from __future__ import annotations

from tests.support.expected import FOLDER, expected


def test_the_output_is_the_reviewed_one() -> None:
    """After a change that is meant: `python -m tests.support.expected`, and read the difference."""
    made = {one.path: (one.text, one.executable) for one in expected()}
    reviewed = {
        str(path.relative_to(FOLDER)): (path.read_text(), bool(path.stat().st_mode & 0o100))
        for path in FOLDER.rglob("*")
        if path.is_file()
    }
    assert sorted(made) == sorted(reviewed)
    for path, text in reviewed.items():
        assert made[path] == text, path
