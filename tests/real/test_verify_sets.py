"""Sound sets of packages, which have no finding, and questions to whole sets."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from splitpkg.verify.compare import compare
from tests.support import demo
from tests.support.changes import BOTH, Set, binary_only, edit, findings, put
from tests.support.demo import CORE, DATA, DEB, GL, RPM, TERM, built, expectation, parts, tree
from tests.support.packages import Item, Part

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from splitpkg.verify.model import PackageFormat


def test_a_private_library_in_the_shlibs_file(tmp_path: Path) -> None:
    split = parts(DEB)
    split[GL].shlibs = f"libuigl 0 {GL}\n"
    expected = tuple(replace(one, private_sonames=("libuigl.so.0",)) for one in expectation(DEB))
    [found] = findings(built(DEB, split.values(), tmp_path), DEB, tree(), expected)
    assert found.slug == "private-soname-provided"
    assert found.notes == ("its shlibs or symbols file names it",)


@pytest.mark.parametrize("form", BOTH)
def test_a_package_named_twice(form: PackageFormat, tmp_path: Path) -> None:
    paths = built(form, parts(form).values(), tmp_path)
    again = paths[0].with_name(f"copy-{paths[0].name}")
    again.write_bytes(paths[0].read_bytes())
    [found] = findings([*paths, again], form, tree())
    assert found.slug == "package-duplicated"
    assert found.where.path == str(again)


@pytest.mark.parametrize("form", BOTH)
def test_nothing_was_built(form: PackageFormat) -> None:
    found = compare((), expectation(form), tree())
    assert [one.slug for one in found] == ["package-missing"] * 4


SOUND: dict[str, tuple[tuple[PackageFormat, ...], dict[str, object], Callable[[Set], None]]] = {
    "as planned": (BOTH, {}, lambda _: None),
    "without epoch": (BOTH, {"epoch": None}, lambda _: None),
    "with epoch 0": (BOTH, {"epoch": 0}, lambda _: None),
    "with a version that holds more": (BOTH, {"version": "1.6.0~rc1", "release": "2.fc99"}, lambda _: None),
    "for another architecture": (BOTH, {"architecture": "i386"}, lambda _: None),
    "rebuilt for one architecture": ((DEB,), {}, binary_only),
    "with what the tools add": (BOTH, {}, put(CORE, "usr/share/doc/demo-core/copyright", Item(b"MIT"))),
    "with symbols for debugging": (
        BOTH,
        {},
        lambda split: split.update({"dbg": Part(f"{CORE}-dbgsym", {"usr/lib/debug/x": Item(b"x")})}),
    ),
    "with directories owned twice": ((RPM,), {}, put(GL, demo.DIRECTORY, Item(mode=0o755))),
    "with more relations": (
        (RPM,),
        {},
        lambda split: split[GL].relations.extend(
            ["Requires: libc.so.6()(64bit)", f"Requires: {CORE} >= 0.9", "Provides: libpublic.so.1()(64bit)"]
        ),
    ),
    "with an early lock": ((DEB,), {}, edit(GL, "Depends:", "Pre-Depends:")),
}


@pytest.mark.parametrize(
    ("name", "form"),
    [(name, form) for name, (forms, *_) in SOUND.items() for form in forms],
    ids=lambda one: str(one).replace(" ", "-"),
)
def test_a_sound_set_has_no_finding(name: str, form: PackageFormat, tmp_path: Path) -> None:
    _, facts, change = SOUND[name]
    split = parts(form, **facts)  # type: ignore[arg-type]
    change(split)
    found = findings(built(form, split.values(), tmp_path), form, tree())
    assert not found, "\n".join(map(str, found))


@pytest.mark.parametrize("form", BOTH)
def test_two_architectures_in_one_call(form: PackageFormat, tmp_path: Path) -> None:
    """Each is compared with the packages for all architectures, and a fault is told of its own alone."""
    first, second = parts(form), parts(form, "i386")
    del second[DATA]
    paths = built(form, [*first.values(), *second.values()], tmp_path)
    assert findings(paths, form, tree()) == ()
    kept = [path for path in paths if not re.search(r"ui-gl.*(i686\.rpm|i386\.deb)", path.name)]
    assert len(kept) == len(paths) - 1
    assert [one.slug for one in findings(kept, form, tree())] == ["package-missing"]


@pytest.mark.parametrize("form", BOTH)
def test_what_a_fresh_build_may_change(form: PackageFormat, tmp_path: Path) -> None:
    """In source mode sizes, bytes and modes are the build's own, manual pages packed, links rewritten."""
    split = parts(form)
    split[CORE].items[demo.MAIN] = Item(b"compiled anew", mode=0o700)
    split[CORE].items[f"{demo.MANUAL}.gz"] = split[CORE].items.pop(demo.MANUAL)
    split[TERM].items[demo.ALIAS] = Item(target=f"/{demo.UI_TERM}")
    paths = built(form, split.values(), tmp_path)
    assert findings(paths, form, None) == ()
    strict = {one.slug for one in findings(paths, form, tree())}
    assert strict == {"file-differs", "file-missing", "file-unexpected"}


def test_a_mode_that_the_manifest_asks_for_holds_in_a_fresh_build(tmp_path: Path) -> None:
    [core, *others] = expectation(RPM)
    files = tuple(
        replace(file, mode=0o4755, changed_mode=True) if file.path == demo.MAIN else file
        for file in core.files
    )
    paths = built(RPM, parts(RPM).values(), tmp_path)
    [found] = findings(paths, RPM, None, (replace(core, files=files), *others))
    assert found.message == f"`{demo.MAIN}` has the mode 0755, planned 4755"


def test_an_expected_relation_in_the_packagings_own_words(tmp_path: Path) -> None:
    """What a manifest says in the format's words is looked for as it stands."""
    split = parts(RPM)
    split[CORE].relations += ["Requires: (foo >= 1 if bar)", "Requires: baz < 3"]
    [core, *others] = expectation(RPM)
    own = demo.own_words("(foo >= 1 if bar)", "baz < 3", "baz <= 3", "nothing")
    paths = built(RPM, split.values(), tmp_path)
    found = findings(paths, RPM, tree(), (replace(core, relations=(*core.relations, *own)), *others))
    assert [one.message for one in found] == ["no `Requires: baz <= 3`", "no `Requires: nothing`"]
