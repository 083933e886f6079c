"""A tiny writer of ELF files in any class and byte order, for shapes that no tool at hand makes.

It knows the format on its own; pyelftools is asked whether it does so rightly.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from struct import calcsize, pack, pack_into, unpack_from
from typing import Literal, NamedTuple

X86_64, I386, ARM, AARCH64, MIPS, PPC64, S390, SPARCV9, ALPHA = 62, 3, 40, 183, 8, 21, 22, 43, 0x9026

PAGE = 0x1000
DATA_ADDRESS = 0x40000
HASH_WORDS_OF_8 = {S390, ALPHA}


class Sym(NamedTuple):
    """An entry of .dynsym. `version` is a number of DT_VERSYM, with the bit of a hidden version."""

    name: str
    section: int = 0
    binding: int = 1
    kind: int = 2
    visibility: int = 0
    version: int = 1
    value: int = 0x100


class Node(NamedTuple):
    """An entry of .gnu.version_d."""

    number: int
    names: tuple[str, ...]
    flags: int = 0


class Need(NamedTuple):
    """An entry of .gnu.version_r: nodes as (number, name, flags)."""

    file: str
    nodes: tuple[tuple[int, str, int], ...]


@dataclass(frozen=True)
class Spec:
    """What to write. Symbols from the first defined one on are those that DT_GNU_HASH knows."""

    bits: Literal[32, 64] = 64
    byteorder: Literal["little", "big"] = "little"
    machine: int = X86_64
    type: int = 3
    interpreter: bytes | None = None
    build_id: bytes | None = None
    soname: str | None = None
    needed: tuple[str, ...] = ()
    symbols: tuple[Sym, ...] = ()
    nodes: tuple[Node, ...] = ()
    needs: tuple[Need, ...] = ()
    relocations: tuple[tuple[int, int], ...] = ()
    hashes: tuple[Literal["sysv", "gnu"], ...] = ("gnu",)
    tags: tuple[tuple[int, int], ...] = ()
    rodata: bytes = b""
    sections: bool = True


@dataclass
class Written:
    """The bytes, and the offset and size of each table by its section's name (headers: ehdr, phdr, shdr)."""

    spec: Spec
    data: bytearray = field(default_factory=bytearray)
    at: dict[str, int] = field(default_factory=dict)
    size: dict[str, int] = field(default_factory=dict)

    @property
    def order(self) -> str:
        """The byte order as the struct module has it."""
        return "<" if self.spec.byteorder == "little" else ">"

    def put(self, offset: int, fields: str, *values: int) -> Written:
        """Overwrite fields, given as the struct module writes them."""
        pack_into(self.order + fields, self.data, offset, *values)
        return self

    def tag(self, tag: int, value: int) -> Written:
        """Overwrite the value of an entry of the dynamic table."""
        pair = "QQ" if self.spec.bits == 64 else "II"
        for offset in range(self.at[".dynamic"], len(self.data), calcsize(pair)):
            if unpack_from(self.order + pair, self.data, offset)[0] == tag:
                return self.put(offset, pair, tag, value)
        raise KeyError(tag)

    def without_sections(self) -> Written:
        """Take the section headers away as far as the header tells."""
        if self.spec.bits == 64:
            return self.put(0x28, "Q", 0).put(0x3C, "HH", 0, 0)
        return self.put(0x20, "I", 0).put(0x30, "HH", 0, 0)


def write(spec: Spec) -> Written:
    """An ELF file with one read-only segment and one writable, which holds the dynamic table."""
    return _Writer(spec).write()


class _Strings:
    def __init__(self) -> None:
        self.table = bytearray(b"\0")

    def add(self, text: str) -> int:
        raw = text.encode("utf-8", "surrogateescape") + b"\0"
        found = self.table.find(raw)
        if found < 0:
            found = len(self.table)
            self.table += raw
        return found


class _Writer:
    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.wide = spec.bits == 64
        self.strings = _Strings()
        self.out = Written(spec)
        self.order = self.out.order

    def pack(self, narrow: str, *values: int | bytes, wide: str | None = None) -> bytes:
        return pack(self.order + (wide if wide is not None and self.wide else narrow), *values)

    def write(self) -> Written:
        tables = self._read_only()
        headers = 4 + (self.spec.interpreter is not None) + (self.spec.build_id is not None)
        header_size = self._add("ehdr", bytes(64 if self.wide else 52), 1)
        segments = self._add("phdr", bytes(headers * (56 if self.wide else 32)), 8)
        for name, content in tables.items():
            self._add(name, content, 8)
        read_only = len(self.out.data)
        dynamic = self._add(".dynamic", self._dynamic(), 16)
        self._put(segments, self._segments(read_only))
        section_table, count = self._section_headers() if self.spec.sections else (0, 0)
        self._put(header_size, self._header(segments, headers, section_table, count))
        assert self.out.at[".dynamic"] == dynamic
        return self.out

    def _add(self, name: str, content: bytes, align: int) -> int:
        data = self.out.data
        data += bytes(-len(data) % align)
        self.out.at[name], self.out.size[name] = len(data), len(content)
        data += content
        return self.out.at[name]

    def _put(self, offset: int, content: bytes) -> None:
        self.out.data[offset : offset + len(content)] = content

    def _read_only(self) -> dict[str, bytes]:
        spec = self.spec
        tables = {".dynsym": self._symbols()}
        if "sysv" in spec.hashes:
            tables[".hash"] = self._hash()
        if "gnu" in spec.hashes:
            tables[".gnu.hash"] = self._gnu_hash()
        if spec.nodes or spec.needs:
            tables[".gnu.version"] = b"".join(
                self.pack("H", s.version) for s in (Sym("", version=0), *spec.symbols)
            )
        if spec.nodes:
            tables[".gnu.version_d"] = self._definitions()
        if spec.needs:
            tables[".gnu.version_r"] = self._needs()
        if spec.relocations:
            tables[self._relocation_section()] = b"".join(self._relocation(*r) for r in spec.relocations)
        if spec.interpreter is not None:
            tables[".interp"] = spec.interpreter
        if spec.build_id is not None:
            note = self.pack("III", 4, len(spec.build_id), 3) + b"GNU\0" + spec.build_id
            tables[".note.gnu.build-id"] = note
        for text in (*spec.needed, spec.soname or ""):
            self.strings.add(text)
        tables[".dynstr"] = bytes(self.strings.table)
        tables[".rodata"] = spec.rodata
        return tables

    def _symbols(self) -> bytes:
        entries = [bytes(24 if self.wide else 16)]
        for symbol in self.spec.symbols:
            name, info = self.strings.add(symbol.name), symbol.binding << 4 | symbol.kind
            value = symbol.value if symbol.section else 0
            if self.wide:
                entry = self.pack("IBBHQQ", name, info, symbol.visibility, symbol.section, value, 8)
            else:
                entry = self.pack("IIIBBH", name, value, 8, info, symbol.visibility, symbol.section)
            entries.append(entry)
        return b"".join(entries)

    def _hash(self) -> bytes:
        count = len(self.spec.symbols) + 1
        words = [1, count, 0, *[0] * count]
        wide = self.wide and self.spec.machine in HASH_WORDS_OF_8
        return pack(f"{self.order}{len(words)}{'Q' if wide else 'I'}", *words)

    def _gnu_hash(self) -> bytes:
        indices = [i for i, symbol in enumerate(self.spec.symbols, 1) if symbol.section]
        first = indices[0] if indices else 1
        bloom = self.pack("I", 0, wide="Q")
        bucket = first if indices else 0
        chain = [0] * (len(self.spec.symbols) - first) + [1] if indices else []
        return (
            self.pack("IIII", 1, first, 1, 0) + bloom + pack(f"{self.order}{1 + len(chain)}I", bucket, *chain)
        )

    def _definitions(self) -> bytes:
        entries = []
        for rest, node in zip(range(len(self.spec.nodes) - 1, -1, -1), self.spec.nodes, strict=True):
            parts = [
                self.pack("II", self.strings.add(name), 8 if i + 1 < len(node.names) else 0)
                for i, name in enumerate(node.names)
            ]
            following = 20 + 8 * len(parts) if rest else 0
            head = self.pack("HHHHIII", 1, node.flags, node.number, len(parts), 0, 20, following)
            entries.append(head + b"".join(parts))
        return b"".join(entries)

    def _needs(self) -> bytes:
        entries = []
        for rest, need in zip(range(len(self.spec.needs) - 1, -1, -1), self.spec.needs, strict=True):
            parts = [
                self.pack(
                    "IHHII", 0, flags, number, self.strings.add(name), 16 if i + 1 < len(need.nodes) else 0
                )
                for i, (number, name, flags) in enumerate(need.nodes)
            ]
            following = 16 + 16 * len(parts) if rest else 0
            head = self.pack("HHIII", 1, len(parts), self.strings.add(need.file), 16, following)
            entries.append(head + b"".join(parts))
        return b"".join(entries)

    def _has_addends(self) -> bool:
        return self.spec.machine not in {I386, ARM, MIPS}

    def _relocation_section(self) -> str:
        return ".rela.dyn" if self._has_addends() else ".rel.dyn"

    def _relocation(self, symbol: int, kind: int) -> bytes:
        addend = self.pack("I", 0, wide="Q") if self._has_addends() else b""
        if not self.wide:
            return self.pack("II", DATA_ADDRESS, symbol << 8 | kind) + addend
        if self.spec.machine == MIPS:
            return self.pack("QIBBBB", DATA_ADDRESS, symbol, 0, 0, 0, kind)
        return self.pack("QQ", DATA_ADDRESS, symbol << 32 | kind) + addend

    def _dynamic(self) -> bytes:
        at, size = self.out.at, self.out.size
        tags = [(1, self.strings.add(name)) for name in self.spec.needed]
        if self.spec.soname is not None:
            tags.append((14, self.strings.add(self.spec.soname)))
        tags += [(5, at[".dynstr"]), (10, size[".dynstr"]), (6, at[".dynsym"]), (11, 24 if self.wide else 16)]
        for name, tag in ((".hash", 4), (".gnu.hash", 0x6FFFFEF5), (".gnu.version", 0x6FFFFFF0)):
            if name in at:
                tags.append((tag, at[name]))
        if ".gnu.version_d" in at:
            tags += [(0x6FFFFFFC, at[".gnu.version_d"]), (0x6FFFFFFD, len(self.spec.nodes))]
        if ".gnu.version_r" in at:
            tags += [(0x6FFFFFFE, at[".gnu.version_r"]), (0x6FFFFFFF, len(self.spec.needs))]
        for name, first in ((".rela.dyn", 7), (".rel.dyn", 17)):
            if name in at:
                entry = size[name] // len(self.spec.relocations)
                tags += [(first, at[name]), (first + 1, size[name]), (first + 2, entry)]
        tags += [*self.spec.tags, (0, 0)]
        return b"".join(self.pack("II", tag, value, wide="QQ") for tag, value in tags)

    def _segments(self, read_only: int) -> bytes:
        at, size = self.out.at, self.out.size
        dynamic = at[".dynamic"]
        found = [
            self._segment(1, 4, 0, 0, read_only, PAGE),
            self._segment(1, 6, dynamic, DATA_ADDRESS + dynamic, size[".dynamic"], PAGE),
            self._segment(2, 6, dynamic, DATA_ADDRESS + dynamic, size[".dynamic"], 8),
            self._segment(0x6474E551, 6, 0, 0, 0, 16),
        ]
        for kind, name in ((3, ".interp"), (4, ".note.gnu.build-id")):
            if name in at:
                found.append(self._segment(kind, 4, at[name], at[name], size[name], 4))
        return b"".join(found)

    def _segment(self, *fields: int) -> bytes:
        kind, flags, offset, address, size, align = fields
        if self.wide:
            return self.pack("IIQQQQQQ", kind, flags, offset, address, address, size, size, align)
        return self.pack("IIIIIIII", kind, offset, address, address, size, size, flags, align)

    def _header(self, segments: int, segment_count: int, sections: int, section_count: int) -> bytes:
        ident = b"\x7fELF" + bytes([2 if self.wide else 1, 1 if self.order == "<" else 2, 1]) + bytes(9)
        sizes = (64, 56, 64) if self.wide else (52, 32, 40)
        return ident + self.pack(
            "HHIIIIIHHHHHH",
            *(self.spec.type, self.spec.machine, 1, 0, segments, sections, 0),
            *(sizes[0], sizes[1], segment_count, sizes[2], section_count, max(0, section_count - 1)),
            wide="HHIQQQIHHHHHH",
        )

    def _section_headers(self) -> tuple[int, int]:
        """Writes the table behind all the rest; returns its offset and the number of its entries."""
        named = [name for name in self.out.at if name.startswith(".")]
        names = bytearray(b"\0")
        headers = [self._section(0, 0, 0, 0, 0, 0, 0, 0, 0)]
        for name in named:
            offset = self.out.at[name]
            address = offset + (DATA_ADDRESS if name == ".dynamic" else 0)
            kind, link, entry = self._kind(name, named)
            info = 1 if name == ".dynsym" else len(self.spec.nodes) if name == ".gnu.version_d" else 0
            info = len(self.spec.needs) if name == ".gnu.version_r" else info
            flags = 3 if name == ".dynamic" else 2
            headers.append(
                self._section(
                    len(names), kind, flags, address, offset, self.out.size[name], link, info, entry
                )
            )
            names += name.encode() + b"\0"
        own_name = len(names)
        names += b".shstrtab\0"
        offset = self._add(".shstrtab", bytes(names), 1)
        headers.append(self._section(own_name, 3, 0, 0, offset, len(names), 0, 0, 0))
        return self._add("shdr", b"".join(headers), 8), len(headers)

    def _kind(self, name: str, named: list[str]) -> tuple[int, int, int]:
        """Type, linked section and size of entries of a section."""
        symbols, strings = named.index(".dynsym") + 1, named.index(".dynstr") + 1
        return {
            ".dynsym": (11, strings, 24 if self.wide else 16),
            ".dynstr": (3, 0, 0),
            ".hash": (5, symbols, 4),
            ".gnu.hash": (0x6FFFFFF6, symbols, 0),
            ".gnu.version": (0x6FFFFFFF, symbols, 2),
            ".gnu.version_d": (0x6FFFFFFD, strings, 0),
            ".gnu.version_r": (0x6FFFFFFE, strings, 0),
            ".rela.dyn": (4, symbols, 24 if self.wide else 12),
            ".rel.dyn": (9, symbols, 16 if self.wide else 8),
            ".dynamic": (6, strings, 16 if self.wide else 8),
            ".note.gnu.build-id": (7, 0, 0),
        }.get(name, (1, 0, 0))

    def _section(self, *fields: int) -> bytes:
        name, kind, flags, address, offset, size, link, info, entry = fields
        values = (name, kind, flags, address, offset, size, link, info, 1 if kind else 0, entry)
        return self.pack("IIIIIIIIII", *values, wide="IIQQQQIIQQ")
