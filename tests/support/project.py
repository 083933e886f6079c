"""A small program with a library and a module, in every build system: upstream's source and manifest."""

from __future__ import annotations

import subprocess
import tarfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_CODE = {
    "host.c": """#include <dlfcn.h>
#include <stdio.h>
int demo_version(void);
int main(void) {
    void *module = dlopen(MODULES "/block-zip.so", RTLD_NOW);
    if (!module) { fprintf(stderr, "%s\\n", dlerror()); return 1; }
    printf("%s %d\\n", GREETING, demo_version() + ((int (*)(void))dlsym(module, "run"))());
    return 0;
}
""",
    "demo.c": "int demo_version(void) { return 40; }\n",
    "zip.c": "int demo_version(void);\nint run(void) { return demo_version() - 38; }\n",
    "demo.h": "int demo_version(void);\n",
    "words": "some words\n",
    "COPYING": "You may.\n",
    "docs/NEWS": "It is new.\n",
}

_MAKE = """prefix = /usr/local
libdir = $(prefix)/lib
GREETING = hello
linked = libdemo.so.0
export GREETING
define quoted
'-DGREETING="$(subst ','"'"',$(GREETING))"'
endef
all:
	$(CC) $(CFLAGS) $(LDFLAGS) -shared -fPIC -Wl,-soname,libdemo.so.0 demo.c -o libdemo.so.0
	$(CC) $(CFLAGS) $(LDFLAGS) -shared -fPIC -Wl,-soname,block-zip.so.1 zip.c libdemo.so.0 \
$(linked_too) -o block-zip.so
	$(CC) $(CFLAGS) $(LDFLAGS) $(quoted) '-DMODULES="$(libdir)/demo"' host.c libdemo.so.0 -ldl -o demod
check:
	test -e demod
install:
	install -d $(DESTDIR)$(prefix)/bin $(DESTDIR)$(libdir)/demo $(DESTDIR)$(prefix)/include
	install demod $(DESTDIR)$(prefix)/bin
	install -m 644 libdemo.so.0 $(DESTDIR)$(libdir)/libdemo.so.0.0.0
	ln -s libdemo.so.0.0.0 $(DESTDIR)$(libdir)/libdemo.so.0
	ln -s $(linked) $(DESTDIR)$(libdir)/libdemo.so
	install -m 644 block-zip.so $(DESTDIR)$(libdir)/demo
	install -m 644 demo.h $(DESTDIR)$(prefix)/include
	install -D -m 600 words $(DESTDIR)$(prefix)/share/demo/words
"""

_MESON = """project('demo', 'c')
modules = get_option('prefix') / get_option('libdir') / 'demo'
arguments = ['-DGREETING="@0@"'.format(get_option('greeting')), '-DMODULES="' + modules + '"']
library = shared_library('demo', 'demo.c', version: '0.0.0', install: true)
shared_module('block-zip', 'zip.c', link_with: library, name_prefix: '', install: true, install_dir: modules)
executable('demod', 'host.c', link_with: library, c_args: arguments,
  dependencies: dependency('dl'), install: true)
install_headers('demo.h')
install_data('words', install_mode: 'rw-------')
"""

_CMAKE = """cmake_minimum_required(VERSION 3.18)
project(demo C)
include(GNUInstallDirs)
set(GREETING hello CACHE STRING "what is said")
add_library(demo SHARED demo.c)
set_target_properties(demo PROPERTIES VERSION 0.0.0 SOVERSION 0)
add_library(zip MODULE zip.c)
set_target_properties(zip PROPERTIES PREFIX "" OUTPUT_NAME block-zip)
target_link_libraries(zip demo)
add_executable(demod host.c)
set(MODULES ${CMAKE_INSTALL_FULL_LIBDIR}/demo)
target_compile_definitions(demod PRIVATE "GREETING=\\"${GREETING}\\"" "MODULES=\\"${MODULES}\\"")
target_link_libraries(demod demo dl)
install(TARGETS demod demo)
install(TARGETS zip DESTINATION ${CMAKE_INSTALL_LIBDIR}/demo)
install(FILES demo.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(FILES words DESTINATION share/demo PERMISSIONS OWNER_READ OWNER_WRITE)
"""

_CONFIGURE = """AC_INIT([demo], [1.6.0])
AM_INIT_AUTOMAKE([foreign])
LT_INIT([disable-static])
AC_PROG_CC
AC_ARG_WITH([greeting], [], [], [with_greeting=hello])
AC_SUBST([with_greeting])
AC_CONFIG_FILES([Makefile])
AC_OUTPUT
"""

_AUTOMAKE = """moduledir = $(libdir)/demo
lib_LTLIBRARIES = libdemo.la
libdemo_la_SOURCES = demo.c
libdemo_la_LDFLAGS = -version-info 0
module_LTLIBRARIES = block-zip.la
block_zip_la_SOURCES = zip.c
block_zip_la_LDFLAGS = -module -avoid-version
block_zip_la_LIBADD = libdemo.la
bin_PROGRAMS = demod
demod_SOURCES = host.c
demod_CPPFLAGS = '-DGREETING="$(with_greeting)"' '-DMODULES="$(moduledir)"'
demod_LDADD = libdemo.la -ldl
include_HEADERS = demo.h
dist_pkgdata_DATA = words
"""

_FILES = {
    "make": {"Makefile": _MAKE},
    "meson": {
        "meson.build": _MESON,
        "meson_options.txt": "option('greeting', type: 'string', value: 'hello')\n",
    },
    "cmake": {"CMakeLists.txt": _CMAKE},
    "autotools": {"configure.ac": _CONFIGURE, "Makefile.am": _AUTOMAKE},
    "commands": {"odd makefile": _MAKE},
}

OPTIONS = {
    "make": "GREETING={}",
    "meson": "-Dgreeting={}",
    "cmake": "-DGREETING={}",
    "autotools": "--with-greeting={}",
}
"""How each build system is told what the program says."""

EXTRAS = """
license-files = "COPYING"
doc-files = ["docs/NEWS"]
options = ["GREETING=from {libdir}!"]
patches = ["0001-words.patch", "0002-more-words.patch"]
test = []

[[build.add]]
file = "demo.conf"
to = "etc/demo/demo.conf"
mode = "0640"

[[build.add]]
file = "demod@.service"
to = "usr/lib/systemd/system/demod@.service"

[[build.add]]
file = "modules.list"
to = "{libdir}/demo/modules.list"
"""
"""The end of a table [build] for the system `make`: what the packaging has of its own."""

EXTRA_FILES = {
    "0001-words.patch": "--- a/words\n+++ b/words\n@@ -1 +1 @@\n-some words\n+other words\n",
    "0002-more-words.patch": "--- a/words\n+++ b/words\n@@ -1 +1 @@\n-other words\n+other words, and more\n"
    "--- a/Makefile\n+++ b/Makefile\n@@ -14,3 +14,3 @@\n check:\n-\ttest -e demod\n+\tfalse\n install:\n",
    "demo.conf": "# 100% of $HOME\n",
    "demod@.service": "[Service]\nExecStart=/usr/bin/demod\n",
    "modules.list": "zip\n",
}
"""What `EXTRAS` names, to be put beside the manifest; the second patch makes the test fail."""

MANIFEST = """
[program]
name = "demo"
version = "1.6.0"
summary = "Program that loads modules"
description = "Demo does its work by modules."
license = "MIT"
maintainer = "Jo Doe <jo@demo.example>"
date = 2024-11-22

[hosts]
files = "usr/bin/demod"

[package.core]
summary = "Daemon that loads modules"
files = ["usr/bin/demod", "{{libdir}}/demo"{core}]

[package.libs]
kind = "library"
summary = "Library of the daemon"
files = ["{{libdir}}/libdemo.so.*"]

[package.devel]
kind = "development"
summary = "Headers of the daemon"
files = ["usr/include/demo.h", "{{libdir}}/libdemo.so"]

[package.data]
kind = "data"
summary = "Words of the daemon"
files = "usr/share/demo"

[family.block]
files = "{{libdir}}/demo/block-{{name}}.so"
package = "block-{{name}}"
summary = "Module {{name}}"

[build]
system = "{system}"
source = "demo-1.6.0.tar.gz"
{rest}
"""


def write_project(folder: Path, system: str, rest: str = "") -> Path:
    """Writes tarball and manifest into `folder`; gives the manifest. `rest` ends its table [build]."""
    top = folder / "demo-1.6.0"
    top.mkdir(parents=True)
    for name, text in {**_CODE, **_FILES[system]}.items():
        (top / name).parent.mkdir(exist_ok=True)
        (top / name).write_text(text)
    with tarfile.open(folder / "demo-1.6.0.tar.gz", "w:gz") as tar:
        tar.add(top, top.name)
    manifest = folder / "splitpkg.toml"
    core = ', "etc", "usr/lib/systemd"' if "build.add" in rest else ""
    manifest.write_text(MANIFEST.format(system=system, rest=rest, core=core))
    return manifest


def install(folder: Path, libdir: str, system: str, *more: str) -> Path:
    """What an earlier build installed, with its libraries elsewhere than Debian has them.

    It is always built by make with the variables `more`, and looks as if the other build system had done it.
    """
    source, root = folder / "earlier", folder / "tree"
    source.mkdir()
    for name, text in {**_CODE, **_FILES["make"]}.items():
        (source / name).parent.mkdir(exist_ok=True)
        (source / name).write_text(text)
    variables = [f"DESTDIR={root}", "prefix=/usr", f"libdir=/{libdir}"]
    variables += ["linked=libdemo.so.0.0.0"] if system == "autotools" else []
    subprocess.run(["make", "--silent", "all", "install", *variables, *more], cwd=source, check=True)
    return root
