"""An ELF file's facts as pyelftools reads them: an oracle that goes by section headers alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from elftools.elf.descriptions import describe_reloc_type
from elftools.elf.elffile import ELFFile

from splitpkg.elf.model import ElfFile, Symbol, VersionDefinition, VersionNeed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOOKED_UP = {"STT_NOTYPE", "STT_OBJECT", "STT_FUNC", "STT_COMMON", "STT_TLS", "STT_LOOS"}
BINDINGS = {"STB_GLOBAL", "STB_WEAK", "STB_LOOS"}
MACHINE_OFFSET = 18
ALLOCATED = 2


def read(path: Path) -> ElfFile:
    """The facts, including those that our reader takes from elsewhere than sections."""
    with path.open("rb") as stream:
        elf = ELFFile(stream)
        stream.seek(MACHINE_OFFSET)
        machine = int.from_bytes(stream.read(2), _byteorder(elf))
        return _facts(elf, machine)


def _facts(elf: Any, machine: int) -> ElfFile:
    tags = _Tags(elf)
    names = _version_names(elf)
    nodes = {definition.name for definition in _definitions(elf)}
    symbols = list(_symbols(elf, names))
    by_section = sorted(symbols, key=lambda found: bool(found[1]["st_shndx"] == "SHN_ABS"))
    return ElfFile(
        bits=elf.elfclass,
        byteorder=_byteorder(elf),
        machine=machine,
        type={"ET_REL": 1, "ET_EXEC": 2, "ET_DYN": 3}[elf["e_type"]],
        interpreter=_interpreter(elf),
        build_id=_build_id(elf),
        dynamic=tags.present,
        soname=tags.one("DT_SONAME", "soname"),
        needed=tuple(tag.needed for tag in tags.all("DT_NEEDED")),
        rpath=tags.one("DT_RPATH", "rpath"),
        runpath=tags.one("DT_RUNPATH", "runpath"),
        flags_1=next((tag["d_val"] for tag in tags.all("DT_FLAGS_1")), 0),
        verdefs=tuple(_definitions(elf)),
        verneeds=tuple(_needs(elf)),
        undefined=tuple(symbol for symbol, raw in symbols if raw["st_shndx"] == "SHN_UNDEF"),
        defined=tuple(symbol for symbol, raw in by_section if _is_exported(symbol, raw, nodes)),
        copied=frozenset(_copied(elf)),
    )


def _byteorder(elf: Any) -> Literal["little", "big"]:
    return "little" if elf.little_endian else "big"


class _Tags:
    """The entries of .dynamic."""

    def __init__(self, elf: Any) -> None:
        section = elf.get_section_by_name(".dynamic")
        self.present = section is not None
        self._tags = [] if section is None else list(section.iter_tags())

    def all(self, name: str) -> list[Any]:
        return [tag for tag in self._tags if tag.entry.d_tag == name]

    def one(self, name: str, attribute: str) -> str | None:
        found = self.all(name)
        return getattr(found[-1], attribute) if found else None


def _interpreter(elf: Any) -> str | None:
    found = [segment.get_interp_name() for segment in elf.iter_segments() if segment["p_type"] == "PT_INTERP"]
    return found[0] if found else None


def _build_id(elf: Any) -> str | None:
    section = elf.get_section_by_name(".note.gnu.build-id")
    return None if section is None else next(note["n_desc"] for note in section.iter_notes())


def _definitions(elf: Any) -> Iterator[VersionDefinition]:
    section = elf.get_section_by_name(".gnu.version_d")
    if section is not None:
        for version, parts in section.iter_versions():
            name, *parents = [part.name for part in parts]
            flags = version["vd_flags"]
            yield VersionDefinition(name, tuple(parents), bool(flags & 1), bool(flags & 2))


def _needs(elf: Any) -> Iterator[VersionNeed]:
    section = elf.get_section_by_name(".gnu.version_r")
    if section is not None:
        for version, parts in section.iter_versions():
            nodes = [(part.name, part["vna_flags"]) for part in parts]
            weak = tuple(name for name, flags in nodes if flags & 2)
            yield VersionNeed(version.name, tuple(name for name, _ in nodes), weak)


def _version_names(elf: Any) -> dict[int, str]:
    names = {}
    if (section := elf.get_section_by_name(".gnu.version_d")) is not None:
        for version, parts in section.iter_versions():
            if not version["vd_flags"] & 1:
                names[version["vd_ndx"]] = next(iter(parts)).name
    if (section := elf.get_section_by_name(".gnu.version_r")) is not None:
        names.update({part["vna_other"]: part.name for _, parts in section.iter_versions() for part in parts})
    return names


def _symbols(elf: Any, names: dict[int, str]) -> Iterator[tuple[Symbol, Any]]:
    table = elf.get_section_by_name(".dynsym")
    numbers = elf.get_section_by_name(".gnu.version")
    for index in range(0 if table is None else table.num_symbols()):
        raw = table.get_symbol(index)
        info = raw["st_info"]
        if info["bind"] in BINDINGS and info["type"] in LOOKED_UP:
            number = 1 if numbers is None else _number(numbers.get_symbol(index)["ndx"])
            weak = info["bind"] == "STB_WEAK"
            yield Symbol(raw.name, names.get(number & 0x7FFF), weak, number < 0x8000), raw


def _number(value: str | int) -> int:
    return {"VER_NDX_LOCAL": 0, "VER_NDX_GLOBAL": 1}[value] if isinstance(value, str) else value


def _is_exported(symbol: Symbol, raw: Any, nodes: set[str]) -> bool:
    if raw["st_shndx"] == "SHN_UNDEF" or raw["st_other"]["visibility"] in {"STV_HIDDEN", "STV_INTERNAL"}:
        return False
    return raw["st_shndx"] != "SHN_ABS" or symbol.name not in nodes


def _copied(elf: Any) -> Iterator[str]:
    """Copied symbols and their other names; the linker's marks at the same address have no type."""
    symbols = elf.get_section_by_name(".dynsym")
    copies = {
        _place(symbols.get_symbol(entry["r_info_sym"]))
        for kind in ("SHT_RELA", "SHT_REL")
        for entry in _relocations(elf, kind)
        if str(describe_reloc_type(entry["r_info_type"], elf)).endswith("_COPY")
    }
    if copies:
        yield from (symbol.name for symbol in symbols.iter_symbols() if _place(symbol) in copies)


def _place(symbol: Any) -> tuple[int, str]:
    return symbol["st_value"], str(symbol["st_info"]["type"])


def _relocations(elf: Any, kind: str) -> Iterator[Any]:
    for table in elf.iter_sections(kind):
        if table["sh_flags"] & ALLOCATED:
            yield from table.iter_relocations()
