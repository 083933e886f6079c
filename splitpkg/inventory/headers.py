"""Which dynamic symbols the headers of a tree declare: what is meant for software built elsewhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from splitpkg.abi.model import says_private
from splitpkg.inventory.header_names import is_header, is_private_header
from splitpkg.inventory.model import Entry, EntryKind, elf_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from splitpkg.elf.model import ElfFile

LARGEST_HEADER = 4 << 20
"""How many bytes of a header are read; none that people wrote comes near it."""

_COMMENT = re.compile(rb"/\*.*?\*/|//[^\n]*", re.DOTALL)
_WORDS = bytes(
    byte if (chr(byte).isalnum() and byte < 128) or byte in b"_(" else ord(" ") for byte in range(256)
)
_MANGLED = "_Z"
_INCLUDE = re.compile(rb"^[ \t]*#[ \t]*include[ \t]*[<\"]([^>\"\n]+)[>\"]", re.MULTILINE)


class HeaderFacts(NamedTuple):
    """The dynamic symbols that a header declares, and the names of the files that it includes."""

    declares: frozenset[str]
    includes: frozenset[str]


class _Wanted(NamedTuple):
    """What is looked for: names of any kind, and names of functions."""

    names: frozenset[str]
    functions: frozenset[str]
    includes: bool


def headers(entries: Iterable[Entry], read: Callable[[str], bytes]) -> dict[str, HeaderFacts]:
    """The facts of the headers that have any; `read` gives the bytes of the file of that path.

    Looked for are the symbols that a declaration makes public: exports of programs that export
    everything, and, where there are private version nodes, functions of shared objects. C++ has its own
    names for its symbols, which no header holds. Includes are known in trees with private headers only.
    """
    listed = list(entries)
    paths = [one.path for one in listed if one.kind is EntryKind.FILE and is_header(one.path)]
    if not paths:
        return {}
    wanted = _wanted([facts for _, facts in elf_files(listed)], any(map(is_private_header, paths)))
    if not any(wanted):
        return {}
    found = {path: header_facts(read(path), wanted) for path in paths}
    return {path: facts for path, facts in found.items() if any(facts)}


def header_facts(text: bytes, wanted: _Wanted) -> HeaderFacts:
    """What a C source declares and includes, comments left out."""
    found = _mentioned(text, wanted)
    return HeaderFacts(
        _mentioned(_COMMENT.sub(b" ", text), wanted) if found else found,
        frozenset(name.rpartition("/")[2] for name in _decoded(_INCLUDE.findall(text)))
        if wanted.includes
        else frozenset(),
    )


def _mentioned(code: bytes, wanted: _Wanted) -> frozenset[str]:
    """Those of the names that stand in the text: functions with a parenthesis after them."""
    if not wanted.names and not wanted.functions:
        return frozenset()
    words = set(code.replace(b" (", b"(").translate(_WORDS).replace(b"(", b"( ").split())
    called = _decoded(word[:-1] for word in words if word.endswith(b"("))
    named = (called | _decoded(words)) & wanted.names if wanted.names else frozenset[str]()
    return named | (called & wanted.functions)


def _decoded(names: Iterable[bytes]) -> frozenset[str]:
    return frozenset(name.decode("utf-8", "surrogateescape") for name in names)


def _wanted(files: Iterable[ElfFile], includes: bool) -> _Wanted:
    programs, libraries, private = set[str](), set[str](), False
    for facts in files:
        names = {symbol.name for symbol in facts.defined if not symbol.name.startswith(_MANGLED)}
        if facts.is_program:
            programs |= names if "main" in names else set()
        else:
            libraries |= names
            nodes = {node.name for node in facts.verdefs if says_private(node.name)}
            private = private or _has_private_functions(facts, nodes)
    functions = frozenset(libraries) if private else frozenset[str]()
    return _Wanted(frozenset(programs) - functions, functions, includes)


def _has_private_functions(facts: ElfFile, nodes: set[str]) -> bool:
    """Whether the private nodes are of a library of C."""
    names = [symbol.name for symbol in facts.defined if symbol.version in nodes] if nodes else []
    return 2 * sum(not name.startswith(_MANGLED) for name in names) > len(names)
