"""Extensions of interpreters: how each language names the entry of what it loads.

An extension is a module of the program only where the interpreter itself is in the tree. Each
convention needs two signs: an entry symbol that follows from the file's name, and names of the
interpreter's own interface. A plugin that embeds an interpreter has the second alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from splitpkg.discover.places import stem

if TYPE_CHECKING:
    from splitpkg.discover.objects import Objects
    from splitpkg.elf.model import ElfFile


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A convention: patterns of names.

    `entry` is the entry symbol; what its groups catch has to be the file's own name. `uses`
    is one of the names that an extension needs of the interpreter, if any. `core` is a symbol that
    only the interpreter defines. `index` is the file that lists the extensions beside it; they need
    no other sign than an entry symbol.
    """

    name: str
    entry: re.Pattern[str]
    uses: re.Pattern[str] | None
    core: str
    index: str | None = None


def _convention(name: str, entry: str, uses: str | None, core: str, index: str | None = None) -> Interpreter:
    return Interpreter(name, re.compile(entry), re.compile(uses) if uses is not None else None, core, index)


_OWN = r"(?P<own>\w+)"

INTERPRETERS = (
    _convention("Python", rf"PyInitU?_{_OWN}|init(?P<old>\w+)", r"_?Py[A-Z_]\w*", "Py_Initialize"),
    _convention("Perl", rf"boot_(?:\w+__)?{_OWN}", r"Perl_\w+|PL_\w+|pthread_getspecific", "perl_construct"),
    _convention("Ruby", rf"Init_{_OWN}", r"rb_\w+", "ruby_init"),
    _convention("Lua", r"luaopen_(?P<path>\w+)", r"luaL?_\w+", "lua_newstate"),
    _convention("Tcl", rf"{_OWN}_(?:Safe)?Init", r"Tcl_\w+", "Tcl_CreateInterp", "pkgIndex.tcl"),
    _convention("PHP", r"get_module", r"zend_\w+|php_\w+", "zend_startup_module"),
    _convention("R", rf"R_init_{_OWN}", r"R_\w+|Rf_\w+", "Rf_initEmbeddedR"),
    _convention("OCaml", r"caml_plugin_header|caml_\w+", r"caml_\w+", "caml_main"),
    _convention("Node.js", r"(?:napi|node)_register_module_v\d+", None, "napi_create_function"),
    _convention("Guile", r"(?:scm_)?init_\w+|SWIG_init", r"scm_c_define\w*", "scm_boot_guile"),
    _convention("Erlang", r"nif_init|driver_init", r"enif_\w+|driver_\w+|erl_drv_\w+", "enif_alloc"),
    _convention("Java", r"Java_\w+|JNI_OnLoad", None, "JNI_CreateJavaVM"),
)


def absent_interpreters(objects: Objects) -> tuple[Interpreter, ...]:
    """Those of the interpreters that the tree does not hold."""
    wanted = {interpreter.core for interpreter in INTERPRETERS}
    files = map(objects.facts, (*objects.programs, *objects.shared))
    present = frozenset[str]().union(*(wanted & facts.defined_names for facts in files))
    return tuple(interpreter for interpreter in INTERPRETERS if interpreter.core not in present)


def extension_of(
    objects: Objects, path: str, among: tuple[Interpreter, ...]
) -> tuple[Interpreter, str] | None:
    """The interpreter that the file is an extension of, and the entry symbol that shows it."""
    facts, names, is_entry = objects.facts(path), _own_names(objects, path), _entry_of(among).fullmatch
    for symbol in facts.defined:
        for interpreter in among if is_entry(symbol.name) else ():
            found = interpreter.entry.fullmatch(symbol.name)
            if found is None:
                continue
            if _is_listed(objects, path, interpreter):
                return interpreter, symbol.name
            if _is_named(found, _spared(names, interpreter)) and _uses(interpreter, facts):
                return interpreter, symbol.name
    return None


@cache
def _entry_of(among: tuple[Interpreter, ...]) -> re.Pattern[str]:
    """What matches an entry symbol of any of them."""
    unnamed = (re.sub(r"\(\?P<\w+>", "(?:", interpreter.entry.pattern) for interpreter in among)
    return re.compile("|".join(f"(?:{pattern})" for pattern in unnamed) or r"(?!)")


def _own_names(objects: Objects, path: str) -> set[str]:
    """The names of a file and of the links to it, as they may stand in a symbol."""
    every = {path, *objects.links.get(path, ())}
    own = {re.sub(r"\W", "_", stem(one).partition(".")[0]).lower() for one in every}
    return own | {name.removeprefix("lib") for name in own}


def _spared(names: set[str], interpreter: Interpreter) -> set[str]:
    """The names, and those without the language's own: `gv_lua` is Lua's `gv`."""
    language = re.escape(interpreter.name.lower())
    affix = re.compile(rf"^{language}\d*_|_{language}\d*$")
    return names | {affix.sub("", name) for name in names}


def _is_listed(objects: Objects, path: str, interpreter: Interpreter) -> bool:
    if interpreter.index is None:
        return False
    return objects.inventory.get(f"{path.rpartition('/')[0]}/{interpreter.index}") is not None


def _is_named(found: re.Match[str], names: set[str]) -> bool:
    """Whether the entry symbol holds the file's own name, where the convention wants that."""
    parts = {key: text.lower() for key, text in found.groupdict().items() if text is not None}
    last = {text.rpartition("_")[2] for key, text in parts.items() if key == "path"}
    return not parts or not names.isdisjoint({*parts.values(), *last})


def _uses(interpreter: Interpreter, facts: ElfFile) -> bool:
    uses = interpreter.uses
    return uses is None or any(uses.fullmatch(symbol.name) for symbol in facts.undefined)
