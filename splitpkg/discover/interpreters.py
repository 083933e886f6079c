"""Extensions of interpreters: how each language names the entry of what it loads.

An extension is a module of the program only where the interpreter itself is in the tree. Each
convention needs two signs: an entry symbol that follows from the file's name, and names of the
interpreter's own interface. A plugin that embeds an interpreter has the second alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from splitpkg.discover.places import stem

if TYPE_CHECKING:
    from collections.abc import Callable

    from splitpkg.discover.objects import Objects
    from splitpkg.elf.model import ElfFile


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A convention. `entry` is a pattern of the entry symbol in which `NAME` is the file's own name;

    `uses` one of the names that an extension needs of the interpreter; `core` a symbol that only
    the interpreter defines. A convention whose `uses` is None needs no name of the interpreter's.
    """

    name: str
    entry: str
    uses: str | None
    core: str


INTERPRETERS = (
    Interpreter("Python", r"PyInitU?_NAME|initNAME", r"_?Py[A-Z_]\w*", "Py_Initialize"),
    Interpreter("Perl", r"boot_(?:\w+__)?NAME", r"Perl_\w+|PL_\w+|pthread_getspecific", "perl_construct"),
    Interpreter("Ruby", r"Init_NAME", r"rb_\w+", "ruby_init"),
    Interpreter("Lua", r"luaopen_(?:\w+_)?NAME", r"luaL?_\w+", "lua_newstate"),
    Interpreter("Tcl", r"(?i:NAME)_(?:Safe)?Init", r"Tcl_\w+", "Tcl_CreateInterp"),
    Interpreter("PHP", r"get_module", r"zend_\w+|php_\w+", "zend_startup_module"),
    Interpreter("R", r"R_init_NAME", r"R_\w+|Rf_\w+", "Rf_initEmbeddedR"),
    Interpreter("OCaml", r"caml_plugin_header|caml_\w+", r"caml_\w+", "caml_main"),
    Interpreter(
        "Node.js", r"napi_register_module_v\d+|node_register_module_v\d+", None, "napi_create_function"
    ),
    Interpreter("Guile", r"(?:scm_)?init_\w+", r"scm_c_define\w*", "scm_boot_guile"),
    Interpreter("Erlang", r"nif_init|driver_init", r"enif_\w+|driver_\w+|erl_drv_\w+", "enif_alloc"),
    Interpreter("Java", r"Java_\w+|JNI_OnLoad", None, "JNI_CreateJavaVM"),
)


def absent_interpreters(objects: Objects) -> tuple[Interpreter, ...]:
    """Those of the interpreters that the tree does not hold."""
    wanted = {interpreter.core for interpreter in INTERPRETERS}
    present = {
        symbol.name
        for path in (*objects.programs, *objects.shared)
        for symbol in objects.facts(path).defined
        if symbol.name in wanted
    }
    return tuple(interpreter for interpreter in INTERPRETERS if interpreter.core not in present)


def extension_of(path: str, facts: ElfFile, among: tuple[Interpreter, ...]) -> tuple[Interpreter, str] | None:
    """The interpreter that the file is an extension of, and the entry symbol that shows it."""
    for interpreter in among:
        is_entry = _matcher(interpreter.entry, stem(path))
        entry = next((symbol.name for symbol in facts.defined if is_entry(symbol.name)), None)
        if entry is not None and _uses(interpreter, facts):
            return interpreter, entry
    return None


def _matcher(pattern: str, name: str) -> Callable[[str], object]:
    own = re.sub(r"\W", "_", name.partition(".")[0])
    names = {own, own.removeprefix("lib")}
    return re.compile(pattern.replace("NAME", f"(?:{'|'.join(sorted(map(re.escape, names)))})")).fullmatch


def _uses(interpreter: Interpreter, facts: ElfFile) -> bool:
    if interpreter.uses is None:
        return True
    uses = re.compile(interpreter.uses)
    return any(uses.fullmatch(symbol.name) for symbol in facts.undefined)
