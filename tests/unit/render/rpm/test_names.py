"""Names of packages in RPM."""

from __future__ import annotations

from splitpkg.manifest.model import FormatNames
from splitpkg.plan.model import Role
from splitpkg.render.rpm.names import names
from tests.support.plans import manifest, package, plan


def test_spellings_with_the_name_s_macro() -> None:
    parts = [package("core"), package(""), package("x", names=FormatNames(rpm="other"))]
    parts.append(package("y", names=FormatNames(rpm="demolition")))
    own, findings = names(manifest(), plan(*parts))
    assert findings == ()
    spelled = {part.name: (own.spelled(part.name), own.argument(part.name)) for part in parts}
    assert spelled == {
        "demo-core": ("%{name}-core", "core"),
        "demo": ("%{name}", ""),
        "demo-x": ("other", "-n other"),
        "demo-y": ("demolition", "-n demolition"),
    }
    assert [own.is_main(part) for part in parts] == [False, True, False, False]


def test_development_files_are_called_devel() -> None:
    parts = [package(suffix, role=Role.DEVELOPMENT) for suffix in ("dev", "x-dev", "devel", "headers")]
    own, _findings = names(manifest(), plan(*parts, package("udev")))
    found = [own.name(f"demo-{suffix}") for suffix in ("dev", "x-dev", "devel", "headers", "udev")]
    assert found == ["demo-devel", "demo-x-devel", "demo-devel", "demo-headers", "demo-udev"]


def test_two_packages_of_one_name_are_told() -> None:
    twin = package("b", names=FormatNames(rpm="demo-a"))
    _own, findings = names(manifest(), plan(package("a"), twin))
    (finding,) = findings
    assert str(finding).splitlines() == [
        "splitpkg.toml: error[name-collides]: `demo-b` is called `demo-a` in RPM, as `demo-a` is",
        "  hint: give one of them another `name.rpm`",
    ]


def test_only_between_bound_packages_the_architecture_is_named() -> None:
    data = package("data", architecture_dependent=False)
    meta = package("", architecture_dependent=False)
    own, _findings = names(manifest(), plan(package("core"), package("x"), data, meta))
    pairs = [("demo-x", "demo-core"), ("demo-x", "demo-data"), ("demo-data", "demo-core"), ("demo", "demo-x")]
    assert [own.qualified(*pair) for pair in pairs] == [True, False, False, True]
    assert own.qualified("demo-x", "demo-abi(a1f3)")
