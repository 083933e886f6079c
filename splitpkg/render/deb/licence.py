"""SPDX licence expressions in the words of Debian's machine-readable copyright format 1.0 (DEP 5)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

_NAMES = {"MIT": "Expat", "BSD-2-Clause": "BSD-2-clause", "BSD-3-Clause": "BSD-3-clause", "ZLIB": "Zlib"}
_FAMILY = re.compile(r"(A?GPL|LGPL|GFDL)-(\d+(?:\.\d+)?)(-no-invariants|-invariants)?(-only|-or-later|\+)?")
_COMMON = re.compile(r"Apache-2\.0|CC0-1\.0|GFDL-1\.[23]|GPL-[123]|LGPL-(2|2\.1|3)|MPL-(1\.1|2\.0)")
"""Texts in /usr/share/common-licenses, which is part of base-files (Debian policy 12.5)."""

_ENCLOSED = frozenset(["BSD-2-clause", "BSD-3-clause", "Expat", "ISC", "Zlib"])
"""Texts that come with splitpkg, as templates deb/licence/NAME."""


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence as the format names it: `short`; and where its text is.

    `base` is the name without `or later` and exceptions; `exception` is None or as SPDX names it.
    """

    short: str
    base: str
    later: bool
    exception: str | None

    @property
    def common(self) -> bool:
        """Whether every Debian system has the text."""
        return _COMMON.fullmatch(self.base) is not None

    @property
    def enclosed(self) -> bool:
        """Whether the text is short and comes with splitpkg."""
        return self.base in _ENCLOSED and self.exception is None


def licences(expression: str) -> tuple[str, tuple[Licence, ...]]:
    """The synopsis for a License field, and the licences in it, sorted.

    The format knows `A and B or C` and `A or B, and C`; an expression that is nested more deeply has
    no synopsis there, and all its licences are named together.
    """
    tree = _Parser(expression).whole()
    found = sorted(_leaves(tree), key=lambda one: one.short)
    return _synopsis(tree) or " and ".join(one.short for one in found), tuple(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class _Joined:
    """Two or more parts with one word between them."""

    word: str
    parts: tuple[_Tree, ...]


_Tree = Licence | _Joined
_Part = Callable[[], _Tree]


def _leaves(tree: _Tree) -> tuple[Licence, ...]:
    return (
        (tree,) if isinstance(tree, Licence) else tuple(leaf for part in tree.parts for leaf in _leaves(part))
    )


def _synopsis(tree: _Tree) -> str | None:
    if isinstance(tree, Licence):
        return tree.short
    nested = [part for part in tree.parts if isinstance(part, _Joined)]
    if any(isinstance(one, _Joined) for part in nested for one in part.parts):
        return None
    word = f", {tree.word} " if nested and tree.word == "and" else f" {tree.word} "
    return word.join(_synopsis(part) or "" for part in tree.parts)


class _Parser:
    """Reads a checked expression: WITH binds first, then AND, then OR (SPDX 2.3, annex D)."""

    def __init__(self, expression: str) -> None:
        self._tokens = re.findall(r"[()]|[^\s()]+", expression)[::-1]

    def whole(self) -> _Tree:
        """The tree of the whole expression."""
        return self._joined("OR", lambda: self._joined("AND", self._single))

    def _joined(self, word: str, part: _Part) -> _Tree:
        parts = [part()]
        while self._tokens and self._tokens[-1] == word:
            self._tokens.pop()
            parts.append(part())
        return parts[0] if len(parts) == 1 else _Joined(word.lower(), tuple(parts))

    def _single(self) -> _Tree:
        token = self._tokens.pop()
        if token == "(":
            inner = self.whole()
            self._tokens.pop()
            return inner
        exception = None
        if self._tokens and self._tokens[-1] == "WITH":
            self._tokens.pop()
            exception = self._tokens.pop()
        return _licence(token, exception)


def _licence(identifier: str, exception: str | None) -> Licence:
    found = _FAMILY.fullmatch(identifier)
    if found is not None:
        base, later = f"{found[1]}-{found[2].removesuffix('.0')}", found[4] in ("-or-later", "+")
        short = base.replace("GFDL", "GFDL-NIV") if found[3] == "-no-invariants" else base
    else:
        base, later = identifier.removesuffix("+").rpartition(":")[2], identifier.endswith("+")
        base = short = _NAMES.get(base, base)
    short += "+" if later else ""
    if exception is not None:
        short += f" with {re.sub('-exception', '', exception)} exception"
    return Licence(short, base, later, exception)
