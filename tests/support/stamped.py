"""A small program whose modules carry marks, which the build makes from the file STAMP of its source.

`demo_stamp_HASH` is a symbol that modules need and hosts export; `demo_entry_VERSION_HASH` is one that the
modules `block` define, and the daemon looks it up by its name. The module `net` needs a private library,
whose SONAME has the version and whose version node the hash.
"""

from __future__ import annotations

import shutil
import subprocess
import sysconfig
import tarfile
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from splitpkg.inventory.scan import scan
from splitpkg.manifest.load import load
from splitpkg.plan.make import make_plan

if TYPE_CHECKING:
    from pathlib import Path

    from splitpkg.abi.model import CapabilityNames, Tag
    from splitpkg.inventory.model import Inventory
    from splitpkg.manifest.model import ManifestFile
    from splitpkg.plan.model import Plan

LIBDIR = f"usr/lib/{sysconfig.get_config_var('MULTIARCH')}"

_CODE = {
    "host.c": """#include <dlfcn.h>
#define JOIN(a, b) a##b
#define NAME(a, b) JOIN(a, b)
#define TEXT(a) #a
#define STRING(a) TEXT(a)
__attribute__((visibility("default"))) void NAME(demo_stamp_, STAMP)(void) {}
#ifdef LOOKS_UP
const char *const entries[] = {"the entry is", STRING(NAME(demo_entry_1_6_0_, STAMP))};
#else
const char *const entries[] = {"none", "none"};
#endif
int main(int count, char **words) {
    void *module = dlopen(words[count - 1], RTLD_NOW);
    return !module || (count > 2 && !dlsym(module, entries[1]));
}
""",
    "module.c": """#define JOIN(a, b) a##b
#define NAME(a, b) JOIN(a, b)
extern void NAME(demo_stamp_, STAMP)(void);
__attribute__((constructor)) static void begin(void) { NAME(demo_stamp_, STAMP)(); }
#ifdef HAS_ENTRY
int NAME(demo_entry_1_6_0_, STAMP) = 1;
#endif
""",
    "plain.c": "int plain;\n",
    "wire.c": "int demo_wire(void) { return 1; }\n",
    "net.c": "int demo_wire(void);\nint net(void) { return demo_wire(); }\n",
    "Makefile": """prefix = /usr/local
libdir = $(prefix)/lib
STAMP = $(shell cat STAMP)
ODD = $(STAMP)
HOST_STAMP = $(STAMP)
build = $(CC) $(CFLAGS) $(LDFLAGS)
module = $(build) -shared -fPIC module.c
WIRE = libdemo-wire-1.6.0.so
wire = $(build) -shared -fPIC wire.c -Wl,-soname,$(WIRE) -Wl,--version-script=wire.map -o $(WIRE)
all:
	$(build) -rdynamic -DLOOKS_UP -DSTAMP=$(HOST_STAMP) host.c -ldl -o demod
	$(build) -rdynamic -DSTAMP=$(STAMP) host.c -ldl -o democtl
	$(module) -DSTAMP=$(STAMP) -DHAS_ENTRY -o block-zip.so
	$(module) -DSTAMP=$(ODD) -DHAS_ENTRY -o block-tar.so
	$(module) -DSTAMP=$(STAMP) -o ui-term.so
	echo 'DEMO_PRIVATE_$(STAMP) { global: demo_wire; local: *; };' > wire.map
	$(wire)
	$(build) -shared -fPIC net.c $(WIRE) -Wl,-rpath,'$$ORIGIN' -o net-tap.so
install:
	install -d $(DESTDIR)$(prefix)/bin $(DESTDIR)$(libdir)/demo
	install demod democtl $(DESTDIR)$(prefix)/bin
	install -m 644 block-zip.so block-tar.so ui-term.so net-tap.so $(WIRE) $(DESTDIR)$(libdir)/demo
	install -D -m 644 STAMP $(DESTDIR)$(prefix)/share/demo/words
""",
}

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
files = ["usr/bin/demod", "usr/bin/democtl"]

[package.core]
summary = "Daemon that loads modules"
files = ["usr/bin/demod", "{libdir}/demo"]

[package.tools]
summary = "Tool that loads modules"
files = ["usr/bin/democtl"]

[package.data]
kind = "data"
summary = "Words"
files = "usr/share/demo"

[family.block]
files = "{libdir}/demo/block-{name}.so"
package = "block-{name}"
summary = "Module {name}"

[family.ui]
files = "{libdir}/demo/ui-{name}.so"
package = "ui-{name}"
summary = "Display {name}"

[family.net]
files = "{libdir}/demo/net-{name}.so"
package = "net-{name}"
summary = "Destination {name}"

[build]
system = "make"
source = "demo-1.6.0.tar.gz"
test = []
"""

FIRST, SECOND = "a1f3c09e7d", "77c0d512ab"
"""Stamps of two builds."""


def write_source(folder: Path, stamp: str, *changes: tuple[str, str]) -> None:
    """The tarball of a source whose build has that stamp; `changes` are made in its Makefile."""
    top = folder / "demo-1.6.0"
    top.mkdir(parents=True, exist_ok=True)
    for name, text in {**_CODE, "STAMP": f"{stamp}\n"}.items():
        (top / name).write_text(text)
    makefile = _CODE["Makefile"]
    for old, new in changes:
        assert old in makefile
        makefile = makefile.replace(old, new)
    (top / "Makefile").write_text(makefile)
    with tarfile.open(folder / "demo-1.6.0.tar.gz", "w:gz") as tar:
        tar.add(top, top.name)


def install(folder: Path) -> Path:
    """What a build of the source in `folder` installs."""
    root, work = folder / "tree", folder / "work"
    shutil.copytree(folder / "demo-1.6.0", work)
    variables = [f"DESTDIR={root}", "prefix=/usr", f"libdir=/{LIBDIR}", "LDFLAGS=-s"]
    subprocess.run(["make", "--silent", "all", "install", *variables], cwd=work, check=True)
    shutil.rmtree(work)
    return root


@dataclass(frozen=True, slots=True)
class Project:
    """The program's manifest, the tree of an earlier build, and the plan made of both."""

    manifest: ManifestFile
    tree: Path
    inventory: Inventory
    plan: Plan


def project(folder: Path, more: str = "") -> Project:
    """The program whose earlier build has the stamp FIRST; `more` begins the manifest."""
    write_source(folder, FIRST)
    whole, helper = '"{libdir}/demo"', '"{libdir}/demo/lib*"'
    text = MANIFEST if "[package.common]" not in more else MANIFEST.replace(whole, helper)
    (folder / "splitpkg.toml").write_text(more + text)
    manifest, tree = load(folder / "splitpkg.toml"), install(folder)
    inventory, scanned = scan(tree)
    plan, findings = make_plan(manifest, inventory, scanned)
    assert plan is not None, findings
    return Project(manifest, tree, inventory, plan)


WITHOUT_HOSTS = """
[lock]
hub = "common"

[package.common]
summary = "What all have in common"
files = "{libdir}/demo"
"""
"""The hub is a package that has a directory alone."""


def customary(planned: Project, names: CapabilityNames) -> Project:
    """The same with those names for its stamp, as upstream's documentation may ask for them."""

    def named(tag: Tag) -> Tag:
        return replace(tag, names=names) if tag.value.startswith("demo_stamp_") else tag

    packages = tuple(
        replace(
            package,
            relations=tuple(
                one if one.tag is None else replace(one, tag=named(one.tag)) for one in package.relations
            ),
        )
        for package in planned.plan.packages
    )
    tags = tuple(map(named, planned.plan.tags))
    return replace(planned, plan=replace(planned.plan, packages=packages, tags=tags))


WITHOUT = ("$(module) -DSTAMP=$(STAMP) -o ui-term.so", "$(build) -shared -fPIC plain.c -o ui-term.so")
ANOTHER = ("ODD = $(STAMP)", f"ODD = {SECOND}")
HOST = ("HOST_STAMP = $(STAMP)", f"HOST_STAMP = {SECOND}")
HIDDEN = ("$(build) -rdynamic -DSTAMP=$(STAMP) host.c", "$(build) -DSTAMP=$(STAMP) host.c")
SILENT = ("-DLOOKS_UP ", "")
UNREADABLE = ("$(module) -DSTAMP=$(STAMP) -o ui-term.so", "echo nothing > ui-term.so")
TWO = (
    "install:",
    """	$(module) -DSTAMP=$(STAMP) -c -o one.o
	$(module) -DSTAMP=0123456789abcdef -c -o two.o
	$(build) -shared one.o two.o -o ui-term.so
install:""",
)
LIBRARY = (
    "install:",
    f"""	sed s/{FIRST}/{SECOND}/ wire.map > other.map
	$(subst wire.map,other.map,$(wire))
install:""",
)
SABOTAGE = {
    "a module without a stamp": (WITHOUT, "ui-term.so carries no tag of the form"),
    "a module of another build": (ANOTHER, f"carries demo_entry_1_6_0_{FIRST}"),
    "a module with two stamps": (TWO, "ui-term.so carries two tags: demo_stamp_0123456789abcdef"),
    "a module that is no ELF file": (UNREADABLE, "ui-term.so cannot be read: "),
    "a library of another build": (LIBRARY, f"1.6.0.so has the tag DEMO_PRIVATE_{SECOND}, and modules as"),
    "a host of another build": (HOST, f"demod has the tag demo_entry_1_6_0_{SECOND}, and modules as"),
    "a host without its export": (HIDDEN, f"democtl does not have the tag demo_stamp_{FIRST}, which"),
    "a host that looks nothing up": (SILENT, f"demod does not have the tag demo_entry_1_6_0_{FIRST}"),
}
"""Changes to the source by which a build is not of one piece, and what the packaging says of each."""
