"""The worked program specs/nginx: what its reviewed plans say, and what the server says of the packages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support import worked

if TYPE_CHECKING:
    from tests.support.worked import Case

CASES = tuple(case for case in worked.cases() if case.program == "nginx")
pytestmark = pytest.mark.parametrize("case", CASES, ids=str)

LIBRARIES = {
    "http-geoip": {"libGeoIP.so.1"},
    "http-image-filter": {"libgd.so.3"},
    "http-perl": {"libperl.so"},
    "http-xslt-filter": {"libxml2.so.2", "libxslt.so.1", "libexslt.so.0"},
    "mail": set[str](),
    "stream": set[str](),
    "stream-geoip": {"libGeoIP.so.1"},
}


def modules(case: Case) -> dict[str, Any]:
    found = {one["name"].removeprefix("nginx-mod-"): one for one in case.plan["packages"]}
    return {name: one for name, one in found.items() if one["role"] == "module"}


def test_each_module_has_its_own_libraries_and_the_core_none_of_them(case: Case) -> None:
    found = modules(case)
    assert found.keys() == LIBRARIES.keys()
    for name, libraries in LIBRARIES.items():
        external = {one.removesuffix(".5.36").removesuffix(".5.40") for one in found[name]["external"]}
        assert external - {"libc.so.6", "ld-linux-x86-64.so.2"} == libraries, name
    (core,) = (one for one in case.plan["packages"] if one["hub"])
    assert not set(core["external"]) & set().union(*LIBRARIES.values())


def test_each_module_brings_the_line_that_loads_it(case: Case) -> None:
    for name, one in modules(case).items():
        conf = f"usr/share/nginx/modules-available/mod-{name}.conf"
        order = 70 if name == "stream-geoip" else 50
        assert conf in one["files"]
        assert one["enabled"] == {f"etc/nginx/modules-enabled/{order}-mod-{name}.conf": conf}
    (trigger,) = case.plan["triggers"]
    assert (trigger["package"], trigger["reload"]) == (case.plan["hub"], ["nginx.service"])


def test_one_module_needs_another(case: Case) -> None:
    for name, one in modules(case).items():
        required = {relation["target"] for relation in one["relations"] if relation["kind"] == "requires"}
        assert required - {"nginx-core"} == ({"nginx-mod-stream"} if name == "stream-geoip" else set()), name


@pytest.mark.slow
def test_the_server_loads_each_module_alone_and_anew_while_it_runs(case: Case) -> None:
    lines = (worked.debs(case) / "said").read_text(encoding="utf-8").splitlines()
    alone = ("http-geoip", "http-image-filter", "http-perl", "http-xslt-filter", "mail", "stream")
    assert dict(line.split(":", 1) for line in lines) == {
        "over Debian's": " fine 0",
        "core": " fine ",
        **{name: f" fine {name.replace('-', '_')}" for name in alone},
        "none": " ",
        "alone": " refused",
        "both": " fine stream stream_geoip",
        "off": " fine stream",
        "removed": " fine 50-mod-stream.conf.removed",
        "back": " fine stream",
        "running": " 1",
        "all": " fine 6",
        "less": " fine 5",
    }
