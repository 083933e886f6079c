"""Which dynamic symbols the headers of a tree declare: what is meant for software built elsewhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from splitpkg.abi.exports import exported, exports_everything, is_much, names_of_shared
from splitpkg.abi.model import says_private
from splitpkg.inventory.header_names import is_private_header

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from splitpkg.elf.model import ElfFile
    from splitpkg.inventory.model import Inventory

LARGEST_HEADER = 4 << 20
"""How many bytes of a header are read; none that people wrote comes near it."""

_COMMENT = re.compile(rb"/\*.*?\*/|//[^\n]*", re.DOTALL)
_WORDS = bytes(
    byte if (chr(byte).isalnum() and byte < 128) or byte in b"_(" else ord(" ") for byte in range(256)
)
_MANGLED = "_Z"
_LONGEST = 1024
"""PATH_MAX is longer; no header is included by so long a name."""


class HeaderFacts(NamedTuple):
    """The dynamic symbols that a header declares, and the names of the files that it includes."""

    declares: frozenset[str] = frozenset()
    includes: frozenset[str] = frozenset()


class Wanted(NamedTuple):
    """What is looked for in headers, as it stands there: names of any kind, and names of functions."""

    names: frozenset[bytes]
    functions: frozenset[bytes]

    @classmethod
    def of(cls, names: Iterable[str], functions: Iterable[str] = ()) -> Wanted:
        """A function's name counts with a parenthesis after it, any other with or without one."""
        plain = [name.encode("utf-8", "surrogateescape") for name in names]
        called = [name.encode("utf-8", "surrogateescape") for name in functions]
        return cls(
            frozenset((*plain, *(name + b"(" for name in plain))), frozenset(name + b"(" for name in called)
        )


def headers(inventory: Inventory, read: Callable[[str], bytes]) -> dict[str, HeaderFacts]:
    """The facts of the headers that have any; `read` gives the bytes of the file of that path.

    Looked for are the symbols that a declaration makes public: exports of programs that export far
    more than is used, and, where there are private version nodes, functions of shared objects. C++ has
    its own names for its symbols, which no header holds. Includes are looked for in trees with private
    headers only, in the public ones and those that these include.
    """
    paths = [one.path for one in inventory.headers]
    if not paths:
        return {}
    wanted = _wanted([facts for _, facts in inventory.elf_files])
    declares = {path: declared(read(path), wanted) for path in paths} if any(wanted) else {}
    includes = _includes(paths, read) if any(map(is_private_header, paths)) else {}
    nothing = frozenset[str]()
    found = {path: HeaderFacts(declares.get(path, nothing), includes.get(path, nothing)) for path in paths}
    return {path: facts for path, facts in found.items() if any(facts)}


def declared(text: bytes, wanted: Wanted) -> frozenset[str]:
    """Those of the names that stand in a C source; functions count outside of comments only."""
    words = _words(text)
    found = words & wanted.names
    if not words.isdisjoint(wanted.functions):
        found |= _words(_COMMENT.sub(b" ", text)) & wanted.functions
    return _decoded(word.rstrip(b"(") for word in found)


def _words(text: bytes) -> set[bytes]:
    """The identifiers of a C source, those before a parenthesis together with it."""
    return set(text.replace(b" (", b"(").translate(_WORDS).replace(b"(", b"( ").split())


def _decoded(names: Iterable[bytes]) -> frozenset[str]:
    return frozenset(name.decode("utf-8", "surrogateescape") for name in names)


def _includes(paths: Iterable[str], read: Callable[[str], bytes]) -> dict[str, frozenset[str]]:
    private = {path.rpartition("/")[2]: path for path in paths if is_private_header(path)}
    todo = [path for path in paths if not is_private_header(path)]
    found = dict[str, frozenset[str]]()
    while todo:
        path = todo.pop()
        if path not in found:
            found[path] = included(read(path))
            todo += (private[name] for name in found[path] if name in private)
    return found


def included(text: bytes) -> frozenset[str]:
    """The names, without directories, of the files that a C source includes."""
    pieces = (piece.lstrip()[:_LONGEST] for piece in text.split(b"include")[1:])
    names = (re.split(rb'[>"\n]', piece[1:], maxsplit=1)[0] for piece in pieces if piece[:1] in (b"<", b'"'))
    return frozenset(name.rpartition("/")[2] for name in _decoded(names))


def _wanted(files: list[ElfFile]) -> Wanted:
    libraries, private = set[str](), False
    for facts in files if any(facts.verdefs for facts in files) else ():
        if not facts.is_program:
            libraries |= facts.defined_names
            private = private or _has_private_functions(facts)
    functions = frozenset(libraries) if private else frozenset[str]()
    return Wanted.of(_lavish(files) - functions, functions)


def _lavish(files: list[ElfFile]) -> frozenset[str]:
    """The exports of programs that export far more than is used."""
    offers = [exported(facts) for facts in files if exports_everything(facts)]
    used = names_of_shared(files) if offers else frozenset[str]()
    return frozenset[str]().union(*(offered for offered in offers if is_much(offered, used)))


def _has_private_functions(facts: ElfFile) -> bool:
    """Whether the file has private nodes, and they are of C."""
    nodes = {node.name for node in facts.verdefs if says_private(node.name)}
    names = [symbol.name for symbol in facts.defined if symbol.version in nodes] if nodes else []
    return 2 * sum(not name.startswith(_MANGLED) for name in names) > len(names)
