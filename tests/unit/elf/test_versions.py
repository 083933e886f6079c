from __future__ import annotations

import pytest

from splitpkg.elf.model import VersionDefinition, VersionNeed
from splitpkg.elf.read import ElfError, parse
from tests.elf.writer import Need, Node, Spec, Sym, Written, write

VERDEFNUM, VERNEEDNUM = 0x6FFFFFFD, 0x6FFFFFFF
NODES = (Node(1, ("libx.so",), 1), Node(2, ("X_1",)), Node(3, ("X_2", "X_1", "X_0"), 2))
NEEDS = (Need("liby.so", ((4, "Y_1", 0), (5, "Y_2", 2))), Need("libz.so", ((6, "Z_1", 0),)))
SPEC = Spec(soname="libx.so", symbols=(Sym("f", section=5, version=2),), nodes=NODES, needs=NEEDS)


def error(written: Written) -> str:
    with pytest.raises(ElfError) as caught:
        parse(bytes(written.data))
    return str(caught.value)


def test_definitions_and_needs() -> None:
    facts = parse(bytes(write(SPEC).data))
    assert facts is not None
    assert facts.verdefs == (
        VersionDefinition("libx.so", (), base=True, weak=False),
        VersionDefinition("X_1", (), base=False, weak=False),
        VersionDefinition("X_2", ("X_1", "X_0"), base=False, weak=True),
    )
    assert facts.verneeds == (
        VersionNeed("liby.so", ("Y_1", "Y_2"), ("Y_2",)),
        VersionNeed("libz.so", ("Z_1",), ()),
    )


def test_fewer_entries_are_read_when_fewer_are_announced() -> None:
    facts = parse(bytes(write(SPEC).tag(VERDEFNUM, 2).tag(VERNEEDNUM, 1).data))
    assert facts is not None
    assert [node.name for node in facts.verdefs] == ["libx.so", "X_1"]
    assert [need.file for need in facts.verneeds] == ["liby.so"]


@pytest.mark.parametrize("tag", [VERDEFNUM, VERNEEDNUM])
def test_more_entries_announced_than_linked_are_corrupt(tag: int) -> None:
    assert "is the last one" in error(write(SPEC).tag(tag, 4))


@pytest.mark.parametrize("section", [".gnu.version_d", ".gnu.version_r"])
def test_an_unknown_format_is_corrupt(section: str) -> None:
    written = write(SPEC)
    assert "has format 2, not 1" in error(written.put(written.at[section], "H", 2))


def test_a_definition_without_a_name_is_corrupt() -> None:
    written = write(SPEC)
    assert "has no name" in error(written.put(written.at[".gnu.version_d"] + 6, "H", 0))


@pytest.mark.parametrize(
    ("section", "link", "count"), [(".gnu.version_d", 16, VERDEFNUM), (".gnu.version_r", 12, VERNEEDNUM)]
)
@pytest.mark.parametrize("step", [1, 0xFFFFFFF0])
def test_entries_that_lead_astray_are_corrupt(section: str, link: int, count: int, step: int) -> None:
    written = write(SPEC)
    assert error(written.put(written.at[section] + link, "I", step).tag(count, 0xFFFFFFFF))


def test_entries_that_many_link_to_are_read_a_bounded_number_of_times() -> None:
    # 60,000 definitions, each of which claims the same 60,000 names.
    count, head, part = 60_000, 20, 8
    written = write(Spec(symbols=(Sym("f", section=5),), nodes=(Node(2, ("X",) * count),) * 2))
    base = written.at[".gnu.version_d"]
    chain = base + head
    second = chain + count * part
    written.put(second + 12, "I", 0xFFFFFFFF)
    assert "beyond the end of its segment" in error(written)
    written.put(second + 12, "I", head)
    assert "have more than 65534 entries" in error(written)


def test_one_number_for_two_versions_is_corrupt() -> None:
    nodes = (Node(2, ("X_1",)), Node(2, ("X_2",)))
    assert error(write(Spec(nodes=nodes))) == "version number 2 stands for 'X_1' and for 'X_2'"
    assert "version number 1 stands for None" in error(write(Spec(needs=(Need("l.so", ((1, "Y_1", 0),)),))))


def test_a_count_is_mandatory() -> None:
    written = write(SPEC)
    entry = written.data.index(VERDEFNUM.to_bytes(8, "little"), written.at[".dynamic"])
    assert error(written.put(entry, "Q", 0x60000123)) == "the dynamic table has no DT_VERDEFNUM"
