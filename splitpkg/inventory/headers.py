"""Which dynamic symbols the headers of a tree declare: what is meant for software built elsewhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from splitpkg.abi.exports import exported, exports_everything, is_much, names_of_shared
from splitpkg.abi.model import says_private
from splitpkg.inventory.header_names import is_private_header

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from splitpkg.elf.model import ElfFile
    from splitpkg.inventory.model import Inventory

LARGEST_HEADER = 4 << 20
"""How many bytes of a header are read; none that people wrote comes near it."""

_COMMENT = re.compile(rb"/\*.*?\*/|//[^\n]*", re.DOTALL)
_WORDS = bytes(
    byte if (chr(byte).isalnum() and byte < 128) or byte in b"_(" else ord(" ") for byte in range(256)
)
_INCLUDE = re.compile(rb"""include\s*[<"]([^>"\n]{,1024})""")
"""PATH_MAX is longer; no header is included by so long a name."""
_MANGLED = "_Z"


class HeaderFacts(NamedTuple):
    """The dynamic symbols that a header declares, and the names of the files that it includes."""

    declares: frozenset[str] = frozenset()
    includes: frozenset[str] = frozenset()


def headers(inventory: Inventory, read: Callable[[str], bytes]) -> dict[str, HeaderFacts]:
    """The facts of the headers that have any; `read` gives the bytes of the file of that path.

    Looked for are the symbols that a declaration makes public: exports of programs that export far
    more than is used, and, where there are private version nodes, functions of shared objects. C++ has
    its own names for its symbols, which no header holds. Includes are looked for in trees with private
    headers only, in the public ones and those that these include.
    """
    paths = [one.path for one in inventory.headers]
    wanted = _wanted([facts for _, facts in inventory.elf_files]) if paths else frozenset[bytes]()
    private = any(map(is_private_header, paths))
    facts = dict[str, HeaderFacts]()
    for path in paths if wanted or private else ():
        text = read(path)
        facts[path] = HeaderFacts(declared(text, wanted), included(text) if private else frozenset())
    reached = _reached(facts)
    found = {path: one if path in reached else HeaderFacts(one.declares) for path, one in facts.items()}
    return {path: one for path, one in found.items() if any(one)}


def tokens(names: Iterable[str], functions: Iterable[str] = ()) -> frozenset[bytes]:
    """How names of any kind, and names of functions, stand in a C source once it is in words.

    A function's name counts with a parenthesis after it, any other with or without one.
    """
    plain = [name.encode("utf-8", "surrogateescape") for name in names]
    called = [name.encode("utf-8", "surrogateescape") for name in functions]
    return frozenset((*plain, *(name + b"(" for name in (*plain, *called))))


def declared(text: bytes, wanted: frozenset[bytes]) -> frozenset[str]:
    """The names of those of the tokens that stand in a C source outside of comments."""
    if not wanted:
        return frozenset()
    # A comment without an end has one there: else each would be followed to the end of the file.
    words = _words(_COMMENT.sub(b" ", text + b"*/"))
    return _decoded(word.rstrip(b"(") for word in wanted.intersection(words))


def _words(text: bytes) -> list[bytes]:
    """The identifiers of a C source, those before a parenthesis together with it."""
    return text.replace(b" (", b"(").translate(_WORDS).replace(b"(", b"( ").split()


def included(text: bytes) -> frozenset[str]:
    """The names, without directories, of the files that a C source includes."""
    return frozenset(name.rpartition("/")[2] for name in _decoded(_INCLUDE.findall(text)))


def _decoded(names: Iterable[bytes]) -> frozenset[str]:
    return frozenset(name.decode("utf-8", "surrogateescape") for name in names)


def _reached(facts: Mapping[str, HeaderFacts]) -> set[str]:
    """The public headers, and those of the private ones that they include, also over others."""
    private = {path.rpartition("/")[2]: path for path in facts if is_private_header(path)}
    reached, todo = set[str](), [path for path in facts if not is_private_header(path)]
    while todo:
        path = todo.pop()
        if path not in reached:
            reached.add(path)
            todo += (private[name] for name in private.keys() & facts[path].includes)
    return reached


def _wanted(files: list[ElfFile]) -> frozenset[bytes]:
    libraries, private = set[str](), False
    for facts in files if any(facts.verdefs for facts in files) else ():
        if not facts.is_program:
            libraries |= facts.defined_names
            private = private or _has_private_functions(facts)
    functions = frozenset(libraries) if private else frozenset[str]()
    return tokens(_lavish(files) - functions, functions)


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
