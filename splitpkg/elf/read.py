"""Reading the facts of ELF files: what the rest of the program calls."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TypeVar

from splitpkg.elf.errors import ElfError, Reason
from splitpkg.elf.facts import read_facts
from splitpkg.elf.header import MAGIC, read_header
from splitpkg.elf.sections import content
from splitpkg.elf.source import Buffer, OpenFile
from splitpkg.elf.static_symbols import find_global
from splitpkg.elf.strings import Search, find_strings, match_strings

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from mmap import mmap

    from splitpkg.elf.header import Header
    from splitpkg.elf.model import ElfFile, Field, NamesTable, Record
    from splitpkg.elf.source import Source

Answer = TypeVar("Answer")

__all__ = [
    "ElfError",
    "Reason",
    "Search",
    "data",
    "data_by_anchor",
    "global_symbols",
    "likeness",
    "names_tables",
    "parse",
    "read",
    "registered",
    "section",
    "strings_like",
    "strings_present",
]


def read(path: str | os.PathLike[str], wanted: Collection[str] | None = None) -> ElfFile | None:
    """The facts of a file, None when it is not ELF. Raises ElfError, and OSError as open(2) does.

    A symbolic link is followed. With `wanted` only these names are told of what it defines.
    """
    with OpenFile(path) as source:
        return read_facts(source, wanted) if source.starts_with(MAGIC) else None


def parse(data: bytes | mmap) -> ElfFile | None:
    """The facts of a file that is in memory, None when it is not ELF. Raises ElfError.

    What is mapped must not be a file that somebody may cut short meanwhile: that ends in SIGBUS.
    """
    return read_facts(Buffer(data))


def section(data_or_path: bytes | mmap | str | os.PathLike[str], name: str) -> bytes | None:
    """The bytes of the first section of that name.

    None when there is none, as in a file without section headers, or when it has no bytes in the file.
    Raises ElfError, also for what is not ELF and for a compressed section, and OSError.
    """
    encoded = name.encode("utf-8", "surrogateescape")
    return _ask(data_or_path, lambda source, header: content(source, header, encoded))


def strings_present(
    path_or_data: bytes | mmap | str | os.PathLike[str], names: Search | Iterable[str]
) -> frozenset[str]:
    """Those of the names that the file holds as NUL-terminated strings, as for dlsym(3).

    Searched are the segments that are loaded and not writable, except the names of dynamic symbols. The
    linker lets strings share their ends, so a name of 8 bytes or more counts at the end of another
    string too. Names that several files are asked for are prepared once, as a `Search`. Raises
    ElfError, also for what is not ELF, and OSError.
    """
    search = names if isinstance(names, Search) else Search(names)
    return _ask(path_or_data, lambda source, header: find_strings(source, header, search))


def names_tables(
    path_or_data: bytes | mmap | str | os.PathLike[str], names: Search | Iterable[str]
) -> tuple[NamesTable, ...]:
    """The arrays of structs in the file's data of which most have a pointer to one of the names.

    Raises ElfError, also for what is not ELF, and OSError.
    """
    from splitpkg.elf.tables import find_tables  # noqa: PLC0415 - a scan needs none of it

    search = names if isinstance(names, Search) else Search(names)
    return _ask(path_or_data, lambda source, header: find_tables(source, header, search))


def registered(path_or_data: bytes | mmap | str | os.PathLike[str]) -> frozenset[str]:
    """The printable texts that pointers in the file's data lead to.

    Raises ElfError, also for what is not ELF, and OSError.
    """
    from splitpkg.elf.registered import registered_texts  # noqa: PLC0415 - a scan needs none of it

    return _ask(path_or_data, registered_texts)


def strings_like(
    path_or_data: bytes | mmap | str | os.PathLike[str], pattern: re.Pattern[bytes]
) -> frozenset[bytes]:
    """The NUL-terminated strings, of those that `strings_present` searches, that the pattern matches whole.

    Raises ElfError, also for what is not ELF, and OSError.
    """
    return _ask(path_or_data, lambda source, header: match_strings(source, header, pattern))


def likeness(path_or_data: bytes | mmap | str | os.PathLike[str]) -> str:
    """A digest that is equal for files that are the same once loaded, whatever their build IDs.

    Raises ElfError, also for what is not ELF, and OSError.
    """
    from splitpkg.elf.likeness import read_likeness  # noqa: PLC0415 - most trees hold no two alike

    return _ask(path_or_data, read_likeness)


def global_symbols(
    path_or_data: bytes | mmap | str | os.PathLike[str], names: Collection[str]
) -> frozenset[str]:
    """Those of the names that .symtab has as defined, global symbols of default visibility.

    None where the file is stripped. Raises ElfError, also for what is not ELF, and OSError.
    """
    return _ask(path_or_data, lambda source, header: find_global(source, header, names))


def data(
    path_or_data: bytes | mmap | str | os.PathLike[str], wanted: Mapping[str, Sequence[Field]]
) -> dict[str, Record | None]:
    """The data at each of the wanted symbols that the file defines, read as structs of these fields.

    None stands for data that has no bytes in the file. Raises ElfError, also for what is not ELF, and
    OSError.
    """
    from splitpkg.elf.data import read_data  # noqa: PLC0415 - only where a descriptor fits

    return _ask(path_or_data, lambda source, header: read_data(source, header, wanted))


def data_by_anchor(
    path_or_data: bytes | mmap | str | os.PathLike[str], fields: Sequence[Field], anchor: str, text: str
) -> tuple[Record, ...]:
    """The structs of these fields whose CHARS field `anchor` holds the text, as far as they are read-only.

    Raises ElfError, also for what is not ELF, and OSError.
    """
    from splitpkg.elf.data import find_data  # noqa: PLC0415 - only where a descriptor has an anchor

    return _ask(path_or_data, lambda source, header: find_data(source, header, fields, anchor, text))


def _ask(
    path_or_data: bytes | mmap | str | os.PathLike[str], question: Callable[[Source, Header], Answer]
) -> Answer:
    if isinstance(path_or_data, str | os.PathLike):
        with OpenFile(path_or_data) as source:
            return question(source, _header(source))
    buffer = Buffer(path_or_data)
    return question(buffer, _header(buffer))


def _header(source: Source) -> Header:
    header = read_header(source)
    if header is None:
        raise ElfError(Reason.NOT_ELF, "the file is not ELF")
    return header
