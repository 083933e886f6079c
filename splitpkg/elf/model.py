"""Facts of one ELF file, as the dynamic loader sees them. Read by `splitpkg.elf.read`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from functools import cached_property
from operator import itemgetter
from typing import Literal, NamedTuple

DF_1_PIE = 0x08000000

_NAME = itemgetter(0)


class ElfType(IntEnum):
    """e_type: what kind of object the file says it is (gABI, ELF header)."""

    NONE = 0
    REL = 1
    EXEC = 2
    DYN = 3
    CORE = 4


class Symbol(NamedTuple):
    """One dynamic symbol. `version` is its node's name, None when it has none.

    `default` is meaningful for definitions: true for `name@@VERSION` and for names without a version.
    """

    name: str
    version: str | None
    weak: bool
    default: bool


class VersionDefinition(NamedTuple):
    """A node of .gnu.version_d. The base definition, which names the file, has `base` set."""

    name: str
    parents: tuple[str, ...]
    base: bool
    weak: bool


class VersionNeed(NamedTuple):
    """The nodes that are needed from one file (DT_VERNEED); `weak` names those flagged VER_FLG_WEAK."""

    file: str
    nodes: tuple[str, ...]
    weak: tuple[str, ...]


class NamesRow(NamedTuple):
    """One struct of a table. `address` is that of its pointer to `name`.

    `cells` has the texts that other pointers lead to, one alone or an array with a null pointer as its end,
    by their distance in bytes from the pointer to the name.
    """

    address: int
    name: str
    cells: tuple[tuple[int, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class NamesTable:
    """An array of structs of `stride` bytes, each with a pointer to a name of its own.

    Where a struct begins is not known: a distance may be of the struct before or behind, too.
    """

    stride: int
    rows: tuple[NamesRow, ...]


@dataclass(frozen=True)
class ElfFile:
    """Facts of one ELF file; names are text with undecodable bytes as surrogates.

    `copied` are those of the `defined` names that a program holds only as copies of a library's data
    (R_*_COPY, and aliases of what is copied): the library is what provides them. `separate_debug` marks
    debug information split from another file, of which it tells the header and the build ID only.
    """

    bits: Literal[32, 64]
    byteorder: Literal["little", "big"]
    machine: int
    type: int
    interpreter: str | None
    build_id: str | None
    dynamic: bool
    soname: str | None
    needed: tuple[str, ...]
    rpath: str | None
    runpath: str | None
    flags_1: int
    verdefs: tuple[VersionDefinition, ...]
    verneeds: tuple[VersionNeed, ...]
    undefined: tuple[Symbol, ...]
    defined: tuple[Symbol, ...]
    copied: frozenset[str] = frozenset()
    separate_debug: bool = False

    @cached_property
    def defined_names(self) -> frozenset[str]:
        """The names of the defined symbols, whatever their versions."""
        return frozenset(map(_NAME, self.defined))

    @cached_property
    def undefined_names(self) -> frozenset[str]:
        """The names of the undefined symbols, whatever their versions."""
        return frozenset(map(_NAME, self.undefined))

    @cached_property
    def is_program(self) -> bool:
        """True for a file that is started, false for one that is linked to or loaded.

        A static-PIE program has no interpreter but is flagged DF_1_PIE; some shared libraries
        (libc.so.6) have an interpreter, and a SONAME.
        """
        if self.separate_debug:
            return False
        if self.type == ElfType.EXEC or self.flags_1 & DF_1_PIE:
            return True
        return self.type == ElfType.DYN and self.interpreter is not None and self.soname is None

    @cached_property
    def is_shared_object(self) -> bool:
        """True for what can be linked to or given to dlopen."""
        return self.type == ElfType.DYN and self.dynamic and not self.is_program


class FieldKind(StrEnum):
    """The C type of a field.

    Numbers are unsigned; what POINTER points to is passed over unless the field has fields of its own;
    TEXT is what a pointer leads to, CHARS stands in place.
    """

    U8 = "u8"
    U16 = "u16"
    U32 = "u32"
    U64 = "u64"
    LONG = "long"
    POINTER = "pointer"
    TEXT = "text"
    CHARS = "chars"


class Field(NamedTuple):
    """A member of a struct; `length` counts the bytes of CHARS, `fields` are of what a POINTER leads to."""

    name: str
    kind: FieldKind
    length: int = 0
    fields: tuple[Field, ...] = ()


Record = dict[str, int | str | None]
"""The values of a struct's fields by name, those behind its pointers among them."""
