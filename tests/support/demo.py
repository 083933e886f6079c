"""A small split program as packages and as what a plan lets one expect of them."""

from __future__ import annotations

import copy
import hashlib
from typing import TYPE_CHECKING

from splitpkg.inventory.model import EntryKind
from splitpkg.plan.model import Config, Constraint, PlannedFile, Reason, RelationKind
from splitpkg.verify.model import ExpectedPackage, ExpectedRelation, PackageFormat
from tests.support.packages import Item, Part, debs, rpms

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

RPM, DEB = PackageFormat

QUALIFIERS = {"amd64": "(x86-64)", "i386": "(x86-32)", "all": ""}

CORE, GL, TERM, DATA = "demo-core", "demo-ui-gl", "demo-ui-term", "demo-data"
DIRECTORY = "usr/lib64/demo"
MAIN, README, CONF = "usr/bin/demod", "usr/share/demo/README", "etc/demo.conf"
MANUAL = "usr/share/man/man8/demod.8"
UI_GL, UI_TERM, ALIAS = f"{DIRECTORY}/ui-gl.so", f"{DIRECTORY}/ui-term.so", f"{DIRECTORY}/ui-tty.so"
KEYS, EMPTY = "usr/share/demo-data/keys", "usr/share/demo-data/empty"
PRIVATE = "libuigl.so"

ITEMS: dict[str, dict[str, Item]] = {
    CORE: {
        MAIN: Item(b"the daemon", mode=0o755),
        DIRECTORY: Item(mode=0o755),
        CONF: Item(b"colour = red\n", flags="%config(noreplace)"),
        MANUAL: Item(b".TH DEMOD 8\n"),
        README: Item(b"Read me.\n"),
    },
    GL: {UI_GL: Item(b"draws", mode=0o755)},
    TERM: {UI_TERM: Item(b"prints", mode=0o755), ALIAS: Item(target="ui-term.so")},
    DATA: {"usr/share/demo-data": Item(mode=0o755), KEYS: Item(b"a b c\n"), EMPTY: Item(mode=0o755)},
}


def lock(form: PackageFormat, target: str, version: str, qualifier: str = "", kind: str = "") -> str:
    """A line that locks to `target`, in the format's spelling."""
    if form is RPM:
        return f"{kind or 'Requires'}: {target}{qualifier} = {version}"
    return f"{kind or 'Depends'}: {target} (= {version})"


def relations(form: PackageFormat, part: Part) -> list[str]:
    """The relations of a sound package, a line each."""
    evr, qualifier = part.source_version or part.evr, QUALIFIERS[part.architecture]
    tag = f"demo-abi(a1f3){qualifier}" if form is RPM else "demo-abi-a1f3"
    needs = "Requires" if form is RPM else "Depends"
    match part.name:
        case "demo-core" if form is RPM:
            return [f"Provides: {tag}", f"Recommends: {DATA} = {evr}"]
        case "demo-core":
            breaks = f"Breaks: demo-plugin (<< {part.evr}), demo-plugin (>> {part.evr})"
            return [f"Provides: {tag}", f"Recommends: {DATA} (= {evr})", breaks]
        case "demo-data":
            return [f"{needs}: {CORE}"]
        case name:
            locks = [lock(form, CORE, part.evr, qualifier)]
            locks += [lock(form, GL, part.evr, qualifier)] if name == TERM else []
            if form is RPM:
                return [*locks, f"Requires: {tag}"]
            depends = ", ".join([one.removeprefix("Depends: ") for one in locks] + [tag])
            return [f"Depends: {depends}", f"Provides: demo-plugin (= {part.evr})"]


def parts(form: PackageFormat, architecture: str = "amd64", **facts: object) -> dict[str, Part]:
    """The packages of a sound build, by name; `facts` are those of `Part`."""
    found = {}
    for name, items in ITEMS.items():
        kind = "all" if name == DATA else architecture
        part = Part(name, copy.deepcopy(items), architecture=kind, **facts)  # type: ignore[arg-type]
        part.relations = relations(form, part)
        found[name] = part
    return found


def built(form: PackageFormat, packages: Iterable[Part], folder: Path) -> list[Path]:
    """The packages' files."""
    return rpms(packages, folder) if form is RPM else debs(packages, folder)


def tree() -> dict[str, str]:
    """The digests of the tree that was packed."""
    return {
        path: hashlib.sha256(item.data).hexdigest()
        for items in ITEMS.values()
        for path, item in items.items()
        if item.data is not None
    }


def expectation(form: PackageFormat) -> tuple[ExpectedPackage, ...]:
    """What the plan of this program lets one expect."""
    return tuple(
        ExpectedPackage(
            name=name,
            files=tuple(planned(path, item) for path, item in sorted(items.items())),
            relations=tuple(_relations(form, name)),
            generated=(f"usr/share/doc/{name}/*", f"usr/share/doc/{name}"),
            private_sonames=(PRIVATE,) if name == GL else (),
        )
        for name, items in ITEMS.items()
    )


def planned(path: str, item: Item) -> PlannedFile:
    """The planned file of that path."""
    config = Config.NOREPLACE if item.flags else Config.NO
    if item.data is not None:
        return PlannedFile(path, EntryKind.FILE, item.mode, len(item.data), config=config)
    if item.target is not None:
        return PlannedFile(path, EntryKind.SYMLINK, 0o777, len(item.target), item.target)
    return PlannedFile(path, EntryKind.DIRECTORY, item.mode)


def _relations(form: PackageFormat, name: str) -> Iterable[ExpectedRelation]:
    tag = "demo-abi(a1f3)" if form is RPM else "demo-abi-a1f3"
    if name == CORE:
        yield _expected(RelationKind.PROVIDES, tag, Constraint.NONE, Reason.TAG)
        yield _expected(
            RelationKind.RECOMMENDS, DATA, Constraint.SAME_BUILD, Reason.MANIFEST, qualified=False
        )
        if form is DEB:
            yield _expected(RelationKind.BREAKS, "demo-plugin", Constraint.SAME_BUILD, Reason.LOCK)
    elif name == DATA:
        yield _expected(RelationKind.REQUIRES, CORE, Constraint.NONE, Reason.MANIFEST, qualified=False)
    else:
        yield _expected(RelationKind.REQUIRES, CORE, Constraint.SAME_BUILD, Reason.LOCK)
        yield _expected(RelationKind.REQUIRES, tag, Constraint.NONE, Reason.TAG)
        if form is DEB:
            yield _expected(RelationKind.PROVIDES, "demo-plugin", Constraint.SAME_BUILD, Reason.LOCK)
    if name == TERM:
        yield _expected(RelationKind.REQUIRES, GL, Constraint.SAME_BUILD, Reason.EDGE)


def _expected(
    kind: RelationKind, target: str, constraint: Constraint, reason: Reason, *, qualified: bool = True
) -> ExpectedRelation:
    return ExpectedRelation(kind, target, qualified, constraint, reason, f"{kind}: {target}")


def own_words(*texts: str) -> tuple[ExpectedRelation, ...]:
    """Requirements that a manifest gives in the words of the format."""
    kind, constraint, reason = RelationKind.REQUIRES, Constraint.NONE, Reason.MANIFEST
    return tuple(_expected(kind, text, constraint, reason, qualified=False) for text in texts)
