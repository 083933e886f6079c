"""The reviewed output of the sample program. `python -m tests.support.expected` writes it anew."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from splitpkg.formats import output_format
from splitpkg.inventory.scan import scan
from splitpkg.manifest.load import load
from splitpkg.plan.make import make_plan
from splitpkg.plan.report import as_json
from splitpkg.render.model import Rendered
from splitpkg.render.write import write
from splitpkg.verify.model import PackageFormat
from tests.support import relay

FOLDER = relay.SPEC / "expected"
LIBDIRS = {PackageFormat.RPM: "usr/lib64", PackageFormat.DEB: "usr/lib/x86_64-linux-gnu"}
"""The directory for libraries that each format's people expect."""


def expected() -> tuple[Rendered, ...]:
    """The plan, and what each format makes of it, from a tree built now."""
    files = []
    for name, libdir in LIBDIRS.items():
        manifest = load(relay.SPEC / "splitpkg.toml")
        plan, findings = make_plan(manifest, scan(relay.tree(libdir=libdir).root)[0])
        assert plan is not None, findings
        rendered, findings = output_format(name).render(manifest, plan, templates=None)
        assert findings == ()
        files += [Rendered(f"{name}/{one.path}", one.text, one.executable) for one in rendered]
        files.append(
            Rendered(f"{name}/plan.json", json.dumps(_without_sizes(as_json(plan)), indent=2) + "\n")
        )
    return tuple(files)


def _without_sizes(plan: dict[str, Any]) -> dict[str, Any]:
    """Sizes are the compiler's, not the plan's."""
    for package in plan["packages"]:
        del package["size"]
    return plan


if __name__ == "__main__":
    shutil.rmtree(FOLDER, ignore_errors=True)
    write(expected(), Path(FOLDER))
