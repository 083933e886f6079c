from __future__ import annotations

import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from splitpkg.elf import gabi
from splitpkg.elf.read import ElfError, parse
from splitpkg.elf.relocations import COPY
from tests.elf.writer import Need, Spec, Sym, write

if TYPE_CHECKING:
    from typing import Literal

# Where <elf.h> calls the machine otherwise than the relocation.
ELF_H = {
    (32, gabi.EM_68K): "68K",
    (32, gabi.EM_AARCH64): "AARCH64_P32",
    (32, gabi.EM_ALTERA_NIOS2): "NIOS2",
    (32, gabi.EM_ARCV2): "ARC",
    (32, gabi.EM_CSKY): "CKCORE",
    (32, gabi.EM_LOONGARCH): "LARCH",
    (64, gabi.EM_LOONGARCH): "LARCH",
    (32, gabi.EM_OPENRISC): "OR1K",
    (32, gabi.EM_S390): "390",
    (64, gabi.EM_S390): "390",
    (32, gabi.EM_SPARC32PLUS): "SPARC",
    (64, gabi.EM_SPARCV9): "SPARC",
    (64, gabi.EM_IA_64): "IA64",
}
PROGRAM = Spec(
    interpreter=b"/lib/ld.so\0",
    symbols=(
        Sym("used", version=2),
        Sym("__environ", section=6, kind=1, version=2, value=0x40000),
        Sym("main", section=5, value=0x200),
        Sym("environ", section=6, binding=2, kind=1, version=2, value=0x40000),
    ),
    needs=(Need("libc.so.6", ((2, "C_1", 0),)),),
)


OURS = {name: value for name, value in vars(gabi).items() if isinstance(value, int)}


def relocation_name(bits: int, machine: int) -> str:
    own = next(name for name, value in OURS.items() if name.startswith("EM_") and value == machine)
    return f"R_{ELF_H.get((bits, machine), own.removeprefix('EM_'))}_COPY"


@pytest.fixture(scope="module")
def elf_h(tmp_path_factory: pytest.TempPathFactory) -> dict[str, int]:
    """What <elf.h> says of the names that we use, as a compiler sees it."""
    folder = tmp_path_factory.mktemp("elf_h")
    names = [*OURS, *(relocation_name(*machine) for machine in COPY)]
    lines = [
        f'#ifdef {name}\nprintf("{name} %llu\\n", (unsigned long long)({name}));\n#endif' for name in names
    ]
    source = "#include <elf.h>\n#include <stdio.h>\nint main(void) {\n" + "\n".join(lines) + "\n}\n"
    (folder / "names.c").write_text(source)
    subprocess.run(["gcc", "-o", folder / "names", folder / "names.c"], check=True)
    output = subprocess.run([folder / "names"], capture_output=True, text=True, check=True).stdout
    return {name: int(value) for name, value in map(str.split, output.splitlines())}


def test_the_constants_are_those_of_elf_h(elf_h: dict[str, int]) -> None:
    assert set(OURS) - set(elf_h) == {"VERSYM_HIDDEN", "VERSYM_VERSION"}
    assert {name: elf_h[name] for name in OURS if name in elf_h} == {
        name: value for name, value in OURS.items() if name in elf_h
    }


def test_the_types_of_copy_relocations_are_those_of_elf_h(elf_h: dict[str, int]) -> None:
    assert {machine: elf_h[relocation_name(*machine)] for machine in COPY} == COPY


@pytest.mark.parametrize(("machine", "kind"), COPY.items())
@pytest.mark.parametrize("byteorder", ["little", "big"])
def test_copied_symbols(
    machine: tuple[Literal[32, 64], int], kind: int, byteorder: Literal["little", "big"]
) -> None:
    relocations = ((1, kind + 1), (2, kind), (3, kind ^ 2), (0, kind + 3))
    spec = replace(PROGRAM, bits=machine[0], byteorder=byteorder, machine=machine[1], relocations=relocations)
    facts = parse(bytes(write(spec).data))
    assert facts is not None
    assert facts.copied == {"__environ", "environ"}
    assert [symbol.name for symbol in facts.defined] == ["__environ", "main", "environ"]


def test_only_what_is_defined_can_be_a_copy() -> None:
    facts = parse(bytes(write(replace(PROGRAM, relocations=((1, 5), (0, 5)))).data))
    assert facts is not None
    assert facts.copied == frozenset()


def test_a_library_copies_nothing() -> None:
    facts = parse(bytes(write(replace(PROGRAM, interpreter=None, relocations=((2, 5),))).data))
    assert facts is not None
    assert facts.copied == frozenset()


def test_a_program_at_a_fixed_address_may_lack_an_interpreter() -> None:
    facts = parse(bytes(write(replace(PROGRAM, interpreter=None, type=2, relocations=((2, 5),))).data))
    assert facts is not None
    assert facts.copied == {"__environ", "environ"}


def test_relative_relocations_are_skipped_as_counted() -> None:
    counted = replace(PROGRAM, relocations=((2, 5), (2, 5)), tags=((gabi.DT_RELACOUNT, 2),))
    facts = parse(bytes(write(counted).data))
    assert facts is not None
    assert facts.copied == frozenset()
    with pytest.raises(ElfError, match="are no whole entries"):
        parse(bytes(write(replace(counted, tags=((gabi.DT_RELACOUNT, 3),))).data))


def test_a_relocation_of_no_symbol_of_the_table_is_corrupt() -> None:
    with pytest.raises(ElfError, match="symbol 9 is beyond the 5 of the table"):
        parse(bytes(write(replace(PROGRAM, relocations=((9, 5),))).data))


def test_half_a_relocation_is_corrupt() -> None:
    with pytest.raises(ElfError, match="are no whole entries"):
        parse(bytes(write(replace(PROGRAM, relocations=((2, 5),))).tag(gabi.DT_RELASZ, 25).data))
