"""Macros that stand in for absent ones: which are taken, and what their scriptlets do."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from splitpkg.build.fallback import MACROS, undefined_macros
from splitpkg.build.runner import run

if TYPE_CHECKING:
    from pathlib import Path

TOOLS = ("systemctl", "systemd-sysusers", "systemd-tmpfiles")


def test_only_what_rpm_lacks_is_defined(tmp_path: Path) -> None:
    text = undefined_macros(tmp_path, run).read_text()
    assert "%systemd_post() " in text
    assert "%meson " in text
    assert "%configure" not in text
    known = subprocess.run(
        ["rpm", "--eval", "%{?set_build_flags:1}"], capture_output=True, text=True, check=True
    )
    assert ("%set_build_flags" in text) == (known.stdout.strip() == "")


def test_a_macro_that_is_there_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".rpmmacros").write_text("%systemd_post() theirs\n%_unitdir /theirs\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    text = undefined_macros(tmp_path, run).read_text()
    assert "%systemd_post()" not in text
    assert "%_unitdir" not in text
    assert "%systemd_preun()" in text


def _called(folder: Path, macro: str, argument: str, *, tools: bool = True) -> list[str]:
    """What a scriptlet of that macro calls, with rpm's argument; the machine's own tools are out of reach."""
    log = folder / "calls"
    log.write_text("")
    (folder / "bin").mkdir(exist_ok=True)
    for tool in TOOLS if tools else ():
        (folder / "bin" / tool).write_text(f'#!/bin/sh\necho "{tool} $*" >> {log}\nexit 1\n')
        (folder / "bin" / tool).chmod(0o755)
    macros = folder / "macros"
    macros.write_text("".join(f"%{name} {body}\n" for name, body in MACROS.items()))
    said = ["rpm", f"--load={macros}", "--eval", f"%{macro} a.service 'b@*.service'"]
    script = subprocess.run(said, capture_output=True, text=True, check=True).stdout
    environment = {"PATH": str(folder / "bin")}
    subprocess.run(["/bin/sh", "-e", "-c", script, "scriptlet", argument], env=environment, check=True)
    return log.read_text().splitlines()


@pytest.mark.parametrize(
    ("macro", "argument", "expected"),
    [
        ("systemd_post", "1", ["systemctl --no-reload preset a.service b@*.service"]),
        ("systemd_post", "2", []),
        ("systemd_preun", "1", []),
        ("systemd_user_post", "1", ["systemctl --no-reload --global preset a.service b@*.service"]),
        ("systemd_user_post", "2", []),
        ("systemd_user_preun", "0", ["systemctl --no-reload --global disable a.service b@*.service"]),
        ("systemd_user_preun", "1", []),
        ("systemd_postun_with_restart", "0", []),
        ("systemd_user_postun_with_restart", "1", []),
        ("sysusers_create", "1", ["systemd-sysusers a.service b@*.service"]),
        ("tmpfiles_create", "1", ["systemd-tmpfiles --create a.service b@*.service"]),
    ],
)
def test_scriptlets_call_what_they_are_for_and_never_fail(
    tmp_path: Path, macro: str, argument: str, expected: list[str]
) -> None:
    assert _called(tmp_path, macro, argument) == expected


def test_removal_disables_and_stops(tmp_path: Path) -> None:
    (line,) = _called(tmp_path, "systemd_preun", "0")
    assert line.replace(" --now", "") == "systemctl --no-reload disable a.service b@*.service"


@pytest.mark.parametrize("macro", [name[:-2] for name in MACROS if name.endswith("()")])
@pytest.mark.parametrize("argument", ["0", "1", "2"])
def test_scriptlets_do_nothing_where_the_tools_are_not_there(
    tmp_path: Path, macro: str, argument: str
) -> None:
    assert _called(tmp_path, macro, argument, tools=False) == []


def test_debug_information_is_split_off_as_fedora_does_it_unless_a_spec_wants_none(tmp_path: Path) -> None:
    macros = undefined_macros(tmp_path, run)
    for wanted, count in (("", 1), ("%global debug_package %{nil}\n", 0)):
        spec = tmp_path / "x.spec"
        head = "Name: x\nVersion: 1\nRelease: 1\nSummary: x\nLicense: MIT\n%description\nx\n"
        spec.write_text(f"{wanted}{head}%install\ntrue\n%files\n")
        parsed = ["rpmspec", f"--load={macros}", "--parse", str(spec)]
        done = subprocess.run(parsed, capture_output=True, text=True, check=True)
        assert done.stdout.count("%package debuginfo") == count
        assert "%install\n\ntrue" in done.stdout
