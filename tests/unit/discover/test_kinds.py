"""Libraries, helpers, modules and what is none of them: each trap of real trees in a small one."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import pytest

from tests.support.programs import compiled
from tests.unit.discover.builder import LOADS, entry, loading, packages

if TYPE_CHECKING:
    from tests.unit.discover.builder import Forest

LIB = "usr/lib/x86_64-linux-gnu"
DIR = f"{LIB}/demo"
MACHINE_AT = 18
"""Where e_machine stands (gABI, ELF header)."""


def two_modules(forest: Forest, directory: str = DIR, *options: str) -> list[str]:
    """A host and two modules with an entry symbol, the least that is a family."""
    forest.host("usr/bin/demo", directory)
    for name in ("a", "b"):
        forest.shared(f"{directory}/{name}.so", entry(), *options)
    return [f"{directory}/a.so", f"{directory}/b.so"]


def test_a_soname_makes_no_library(forest: Forest) -> None:
    forest.host("usr/bin/demo", DIR)
    for name in ("a", "b"):
        forest.shared(f"{DIR}/{name}.so", entry(), f"-Wl,-soname,{name}.so")
    assert forest.modules() == [f"{DIR}/a.so", f"{DIR}/b.so"]
    assert forest.discovery().libraries == ()


@pytest.mark.parametrize("soname", [(), ("-Wl,-soname,--library=gcc",), ("-Wl,-soname,other.so.7",)])
def test_a_private_library_may_have_no_soname_or_an_odd_one(forest: Forest, soname: tuple[str, ...]) -> None:
    two_modules(forest)
    forest.shared(f"{DIR}/libhelp.so", "int help(void) { return 1; }\n", *soname)
    forest.program(
        "usr/bin/tool", "int help(void); int main(void) { return help(); }\n", needs=(f"{DIR}/libhelp.so",)
    )
    assert forest.modules() == [f"{DIR}/a.so", f"{DIR}/b.so"]
    assert forest.helpers() == [f"{DIR}/libhelp.so"]


def test_a_module_may_be_needed_by_another_module(forest: Forest) -> None:
    modules = two_modules(forest)
    forest.shared(f"{DIR}/c.so", entry(body="int shared(void) { return 1; }\n"))
    forest.shared(
        f"{DIR}/d.so",
        entry(body="int shared(void);int more(void) { return shared(); }\n"),
        needs=(f"{DIR}/c.so",),
    )
    assert forest.modules() == [*modules, f"{DIR}/c.so", f"{DIR}/d.so"]
    assert "though" in next(one.why for one in forest.discovery().modules if one.path == f"{DIR}/c.so")


def test_a_module_that_registers_itself_has_no_entry_symbol(forest: Forest) -> None:
    forest.host("usr/bin/demo", DIR, "none", "int demo_register(void) { return 1; }\n")
    registers = (
        "int demo_register(void);__attribute__((constructor)) static void go(void) { demo_register(); }\n"
    )
    for name in ("a", "b", "c"):
        forest.shared(f"{DIR}/{name}.so", registers)
    forest.shared(f"{DIR}/tun.so.1", f"{registers}int tun(void) {{ return 1; }}\n", "-Wl,-soname,tun.so.1")
    forest.shared(f"{DIR}/libwire.so", "int demo_register(void);int wire(void) { return demo_register(); }\n")
    tap = "int tun(void);int wire(void);int tap(void) { return tun() + wire(); }\n"
    forest.shared(f"{DIR}/tap.so", tap, needs=(f"{DIR}/tun.so.1", f"{DIR}/libwire.so"))
    assert forest.modules() == [f"{DIR}/{name}.so" for name in ("a", "b", "c", "tap")] + [f"{DIR}/tun.so.1"]
    assert forest.helpers() == [f"{DIR}/libwire.so"]


def test_helper_libraries_lie_among_the_modules(forest: Forest) -> None:
    modules = two_modules(forest)
    forest.shared(f"{DIR}/libcommon.so", "int common(void) { return 1; }\n")
    source = entry(body="int common(void);int more(void) { return common(); }\n")
    forest.shared(f"{DIR}/c.so", source, needs=(f"{DIR}/libcommon.so",))
    assert forest.modules() == [*modules, f"{DIR}/c.so"]
    (helper,) = forest.discovery().helpers
    assert (helper.path, helper.users) == (f"{DIR}/libcommon.so", (f"{DIR}/c.so",))


def test_a_function_that_somebody_links_to_is_no_entry_symbol(forest: Forest) -> None:
    modules = two_modules(forest)
    api = "int api(void) { return 1; }\n"
    forest.shared(f"{DIR}/libapi.so", api)
    for name in ("c", "d", "e"):
        forest.shared(f"{DIR}/{name}.so", entry(body=api))
    uses = entry(body="int api(void);int more(void) { return api(); }\n")
    forest.shared(f"{DIR}/f.so", uses, needs=(f"{DIR}/libapi.so",))
    assert forest.modules() == [*modules, *(f"{DIR}/{name}.so" for name in ("c", "d", "e", "f"))]
    assert forest.helpers() == [f"{DIR}/libapi.so"]


def test_a_helper_that_nothing_links_to_any_more_is_no_module(forest: Forest) -> None:
    modules = two_modules(forest)
    forest.shared(f"{DIR}/libold.so.1", "int old(void) { return 1; }\n", "-Wl,-soname,libold.so.1")
    assert forest.modules() == modules
    assert forest.helpers() == [f"{DIR}/libold.so.1"]


def test_modules_lie_in_the_libraries_directory(forest: Forest) -> None:
    forest.shared(f"{LIB}/libnss_demo.so.2", entry("_nss_demo_getpwnam_r"), "-Wl,-soname,libnss_demo.so.2")
    forest.shared(f"{LIB}/demo-pkcs11.so", entry("C_GetFunctionList"))
    forest.shared(f"{LIB}/libdemo.so.1", "int demo(void) { return 1; }\n", "-Wl,-soname,libdemo.so.1")
    forest.link(f"{LIB}/libdemo.so", "libdemo.so.1")
    forest.link(f"{LIB}/pkcs11/demo-pkcs11.so", "../demo-pkcs11.so")
    found = forest.discovery()
    assert [one.path for one in found.modules] == [f"{LIB}/demo-pkcs11.so", f"{LIB}/libnss_demo.so.2"]
    assert [(one.path, one.link) for one in found.libraries] == [(f"{LIB}/libdemo.so.1", f"{LIB}/libdemo.so")]


def test_libraries_without_versions_that_share_an_entry_are_modules(forest: Forest) -> None:
    for name in ("one", "two"):
        forest.shared(
            f"{LIB}/libdriver_{name}.so", entry("icd_negotiate"), f"-Wl,-soname,libdriver_{name}.so"
        )
    forest.shared(f"{LIB}/libplain.so", entry("plain"), "-Wl,-soname,libplain.so")
    assert forest.modules() == [f"{LIB}/libdriver_one.so", f"{LIB}/libdriver_two.so"]
    assert [one.path for one in forest.discovery().libraries] == [f"{LIB}/libplain.so"]


def test_modules_of_another_program_have_no_host_here(forest: Forest) -> None:
    forest.shared(f"{LIB}/security/pam_demo.so", entry("pam_sm_authenticate"))
    assert forest.modules() == [f"{LIB}/security/pam_demo.so"]
    assert forest.hosts() == []
    assert set(packages(forest.planned())) >= {"pam-demo"}


@pytest.mark.parametrize("names", [("basename", "cut", "head"), ("fft.oct", "amd.oct", "qz.oct")])
def test_names_need_not_end_in_so(forest: Forest, names: tuple[str, ...]) -> None:
    forest.host("usr/bin/demo", DIR)
    for name in names:
        forest.shared(f"{DIR}/{name}", entry())
    forest.put(f"{DIR}/Makefile.inc", "# a text\n")
    assert forest.modules() == sorted(f"{DIR}/{name}" for name in names)
    assert f"{DIR}/Makefile.inc" in packages(forest.planned())["core"]


def test_a_shared_object_may_have_an_interpreter(forest: Forest) -> None:
    interpreter = "-Wl,--dynamic-linker=/lib64/ld-linux-x86-64.so.2"
    forest.host("usr/bin/demo", DIR)
    for name in ("a", "b"):
        forest.shared(f"{DIR}/{name}.so", entry(body=SAYS_INTERPRETER))
    forest.shared(
        f"{LIB}/libc-like.so.6",
        f"{SAYS_INTERPRETER}int f(void) {{ return 1; }}\n",
        "-Wl,-soname,libc-like.so.6",
        interpreter,
    )
    found = forest.discovery()
    assert [one.path for one in found.modules] == [f"{DIR}/a.so", f"{DIR}/b.so"]
    assert [one.path for one in found.libraries] == [f"{LIB}/libc-like.so.6"]
    assert found.programs == ("usr/bin/demo",)


SAYS_INTERPRETER = (
    'const char interp[] __attribute__((section(".interp"))) = "/lib64/ld-linux-x86-64.so.2";\n'
)


def test_a_static_pie_program_is_no_module(forest: Forest) -> None:
    modules = two_modules(forest)
    forest.put(
        f"{DIR}/probe", compiled("void _start(void) { for (;;); }\n", "-static-pie", "-fPIE", "-nostdlib")
    )
    found = forest.discovery()
    assert [one.path for one in found.modules] == modules
    assert f"{DIR}/probe" in found.programs


def test_firmware_is_data(forest: Forest) -> None:
    modules = two_modules(forest)
    alien = bytearray(compiled(entry(), "-shared", "-fPIC", "-nostdlib"))
    struct.pack_into("<H", alien, MACHINE_AT, 21)
    forest.put("usr/share/demo/rom-ppc.so", bytes(alien))
    forest.put("usr/share/demo/option.rom", compiled("int x;\n", "-c"))
    hidden = '__attribute__((visibility("hidden"))) int x(void) { return 1; }\n'
    forest.put(f"{LIB}/boot/efi/stub.elf", compiled(hidden, "-shared", "-fPIC", "-nostdlib"))
    assert forest.modules() == modules
    assert forest.kinds() == {
        f"{LIB}/boot/efi/stub.elf": "data",
        "usr/share/demo/option.rom": "data",
        "usr/share/demo/rom-ppc.so": "data",
    }


def test_an_empty_build_of_a_module_is_still_a_module(forest: Forest) -> None:
    modules = two_modules(forest)
    forest.shared(f"{DIR}/c.so", "static int nothing;\n", "-nostdlib")
    assert forest.modules() == [*modules, f"{DIR}/c.so"]


def test_a_32_bit_module_may_lie_in_a_64_bit_tree(forest: Forest) -> None:
    modules = two_modules(forest)
    for name in ("a", "b"):
        forest.shared(f"usr/lib/i386-linux-gnu/demo/{name}.so", entry(), "-m32", "-nostdlib")
    assert forest.modules() == [f"usr/lib/i386-linux-gnu/demo/{name}.so" for name in ("a", "b")] + modules


def test_names_of_version_nodes_are_no_entry_symbols(forest: Forest) -> None:
    script = forest.root.parent / "version.map"
    script.write_text("DEMO_1.0 { global: *; };\n")
    versioned = f"-Wl,--version-script={script}"
    forest.host("usr/bin/demo", DIR)
    forest.shared(f"{DIR}/libshared.so", "int shared(void) { return 1; }\n", versioned)
    for name in ("a", "b", "c"):
        source = entry(body="int shared(void);int more(void) { return shared(); }\n")
        forest.shared(f"{DIR}/{name}.so", source, versioned, needs=(f"{DIR}/libshared.so",))
    assert forest.modules() == [f"{DIR}/{name}.so" for name in ("a", "b", "c")]
    assert forest.helpers() == [f"{DIR}/libshared.so"]


def test_versioned_names_with_links_are_one_module_each(forest: Forest) -> None:
    forest.host("usr/bin/demo", DIR)
    for name in ("plain", "otp", "ntlm"):
        forest.shared(f"{DIR}/lib{name}.so.2.0.25", entry(), f"-Wl,-soname,lib{name}.so.2")
        forest.link(f"{DIR}/lib{name}.so.2", f"lib{name}.so.2.0.25")
        forest.link(f"{DIR}/lib{name}.so", f"lib{name}.so.2.0.25")
    found = forest.discovery()
    assert [one.path for one in found.modules] == [
        f"{DIR}/lib{name}.so.2.0.25" for name in ("ntlm", "otp", "plain")
    ]
    assert found.modules[0].links == (f"{DIR}/libntlm.so", f"{DIR}/libntlm.so.2")
    assert packages(forest.planned())["otp"] == [f"{DIR}/libotp.so{end}" for end in ("", ".2", ".2.0.25")]


def test_a_module_may_be_linked_into_a_second_directory(forest: Forest) -> None:
    modules = two_modules(forest)
    for name in ("a", "b"):
        forest.link(f"{LIB}/other/{name}.so", f"../demo/{name}.so")
    forest.link(f"{LIB}/third/alias.so", "../demo/b.so")
    forest.link(f"{LIB}/fourth", "demo")
    assert forest.modules() == modules
    files = packages(forest.planned())
    assert files["a"] == [f"{DIR}/a.so", f"{LIB}/other/a.so"]
    assert files["b"] == [f"{DIR}/b.so", f"{LIB}/other/b.so", f"{LIB}/third/alias.so"]
    assert f"{LIB}/fourth" in files["core"]


def test_the_same_name_may_lie_in_several_directories(forest: Forest) -> None:
    forest.host("usr/bin/demo", DIR)
    for directory in ("in", "out"):
        for name in ("raw", "zip"):
            forest.shared(f"{DIR}/{directory}/{name}.so", entry())
    assert len(forest.modules()) == 4
    assert {"in-raw", "in-zip", "out-raw", "out-zip"} < set(packages(forest.planned()))


def test_plugins_that_are_scripts_stay_with_the_core(forest: Forest) -> None:
    modules = two_modules(forest)
    forest.put(f"{DIR}/c.so", "#!/bin/sh\n")
    forest.put(f"{DIR}/d.py", "print()\n")
    assert forest.modules() == modules
    assert {f"{DIR}/c.so", f"{DIR}/d.py"} < set(packages(forest.planned())["core"])


def test_archives_beside_modules_are_no_modules(forest: Forest) -> None:
    modules = two_modules(forest)
    forest.put(f"{DIR}/a.la", "# libtool\n")
    forest.put(f"{DIR}/a.a", b"!<arch>\n")
    assert forest.modules() == modules
    assert {f"{DIR}/a.la", f"{DIR}/a.a"} < {
        file for files in packages(forest.planned()).values() for file in files
    }


def test_a_module_may_refer_to_nothing_at_all(forest: Forest) -> None:
    forest.host("usr/bin/demo", DIR)
    forest.shared(
        f"{DIR}/alone.so", "__attribute__((constructor)) static void go(void) {}\nint only;\n", "-nostdlib"
    )
    assert forest.modules() == [f"{DIR}/alone.so"]


def test_symbols_may_come_through_what_another_module_needs(forest: Forest) -> None:
    modules = two_modules(forest)
    forest.shared(f"{DIR}/libinner.so", "int inner(void) { return 1; }\n")
    forest.shared(
        f"{DIR}/c.so",
        entry(body="int inner(void);int mid(void) { return inner(); }\n"),
        needs=(f"{DIR}/libinner.so",),
    )
    forest.shared(
        f"{DIR}/d.so",
        entry(body="int inner(void);int mid(void);int top(void) { return inner() + mid(); }\n"),
        needs=(f"{DIR}/c.so",),
    )
    assert forest.modules() == [*modules, f"{DIR}/c.so", f"{DIR}/d.so"]
    assert forest.helpers() == [f"{DIR}/libinner.so"]
    assert forest.planned()


def test_lib_and_usr_lib_may_both_be_there(forest: Forest) -> None:
    forest.host("bin/demo", "lib/x86_64-linux-gnu/demo")
    forest.shared(
        "lib/x86_64-linux-gnu/libdemo.so.1", "int demo(void) { return 1; }\n", "-Wl,-soname,libdemo.so.1"
    )
    forest.link(f"{LIB}/libdemo.so", "/lib/x86_64-linux-gnu/libdemo.so.1")
    for name in ("a", "b"):
        forest.shared(f"lib/x86_64-linux-gnu/demo/{name}.so", entry())
        forest.shared(f"{LIB}/demo-extra/{name}.so", entry())
    found = forest.discovery()
    assert len(found.modules) == 4
    assert [one.link for one in found.libraries] == [f"{LIB}/libdemo.so"]
    assert forest.planned()


@pytest.mark.parametrize("interpreter", [False, True])
def test_extensions_are_modules_only_where_their_interpreter_is(forest: Forest, interpreter: bool) -> None:
    path = "usr/lib/python3/dist-packages/demo/_native.cpython-311-x86_64-linux-gnu.so"
    source = "int PyModule_Create2(int);\n" + entry(
        "PyInit__native", "int f(void) { return PyModule_Create2(1); }\n"
    )
    forest.shared(path, source)
    if interpreter:
        forest.shared(
            f"{LIB}/libpython3.11.so.1.0", entry("Py_Initialize"), "-Wl,-soname,libpython3.11.so.1.0"
        )
    two_modules(forest)
    assert (path in forest.modules()) is interpreter
    assert (forest.kinds() == {path: "extension"}) is not interpreter
    assert forest.planned()


def test_a_plugin_that_embeds_an_interpreter_is_a_module(forest: Forest) -> None:
    modules = two_modules(forest)
    source = "void Py_Initialize(void);\n" + entry(body="void f(void) { Py_Initialize(); }\n")
    forest.shared(f"{DIR}/python.so", source)
    assert forest.modules() == [*modules, f"{DIR}/python.so"]


@pytest.mark.parametrize(
    ("path", "entry_symbol", "use"),
    [
        ("perl5/5.36/auto/Demo/Core/Core.so", "boot_Demo__Core", "Perl_newXS"),
        ("ruby/vendor_ruby/3.1.0/demo.so", "Init_demo", "rb_define_module"),
        ("lua/5.1/demo/core.so", "luaopen_demo_core", "lua_pushnil"),
        ("tcltk/demo1.0/demo.so", "Demo_Init", "Tcl_Eval"),
        ("php/20220829/demo.so", "get_module", "zend_parse_parameters"),
        ("R/library/demo/libs/demo.so", "R_init_demo", "Rf_error"),
        ("ocaml/stublibs/dlldemo.so", "caml_demo_run", "caml_alloc"),
        ("node/demo/demo.node", "napi_register_module_v1", "napi_create_function"),
        ("guile/3.0/extensions/libguile-demo.so", "scm_init_demo", "scm_c_define_gsubr"),
        ("erlang/lib/demo/priv/demo_nif.so", "nif_init", "enif_alloc"),
        ("jni/libdemojni.so", "Java_org_demo_Core_run", "demo"),
    ],
)
def test_every_languages_extensions_are_known(forest: Forest, path: str, entry_symbol: str, use: str) -> None:
    modules = two_modules(forest)
    body = f"void {use}(void);\nvoid call(void) {{ {use}(); }}\n"
    forest.shared(f"{LIB}/{path}", entry(entry_symbol, body))
    assert forest.modules() == modules
    assert forest.kinds() == {f"{LIB}/{path}": "extension"}


def test_what_stands_in_for_another_library_is_for_ld_preload(forest: Forest) -> None:
    modules = two_modules(forest)
    calls = 'execv("a", 0) + execve("b", 0, 0) + close(3)'
    forest.program("usr/bin/tool", f"#include <unistd.h>\nint main(void) {{ return {calls}; }}\n")
    source = (
        "int execv(const char *a, char *const *b) { return a || b; }\n"
        "int execve(const char *a, char *const *b, char *const *c) { return a || b || c; }\n"
    )
    forest.shared(f"{DIR}/noexec.so", source, "-fno-builtin")
    assert forest.modules() == modules
    assert forest.kinds() == {f"{DIR}/noexec.so": "interposer"}


INTERFACE = "".join(f"int api_{number}(void) {{ return {number}; }}\n" for number in range(20))


def test_two_builds_of_one_library_are_no_modules(forest: Forest) -> None:
    modules = two_modules(forest)
    for name in ("libapi", "libapiserver"):
        forest.shared(f"{LIB}/demo-api/{name}.so.0", INTERFACE, f"-Wl,-soname,{name}.so.0")
    assert forest.modules() == modules
    assert forest.helpers() == [f"{LIB}/demo-api/{name}.so.0" for name in ("libapi", "libapiserver")]


def test_many_files_with_one_whole_interface_are_modules(forest: Forest) -> None:
    forest.host("usr/bin/demo", DIR)
    for name in ("a", "b", "c", "d", "e"):
        forest.shared(f"{DIR}/libdriver-{name}.so.1", INTERFACE, f"-Wl,-soname,libdriver-{name}.so.1")
    assert len(forest.modules()) == 5


def test_libraries_beside_type_libraries_are_no_modules(forest: Forest) -> None:
    forest.shared(f"{DIR}/libmenu.so", "int menu(void) { return 1; }\n")
    forest.put(f"{DIR}/Menu-1.0.typelib", b"GOBJ\n")
    assert forest.modules() == []
    assert forest.helpers() == [f"{DIR}/libmenu.so"]


def test_a_plugin_that_a_program_links_to_is_a_module_that_stays_in_the_core(forest: Forest) -> None:
    modules = two_modules(forest)
    forest.shared(f"{DIR}/c.so", entry(body="int direct(void) { return 1; }\n"))
    forest.program(
        "usr/bin/tool", "int direct(void); int main(void) { return direct(); }\n", needs=(f"{DIR}/c.so",)
    )
    assert forest.modules() == [*modules, f"{DIR}/c.so"]
    assert f"{DIR}/c.so" in packages(forest.planned())["core"]


def test_evidence_is_given_in_words(forest: Forest) -> None:
    two_modules(forest)
    forest.shared(f"{LIB}/libload.so.1", LOADS, "-Wl,-soname,libload.so.1", *loading(DIR))
    found = forest.discovery()
    assert found.modules[0].why == "defines `demo_init` as its siblings do, and nothing links to it"
    assert found.modules[0].entry == ("demo_init",)
    assert found.libraries[0].why == "has a library's name in the libraries' directory"
    assert found.hosts[0].why == ("holds the text `demo_init`",)


def test_a_file_by_its_links_name_is_an_extension(forest: Forest) -> None:
    two_modules(forest)
    lua = "int lua_pushnil(int);\n" + entry("luaopen_demo", "int f(void) { return lua_pushnil(1); }\n")
    forest.shared(f"{DIR}/lua/libbinding.so", lua)
    forest.link(f"{DIR}/lua/demo.so", "libbinding.so")
    forest.shared(f"{DIR}/ruby/libdemo_lua.so", lua)
    assert forest.kinds() == {
        f"{DIR}/lua/libbinding.so": "extension",
        f"{DIR}/ruby/libdemo_lua.so": "extension",
    }


def test_what_a_package_index_lists_is_an_extension(forest: Forest) -> None:
    modules = two_modules(forest)
    forest.shared(f"{DIR}/tcl/libtcldemo.so.0", entry("Otherdemo_Init"))
    assert forest.kinds() == {}
    forest.put(f"{DIR}/tcl/pkgIndex.tcl", "package ifneeded demo 1.0 {}\n")
    assert forest.modules() == modules
    assert forest.kinds() == {f"{DIR}/tcl/libtcldemo.so.0": "extension"}


def test_libltdls_modules_are_modules_though_a_program_links_to_them(forest: Forest) -> None:
    forest.host("usr/bin/demo", DIR)
    for name in ("core", "text"):
        source = f"int demo_{name}_LTX_library = 1;\n"
        forest.shared(f"{DIR}/libdemo_{name}.so.6", source, f"-Wl,-soname,libdemo_{name}.so.6")
    forest.program(
        "usr/bin/demo-static",
        "extern int demo_core_LTX_library;\nint main(void) { return demo_core_LTX_library; }\n",
        needs=(f"{DIR}/libdemo_core.so.6",),
    )
    assert forest.modules() == [f"{DIR}/libdemo_core.so.6", f"{DIR}/libdemo_text.so.6"]


def test_a_directory_of_files_that_define_nothing_is_loaded_whole(forest: Forest) -> None:
    """They register themselves; some have an interface that others link to, and all look like libraries."""
    forest.program("usr/bin/demo", f'#include <dlfcn.h>\nint main(void) {{ return !dlopen("/{DIR}", 1); }}\n')
    quiet = "__attribute__((constructor)) static void go(void) {}\n"
    for name in ("a", "b", "c"):
        forest.shared(f"{DIR}/libdemo_{name}.so.1", quiet, f"-Wl,-soname,libdemo_{name}.so.1", "-nostdlib")
    bus = f"{DIR}/libdemo_bus.so.1"
    forest.shared(bus, f"{quiet}int bus(void) {{ return 1; }}\n", "-Wl,-soname,libdemo_bus.so.1", "-nostdlib")
    forest.program("usr/bin/tool", "int bus(void);int main(void) { return bus(); }\n", needs=(bus,))
    assert forest.modules() == [f"{DIR}/libdemo_{name}.so.1" for name in ("a", "b", "bus", "c")]
    assert forest.planned()


def test_compiled_scripts_in_elf_containers_are_data(forest: Forest) -> None:
    """Guile's .go files: for no machine, with a dynamic table that has nothing of the loader's."""
    modules = two_modules(forest)
    container = bytearray(compiled(entry(), "-shared", "-fPIC", "-nostdlib"))
    struct.pack_into("<H", container, MACHINE_AT, 0)
    table = struct.unpack_from("<Q", container, 32)[0]
    size, count = struct.unpack_from("<HH", container, 54)
    for at in range(table, table + size * count, size):
        if struct.unpack_from("<I", container, at)[0] == 2:
            offset = struct.unpack_from("<Q", container, at + 8)[0]
            struct.pack_into("<Q", container, offset, 0x37146003)
    forest.put(f"{LIB}/guile/3.0/site-ccache/demo.go", bytes(container))
    assert forest.modules() == modules
    assert forest.kinds() == {f"{LIB}/guile/3.0/site-ccache/demo.go": "data"}
