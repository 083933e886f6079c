"""Random TOML documents that know the line of each of their keys."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable

Key = tuple[str | int, ...]

# Each name is written in one form and read as another string; all get a number, so that they differ.
KEY_FORMS: tuple[tuple[str, str], ...] = (
    ("k{}", "k{}"),
    ("K-{}_", "K-{}_"),
    ("{}", "{}"),
    ('"q{}"', "q{}"),
    ('"a.b {}"', "a.b {}"),
    ('"[x{}]"', "[x{}]"),
    ('"= # {}"', "= # {}"),
    ('"\\"{}\\t\\u00e9"', '"{}\té'),
    ("'l{}'", "l{}"),
    ("'\\{}\"'", '\\{}"'),
    ('"ü{}"', "ü{}"),
)

SCALARS = (
    *("0", "-17", "+1_000", "0xdead_beef", "0o755", "0b1", "1.5", "-2e3", "6.26e-3", "inf", "-nan"),
    *("true", "false", "1979-05-27", "07:32:00", "1979-05-27T07:32:00.5-07:00", "1979-05-27 07:32:00Z"),
    *('""', "''", '"a # b"', '"[t]\\"]"', "'[x] = \"y\"'", '"é, }"', '"\\\\"', "'\\'"),
    *('""""""', "''''''", '"""a"""', '"""\n[t]\nk = 1\n"""', "'''\n[[t]]\n# no\n'''", '"""\\\n  x"""'),
    *(
        '"""a""""',
        '"""a"""""',
        "'''a''''",
        "'''a'''''",
        '"""\\""""',
        '"""x\\"""y"""',
        '"""\\\\"""',
        '"""\n"\n""\n"""',
    ),
)

GAPS = ("\n", "\n\n", "   \n", "# [comment]\n", " # k = 'v'\n\n", '\t# """\n', "\r\n")
INSIDE = ("", " ", "\n", "  # , ]\n  ", "\n\n\t", "\r\n")


@dataclass
class Document:
    """Text that grows, and where each key of it was written."""

    draw: Callable[[st.SearchStrategy[str]], str]
    choose: Callable[[int, int], int]
    text: str = ""
    lines: dict[Key, int] = field(default_factory=dict)
    count: int = 0

    def put(self, *parts: str) -> None:
        self.text += "".join(parts)

    def here(self) -> int:
        return self.text.count("\n") + 1

    def name(self) -> tuple[str, str]:
        """A new key: as it is written, and as it is read."""
        self.count += 1
        written, read = KEY_FORMS[self.choose(0, len(KEY_FORMS) - 1)]
        return written.replace("{}", str(self.count)), read.replace("{}", str(self.count))

    def blank(self) -> str:
        return self.draw(st.sampled_from(("", " ", "\t")))

    def pair(self, table: Key, depth: int) -> None:
        """One key with its value; sometimes two that share the head of a dotted key."""
        line, heads = self.here(), [self.name() for _ in range(self.choose(0, 2))]
        self._dotted(table, heads, depth)
        if heads and depth == 0 and self.choose(0, 1):
            self.put("\n")
            self._dotted(table, heads, depth)
        for end in range(1, len(heads) + 1):
            self.lines[(*table, *(read for _, read in heads[:end]))] = line

    def _dotted(self, table: Key, heads: list[tuple[str, str]], depth: int) -> None:
        names = [*heads, self.name()]
        key = (*table, *(read for _, read in names))
        self.lines[key] = self.here()
        self.put(f"{self.blank()}.{self.blank()}".join(written for written, _ in names))
        self.put(self.blank(), "=", self.blank())
        self.value(key, depth)

    def value(self, key: Key, depth: int) -> None:
        match self.choose(0, 5) if depth < 4 else 0:
            case 4:
                self._array(key, depth)
            case 5:
                self._inline_table(key, depth)
            case _:
                self.put(self.draw(st.sampled_from(SCALARS)))

    def _array(self, key: Key, depth: int) -> None:
        self.put("[")
        size = self.choose(0, 3)
        for number in range(size):
            self.put(self.draw(st.sampled_from(INSIDE)))
            self.lines[(*key, number)] = self.here()
            self.value((*key, number), depth + 1)
            self.put(self.draw(st.sampled_from(INSIDE)))
            self.put("," if number < size - 1 or self.choose(0, 1) else "")
        self.put(self.draw(st.sampled_from(INSIDE)), "]")

    def _inline_table(self, key: Key, depth: int) -> None:
        self.put("{", self.blank())
        for number in range(self.choose(0, 3)):
            self.put(f"{self.blank()},{self.blank()}" if number else "")
            self.pair(key, depth + 1)
        self.put(self.blank(), "}")

    def pairs(self, table: Key) -> None:
        for _ in range(self.choose(0, 3)):
            self.pair(table, 0)
            self.gap()

    def gap(self) -> None:
        self.put("\n", *(self.draw(st.sampled_from(GAPS)) for _ in range(self.choose(0, 2))))

    def header(self, around: list[tuple[list[tuple[str, str]], Key]]) -> None:
        """A table or an item of an array of tables, at the top or below one that is there already."""
        names, table = around[self.choose(0, len(around) - 1)]
        is_array, names = self.choose(0, 1), [*names, self.name()]
        table = (*table, names[-1][1])
        for number in range(self.choose(1, 3) if is_array else 1):
            line = self.here()
            self.lines.setdefault(table, line)
            item: Key = (*table, number) if is_array else table
            self.lines[item] = line
            opening, closing = ("[[", "]]") if is_array else ("[", "]")
            self.put(opening, self.blank(), ".".join(written for written, _ in names), self.blank(), closing)
            self.gap()
            self.pairs(item)
        around.append((names, item))


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """A right TOML document with tables, dotted keys, inline tables, arrays and long strings."""
    made = Document(draw, lambda low, high: draw(st.integers(low, high)))
    made.put(*(draw(st.sampled_from(GAPS)) for _ in range(draw(st.integers(0, 2)))))
    made.pairs(())
    around: list[tuple[list[tuple[str, str]], Key]] = [([], ())]
    for _ in range(draw(st.integers(0, 5))):
        made.header(around)
    return made
