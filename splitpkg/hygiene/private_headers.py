"""What a development package offers though the program keeps it to itself."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from splitpkg.abi.model import says_private
from splitpkg.diagnostics import Diagnostic, Location, Severity
from splitpkg.hygiene.subject import also, listed
from splitpkg.inventory.header_names import is_private_header

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from splitpkg.hygiene.subject import Subject
    from splitpkg.inventory.model import Entry


_APART = "give private headers a package of their own that requires the same build, or leave them out"


def private_headers(subject: Subject) -> Iterator[Diagnostic]:
    """Headers that are called private and that no public header includes: all in one finding.

    Where there are no other headers, the packages are for private ones, and are left in peace.
    """
    headers = _headers(subject)
    private = [entry for entry in headers if is_private_header(entry.path)]
    public = [entry for entry in headers if not is_private_header(entry.path)]
    needed = _included(public, private)
    found = [entry.path for entry in private if posixpath.basename(entry.path) not in needed]
    if public and found:
        yield Diagnostic(
            "private-header",
            Location(found[0]),
            "is called private, is included by no public header, and is in a development package",
            also(found),
            _APART,
            Severity.WARNING,
        )


def _headers(subject: Subject) -> list[Entry]:
    """The headers of development packages."""
    return [entry for entry in subject.inventory.headers if entry.path in subject.development]


def _included(public: Iterable[Entry], private: Iterable[Entry]) -> frozenset[str]:
    """The names of headers that public ones include, also over private ones."""
    behind = {posixpath.basename(entry.path): entry.includes for entry in private}
    todo = [name for entry in public for name in entry.includes]
    found = set[str]()
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += behind.get(name, ())
    return frozenset(found)


def private_declarations(subject: Subject) -> Iterator[Diagnostic]:
    """Headers that declare symbols of private version nodes, and of no public ones: all in one finding."""
    private, public = _functions(subject)
    headers = _headers(subject) if private else []
    found = [one for one in headers if one.mentions & private and one.mentions.isdisjoint(public)]
    if found and len(found) < len(headers):
        yield Diagnostic(
            "private-header",
            Location(found[0].path),
            f"declares {listed(found[0].mentions & private)} of a private version node, and nothing public",
            also([entry.path for entry in found]),
            _APART,
            Severity.WARNING,
        )


def _functions(subject: Subject) -> tuple[frozenset[str], frozenset[str]]:
    """The symbols of private version nodes alone, and all others that libraries of the tree define."""
    private, public = set[str](), set[str]()
    for _, facts in subject.inventory.elf_files:
        nodes = {node.name for node in facts.verdefs if says_private(node.name)}
        if nodes and facts.is_shared_object:
            private |= {symbol.name for symbol in facts.defined if symbol.version in nodes}
            public |= {symbol.name for symbol in facts.defined if symbol.version not in nodes}
        elif facts.is_shared_object:
            public |= facts.defined_names
    return frozenset(private - public), frozenset(public)


def private_links(subject: Subject) -> Iterator[Diagnostic]:
    """Names for the linker (`lib*.so`) of libraries that all say they are private."""
    for entry in subject.inventory.links:
        if entry.path not in subject.development or not entry.path.endswith(".so"):
            continue
        library = subject.inventory.resolve(entry.path)
        why = _privacy(library) if library is not None else None
        if why is not None:
            yield Diagnostic(
                "private-library",
                Location(entry.path),
                f"lets others link to a library of the program's own: {why}",
                hint="leave the link out of the development package, or give the library a public interface",
                severity=Severity.WARNING,
            )


def _privacy(library: Entry) -> str | None:
    facts = library.elf
    if facts is None or not facts.is_shared_object:
        return None
    nodes = [node.name for node in facts.verdefs if not node.base]
    if nodes and all(says_private(node) for node in nodes):
        return f"all of its version nodes are private ({listed(nodes)})"
    if facts.soname is not None and says_private(facts.soname.replace("-", "_").partition(".so")[0]):
        return f"its SONAME is `{facts.soname}`"
    return None
