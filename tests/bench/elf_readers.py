"""One reader of ELF files, as a process of its own: reads the files named on standard input.

Prints how many it read and how many names of libraries, undefined and exported symbols it saw, so that it
shows that the readers compared do the same work.
"""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    Counts = tuple[int, int, int]

UNEXPORTED = {"STV_HIDDEN", "STV_INTERNAL"}


def splitpkg() -> Callable[[str], Counts]:
    """Ours."""
    from splitpkg.elf.read import read  # noqa: PLC0415 - each reader pays for its own imports only

    def count(path: str) -> Counts:
        facts = read(path)
        assert facts is not None
        return len(facts.needed), len(facts.undefined), len(facts.defined)

    return count


def pyelftools() -> Callable[[str], Counts]:
    """pyelftools, by sections: dynamic table, both version tables, dynamic symbols with their versions."""
    from elftools.elf.elffile import ELFFile  # noqa: PLC0415

    def count(path: str) -> Counts:
        with open(path, "rb") as stream:  # noqa: PTH123
            elf: Any = ELFFile(stream)
            dynamic = elf.get_section_by_name(".dynamic")
            needed = [
                tag.needed
                for tag in (dynamic.iter_tags() if dynamic is not None else ())
                if tag.entry.d_tag == "DT_NEEDED"
            ]
            versions = _pyelftools_versions(elf)
            table, numbers = elf.get_section_by_name(".dynsym"), elf.get_section_by_name(".gnu.version")
            undefined, defined = [], []
            for index in range(1, 0 if table is None else table.num_symbols()):
                symbol = table.get_symbol(index)
                if symbol["st_info"]["bind"] == "STB_LOCAL":
                    continue
                version = None if numbers is None else versions.get(numbers.get_symbol(index)["ndx"])
                if symbol["st_shndx"] == "SHN_UNDEF":
                    undefined.append((symbol.name, version))
                elif symbol["st_other"]["visibility"] not in UNEXPORTED:
                    defined.append((symbol.name, version))
        return len(needed), len(undefined), len(defined)

    return count


def _pyelftools_versions(elf: Any) -> dict[Any, str]:
    names = {}
    if (section := elf.get_section_by_name(".gnu.version_d")) is not None:
        names.update(
            {version["vd_ndx"]: next(iter(parts)).name for version, parts in section.iter_versions()}
        )
    if (section := elf.get_section_by_name(".gnu.version_r")) is not None:
        names.update({part["vna_other"]: part.name for _, parts in section.iter_versions() for part in parts})
    return names


def lief() -> Callable[[str], Counts]:
    """LIEF, told to leave out what is not asked for."""
    import lief as library  # noqa: PLC0415

    elf: Any = library.ELF
    config = elf.ParserConfig()
    config.parse_relocations = config.parse_symtab_symbols = config.parse_overlay = False

    def count(path: str) -> Counts:
        binary = elf.parse(path, config)
        needed = list(binary.libraries)
        undefined: list[tuple[str, str | None]] = []
        defined: list[tuple[str, str | None]] = []
        for symbol in binary.dynamic_symbols:
            if symbol.binding == elf.Symbol.BINDING.LOCAL:
                continue
            version = symbol.symbol_version if symbol.has_version else None
            node = version.symbol_version_auxiliary if version is not None else None
            found = undefined if symbol.shndx == 0 else defined
            found.append((symbol.name, node.name if node is not None else None))
        return len(needed), len(undefined), len(defined)

    return count


def main() -> None:
    """Read all files with the reader named on the command line."""
    gc.disable()
    count = {reader.__name__: reader for reader in (splitpkg, pyelftools, lief)}[sys.argv[1]]()
    results = [count(line.rstrip("\n")) for line in sys.stdin]
    needed, undefined, defined = map(sum, zip(*results, strict=True))
    print(f"{len(results)} files, {needed} needed, {undefined} undefined, {defined} exported")


if __name__ == "__main__":
    main()
