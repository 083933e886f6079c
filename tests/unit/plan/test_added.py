"""Files of the packaging's own take part in the plan."""

from __future__ import annotations

from splitpkg.inventory.model import Entry, EntryKind, Inventory
from splitpkg.manifest.building import Build
from splitpkg.plan.added import with_added

FILE, FOLDER = EntryKind.FILE, EntryKind.DIRECTORY
TREE = Inventory(
    "tree",
    (
        Entry("usr", FOLDER, 0o755),
        Entry("usr/lib", FOLDER, 0o755),
        Entry("usr/lib/x86_64-linux-gnu", FOLDER, 0o755),
        Entry("usr/lib/x86_64-linux-gnu/libdemo.so.0", FILE, 0o755, 10),
    ),
    7,
)


def _build(*added: dict[str, str]) -> Build:
    return Build.model_validate({"system": "make", "source": "demo-1.0.tar.gz", "add": added})


def test_what_the_tree_lacks_is_added_with_its_folders() -> None:
    found = with_added(_build({"file": "a", "to": "etc/demo/a.conf", "mode": "0640"}), TREE)
    assert [entry for entry in found.entries if entry not in TREE.entries] == [
        Entry("etc", FOLDER, 0o755),
        Entry("etc/demo", FOLDER, 0o755),
        Entry("etc/demo/a.conf", FILE, 0o640),
    ]
    assert [entry.path for entry in found.entries] == sorted(entry.path for entry in found.entries)
    assert (found.root, found.newest) == ("tree", 7)


def test_the_directory_for_libraries_is_the_tree_s() -> None:
    found = with_added(_build({"file": "a", "to": "{libdir}/demo/a"}), TREE)
    assert found.get("usr/lib/x86_64-linux-gnu/demo/a") == Entry(
        "usr/lib/x86_64-linux-gnu/demo/a", FILE, 0o644
    )


def test_what_the_tree_has_stays_as_it_is() -> None:
    assert with_added(_build({"file": "a", "to": "{libdir}/libdemo.so.0"}), TREE) == TREE
    assert with_added(None, TREE) is TREE
