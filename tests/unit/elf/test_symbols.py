from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from splitpkg.elf.model import ElfFile, Symbol
from splitpkg.elf.read import ElfError, parse
from splitpkg.elf.symbols import MOST_ROLES
from tests.elf.writer import ALPHA, MIPS, S390, Need, Node, Spec, Sym, Written, write

if TYPE_CHECKING:
    from typing import Literal

ABSOLUTE = 0xFFF1
MIPS_SYMTABNO, GNU_HASH, HASH, SYMTAB = 0x70000011, 0x6FFFFEF5, 4, 6
ALLOWED = {0, 1, 2, 5, 6, 10}


def facts(written: Written) -> ElfFile:
    found = parse(bytes(written.data))
    assert found is not None
    return found


def error(written: Written) -> str:
    with pytest.raises(ElfError) as caught:
        parse(bytes(written.data))
    return str(caught.value)


def names(symbols: tuple[Symbol, ...]) -> list[str]:
    return [symbol.name for symbol in symbols]


@pytest.mark.parametrize("binding", range(16))
def test_which_bindings_the_loader_looks_up(binding: int) -> None:
    found = facts(write(Spec(symbols=(Sym("u", binding=binding), Sym("d", section=5, binding=binding)))))
    expected = (["u"], ["d"]) if binding in {1, 2, 10} else ([], [])
    assert (names(found.undefined), names(found.defined)) == expected
    assert all(symbol.weak == (binding == 2) for symbol in found.undefined + found.defined)


@pytest.mark.parametrize("kind", range(16))
def test_which_types_the_loader_looks_up(kind: int) -> None:
    found = facts(write(Spec(symbols=(Sym("u", kind=kind), Sym("d", section=5, kind=kind)))))
    assert (names(found.undefined), names(found.defined)) == ((["u"], ["d"]) if kind in ALLOWED else ([], []))


@pytest.mark.parametrize("other", [0, 1, 2, 3, 0xF0, 0xF1, 0xF2, 0xF3])
def test_hidden_and_internal_symbols_are_not_exported(other: int) -> None:
    found = facts(write(Spec(symbols=(Sym("u", visibility=other), Sym("d", section=5, visibility=other)))))
    assert names(found.undefined) == ["u"]
    assert names(found.defined) == ([] if other & 3 in {1, 2} else ["d"])


def test_marks_of_version_nodes_are_no_exports() -> None:
    found = facts(
        write(
            Spec(
                symbols=(
                    Sym("X_1", section=ABSOLUTE, kind=1, version=2),
                    Sym("absolute", section=ABSOLUTE, kind=1, version=2),
                    Sym("X_2", section=5, version=2),
                ),
                nodes=(Node(1, ("libx.so",), 1), Node(2, ("X_1",)), Node(3, ("X_2",))),
            )
        )
    )
    assert names(found.defined) == ["X_2", "absolute"]


def test_versions_of_symbols() -> None:
    found = facts(
        write(
            Spec(
                symbols=(
                    Sym("local", version=0),
                    Sym("plain"),
                    Sym("old", version=3),
                    Sym("none", section=5, version=0),
                    Sym("global", section=5),
                    Sym("new", section=5, version=2),
                    Sym("new", section=5, version=0x8004),
                ),
                nodes=(Node(1, ("libx.so",), 1), Node(2, ("X_2", "X_1")), Node(4, ("X_1",))),
                needs=(Need("liby.so", ((3, "Y_1", 0),)),),
            )
        )
    )
    assert found.undefined == (
        Symbol("local", None, weak=False, default=True),
        Symbol("plain", None, weak=False, default=True),
        Symbol("old", "Y_1", weak=False, default=True),
    )
    assert found.defined == (
        Symbol("none", None, weak=False, default=True),
        Symbol("global", None, weak=False, default=True),
        Symbol("new", "X_2", weak=False, default=True),
        Symbol("new", "X_1", weak=False, default=False),
    )


def test_a_version_number_without_a_name_is_corrupt() -> None:
    spec = Spec(symbols=(Sym("f", version=7),), needs=(Need("liby.so", ((3, "Y_1", 0),)),))
    assert error(write(spec)) == "symbols have version number 7, which no version table names"


@pytest.mark.parametrize("bits", [32, 64])
@pytest.mark.parametrize("byteorder", ["little", "big"])
@pytest.mark.parametrize("machine", [62, MIPS, S390, ALPHA])
@pytest.mark.parametrize("hashes", [("sysv",), ("gnu",), ("gnu", "sysv")])
def test_hash_tables_count_the_symbols(
    bits: Literal[32, 64],
    byteorder: Literal["little", "big"],
    machine: int,
    hashes: tuple[Literal["sysv", "gnu"], ...],
) -> None:
    symbols = (Sym("u"), Sym("d", section=5), Sym("behind"), *(Sym(f"d{i}", section=5) for i in range(200)))
    spec = Spec(bits, byteorder, machine, symbols=symbols, hashes=hashes, sections=False)
    found = facts(write(spec))
    assert names(found.undefined) == ["u", "behind"]
    assert names(found.defined) == ["d", *(f"d{i}" for i in range(200))]


def test_an_empty_gnu_hash_table_does_not_hide_what_is_undefined() -> None:
    spec = Spec(symbols=(Sym("u"), Sym("v")))
    assert names(facts(write(spec)).undefined) == ["u", "v"]
    # Without section headers only what is relocated counts: the loader looks up nothing else.
    bare = replace(spec, relocations=((2, 6), (0, 8)), sections=False)
    assert names(facts(write(bare)).undefined) == ["u", "v"]
    assert names(facts(write(replace(bare, relocations=((1, 6),)))).undefined) == ["u"]
    assert facts(write(replace(bare, relocations=()))).undefined == ()


def test_mips_counts_its_symbols_itself() -> None:
    spec = Spec(machine=MIPS, symbols=(Sym("u"), Sym("v")), hashes=(), tags=((MIPS_SYMTABNO, 2),))
    assert names(facts(write(spec)).undefined) == ["u"]
    assert names(facts(write(replace(spec, machine=62))).undefined) == ["u", "v"]


def test_more_symbols_than_the_segment_holds_are_corrupt() -> None:
    written = write(Spec(symbols=(Sym("d", section=5),), hashes=("sysv",)))
    assert "beyond the end of their segment" in error(written.put(written.at[".hash"] + 4, "I", 0xFFFFFFFF))


def test_a_gnu_hash_chain_without_end_is_corrupt() -> None:
    written = write(Spec(symbols=(Sym("d", section=5),)))
    start, end = written.at[".gnu.hash"] + 28, written.at[".dynstr"] + written.size[".dynstr"]
    for offset in range(start, end, 4):
        written.data[offset] &= 0xFE
    assert "has no end" in error(written)


def test_a_gnu_hash_bucket_before_the_first_symbol_is_corrupt() -> None:
    written = write(Spec(symbols=(Sym("u"), Sym("v"), Sym("d", section=5))))
    assert "before 3" in error(written.put(written.at[".gnu.hash"] + 24, "I", 2))


def test_a_gnu_hash_with_more_buckets_than_bytes_is_corrupt() -> None:
    written = write(Spec(symbols=(Sym("d", section=5),)))
    assert "beyond the end" in error(written.put(written.at[".gnu.hash"], "I", 0xFFFFFFFF))
    written = write(Spec(symbols=(Sym("d", section=5),)))
    assert "in no loaded segment" in error(written.put(written.at[".gnu.hash"] + 8, "I", 0xFFFFFFFF))


def test_a_symbol_whose_name_is_beyond_the_strings_is_corrupt() -> None:
    written = write(Spec(symbols=(Sym("d", section=5),)))
    assert "0xfffffff0 is beyond the string table" in error(
        written.put(written.at[".dynsym"] + 24, "I", 0xFFFFFFF0)
    )


def test_names_that_share_a_table_without_end_are_refused_before_they_are_made() -> None:
    count = 50_000
    written = write(
        Spec(symbols=(Sym("x" * 100_000, section=5), *(Sym("d", section=5) for _ in range(count))))
    )
    for index in range(2, count + 2):
        written.put(written.at[".dynsym"] + 24 * index, "I", 1)
    assert "share the string table" in error(written)


def test_more_kinds_of_symbols_than_are_kept_in_mind() -> None:
    count = 3 * MOST_ROLES
    spec = Spec(symbols=tuple(Sym(f"d{i}", section=5 + i % 5000, kind=i % 3) for i in range(count)))
    assert names(facts(write(spec)).defined) == [f"d{i}" for i in range(count)]
