"""Built sets of packages, each with one fault, and what is said of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support import demo
from tests.support.changes import (
    BOTH,
    EVR,
    ISA,
    Set,
    dissolve,
    drop,
    edit,
    findings,
    move,
    newer,
    put,
    rebuilt,
    remove,
    share,
)
from tests.support.demo import CORE, DATA, DEB, GL, RPM, TERM, built, lock, parts, tree
from tests.support.packages import Item, Part

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from splitpkg.verify.model import PackageFormat

RPM_LOCK, DEB_LOCK = lock(RPM, CORE, EVR, ISA), f"{CORE} (= {EVR})"

# Formats, the change, the slug, and what the finding must say.
FAULTS: dict[str, tuple[tuple[PackageFormat, ...], Callable[[Set], None], str, str]] = {
    "a package is missing": (BOTH, drop(DATA), "package-missing", "demo-data: error"),
    "a package's files are in another": (BOTH, dissolve, "package-missing", "has 1 of its 1 paths"),
    "a package has one file too few": (
        BOTH,
        remove(CORE, demo.README),
        "file-missing",
        f"lacks `{demo.README}`, which no other package has either",
    ),
    "a link is missing": (BOTH, remove(TERM, demo.ALIAS), "file-missing", demo.ALIAS),
    "a file is in another package": (
        BOTH,
        move(demo.README, CORE, TERM),
        "file-misplaced",
        f"demo-ui-term{{}}: error[file-misplaced]: holds `{demo.README}`, which is planned for `demo-core`",
    ),
    "a file is in two packages": (BOTH, share(demo.README, CORE, TERM), "file-duplicated", "`demo-core` has"),
    "a file is not planned": (
        BOTH,
        put(CORE, "usr/share/demo/more", Item(b"x")),
        "file-unexpected",
        "holds the file `usr/share/demo/more`, which is planned for no package",
    ),
    "a link is not planned": (
        BOTH,
        put(CORE, "usr/bin/d", Item(target="demod")),
        "file-unexpected",
        "symlink",
    ),
    "a directory is not planned": (
        BOTH,
        put(CORE, "srv/d", Item(mode=0o755)),
        "file-unexpected",
        "directory",
    ),
    "other bytes": (
        BOTH,
        put(GL, demo.UI_GL, Item(b"dRaws", mode=0o755)),
        "file-differs",
        "`usr/lib64/demo/ui-gl.so` has other bytes than in the tree: SHA-256",
    ),
    "more bytes": (
        BOTH,
        put(GL, demo.UI_GL, Item(b"draws!", mode=0o755)),
        "file-differs",
        "has 6 bytes, in the tree 5",
    ),
    "another mode": (
        BOTH,
        put(GL, demo.UI_GL, Item(b"draws", mode=0o644)),
        "file-differs",
        "has the mode 0644, planned 0755",
    ),
    "a set-uid bit": (
        BOTH,
        put(CORE, demo.MAIN, Item(b"the daemon", mode=0o4755)),
        "file-differs",
        "has the mode 4755, planned 0755",
    ),
    "a directory's mode": (
        BOTH,
        put(CORE, demo.DIRECTORY, Item(mode=0o700)),
        "file-differs",
        "has the mode 0700, planned 0755",
    ),
    "a link in the place of a file": (
        BOTH,
        put(GL, demo.UI_GL, Item(target="../ui-gl.so")),
        "file-differs",
        "is a symlink, planned as a file",
    ),
    "a link leads elsewhere": (
        BOTH,
        put(TERM, demo.ALIAS, Item(target="ui-gl.so")),
        "file-differs",
        "links to `ui-gl.so`, planned `ui-term.so`",
    ),
    "another owner": (
        (RPM,),
        put(CORE, demo.MAIN, Item(b"the daemon", mode=0o755, owner="games")),
        "file-differs",
        "belongs to games:games, planned root:root",
    ),
    "no configuration file": (
        BOTH,
        put(CORE, demo.CONF, Item(b"colour = red\n")),
        "file-differs",
        "is no configuration file, planned as a configuration file that upgrades keep",
    ),
    "a configuration file that upgrades replace": (
        (RPM,),
        put(CORE, demo.CONF, Item(b"colour = red\n", flags="%config")),
        "file-differs",
        "is a configuration file that upgrades replace",
    ),
    "a ghost": (
        (RPM,),
        put(CORE, demo.README, Item(b"Read me.\n", flags="%ghost")),
        "file-differs",
        "is a ghost: the package owns it, but does not have it",
    ),
    "a directory that nobody owns": (
        (RPM,),
        remove(CORE, demo.DIRECTORY),
        "directory-unowned",
        "does not own the directory `usr/lib64/demo`, as planned",
    ),
    "an empty directory that nobody has": (BOTH, remove(DATA, demo.EMPTY), "directory-unowned", demo.EMPTY),
    "a package too many": (
        BOTH,
        lambda split: split.update({"demo-more": Part("demo-more", {"srv/more": Item(b"x")})}),
        "package-unexpected",
        "is package `demo-more`, which is not planned",
    ),
    "packages of two versions": (
        BOTH,
        newer,
        "builds-mixed",
        "3 of 4 packages are of demo",
    ),
    "a package that was rebuilt alone": (
        (DEB,),
        rebuilt,
        "builds-mixed",
        "is of demo 1:1.6.0-2+b1, 2 of 3 packages are of demo 1:1.6.0-2",
    ),
    "no lock": (
        (RPM,),
        edit(GL, RPM_LOCK, ""),
        "lock-missing",
        "no `Requires: demo-core(x86-64) = 1:1.6.0-2`",
    ),
    "no lock, deb": (
        (DEB,),
        edit(GL, f"{DEB_LOCK}, ", ""),
        "lock-missing",
        "no `Depends: demo-core (= 1:1.6.0-2)`",
    ),
    "a lock without epoch": (
        (RPM,),
        edit(GL, f"core{ISA} = 1:", f"core{ISA} = "),
        "lock-missing",
        """no `Requires: demo-core(x86-64) = 1:1.6.0-2`
  note: found `demo-core(x86-64) = 1.6.0-2`; the epoch is missing
  hint: run `splitpkg rpm`, then build again""",
    ),
    "a lock without epoch, deb": (
        (DEB,),
        edit(GL, DEB_LOCK, f"{CORE} (= 1.6.0-2)"),
        "lock-missing",
        "note: found `demo-core (= 1.6.0-2)`; the epoch is missing",
    ),
    "a lock on another version": (
        (RPM,),
        edit(GL, RPM_LOCK, lock(RPM, CORE, "1:1.6.1-1", ISA)),
        "lock-missing",
        "found `demo-core(x86-64) = 1:1.6.1-1`; it is not what was planned",
    ),
    "a lock that only recommends": (
        (RPM,),
        edit(GL, RPM_LOCK, lock(RPM, CORE, EVR, ISA, "Recommends")),
        "lock-missing",
        "found `demo-core(x86-64) = 1:1.6.0-2`; Recommends does not do for it",
    ),
    "no lock of the hub on what is virtual": (
        (DEB,),
        edit(CORE, f", demo-plugin (>> {EVR})", ""),
        "lock-missing",
        "no `Breaks: demo-plugin (>> 1:1.6.0-2)`",
    ),
    "a module that the hub cannot break": (
        (DEB,),
        edit(GL, f"Provides: demo-plugin (= {EVR})", "Provides: demo-plugin"),
        "lock-weak",
        "has `Provides: demo-plugin`, planned `Provides: demo-plugin (= 1:1.6.0-2)`",
    ),
    "a lock that admits later versions": (
        (RPM,),
        edit(GL, f"core{ISA} =", f"core{ISA} >="),
        "lock-weak",
        """has `Requires: demo-core(x86-64) >= 1:1.6.0-2`, planned `Requires: demo-core(x86-64) = 1:1.6.0-2`
  note: found `demo-core(x86-64) >= 1:1.6.0-2`; it admits other versions""",
    ),
    "a lock without version": (
        (RPM,),
        edit(GL, f"core{ISA} = {EVR}", f"core{ISA}"),
        "lock-weak",
        "it admits every version",
    ),
    "a lock without release": (
        (RPM,),
        edit(GL, f"core{ISA} = {EVR}", f"core{ISA} = 1:1.6.0"),
        "lock-weak",
        "it admits every release",
    ),
    "a lock without architecture": (
        (RPM,),
        edit(GL, f"core{ISA} =", "core ="),
        "lock-weak",
        "it admits other architectures",
    ),
    "a lock on a condition": (
        (RPM,),
        edit(GL, RPM_LOCK, f"Requires: (demo-core{ISA} = {EVR} or demo-utils{ISA} = {EVR})"),
        "lock-weak",
        "it holds under a condition only",
    ),
    "a lock for a scriptlet": (
        (RPM,),
        edit(GL, f"Requires: {CORE}", f"Requires(pre): {CORE}"),
        "lock-weak",
        "has `Requires(pre): demo-core(x86-64) = 1:1.6.0-2`, planned",
    ),
    "a range in the place of a lock": (
        (DEB,),
        edit(GL, DEB_LOCK, f"{CORE} (>= {EVR}), {CORE} (<< {EVR}.1~)"),
        "lock-weak",
        "has `Depends: demo-core (<< 1:1.6.0-2.1~), demo-core (>= 1:1.6.0-2)`, planned `Depends",
    ),
    "a lock without version, deb": (
        (DEB,),
        edit(GL, DEB_LOCK, CORE),
        "lock-weak",
        "it admits every version",
    ),
    "a lock on one of two": (
        (DEB,),
        edit(GL, DEB_LOCK, f"{DEB_LOCK} | demo-utils (= {EVR})"),
        "lock-weak",
        "found `demo-core (= 1:1.6.0-2) | demo-utils (= 1:1.6.0-2)`; any one of its alternatives will do",
    ),
    "a lock on any architecture": (
        (DEB,),
        edit(GL, DEB_LOCK, f"{CORE}:any (= {EVR})"),
        "lock-weak",
        "it admits other architectures",
    ),
    "a hub for all architectures": (
        (DEB,),
        lambda split: split[CORE].relations.append("Multi-Arch: foreign"),
        "lock-weak",
        "demo-core{}: error[lock-weak]: has `Multi-Arch: foreign`, so that locks and tags admit other",
    ),
    "no edge": (
        (RPM,),
        edit(TERM, lock(RPM, GL, EVR, ISA), ""),
        "relation-missing",
        "no `Requires: demo-ui-gl(x86-64) = 1:1.6.0-2`",
    ),
    "an edge too wide": (
        (DEB,),
        edit(TERM, f"{GL} (= {EVR})", GL),
        "relation-missing",
        "found `demo-ui-gl`; it admits every version",
    ),
    "no tag": (
        (RPM,),
        edit(CORE, "Provides: demo-abi(a1f3)(x86-64)", ""),
        "relation-missing",
        "no `Provides: demo-abi(a1f3)(x86-64)`",
    ),
    "another tag": (
        (DEB,),
        edit(TERM, "demo-abi-a1f3", "demo-abi-a1f4"),
        "relation-missing",
        "no `Depends: demo-abi-a1f3`",
    ),
    "no recommendation": (
        (RPM,),
        edit(CORE, f"Recommends: {DATA} = {EVR}", ""),
        "relation-missing",
        "no `Recommends: demo-data = 1:1.6.0-2`",
    ),
    "a private library offered": (
        (RPM,),
        lambda split: split[GL].relations.append("Provides: libuigl.so()(64bit)"),
        "private-soname-provided",
        """offers its private library `libuigl.so` to other packages
  note: found `Provides: libuigl.so()(64bit)`""",
    ),
    "a private version node offered": (
        (RPM,),
        lambda split: split[GL].relations.append("Provides: libuigl.so(PRIVATE_1)(64bit)"),
        "private-soname-provided",
        "found `Provides: libuigl.so(PRIVATE_1)(64bit)`",
    ),
}

CASES = [(name, form) for name, (forms, *_) in FAULTS.items() for form in forms]


@pytest.mark.parametrize(("name", "form"), CASES, ids=lambda one: str(one).replace(" ", "-"))
def test_one_fault_one_finding(name: str, form: PackageFormat, tmp_path: Path) -> None:
    _, change, slug, text = FAULTS[name]
    split = parts(form)
    change(split)
    found = findings(built(form, split.values(), tmp_path), form, tree())
    assert [one.slug for one in found] == [slug], "\n".join(map(str, found))
    ending = "-1.6.0-2.x86_64.rpm" if form is RPM else "_1.6.0-2_amd64.deb"
    assert text.format(ending) if "{}" in text else text in str(found[0])
