"""Filling templates, and who wins where a user brings their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from splitpkg.diagnostics import Failed
from splitpkg.render.engine import fill, packaged_templates

if TYPE_CHECKING:
    from pathlib import Path


def _own(folder: Path, text: str, name: str = "rpm/own.j2") -> Path:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)
    return folder


def _failure(folder: Path, values: dict[str, object], name: str = "rpm/own.j2") -> str:
    with pytest.raises(Failed) as caught:
        fill(name, values, folder)
    return str(caught.value)


def test_values_stand_as_they_are(tmp_path: Path) -> None:
    own = _own(tmp_path, "{{ text }}\n")
    assert fill("rpm/own.j2", {"text": "<a & {{ b }}> %"}, own) == "<a & {{ b }}> %\n"


def test_block_lines_leave_no_trace(tmp_path: Path) -> None:
    own = _own(
        tmp_path, "{% for one in all %}\n    {% if one %}\n{{ one }}\n    {% endif %}\n{% endfor %}\nend\n"
    )
    assert fill("rpm/own.j2", {"all": ["a", "", "b"]}, own) == "a\nb\nend\n"


def test_absent_value_is_an_error_with_its_line(tmp_path: Path) -> None:
    own = _own(tmp_path, "first\n\n{{ gone }}\n")
    assert f"{tmp_path}/rpm/own.j2:3: error[template-error]: 'gone' is undefined" in _failure(own, {})


def test_bad_syntax_is_an_error_with_its_line(tmp_path: Path) -> None:
    own = _own(tmp_path, "first\n{% for %}\n")
    assert f"{tmp_path}/rpm/own.j2:2: error[template-error]: " in _failure(own, {})


def test_a_value_that_is_misused_is_an_error_with_its_line(tmp_path: Path) -> None:
    own = _own(tmp_path, "first\n{{ 1 + text }}\n")
    assert f"{tmp_path}/rpm/own.j2:2: error[template-error]: unsupported" in _failure(own, {"text": "x"})


def test_a_template_that_is_no_text_is_told(tmp_path: Path) -> None:
    (_own(tmp_path, "") / "rpm/own.j2").write_bytes(b"caf\xe9\n")
    assert "rpm/own.j2: error[template-error]: 'utf-8' codec" in _failure(tmp_path, {})


def test_missing_template_is_named(tmp_path: Path) -> None:
    assert "rpm/nowhere.j2: error[template-error]" in _failure(tmp_path, {}, "rpm/nowhere.j2")


def test_folder_that_is_none_is_told(tmp_path: Path) -> None:
    assert "error[templates-missing]" in _failure(tmp_path / "gone", {})


def test_own_template_overrides_by_name_and_can_extend_what_it_overrides(tmp_path: Path) -> None:
    name = "rpm/spec.j2"
    assert (packaged_templates() / name).is_file()
    assert fill(name, {}, _own(tmp_path, "mine\n", name)) == "mine\n"
    other = _own(tmp_path / "other", '{% include "packaged/rpm/spec.j2" %}\n', name)
    assert "'" in _failure(other, {}, name)
    assert str(packaged_templates()) in _failure(other, {}, name)
