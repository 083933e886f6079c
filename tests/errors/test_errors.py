"""Each finding about a manifest: a small input beside the exact text it is answered with.

`NAME.toml` is read as `splitpkg.toml`, `NAME.beside` lies beside it as `demo.toml`; `NAME.err` holds what
goes to standard error. Without `NAME.toml` there is no such file.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from splitpkg.diagnostics import Failed
from splitpkg.manifest.load import load
from tests.support.slugs import PACKAGE, slugs

HERE = Path(__file__).parent
CASES = sorted(path.stem for path in HERE.glob("*.err"))


def findings(case: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Failed:
    """What loading the case's manifest raises."""
    monkeypatch.chdir(folder)
    given = HERE / f"{case}.toml"
    if given.exists():
        Path("splitpkg.toml").write_bytes(given.read_bytes())
    beside = HERE / f"{case}.beside"
    if beside.exists():
        Path("demo.toml").write_bytes(beside.read_bytes())
    with pytest.raises(Failed) as caught:
        load(Path("splitpkg.toml"))
    return caught.value


@pytest.mark.parametrize("case", CASES)
def test_the_answer_is_the_expected_one(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failed = findings(case, tmp_path, monkeypatch)
    assert f"{failed}\n" == (HERE / f"{case}.err").read_text()


@pytest.mark.parametrize("case", CASES)
def test_the_answer_has_the_form_of_all_answers(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for finding in findings(case, tmp_path, monkeypatch).diagnostics:
        clauses = [finding.message, *finding.notes, *([finding.hint] if finding.hint is not None else [])]
        for clause in clauses:
            assert clause == clause.strip()
            assert not clause[0].isupper(), "lower case"
            assert not clause.endswith("."), "no full stop"
            assert clause.count("`") % 2 == 0, "backticks in pairs"
            assert not any(
                word in clause.lower() for word in ("please", "invalid", "input should", "pydantic")
            )


def test_every_input_has_its_answer() -> None:
    assert {path.stem for path in HERE.glob("*.toml")} <= set(CASES)


def test_every_finding_about_manifests_has_a_case_that_begins_with_its_name() -> None:
    cases = {slug for slug in slugs(PACKAGE / "manifest") for case in CASES if case.startswith(slug)}
    assert slugs(PACKAGE / "manifest") - cases == {"manifest-unreadable"}, "that one is no file of text"


def test_a_case_meets_the_finding_it_is_named_after() -> None:
    for case in CASES:
        text = (HERE / f"{case}.err").read_text()
        assert case == "several" or any(f"[{slug}]" in text and case.startswith(slug) for slug in slugs()), (
            case
        )
