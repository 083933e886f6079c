"""What the data of modules say about the interface that they are built for, and what of it hosts say.

Files are looked into only where a module defines a symbol that a descriptor names, or for a descriptor
that names none.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import islice
from typing import TYPE_CHECKING, Protocol

from splitpkg.abi.directories import is_library_directory
from splitpkg.inventory.loaders import loaders
from splitpkg.inventory.model import Constant

if TYPE_CHECKING:
    from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence

    from splitpkg.abi.descriptor import Descriptor, Reading
    from splitpkg.elf.model import ElfFile, Field, Record
    from splitpkg.inventory.model import ElfFiles

# A host may have the structs of all its built-in modules, which say the same.
MOST_SYMBOLS = 16


class Reader(Protocol):
    """Looks into the ELF file of a path."""

    def records(self, path: str, wanted: Mapping[str, Sequence[Field]]) -> Mapping[str, Record | None]:
        """The structs at dynamic symbols."""

    def anchored(self, path: str, fields: Sequence[Field], anchor: str, text: str) -> Iterable[Record]:
        """The structs whose member `anchor` holds the text."""

    def texts(self, path: str, pattern: str, section: str | None = None) -> Iterable[str]:
        """The strings of the file, or of one section, that the pattern matches as a whole."""


def constants(
    files: ElfFiles, reader: Reader, descriptors: Sequence[Descriptor]
) -> dict[str, tuple[Constant, ...]]:
    """For each module that a descriptor fits, and for each file that could load it, what it says."""
    found = defaultdict[str, set[Constant]](set)
    for path, names in _candidates(files, descriptors):
        for descriptor in descriptors:
            found[path] |= set(_of_module(path, names, reader, descriptor))
    used = {one.interface for said in found.values() for one in said}
    searched = frozenset((*loaders(files), *_linked(files, found))) if used else frozenset[str]()
    for descriptor in (one for one in descriptors if one.name in used):
        told = {path for path, said in found.items() if any(one.interface == descriptor.name for one in said)}
        for entry, facts in files:
            if facts.dynamic and entry.path not in told and _may_tell(entry.path, descriptor, searched):
                found[entry.path] |= set(_of_host(entry.path, facts, reader, descriptor))
    return {path: tuple(sorted(said)) for path, said in found.items() if said}


def _linked(files: ElfFiles, found: Mapping[str, Collection[Constant]]) -> Iterator[str]:
    """The libraries that modules with constants link to: one may load them by another's function."""
    names = {name for entry, facts in files if found.get(entry.path) for name in facts.needed}
    return (entry.path for entry, facts in files if facts.is_shared_object and (facts.soname or "") in names)


def _may_tell(path: str, descriptor: Descriptor, searched: Container[str]) -> bool:
    """Whether to look into a host: at symbols always, through all of its data only if it may load modules."""
    return path in searched or (descriptor.anchor is None and descriptor.held is None)


def _candidates(files: ElfFiles, descriptors: Sequence[Descriptor]) -> Iterator[tuple[str, list[str]]]:
    """Shared objects that may be modules, with those of their symbols that some descriptor names."""
    globs = [one.symbol.partition("*") for one in descriptors if one.symbol is not None]
    exact = {head for head, star, _ in globs if not star}
    tails = tuple({tail for _, star, tail in globs if star and tail})
    heads = tuple({head for head, star, tail in globs if star and not tail})
    # Nearly all files have none of them: that is told by a few searches, not by a look at each name.
    parts = [
        *(f"\n{name}\n" for name in exact),
        *(f"{tail}\n" for tail in tails),
        *(f"\n{head}" for head in heads),
    ]
    anywhere = any(one.symbol is None for one in descriptors)
    for entry, facts in files:
        if facts.is_shared_object and not is_library_directory(entry.path.rpartition("/")[0]):
            text = "\n".join(("", *facts.defined_names, ""))
            names = (
                [name for name in facts.defined_names if _fits(name, exact, heads, tails)]
                if any(part in text for part in parts)
                else []
            )
            if names or anywhere:
                yield entry.path, names


def _fits(name: str, exact: set[str], heads: tuple[str, ...], tails: tuple[str, ...]) -> bool:
    return name in exact or name.endswith(tails) or name.startswith(heads)


def _of_module(path: str, names: Iterable[str], reader: Reader, descriptor: Descriptor) -> Iterator[Constant]:
    symbols = () if descriptor.symbol is None else _matching(descriptor.symbol, names)
    if descriptor.symbol is not None and not symbols:
        return
    if descriptor.members and descriptor.anchor is None:
        yield from _at_symbols(path, symbols, reader, descriptor)
    elif descriptor.members:
        yield from _anchored(path, reader, descriptor)
    elif descriptor.text is not None:
        texts = reader.texts(path, descriptor.text, descriptor.section)
        yield from _said(descriptor, ((text, descriptor.of_text(text)) for text in texts))


def _of_host(path: str, facts: ElfFile, reader: Reader, descriptor: Descriptor) -> Iterator[Constant]:
    """The same struct or text as in modules; of a struct whose text hosts hold, that text alone."""
    if descriptor.anchor is not None:
        yield from _anchored(path, reader, descriptor)
    elif descriptor.members and descriptor.symbol is not None:
        symbols = _matching(descriptor.symbol, facts.defined_names)
        yield from _at_symbols(path, symbols, reader, descriptor)
    if descriptor.held is not None:
        texts = set(reader.texts(path, descriptor.held))
        if descriptor.section is not None:
            texts.update(reader.texts(path, descriptor.held, descriptor.section))
        yield from _said(descriptor, ((text, descriptor.of_text(text)) for text in texts))


def _at_symbols(
    path: str, symbols: Iterable[str], reader: Reader, descriptor: Descriptor
) -> Iterator[Constant]:
    found = reader.records(path, dict.fromkeys(symbols, descriptor.fields)) if symbols else {}
    records = ((name, record) for name, record in sorted(found.items()) if record is not None)
    yield from _said(descriptor, ((name, descriptor.of_struct(record)) for name, record in records))


def _anchored(path: str, reader: Reader, descriptor: Descriptor) -> Iterator[Constant]:
    anchor = descriptor.anchor or ""
    records = reader.anchored(path, descriptor.fields, anchor, descriptor.anchor_text)
    yield from _said(descriptor, ((descriptor.anchor_text, descriptor.of_struct(one)) for one in records))


def _said(descriptor: Descriptor, readings: Iterable[tuple[str, Reading | None]]) -> Iterator[Constant]:
    for where, reading in readings:
        if reading is not None:
            yield Constant(descriptor.name, reading.value, reading.minor, where, reading.names)


def _matching(glob: str, names: Iterable[str]) -> tuple[str, ...]:
    head, star, tail = glob.partition("*")
    if not star:
        return tuple(name for name in (head,) if name in names)
    least = len(head) + len(tail)
    fits = (one for one in names if len(one) >= least and one.startswith(head) and one.endswith(tail))
    return tuple(islice(fits, MOST_SYMBOLS))
