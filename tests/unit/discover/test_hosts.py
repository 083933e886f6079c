"""Who loads the modules: by what programs export, call and hold as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.discover.builder import LOADS, entry, loading

if TYPE_CHECKING:
    from tests.unit.discover.builder import Forest

LIB = "usr/lib/x86_64-linux-gnu"
DIR = f"{LIB}/demo"


def module(*needs: str) -> str:
    """The source of a module that needs functions of its host."""
    declared = "".join(f"int {need}(void);" for need in needs)
    called = " + ".join(f"{need}()" for need in needs) or "1"
    return entry(body=f"{declared}int work(void) {{ return {called}; }}\n")


def exports(*names: str) -> str:
    """The source of functions that a host exports."""
    return "".join(f"int {name}(void) {{ return 2; }}\n" for name in names)


def test_a_program_that_exports_what_modules_need_is_a_host(forest: Forest) -> None:
    forest.host("usr/sbin/demod", "nowhere", "nothing", exports("demo_register", "demo_log"))
    forest.host("usr/bin/democtl", "nowhere", "nothing", exports("demo_parse"))
    forest.shared(f"{DIR}/a.so", module("demo_register", "demo_log"))
    forest.shared(f"{DIR}/b.so", module("demo_register"))
    (host,) = forest.discovery().hosts
    assert host.path == "usr/sbin/demod"
    assert host.directories == (DIR,)
    assert host.why == (f"exports `demo_log` and 1 more, which {DIR}/a.so needs",)


def test_a_program_that_cannot_load_is_no_host(forest: Forest) -> None:
    forest.program("usr/bin/tool", f"{exports('demo_register')}int main(void) {{ return 0; }}\n")
    forest.host("usr/sbin/demod", DIR, exports=exports("demo_register"))
    forest.shared(f"{DIR}/a.so", module("demo_register"))
    assert forest.hosts() == ["usr/sbin/demod"]


def test_of_programs_that_export_alike_those_that_name_the_directory_count(forest: Forest) -> None:
    forest.host("usr/bin/server", DIR, exports=exports("demo_register"))
    forest.host("usr/bin/nested", "elsewhere", "nothing", exports("demo_register"))
    forest.shared(f"{DIR}/a.so", module("demo_register"))
    assert forest.hosts() == ["usr/bin/server"]


def test_hosts_may_export_different_things_and_load_some_families_only(forest: Forest) -> None:
    block = [f"block_{number}" for number in range(6)]
    display = [f"display_{number}" for number in range(6)]
    forest.host("usr/bin/demo-img", DIR, exports=exports(*block))
    forest.host("usr/bin/demo-system", DIR, exports=exports(*block, *display))
    forest.shared(f"{DIR}/block-a.so", module(*block))
    forest.shared(f"{DIR}/block-b.so", module(*block[:3]))
    forest.shared(f"{DIR}/ui-gtk.so", module(*display))
    assert forest.hosts() == ["usr/bin/demo-img", "usr/bin/demo-system"]


def test_a_program_with_two_common_functions_is_no_host_of_modules_that_need_forty(forest: Forest) -> None:
    common, more = ["common_a", "common_b"], [f"api_{number}" for number in range(40)]
    forest.host("usr/bin/demo", DIR, exports=exports(*common, *more))
    forest.host("usr/bin/helper", DIR, exports=exports(*common))
    forest.shared(f"{DIR}/a.so", module(*common, *more))
    forest.shared(f"{DIR}/b.so", module(*common))
    assert forest.hosts() == ["usr/bin/demo"]


def test_copy_relocations_make_no_host(forest: Forest) -> None:
    forest.shared(f"{LIB}/libstate.so.1", "int lib_state = 3;\n", "-Wl,-soname,libstate.so.1")
    uses = "extern int lib_state;int main(void) { return lib_state; }\n"
    forest.program(
        "usr/bin/copier",
        f"{LOADS}{uses}",
        "-no-pie",
        "-fno-pic",
        *loading(DIR),
        needs=(f"{LIB}/libstate.so.1",),
    )
    forest.host("usr/sbin/demod", DIR)
    source = "extern int lib_state;" + entry(body="int read_state(void) { return lib_state; }\n")
    forest.shared(f"{DIR}/a.so", source)
    forest.shared(f"{DIR}/b.so", source)
    found = forest.discovery()
    assert "copier" not in " ".join(host.path for host in found.hosts if "exports" in host.why[0])
    assert "usr/sbin/demod" in [host.path for host in found.hosts]


def test_a_library_that_loads_is_a_host_and_so_is_a_daemon_that_names_the_entry(forest: Forest) -> None:
    forest.shared(
        f"{LIB}/libdemo.so.0", LOADS, "-Wl,-soname,libdemo.so.0", *loading(DIR, "none"), f'-DPLACE="/{DIR}"'
    )
    forest.shared(
        f"{LIB}/libdemo.so.0",
        f"{LOADS}void *load(void) {{ return use(WHERE); }}\n",
        "-Wl,-soname,libdemo.so.0",
        *loading(DIR, "none"),
    )
    names = 'const char *names[] = {"netRegister", "netStart"};'
    calls = f"void *load(void);{names}int main(void) {{ return !load() + !names[0]; }}\n"
    forest.program("usr/sbin/netd", calls, needs=(f"{LIB}/libdemo.so.0",))
    forest.program(
        "usr/bin/client",
        "void *load(void);int main(void) { return !load(); }\n",
        needs=(f"{LIB}/libdemo.so.0",),
    )
    forest.shared(f"{DIR}/demo_driver_net.so", entry("netRegister"))
    forest.shared(f"{DIR}/demo_driver_disk.so", entry("diskRegister"))
    assert forest.hosts() == [f"{LIB}/libdemo.so.0", "usr/sbin/netd"]


@pytest.mark.parametrize(
    ("call", "is_host"),
    [
        ("demo_load", True),
        ("demo_load_modules", True),
        ("demo_plugin_load_all", True),
        ("demo_module_loaded", False),
        ("demo_unload_modules", False),
        ("demo_file_load", False),
    ],
)
def test_a_program_that_calls_a_library_to_load_is_a_host(forest: Forest, call: str, is_host: bool) -> None:
    library = f"{LIB}/libdemo.so.0"
    source = f"{LOADS}void *{call}(void) {{ return use(WHERE); }}\n"
    forest.shared(library, source, "-Wl,-soname,libdemo.so.0", *loading(DIR))
    program = f"void *{call}(void);int main(void) {{ return !{call}(); }}\n"
    forest.program("usr/bin/cat", program, needs=(library,))
    for name in ("a", "b"):
        forest.shared(f"{DIR}/{name}.so", entry())
    assert ("usr/bin/cat" in forest.hosts()) is is_host


def test_a_directory_above_counts_where_nothing_nearer_does(forest: Forest) -> None:
    forest.host("usr/bin/demo", DIR, "nothing")
    forest.shared(f"{DIR}/plugins/in/a.so", entry())
    forest.shared(f"{DIR}/plugins/out/b.so", entry())
    (host,) = forest.discovery().hosts
    assert host.why == (f"holds the text `/{DIR}`",)
    assert host.directories == (f"{DIR}/plugins/in", f"{DIR}/plugins/out")


def test_a_loader_of_the_directorys_name_is_a_host_without_any_text(forest: Forest) -> None:
    forest.shared(f"{LIB}/libdemo.so.1", LOADS, "-Wl,-soname,libdemo.so.1", "-DENTRY=name")
    forest.shared(f"{LIB}/libother.so.1", LOADS, "-Wl,-soname,libother.so.1", "-DENTRY=name")
    forest.shared(f"{DIR}/backends/a.so", "int one_init(void) { return 1; }\n")
    assert forest.hosts() == [f"{LIB}/libdemo.so.1"]


def test_a_module_may_load_modules_and_is_no_host_of_the_program(forest: Forest) -> None:
    forest.host("usr/bin/demo", DIR)
    inner = f"{DIR}/inner"
    loads = f"{LOADS}{entry(body='void *more(void) { return use(WHERE); }')}"
    forest.shared(f"{DIR}/storage.so", loads, *loading(inner, "backend_init"))
    forest.shared(f"{DIR}/net.so", entry())
    forest.shared(f"{inner}/fs.so", entry("backend_init"))
    forest.shared(f"{inner}/disk.so", entry("backend_init"))
    groups = {group.directory: group.hosts for group in forest.discovery().groups}
    assert groups[inner] == (f"{DIR}/storage.so",)
    assert forest.hosts() == ["usr/bin/demo"]


def test_the_same_modules_may_be_built_for_two_hosts(forest: Forest) -> None:
    for build in ("q16", "q32"):
        directory = f"{LIB}/demo-{build}/coders"
        forest.host(f"usr/bin/demo-{build}", directory)
        for name in ("png", "gif"):
            forest.shared(f"{directory}/{name}.so", entry())
    groups = {group.directory: group.hosts for group in forest.discovery().groups}
    assert set(groups) == {f"{LIB}/demo-q16/coders", f"{LIB}/demo-q32/coders"}
    assert forest.hosts() == ["usr/bin/demo-q16", "usr/bin/demo-q32"]


def test_what_a_module_alone_brings_is_told(forest: Forest) -> None:
    forest.host("usr/bin/demo", DIR)
    forest.shared(f"{DIR}/a.so", entry(), "-Wl,--no-as-needed", "-lm", "-l:ld-linux-x86-64.so.2")
    forest.shared(f"{DIR}/b.so", entry())
    external = {module.path: module.external for module in forest.discovery().modules}
    assert external == {f"{DIR}/a.so": ("libm.so.6",), f"{DIR}/b.so": ()}


def test_a_library_that_loads_and_that_all_modules_link_to_is_a_host_of_any_name(forest: Forest) -> None:
    loads = "#include <dlfcn.h>\nvoid *core(const char *x) { return dlopen(x, 1); }\n"
    library = f"{LIB}/libmagic.so.1"
    forest.shared(library, loads, "-Wl,-soname,libmagic.so.1")
    for name in ("a", "b", "c"):
        source = "void *core(const char *);" + entry(
            f"register_{name}", f"void *x{name}(void){{return core(0);}}"
        )
        forest.shared(f"{LIB}/Tools-7/coders/{name}.so", source, needs=(library,))
    assert forest.hosts() == [library]
