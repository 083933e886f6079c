"""What programs say of their modules, read from hosts and objects that gcc, ar and ld made."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from splitpkg.diagnostics import Failed
from splitpkg.inventory.model import ModuleInfo, OwnedText
from splitpkg.inventory.scan import scan
from splitpkg.inventory.statements import with_statements

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from splitpkg.diagnostics import Diagnostic
    from splitpkg.inventory.model import Inventory

HOST, MODULES = "usr/bin/demo", "usr/lib64/demo"
TABLE = """
typedef const char *text;
static text gl[] = {"ui-gl", 0}, types[] = {"gtk-window", "gtk-menu", 0};
const struct { text name; text *needs; text *types; } modules[] = {
    {"ui-gl", 0, 0}, {"ui-gtk", gl, types}, {"ui-dbus", gl, 0}, {0},
};
int main(void) { return modules[0].name == 0; }
"""
REGISTERS = 'const struct { const char *name; void *call; } commands[] = {{"%s", 0}, {0}};'
LOOKS_UP = 'const char *find(void) { return "%s"; }'
SAYS = 'const char said[] __attribute__((section(".modinfo"))) = "%s";'


def compiled(source: str, out: Path, *options: str) -> Path:
    out.parent.mkdir(parents=True, exist_ok=True)
    command = ["gcc", "-x", "c", "-O2", "-o", str(out), "-", *options]
    subprocess.run(command, input=source, text=True, check=True)
    return out


def planted(root: Path, host: str, **modules: str) -> Path:
    """A tree with a host and modules, by their names with `_` for `-`."""
    compiled(host, root / HOST)
    for name, source in modules.items():
        compiled(source, root / MODULES / f"{name.replace('_', '-')}.so", "-shared", "-fPIC", "-nostdlib")
    return root


def read(
    root: Path, hosts: Iterable[str] = (HOST,), build_tree: Path | None = None, *, with_texts: bool = False
) -> tuple[Inventory, tuple[Diagnostic, ...]]:
    return with_statements(scan(root)[0], root, hosts, build_tree, with_texts=with_texts)


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return planted(
        tmp_path_factory.mktemp("statements") / "tree",
        TABLE,
        ui_gl=REGISTERS % "gl_bind_api",
        ui_gtk=REGISTERS % "gtk-window" + LOOKS_UP % "gl_bind_api",
        ui_dbus=LOOKS_UP % "gtk-window",
    )


def test_a_hosts_table_is_read(tree: Path) -> None:
    inventory, findings = read(tree)
    ((host, table),) = inventory.statements.tables
    assert (host, [row.name for row in table.rows], findings) == (HOST, ["ui-gl", "ui-gtk", "ui-dbus"], ())


def test_files_that_are_no_hosts_are_not_read(tree: Path) -> None:
    inventory, _ = read(tree, hosts=())
    assert inventory.statements.tables == ()


def test_a_tree_that_states_nothing_is_handed_on_as_it_is(tmp_path: Path) -> None:
    root = planted(tmp_path, "int main(void) { return 0; }", ui_gl="")
    inventory, _ = scan(root)
    assert with_statements(inventory, root, [HOST])[0] is inventory


def test_a_damaged_host_is_told(tmp_path: Path) -> None:
    root = planted(tmp_path, TABLE, ui_gl="", ui_gtk="", ui_dbus="")
    inventory, _ = scan(root)
    with (root / HOST).open("r+b") as file:
        file.truncate(3000)
    _, (finding,) = with_statements(inventory, root, [HOST])
    assert (finding.slug, finding.where.path) == ("elf-damaged", HOST)


class TestTexts:
    def test_texts_of_tables_and_of_one_modules_own_name(self, tree: Path) -> None:
        assert read(tree)[0].statements.texts == ()
        inventory, _ = read(tree, with_texts=True)
        assert inventory.statements.texts == (
            OwnedText("gl_bind_api", f"{MODULES}/ui-gl.so", (f"{MODULES}/ui-gtk.so",)),
            OwnedText("gtk-window", f"{MODULES}/ui-gtk.so", (f"{MODULES}/ui-dbus.so",)),
        )

    @pytest.mark.parametrize(
        ("host", "owner", "other"),
        [
            (LOOKS_UP % "gl_bind_api", REGISTERS % "gl_bind_api", ""),
            ("", REGISTERS % "gl_bind_api", REGISTERS % "gl_bind_api"),
            ("", REGISTERS % "bind_api", ""),
            ("", REGISTERS % "glibrary", ""),
            ("", REGISTERS % "src/gl_main.c", ""),
            ("", LOOKS_UP % "gl_bind_api", ""),
        ],
        ids=["a host's, too", "two register", "not its name", "one word", "a file", "not registered"],
    )
    def test_other_texts_tell_nothing(self, tmp_path: Path, host: str, owner: str, other: str) -> None:
        text = (owner + host).split('"')[1]
        main = "int main(void) { return 0; }"
        root = planted(tmp_path, host + main, ui_gl=owner, ui_gtk=LOOKS_UP % text, ui_x=other)
        assert read(root, with_texts=True)[0].statements.texts == ()


class TestModinfo:
    def test_objects_archives_and_unstripped_modules_are_read(self, tree: Path, tmp_path: Path) -> None:
        said = r"obj=gtk-window\0dep=ui-gl\0license=MIT"
        compiled(SAYS % said, tmp_path / "ui-gtk.so.p" / "gtk.o", "-c")
        part = compiled(SAYS % "dep=ui-gtk", tmp_path / "a-part-of-a-rather-long-name.o", "-c")
        subprocess.run(["ar", "rc", tmp_path / "libui-dbus.a", part], check=True)
        subprocess.run(["ar", "rcT", tmp_path / "thin.a", part], check=True)
        part.rename(tmp_path / "ui-x.o")
        compiled(SAYS % "dep=ui-z" + "int main;", tmp_path / "ui-y.so", "-shared")
        compiled("int nothing;", tmp_path / "other.o", "-c")
        (tmp_path / "notes.modinfo").write_text("dep=ui-gl")
        inventory, findings = read(tree, build_tree=tmp_path)
        pairs = (("obj", "gtk-window"), ("dep", "ui-gl"), ("license", "MIT"))
        assert inventory.statements.infos == (
            ModuleInfo("libui-dbus.a(a-part-of-a-rather-long-name.o)", (("dep", "ui-gtk"),)),
            ModuleInfo("ui-gtk.so.p/gtk.o", pairs),
            ModuleInfo("ui-x.o", (("dep", "ui-gtk"),)),
            ModuleInfo("ui-y.so", (("dep", "ui-z"),)),
        )
        assert findings == ()

    def test_a_build_tree_that_states_nothing_is_told(self, tree: Path, tmp_path: Path) -> None:
        compiled("int nothing;", tmp_path / "other.o", "-c")
        _, (finding,) = read(tree, build_tree=tmp_path)
        assert str(finding) == (
            f"{tmp_path}: warning[modinfo-absent]: has no object with a section `.modinfo`\n"
            "  hint: name the folder in which the program was built, with its objects"
        )

    def test_a_build_tree_that_is_none_is_refused(self, tree: Path, tmp_path: Path) -> None:
        with pytest.raises(Failed, match=r"no-tree.*is not a directory"):
            read(tree, build_tree=tmp_path / "none")

    def test_damaged_objects_are_told(self, tree: Path, tmp_path: Path) -> None:
        part = compiled(SAYS % "dep=ui-gtk", tmp_path / "ui-dbus.o", "-c")
        subprocess.run(["ar", "rc", tmp_path / "whole.a", part], check=True)
        whole, archive = part.read_bytes(), (tmp_path / "whole.a").read_bytes()
        part.write_bytes(whole[:100] + b".modinfo")
        (tmp_path / "cut.a").write_bytes(archive[:-10])
        (tmp_path / "header.a").write_bytes(archive.replace(b"`\n", b"``"))
        _, findings = read(tree, build_tree=tmp_path)
        assert [(one.slug, one.where.path.rpartition("/")[2]) for one in findings] == [
            ("unreadable", "cut.a"),
            ("unreadable", "header.a"),
            ("unreadable", "ui-dbus.o"),
        ]
