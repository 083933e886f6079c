"""To which definition ld.so(8) binds a symbol (glibc, elf/dl-lookup.c, check_match and do_lookup_x)."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator

    from splitpkg.elf.model import ElfFile, Symbol


class _Definition(NamedTuple):
    path: str
    version: str | None
    default: bool


class Definitions:
    """What defines those symbols that somebody wants, in however many files."""

    def __init__(self, wanted: Container[str]) -> None:
        self._wanted = wanted
        self._by_name = defaultdict[str, list[_Definition]](list)
        self._last: dict[Symbol, str] = {}

    def add(self, path: str, facts: ElfFile) -> None:
        """Take up the definitions of a file.

        A reference without a version is bound to the file's oldest version, hidden or not: that was there
        when it had none.
        """
        wanted = self._wanted
        found = [symbol for symbol in facts.defined if symbol[0] in wanted]
        oldest = next((node.name for node in facts.verdefs if not node.base), None) if found else None
        for name, version, _, default in found:
            self._by_name[name].append(_Definition(path, version, default or version == oldest))

    def unbound(self, references: Iterable[Symbol], scope: Container[str]) -> tuple[Symbol, ...]:
        """Those of the symbols that no file of the scope defines in the version that is asked for."""
        # Most are of a few libraries: where one was found the last time it is found again.
        last = self._last.get
        return tuple(one for one in references if last(one) not in scope and not self._is_bound(one, scope))

    def _is_bound(self, reference: Symbol, scope: Container[str]) -> bool:
        for one in self._by_name.get(reference.name, ()):
            if one.path in scope and _matches(reference.version, one):
                self._last[reference] = one.path
                return True
        return False

    def definers(self, reference: Symbol) -> Iterator[str]:
        """All files that define it so."""
        found = self._by_name.get(reference.name, ())
        return (one.path for one in found if _matches(reference.version, one))


def _matches(version: str | None, one: _Definition) -> bool:
    if version is None:
        return one.version is None or one.default
    return one.version == version or (one.version is None and one.default)


def references(facts: ElfFile) -> tuple[Symbol, ...]:
    """The symbols that must be bound to another file: undefined ones that aren't weak, and copied data."""
    undefined = [symbol for symbol in facts.undefined if not symbol[2]]
    if facts.copied:
        undefined += [symbol for symbol in facts.defined if symbol[0] in facts.copied]
    return tuple(undefined)


def missing_versions(facts: ElfFile, answer: Callable[[str], ElfFile | None]) -> Iterator[tuple[str, str]]:
    """Pairs of a library's name and a version node that this library lacks (glibc, elf/dl-version.c).

    `answer` gives the library that was loaded for a name. One without any version is taken as it is.
    """
    for need in facts.verneeds:
        library = answer(need.file)
        defined = {node.name for node in library.verdefs} if library is not None else set[str]()
        if defined:
            missing = (node for node in need.nodes if node not in defined and node not in need.weak)
            yield from ((need.file, node) for node in missing)
