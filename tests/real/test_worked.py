"""The reviewed plans of the worked programs: whole, and still what splitpkg makes of the programs today."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.worked import cases

if TYPE_CHECKING:
    from tests.support.worked import Case

CASES = cases()
pytestmark = pytest.mark.parametrize("case", CASES, ids=str)


def test_every_path_is_once_in_the_plan(case: Case) -> None:
    plan = case.plan
    paths = [path for package in plan["packages"] for path in package["files"]]
    paths += [one["path"] for one in plan["excluded"]]
    assert len(paths) == len(set(paths)) > 100
    assert plan["findings"] == []


@pytest.mark.slow
def test_the_plan_of_todays_tree_is_the_reviewed_one(case: Case) -> None:
    """Point releases change sizes, addresses and the tag; anything else is to be reviewed."""
    done = subprocess.run(
        [sys.executable, "-m", "splitpkg", "plan", case.tree, "--json"],
        cwd=case.folder,
        check=True,
        capture_output=True,
        text=True,
    )
    assert _lasting(json.loads(done.stdout)) == _lasting(case.plan)


def _lasting(plan: Any) -> Any:
    """A plan without what changes with each build of the same version."""
    for package in plan["packages"]:
        del package["size"]
    text = json.dumps(plan)
    for number, tag in enumerate(plan["tags"]):
        text = text.replace(tag["value"], f"tag {number}")
    return json.loads(re.sub(r"\bat 0x[0-9a-f]+ in ", "in ", text))
