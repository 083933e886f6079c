"""Builds small trees with the compiler, and asks what they are made of."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from splitpkg.discover.discover import discover
from splitpkg.discover.draft import draft
from splitpkg.inventory.scan import scan
from splitpkg.manifest.load import load
from splitpkg.plan.make import make_plan
from tests.support.programs import compiled

if TYPE_CHECKING:
    from pathlib import Path

    from splitpkg.discover.model import Discovery
    from splitpkg.plan.model import Plan

LOADS = """#include <dlfcn.h>
void *use(const char *name) { return dlsym(dlopen(name, RTLD_NOW), ENTRY); }
"""


class Forest:
    """One tree below a folder."""

    def __init__(self, root: Path) -> None:
        self.root = root / "tree"
        self.root.mkdir()

    def put(self, path: str, content: bytes | str = b"") -> Path:
        """A file with that content."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)
        return target

    def link(self, path: str, target: str) -> None:
        """A symbolic link."""
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).symlink_to(target)

    def shared(self, path: str, source: str, *options: str, needs: tuple[str, ...] = ()) -> Path:
        """A shared object; `needs` are files of the tree that it is linked with."""
        return self.put(path, compiled(source, "-shared", "-fPIC", *self._linked(needs), *options))

    def program(self, path: str, source: str, *options: str, needs: tuple[str, ...] = ()) -> Path:
        """A program that exports its functions."""
        return self.put(path, compiled(source, "-rdynamic", *self._linked(needs), *options))

    def host(self, path: str, directory: str, entry: str = "demo_init", exports: str = "") -> Path:
        """A program that loads from a directory and calls an entry symbol."""
        return self.program(
            path, f"{LOADS}{exports}int main(void) {{ return !use(WHERE); }}\n", *loading(directory, entry)
        )

    def _linked(self, needs: tuple[str, ...]) -> tuple[str, ...]:
        folders = {os.fspath((self.root / need).parent) for need in needs}
        paths = [f"-Wl,-rpath-link,{folder}" for folder in sorted(folders)]
        files = [f"-L{(self.root / need).parent} -l:{(self.root / need).name}".split() for need in needs]
        return ("-Wl,--no-as-needed", *paths, *(option for file in files for option in file))

    def discovery(self) -> Discovery:
        """What the tree is made of."""
        inventory, findings = scan(self.root)
        assert findings == ()
        return discover(inventory)

    def modules(self) -> list[str]:
        """The paths of the modules."""
        return [module.path for module in self.discovery().modules]

    def helpers(self) -> list[str]:
        """The paths of the helper libraries."""
        return [helper.path for helper in self.discovery().helpers]

    def hosts(self) -> list[str]:
        """The paths of the hosts."""
        return [host.path for host in self.discovery().hosts]

    def kinds(self) -> dict[str, str]:
        """What each file is that is neither program, library nor module."""
        return {other.path: str(other.kind) for other in self.discovery().others}

    def drafted(self, name: str | None = None, version: str | None = None) -> str:
        """The text of a drafted manifest."""
        inventory, _ = scan(self.root)
        return draft(discover(inventory), inventory, name, version)

    def planned(self, name: str | None = None, version: str | None = None) -> Plan:
        """The plan by the drafted manifest, which must not have a finding."""
        inventory, _ = scan(self.root)
        manifest = self.root.parent / "splitpkg.toml"
        manifest.write_text(self.drafted(name, version), encoding="utf-8")
        plan, findings = make_plan(load(manifest), inventory)
        assert findings == (), "\n".join(map(str, findings))
        assert plan is not None
        return plan


def loading(directory: str, entry: str = "demo_init") -> tuple[str, ...]:
    """Options by which a source knows where it loads from and what it calls."""
    return (f'-DWHERE="/{directory}"', f'-DENTRY="{entry}"')


def entry(symbol: str = "demo_init", body: str = "") -> str:
    """The source of a module with an entry symbol."""
    return f"{body}int {symbol}(void) {{ return 1; }}\n"


def packages(plan: Plan) -> dict[str, list[str]]:
    """The files of each package, by suffix."""
    return {package.suffix: [file.path for file in package.files] for package in plan.packages}
