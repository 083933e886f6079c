"""From the bytes of a file to its facts, each table found where the dynamic loader would look for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from splitpkg.elf import gabi
from splitpkg.elf.dynamic import dynamic_segment, read_dynamic
from splitpkg.elf.errors import ElfError, corrupt
from splitpkg.elf.header import read_header
from splitpkg.elf.image import Image
from splitpkg.elf.model import ElfFile
from splitpkg.elf.names import Names
from splitpkg.elf.notes import build_id, build_id_of_sections
from splitpkg.elf.relocations import copied_symbols
from splitpkg.elf.sections import is_separate_debug
from splitpkg.elf.symbol_table import read_table
from splitpkg.elf.symbols import Symbols, read_symbols
from splitpkg.elf.versions import Versions, read_versions

if TYPE_CHECKING:
    from collections.abc import Collection

    from splitpkg.elf.dynamic import Dynamic
    from splitpkg.elf.header import Header, Segment
    from splitpkg.elf.source import Source

# PATH_MAX, the most that the kernel takes for an interpreter (execve(2)).
LONGEST_INTERPRETER = 4096


class _Linked(NamedTuple):
    """What the dynamic table leads to."""

    soname: str | None
    needed: tuple[str, ...]
    rpath: str | None
    runpath: str | None
    flags_1: int
    versions: Versions
    symbols: Symbols


_NOTHING = _Linked(None, (), None, None, 0, Versions((), (), {}), Symbols((), (), frozenset()))


def read_facts(source: Source, wanted: Collection[str] | None = None) -> ElfFile | None:
    """The facts of a file, None when it is not ELF. Raises ElfError.

    With `wanted` only these names are told of what it defines.
    """
    header = read_header(source)
    if header is None:
        return None
    if header.type == gabi.ET_CORE:
        # Its segments are those of a process, cut short as that was told, and its notes are no build ID.
        return _file(header, None, None, None, separate_debug=False)
    try:
        image = Image(source, header)
        segment = dynamic_segment(image)
        if segment is not None or not is_separate_debug(source, header):
            return _of_image(image, segment, wanted)
    except ElfError:
        if not is_separate_debug(source, header):
            raise
    return _file(header, None, build_id_of_sections(source, header), None, separate_debug=True)


def _of_image(image: Image, segment: Segment | None, wanted: Collection[str] | None) -> ElfFile:
    source, header = image.source, image.header
    identity = build_id(source, header) or build_id_of_sections(source, header)
    interpreter = _interpreter(image)
    # For no machine: a language's own container, as Guile's .go files, that ld.so never reads.
    if segment is None or header.machine == gabi.EM_NONE:
        return _file(header, interpreter, identity, None, separate_debug=False)
    linked = _linked(image, segment, interpreter, wanted)
    return _file(header, interpreter, identity, linked, separate_debug=False)


def _interpreter(image: Image) -> str | None:
    for segment in image.header.segments:
        if segment.type == gabi.PT_INTERP:
            if segment.size > LONGEST_INTERPRETER:
                raise corrupt(f"the interpreter's name has {segment.size:#x} bytes")
            name, end, _ = image.source.take(segment.offset, segment.size).partition(b"\0")
            if not end:
                raise corrupt(f"the interpreter's name at offset {segment.offset:#x} does not end")
            return name.decode("utf-8", "surrogateescape")
    return None


def _linked(
    image: Image, segment: Segment, interpreter: str | None, wanted: Collection[str] | None
) -> _Linked:
    dynamic = read_dynamic(image, segment)
    names = Names(image.at(dynamic.values[gabi.DT_STRTAB], dynamic.values[gabi.DT_STRSZ]))
    versions = read_versions(image, dynamic, names)
    table = read_table(image, dynamic)
    is_program = interpreter is not None or image.header.type == gabi.ET_EXEC
    copied = copied_symbols(image, dynamic) if is_program else set[int]()
    return _Linked(
        _string(names, dynamic, gabi.DT_SONAME),
        tuple(map(names.at, dynamic.needed)),
        _string(names, dynamic, gabi.DT_RPATH),
        _string(names, dynamic, gabi.DT_RUNPATH),
        dynamic.values.get(gabi.DT_FLAGS_1, 0),
        versions,
        read_symbols(table, names, versions, copied, wanted),
    )


def _string(names: Names, dynamic: Dynamic, tag: int) -> str | None:
    offset = dynamic.get(tag)
    return None if offset is None else names.at(offset)


def _file(
    header: Header,
    interpreter: str | None,
    identity: str | None,
    linked: _Linked | None,
    *,
    separate_debug: bool,
) -> ElfFile:
    facts = linked or _NOTHING
    return ElfFile(
        bits=header.layout.bits,
        byteorder=header.layout.byteorder,
        machine=header.machine,
        type=header.type,
        interpreter=interpreter,
        build_id=identity,
        dynamic=linked is not None,
        soname=facts.soname,
        needed=facts.needed,
        rpath=facts.rpath,
        runpath=facts.runpath,
        flags_1=facts.flags_1,
        verdefs=facts.versions.definitions,
        verneeds=facts.versions.needs,
        undefined=facts.symbols.undefined,
        defined=facts.symbols.defined,
        copied=facts.symbols.copied,
        separate_debug=separate_debug,
    )
