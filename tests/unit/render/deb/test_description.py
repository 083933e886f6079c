"""The Description field."""

from __future__ import annotations

from debian.deb822 import Deb822
from hypothesis import given
from hypothesis import strategies as st

from splitpkg.manifest.text import paragraphs
from splitpkg.render.deb.description import WIDTH, extended, synopsis

LINE = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Zl", "Zp"]), min_size=1)


def test_paragraphs_are_folded() -> None:
    text = " ".join(["word"] * 40) + "\n\nnext one\nis joined"
    lines = extended(text)
    assert max(map(len, lines)) < WIDTH
    assert lines[-2:] == (".", "next one is joined")
    assert " ".join(lines[:-2]) == " ".join(["word"] * 40)


def test_lists_and_examples_keep_their_lines() -> None:
    text = "It does:\n- this\n- that, which takes\n  an example\nand more"
    assert extended(text) == ("It does:", " - this", " - that, which takes", "  an example", "and more")


def test_no_line_begins_with_a_full_stop() -> None:
    words = " ".join(["sixteen-letters-"] * 4 + ["x" * 9, ".hidden"])
    lines = extended(words)
    assert lines[-1] == " .hidden"


def test_variables_are_no_variables() -> None:
    assert synopsis("costs ${binary:Version} and ${}") == "costs ${}{binary:Version} and ${}{}"
    assert extended("${F:x}") == ("${}{F:x}",)


@given(LINE, st.lists(LINE, min_size=1, max_size=8))
def test_whatever_it_says_it_stays_in_its_field(summary: str, lines: list[str]) -> None:
    text = paragraphs("\n".join(["Head", *lines]))
    described = extended(text)
    field = "\n".join([f"Description: {synopsis(f'x{summary}x')}", *(f" {line}" for line in described)])
    parsed = Deb822(f"Package: demo\n{field}\nSection: misc\n")
    assert list(parsed) == ["Package", "Description", "Section"]
    assert parsed["Section"] == "misc"
    kept = "".join(line for line in described if line != ".").replace("${}{", "${")
    assert "".join(kept.split()) == "".join(text.split())
