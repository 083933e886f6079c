"""Modules of real programs: what is found in Debian's trees, against what upstream says (programs.toml)."""

from __future__ import annotations

import os
import subprocess
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from splitpkg.diagnostics import errors
from splitpkg.discover.discover import discover
from splitpkg.discover.draft import draft
from splitpkg.inventory.scan import scan
from splitpkg.inventory.statements import with_statements
from splitpkg.manifest.glob import Glob
from splitpkg.manifest.load import load
from splitpkg.plan.make import make_plan
from splitpkg.plan.split import hosts_of

if TYPE_CHECKING:
    from collections.abc import Iterable

GET_TREE = Path(__file__).parents[2] / "specs" / "debian_tree.py"
PROGRAMS: dict[str, dict[str, Any]] = tomllib.loads(
    Path(__file__).with_name("programs.toml").read_text(encoding="utf-8")
)
STATES_NEEDS = {"qemu"}
"""Programs with a table of modules that tells what these need; others have lists of modules, too."""

NEVER = ("*-dbg", "*-dbgsym", "*-doc", "*-docs", "*-tests", "*-installed-tests", "*-l10n-*", "*-help-*")


@dataclass(frozen=True, slots=True)
class Truth:
    """What one program's modules are, and what of it splitpkg is known to judge wrongly."""

    program: str
    suite: str

    def get_tree(self, folder: Path) -> Path:
        """The program's tree, from the network."""
        table = PROGRAMS[self.program]
        options = [f"--source={name}" for name in self._of_suite(table["sources"])]
        options += [f"--exclude={glob}" for glob in (*NEVER, *table.get("without", ()))]
        command = [str(GET_TREE), "--suite", self.suite, *options, str(folder / "tree")]
        subprocess.run(command, check=True, env=dict(os.environ))
        return folder / "tree"

    def modules(self, paths: Iterable[str]) -> set[str]:
        """Those of the ELF files that splitpkg has to call modules."""
        files = set(paths)
        wanted = self._matching("modules", files) - self._matching("others", files)
        return (wanted - self._matching("missed", files)) | self._matching("mistaken", files)

    def unclear(self, paths: Iterable[str]) -> set[str]:
        """Those of the files that are not judged."""
        return self._matching("unclear", set(paths))

    def _matching(self, key: str, paths: set[str]) -> set[str]:
        globs = [Glob(text) for text in self._of_suite(PROGRAMS[self.program].get(key, []))]
        return {path for path in paths if any(glob.match(path) for glob in globs)}

    def _of_suite(self, value: Any) -> list[str]:
        found: list[str] = value.get(self.suite, []) if isinstance(value, dict) else value
        return found


@pytest.mark.slow
@pytest.mark.parametrize("suite", ["bookworm", "trixie"])
@pytest.mark.parametrize("program", PROGRAMS)
def test_the_modules_are_found_and_the_draft_can_be_planned(program: str, suite: str, tmp_path: Path) -> None:
    truth = Truth(program, suite)
    tree = truth.get_tree(tmp_path)
    inventory, scanned = scan(tree)
    assert errors(scanned) == ()
    found = discover(inventory)
    paths = {entry.path for entry, _ in inventory.elf_files}
    modules = {module.path for module in found.modules} - truth.unclear(paths)
    assert modules == truth.modules(paths) - truth.unclear(paths)

    manifest = tmp_path / "splitpkg.toml"
    manifest.write_text(draft(found, inventory, None, None), encoding="utf-8")
    loaded = load(manifest)
    inventory, unread = with_statements(inventory, tree, hosts_of(loaded, inventory))
    plan, findings = make_plan(loaded, inventory, (*scanned, *unread))
    assert errors(findings) == ()
    assert plan is not None
    assert {path for package in plan.packages for path in package.modules} == {
        module.path for module in found.modules
    }
    assert [package.name for package in plan.packages if not package.files and package.suffix] == []
    evidence = [text for package in plan.packages for one in package.relations for text in one.evidence]
    assert any("in a table of modules" in text for text in evidence) == (program in STATES_NEEDS)
