"""Entry symbols: what the modules of one directory define alike, and nobody links to."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING

from splitpkg.discover.places import is_public, stem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from splitpkg.discover.objects import Objects

MADE_BY_LINKER = frozenset(
    (
        "_init",
        "_fini",
        "_end",
        "_edata",
        "_etext",
        "__bss_start",
        "end",
        "edata",
        "etext",
        "__data_start",
        "__bss_start__",
        "__bss_end__",
        "__end__",
        "_bss_end__",
        "__exidx_start",
        "__exidx_end",
        "_start",
    )
)
_PIECES = re.compile(r"[^A-Za-z0-9]+")
_LONGEST = 6
_SEVERAL, _NEARLY_ALL = 3, 0.7


def candidates(objects: Objects, path: str) -> dict[str, tuple[str, ...]]:
    """The symbols by which a file may be entered, each with its forms.

    A form is the symbol itself, or the symbol with `{}` in the place of the file's own name. Left
    out are symbols that some file links to, and weak ones.
    """
    facts = objects.facts(path)
    names = facts.defined_names - objects.linked - MADE_BY_LINKER
    symbols = [symbol.name for symbol in facts.defined if not symbol.weak and symbol.name in names]
    every = "\n".join(symbols).lower()
    own = tuple(name for name in own_names(path) if name in every)
    return {symbol: _forms(symbol, own) for symbol in symbols}


def own_names(path: str) -> tuple[str, ...]:
    """The names that a file's entry symbol may carry, in lower case, longest first: `driver_qemu`, `qemu`."""
    pieces = [piece for piece in _PIECES.split(stem(path).lower()) if piece][:_LONGEST]
    found = set[str]()
    for start in range(len(pieces)):
        for stop in range(start + 1, len(pieces) + 1):
            found.add("_".join(pieces[start:stop]))
    if pieces and pieces[0].startswith("lib"):
        found.add("_".join([pieces[0][3:], *pieces[1:]]))
        found.add(pieces[0][3:])
    return tuple(sorted((name for name in found if len(name) > 1), key=lambda name: (-len(name), name)))


def _forms(symbol: str, names: tuple[str, ...]) -> tuple[str, ...]:
    lower = symbol.lower() if names else ""
    for name in names:
        at = lower.find(name)
        if at >= 0:
            return symbol, f"{symbol[:at]}{{}}{symbol[at + len(name) :]}"
    return (symbol,)


@dataclass(frozen=True, slots=True)
class Shapes:
    """The symbols by which files may be entered, and how common their forms are nearby.

    `symbols` has the candidates of each file that nothing links to. `common` counts each form in
    each directory, `everywhere` each symbol in all private ones; `sizes` counts the directory's files.
    `mentioned` are the symbols that some file which may use dlsym holds as strings; `asked` those that
    nearly all files of a directory need of a program, as they do who register with it.
    """

    objects: Objects
    symbols: Mapping[str, Mapping[str, tuple[str, ...]]]
    common: Mapping[str, Mapping[str, int]]
    everywhere: Mapping[str, int]
    sizes: Mapping[str, int]
    mentioned: frozenset[str]
    asked: Mapping[str, frozenset[str]]
    _known: dict[str, Mapping[str, int]] = field(default_factory=dict)

    def candidates(self, path: str) -> Mapping[str, tuple[str, ...]]:
        """The symbols by which the file may be entered, each with its forms."""
        found = self.symbols.get(path)
        return candidates(self.objects, path) if found is None else found

    def entry(self, path: str, least: int = 2, share: float = 0.5) -> tuple[str, ...]:
        """Those of a file's symbols that show it to be a module, sorted; mentioned ones alone, if any.

        As many as `least` of the unlinked files in its directory, and that `share` of them, have
        the same; or two have it, and it is mentioned.
        """
        shared, private = self._shared(path), not is_public(path)
        mentioned = (
            name
            for name in self.mentioned.intersection(self.candidates(path))
            if name in shared or (private and self.everywhere.get(name, 0) > 1)
        )
        enough = max(least, share * self.sizes.get(path.rpartition("/")[0], 0))
        return tuple(sorted(mentioned)) or tuple(
            sorted(name for name, number in shared.items() if number >= enough)
        )

    def _shared(self, path: str) -> Mapping[str, int]:
        """Those of a file's symbols whose like several files of its directory have, and how many have it."""
        if path not in self._known:
            common = self.common.get(path.rpartition("/")[0], {})
            found = self.candidates(path).items() if common else ()
            self._known[path] = {
                symbol: max(common.get(form, 0) for form in forms)
                for symbol, forms in found
                if not common.keys().isdisjoint(forms)
            }
        return self._known[path]

    def asks(self, path: str) -> str | None:
        """A symbol that the file needs of a program as nearly all unlinked files of its directory do."""
        asked = self.asked.get(path.rpartition("/")[0], frozenset[str]())
        return min(asked & self.objects.facts(path).undefined_names, default=None)


def shapes_of(objects: Objects, loose: Iterable[str]) -> Shapes:
    """What the files that nothing links to have in common, directory by directory."""
    symbols = {path: candidates(objects, path) for path in loose}
    groups = by_directory(symbols)
    mentioned = frozenset[str]().union(*map(objects.mentions, (*objects.programs, *objects.shared)))
    return Shapes(
        objects,
        symbols,
        {directory: _common(symbols[path] for path in files) for directory, files in groups.items()},
        Counter(chain.from_iterable(names for path, names in symbols.items() if not is_public(path))),
        {directory: len(files) for directory, files in groups.items()},
        mentioned,
        {directory: _asked(objects, files) for directory, files in groups.items()},
    )


def _asked(objects: Objects, files: tuple[str, ...]) -> frozenset[str]:
    most = max(_SEVERAL, _NEARLY_ALL * len(files))
    if most > len(files):
        return frozenset()
    count = Counter(
        symbol.name
        for path in files
        for symbol in objects.facts(path).undefined
        if not symbol.weak and symbol.name in objects.exported
    )
    return frozenset(name for name, number in count.items() if number >= most)


def _common(files: Iterable[Mapping[str, tuple[str, ...]]]) -> dict[str, int]:
    every = chain.from_iterable
    count = Counter(every(set(every(symbols.values())) for symbols in files))
    return {form: number for form, number in count.items() if number > 1}


def by_directory(paths: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The files of each directory, sorted."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for path in sorted(paths):
        found[path.rpartition("/")[0]].append(path)
    return {directory: tuple(files) for directory, files in found.items()}
