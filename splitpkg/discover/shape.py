"""What the names of files have in common: `lib` + NAME + `_plugin` + `.so`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING

from splitpkg.manifest.glob import escaped

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

_TAIL = re.compile(
    r"(?P<stem>.+?)(?P<tail>(?:\.(?:cpython|abi3|pypy)[^./]*)?\.(?:so|oct|node)(?P<version>\.\d[^/]*)?)?"
)
_SEPARATORS = "-_."
_MANY, _TELLING = 8, 3
"""So many files with so many common letters have a prefix even without a separator after it."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The parts of file names before and after what tells the files apart."""

    prefix: str
    suffix: str
    tail: str

    def glob(self, name: str = "{name}") -> str:
        """The pattern of the file names."""
        tail = ".so*" if self.tail == ".so*" else escaped(self.tail)
        return f"{escaped(self.prefix)}{name}{escaped(self.suffix)}{tail}"

    def own(self, name: str) -> str:
        """What tells one file apart: its name without the common parts."""
        return split(name)[0].removeprefix(self.prefix).removesuffix(self.suffix)


def split(name: str) -> tuple[str, str]:
    """A file name without and with `.so` and what follows it."""
    found = _TAIL.fullmatch(name)
    return (found["stem"], found["tail"] or "") if found is not None else (name, "")


def shape_of(names: Collection[str], others: Iterable[str] = ()) -> Shape:
    """The common shape of file names; `others` are the names of links to them in the same directory."""
    stems = sorted({split(name)[0] for name in names})
    tails = {split(name)[1] for name in (*names, *others)}
    tail = tails.pop() if len(tails) == 1 else ".so*"
    if len(stems) == 1:
        prefix = "lib" if stems[0].startswith("lib") and len(stems[0]) > len("lib") else ""
        return Shape(prefix, "", tail)
    prefix = _prefix(stems)
    rest = [stem.removeprefix(prefix) for stem in stems]
    return Shape(prefix, _suffix(rest), tail)


def _prefix(stems: list[str]) -> str:
    common = _common(stems)
    if common in stems:
        common = common[:-1]
    bare = common.removeprefix("lib")
    if len(stems) >= _MANY and len(bare) >= _TELLING and not bare[-1].isdigit():
        return common
    cut = max(common.rfind(separator) for separator in _SEPARATORS) + 1
    return common[:cut] or ("lib" if common.startswith("lib") else "")


def _suffix(stems: list[str]) -> str:
    common = _common([stem[::-1] for stem in stems])[::-1]
    if common in stems:
        common = common[1:]
    places = [common.find(separator) for separator in _SEPARATORS if separator in common]
    return common[min(places) :] if places else ""


def _common(texts: list[str]) -> str:
    """What all the texts begin with."""
    first, last = min(texts), max(texts)
    return "".join(
        one for one, _ in takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False))
    )
