"""Tags in the data of modules and in their paths, read from files that the compiler made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from splitpkg.abi.model import CapabilityNames, Tag, TagFamily
from splitpkg.abi.shipped import FOLDER, shipped
from splitpkg.discover.report import as_json, as_text
from splitpkg.elf.read import parse
from splitpkg.manifest.document import parse as parsed
from splitpkg.manifest.interface import Descriptor
from tests.support.programs import compiled
from tests.unit.discover.builder import entry

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.discover.builder import Forest

DIR = "usr/lib/x86_64-linux-gnu/demo"
HTTPD = """
struct module {{ int major, minor, index; const char *name; void *handle; struct module *next;
  unsigned long magic; }};
struct module {name}_module = {{ {major}, {minor}, -1, "mod_{name}.c", 0, 0, 0x41503234UL }};
"""
NGINX = """
struct module {{ unsigned long a, b; char *name; unsigned long c, d, version; const char *signature; }};
struct module ngx_{name}_module = {{ -1, -1, 0, 0, 0, {version}, "8,4,8,00111111110101110011111111111111" }};
"""
XORG = """
struct version {{ const char *name, *vendor; unsigned first, second, server; unsigned char major, minor;
  unsigned short patch; const char *class; unsigned abi; const char *kind; }};
static struct version version = {{ "{name}", "X", 0xef23fdc5, 0x10dc023a, 1, 1, 0, 0, "Video Driver",
  {major} << 16 | {minor}, 0 }};
struct {{ struct version *version; void *setup, *teardown; }} {name}ModuleData = {{ &version, 0, 0 }};
"""
POSTGRESQL = """
static const struct {{ int length, version, arguments, keys, names, by_value; char extra[32]; }}
  magic = {{ 56, {version}, 100, 32, 64, 1, "PostgreSQL" }};
const void *{function}(void) {{ return &magic; }}
"""
PHP = 'const char *{function}(void) {{ return "API{api},NTS"; }}\n'
DOVECOT = 'const char *{name}_version = "{version}";\n'


def constants(forest: Forest) -> list[Tag]:
    return [tag for tag in forest.discovery().tags if tag.family is TagFamily.CONSTANT]


def modules(forest: Forest, **sources: str) -> None:
    for name, source in sources.items():
        forest.shared(f"{DIR}/{name}.so", entry(body=source))


def test_a_struct_of_module_and_host_is_a_tag_with_a_minor_number(forest: Forest) -> None:
    forest.host("usr/bin/demo", DIR, exports=HTTPD.format(name="core", major=20120211, minor=142))
    modules(
        forest,
        a=HTTPD.format(name="a", major=20120211, minor=127),
        b=HTTPD.format(name="b", major=20120211, minor=142),
    )
    (tag,) = constants(forest)
    assert (tag.value, tag.minor, tag.providers, tag.sure) == ("20120211", 142, ("usr/bin/demo",), True)
    assert tag.needs == ((f"{DIR}/a.so", 127), (f"{DIR}/b.so", 142))
    assert tag.names == CapabilityNames(None, "apache2-api-{value}")
    assert tag.why == "httpd: data at `a_module` of 2 modules, and usr/bin/demo has the same at `core_module`"


def test_a_struct_that_is_another_one_is_no_tag(forest: Forest) -> None:
    forest.host("usr/bin/demo", DIR)
    source = HTTPD.format(name="a", major=20120211, minor=127).replace("41503234", "41503235")
    modules(forest, a=source, b="int b_module;")
    assert constants(forest) == []


def test_a_number_is_parted_and_a_text_is_matched(forest: Forest) -> None:
    forest.host("usr/bin/demo", DIR, exports=NGINX.format(name="core", version=1026003))
    modules(forest, a=NGINX.format(name="a", version=1026003))
    (tag,) = constants(forest)
    assert tag.value == "1.26.3-8.4.8-00111111110101110011111111111111"
    assert tag.names.rpm == "nginx(abi) = 1.26.3"


def test_a_struct_behind_a_pointer_that_no_host_proves_is_not_sure(forest: Forest) -> None:
    forest.host("usr/bin/demo", DIR)
    modules(forest, a=XORG.format(name="a", major=25, minor=2))
    found = forest.discovery()
    (tag,) = found.tags
    assert (tag.value, tag.minor, tag.providers, tag.sure) == ("Video Driver 25", 2, (), False)
    assert (
        "Video Driver 25 (data-constant, minor number 2; not sure): xorg: data at `aModuleData`"
        in as_text(found)
    )
    assert "only packages of exactly the same build are known to fit" in as_text(found)
    assert as_json(found, ())["tags"][0]["sure"] is False


def test_a_struct_behind_a_function_is_found_by_what_it_holds(forest: Forest) -> None:
    forest.host("usr/bin/demo", DIR, exports=POSTGRESQL.format(function="other", version=1700))
    modules(forest, a=POSTGRESQL.format(function="Pg_magic_func", version=1700))
    (tag,) = constants(forest)
    assert (tag.value, tag.providers) == ("17", ("usr/bin/demo",))


@pytest.mark.parametrize(
    ("module", "host", "value", "held"),
    [
        (
            PHP.format(function="get_module", api=20240924),
            PHP.format(function="x", api=20240924),
            "20240924-NTS",
            1,
        ),
        (
            DOVECOT.format(name="a", version="2.4.ABIv1(2.4.1)"),
            DOVECOT.format(name="abi", version="2.4.ABIv1(2.4.2)"),
            "2.4.ABIv1",
            1,
        ),
        (PHP.format(function="get_module", api=20240924), "", "20240924-NTS", 0),
    ],
)
def test_a_text_is_proven_by_the_host_that_holds_such_a_text(
    forest: Forest, module: str, host: str, value: str, held: int
) -> None:
    forest.host("usr/bin/demo", DIR, exports=host)
    modules(forest, a=module)
    (tag,) = constants(forest)
    assert (tag.value, len(tag.providers), tag.sure) == (value, held, bool(held))


def test_a_host_with_another_text_proves_that_the_module_is_not_its_own(forest: Forest) -> None:
    forest.host("usr/bin/demo", DIR, exports=PHP.format(function="x", api=20230831))
    modules(forest, a=PHP.format(function="get_module", api=20240924))
    (tag,) = constants(forest)
    assert (tag.providers, tag.sure) == ((), True)


def test_a_library_that_modules_link_to_may_have_an_interface_of_its_own(forest: Forest) -> None:
    """It loads them by a function of another library, and so looks like no loader."""
    forest.host("usr/bin/demo", DIR, exports=DOVECOT.format(name="abi", version="2.3.ABIv19(2.3.1)"))
    library = "usr/lib/demo/libsieve.so.0"
    source = DOVECOT.format(name="sieve_abi", version="0.5.ABIv19(0.5.1)")
    forest.shared(library, source, "-Wl,-soname,libsieve.so.0")
    modules(forest, a=DOVECOT.format(name="a", version="2.3.ABIv19(2.3.1)"))
    linked = entry(body=DOVECOT.format(name="b", version="0.5.ABIv19(0.5.1)"))
    forest.shared(f"{DIR}/sieve/b.so", linked, "-Wl,-rpath,/usr/lib/demo", needs=(library,))
    found = {tag.value: tag.providers for tag in constants(forest)}
    assert found == {"0.5.ABIv19": (library,), "2.3.ABIv19": ("usr/bin/demo",)}


def test_files_without_such_symbols_are_not_looked_into(
    forest: Forest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A tree without them pays nothing."""
    forest.host("usr/bin/demo", DIR, exports=PHP.format(function="x", api=20230831))
    modules(forest, a="int demo_a;")
    monkeypatch.setattr("splitpkg.inventory.scan.elf.strings_like", None)
    monkeypatch.setattr("splitpkg.inventory.scan.elf.data", None)
    assert constants(forest) == []


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.toml")), ids=lambda path: str(path.stem))
def test_shipped_descriptors_are_right_and_named_after_their_file(path: Path) -> None:
    """What comes with the program is checked as what users write."""
    document = parsed(path.read_text(encoding="utf-8"), path.name)
    checked = Descriptor.model_validate(document.values)
    assert checked.name == path.stem
    assert checked.interface == next(one for one in shipped() if one.name == path.stem)


def paths(forest: Forest) -> list[tuple[str, tuple[str, ...], int]]:
    found = [tag for tag in forest.discovery().tags if tag.family is TagFamily.PATH]
    return [(tag.value, tag.providers, len(tag.carriers)) for tag in found]


def test_a_directory_with_the_release_that_the_host_holds_is_a_tag(forest: Forest) -> None:
    forest.host("usr/bin/demo", f"{DIR}/4.4")
    for name in "ab":
        forest.shared(f"{DIR}/4.4/{name}.so", entry())
    assert paths(forest) == [("demo/4.4", ("usr/bin/demo",), 2)]


def test_a_directory_in_two_parts_is_one(forest: Forest) -> None:
    where = 'const char *release(void) { return "4.4"; }\n'
    forest.host("usr/bin/demo", DIR, exports=where)
    forest.shared(f"{DIR}/4.4/a.so", entry())
    assert paths(forest) == [("demo/4.4", ("usr/bin/demo",), 1)]


def test_a_directory_that_no_host_holds_is_none(forest: Forest) -> None:
    forest.host("usr/bin/demo", "/elsewhere")
    forest.shared(f"{DIR}/4.4/a.so", entry())
    assert paths(forest) == []


def test_another_release_beside_it_has_no_provider(forest: Forest) -> None:
    forest.host("usr/bin/demo", f"{DIR}/4.4")
    for release in ("4.2", "4.4"):
        forest.shared(f"{DIR}/{release}/a.so", entry())
    assert paths(forest) == [("demo/4.2", (), 1), ("demo/4.4", ("usr/bin/demo",), 1)]


def test_a_suffix_with_the_release_is_a_tag(forest: Forest) -> None:
    forest.host("usr/bin/demo", DIR, exports='const char *release(void) { return "2.6.9"; }\n')
    for name in "ab":
        forest.shared(f"{DIR}/libdemo-{name}.so.2.6.9", entry())
    assert paths(forest) == [(".so.2.6.9", ("usr/bin/demo",), 2)]


def test_the_files_are_what_the_tests_take_them_for() -> None:
    """The fields at `a_module` are those that the compiler laid out."""
    facts = parse(compiled(HTTPD.format(name="a", major=1, minor=2), "-shared", "-fPIC", "-nostdlib"))
    assert facts is not None
    assert "a_module" in facts.defined_names
