"""The reviewed plans of QEMU: they say what is known of QEMU from elsewhere."""

from __future__ import annotations

import re
import subprocess
import tomllib
from typing import TYPE_CHECKING, Any

import pytest

from tests.support import qemu
from tests.support.qemu import CASES, EMULATOR, MODULES

if TYPE_CHECKING:
    from tests.support.worked import Case

DECLARED = {
    "audio-dbus": {"ui-dbus"},
    "audio-spice": {"ui-spice-core"},
    "chardev-spice": {"ui-spice-core"},
    "hw-display-qxl": {"ui-spice-core"},
    "hw-display-virtio-gpu-gl": {"hw-display-virtio-gpu"},
    "hw-display-virtio-gpu-pci-gl": {"hw-display-virtio-gpu-pci"},
    "hw-display-virtio-vga-gl": {"hw-display-virtio-vga"},
    "ui-dbus": {"ui-opengl"},
    "ui-egl-headless": {"ui-opengl"},
    "ui-gtk": {"ui-opengl"},
    "ui-sdl": {"ui-opengl"},
    "ui-spice-app": {"ui-spice-core", "chardev-spice"},
    "ui-spice-core": {"ui-opengl"},
}
"""What QEMU's own table says in both versions; 10.0 adds one."""

UNDECLARED = {
    "hw-display-virtio-gpu-pci": {"hw-display-virtio-gpu"},
    "hw-display-virtio-gpu-pci-gl": {"hw-display-virtio-gpu-gl"},
    "hw-display-virtio-vga": {"hw-display-virtio-gpu"},
    "hw-display-virtio-vga-gl": {"hw-display-virtio-gpu-gl"},
    "hw-s390x-virtio-gpu-ccw": {"hw-display-virtio-gpu"},
}
"""Types that one module creates and the other registers; specs/qemu/README.md has what QEMU says without."""

MODULES_ONLY = re.compile(
    r"lib(asound|brlapi|cacard|curl|epoxy|gbm|gdk|gfapi|gtk|iscsi|jack|ncurses|nfs|pipewire|pulse|rados|rbd|SDL2"
    r"|sndio|spice|ssh|usb|virgl|vte|X11)"
)
"""Libraries that people install modules for, or not."""


def declared_by(case: Case) -> dict[str, set[str]]:
    return DECLARED | (
        {"hw-display-virtio-gpu-gl": {"hw-display-virtio-gpu", "ui-opengl"}} if case.suite == "trixie" else {}
    )


def packages(case: Case) -> dict[str, Any]:
    return {package["name"]: package for package in case.plan["packages"]}


def required(package: Any) -> set[str]:
    """The packages of the same build that it requires; the tag is a capability, and apart."""
    relations = [one for one in package["relations"] if one["kind"] == "requires" and one["reason"] != "tag"]
    assert {one["constraint"] for one in relations} <= {"same-build"}
    return {one["target"] for one in relations}


def module_name(path: str) -> str:
    return path.removeprefix(f"{MODULES}/").removesuffix(".so")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.suite)
class TestReviewed:
    """The plan that is committed."""

    def test_each_module_has_a_package_named_after_it(self, case: Case) -> None:
        found = packages(case)
        modules = {
            path for package in found.values() for path in package["files"] if path.startswith(MODULES)
        }
        assert len(modules) == {"bookworm": 37, "trixie": 38}[case.suite]
        for path in modules:
            package = found["qemu-" + module_name(path).replace("_", "-")]
            assert (package["role"], package["modules"]) == ("module", [path])
        assert sum(package["role"] == "module" for package in found.values()) == len(modules)

    def test_every_host_and_module_is_locked_to_the_hub(self, case: Case) -> None:
        plan = case.plan
        assert plan["hub"] == "qemu-common"
        for package in plan["packages"]:
            loads = set(plan["hosts"]) & set(package["files"])
            if package["role"] == "module" or loads:
                assert "qemu-common" in required(package), package["name"]
        assert required(packages(case)["qemu-common"]) == set()
        assert required(packages(case)["qemu-guest-agent"]) == set()

    def test_one_stamp_marks_every_module_and_every_host(self, case: Case) -> None:
        plan = case.plan
        (tag,) = plan["tags"]
        assert re.fullmatch(r"qemu_stamp_[0-9a-f]{40}", tag["value"])
        assert tag["providers"] == plan["hosts"]
        assert tag["carriers"] == sorted(path for package in plan["packages"] for path in package["modules"])
        for package in plan["packages"]:
            tagged = [(one["kind"], one["target"]) for one in package["relations"] if one["reason"] == "tag"]
            assert (("requires", "qemu-abi") in tagged) == (package["role"] == "module")

    def test_the_edges_are_those_that_qemu_declares_and_those_between_types(self, case: Case) -> None:
        expected = declared_by(case)
        for name, package in packages(case).items():
            if package["role"] == "module":
                module = module_name(package["modules"][0])
                needs = expected.get(module, set()) | UNDECLARED.get(module, set())
                assert required(package) - {"qemu-common"} == {f"qemu-{need}" for need in needs}, name

    def test_the_core_pulls_in_no_library_of_modules(self, case: Case) -> None:
        found = packages(case)
        core = {name for name, package in found.items() if package["role"] == "program"}
        core -= {"qemu-system-xen", "qemu-vhost-user-gpu"}
        assert {"qemu-common", "qemu-system-x86", "qemu-utils"} <= core
        for name in core:
            assert not [one for one in found[name]["external"] if MODULES_ONLY.match(one)], name
            assert not [one for one in required(found[name]) if found[one]["role"] == "module"], name
        modules = [package for package in found.values() if package["role"] == "module"]
        assert sum(any(MODULES_ONLY.match(one) for one in package["external"]) for package in modules) >= 25


def test_both_manifests_describe_modules_alike() -> None:
    old, new = (tomllib.loads(case.manifest.read_text(encoding="utf-8")) for case in CASES)
    assert {**new["family"], "accel-tcg": old["family"]["accel-tcg"]} == old["family"]
    for key in ("module", "lock", "abi", "metapackage", "waiver"):
        assert old[key] == new[key]


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.suite)
class TestNow:
    """What the archive has today."""

    def test_qemu_declares_what_the_edges_were_made_from(self, case: Case) -> None:
        tree = case.tree
        names = frozenset(module_name(f"{MODULES}/{path.name}") for path in (tree / MODULES).iterdir())
        found = qemu.declared(tree / EMULATOR, names)
        assert {name: set(needs) for name, needs in found.items()} == declared_by(case)

    def test_what_debians_packages_of_the_same_name_hold_stays_in_them(self, case: Case) -> None:
        """Else the file would need Breaks and Replaces (Debian policy 7.6.1)."""
        found = packages(case)
        ours = {path: name for name, package in found.items() for path in package["files"]}
        kept = {path: name for path, name in case.owners.items() if path in ours and name in found}
        assert {path: ours[path] for path in kept} == kept
        assert len(kept) > 20

    def test_no_symbol_of_the_waiver_is_defined_in_the_tree(self, case: Case) -> None:
        tree = case.tree
        files = [tree / path for path in case.plan["hosts"]] + sorted((tree / MODULES).iterdir())
        done = subprocess.run(["nm", "-D", "-A", *files], check=True, capture_output=True, text=True)
        lines = [line.split() for line in done.stdout.splitlines() if line.endswith(" have_virtio_ccw")]
        assert [line[-2] for line in lines] == ["U"]
