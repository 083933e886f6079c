"""Tables [module.X] that a draft needs: links to modules, files with them, modules in the core."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from splitpkg.discover.owners import CORE, LIBS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from splitpkg.abi.linkage import Linkage
    from splitpkg.discover.layout import LibraryDirectory
    from splitpkg.discover.model import Discovery
    from splitpkg.discover.owners import Owners
    from splitpkg.discover.rules import Member


@dataclass(frozen=True, slots=True)
class Override:
    """One table: the package that takes the module, whether it stays in the core, files with it."""

    suffix: str
    bundle: str | None
    keep: bool
    files: tuple[str, ...]
    comment: str


def overrides(
    discovery: Discovery,
    linkage: Linkage,
    place: LibraryDirectory,
    taken: Mapping[str, Member],
    owners: Owners,
) -> tuple[Override, ...]:
    """The tables, sorted by suffix."""
    kept = _kept(discovery, linkage, owners)
    files = defaultdict[str, set[str]](set)
    for path, home in owners.with_module.items():
        files[taken[home].suffix].add(place.literal(path))
    bundles = dict[str, str]()
    for module in discovery.modules:
        suffix = taken[module.path].suffix
        for link in module.links:
            if link not in taken:
                files[suffix].add(place.literal(link))
            elif taken[link].suffix != suffix:
                bundles[taken[link].suffix] = suffix
    stay = {taken[path].suffix: user for path, user in kept.items()}
    suffixes = sorted({*files, *bundles, *stay})
    return tuple(_override(suffix, bundles, stay, files) for suffix in suffixes)


def _override(
    suffix: str, bundles: Mapping[str, str], stay: Mapping[str, str], files: Mapping[str, set[str]]
) -> Override:
    user = stay.get(suffix) or stay.get(bundles.get(suffix, ""))
    target = None if user is not None else bundles.get(suffix)
    comment = "Files that go with the module."
    if user is not None:
        comment = f"{user} links to the module, so it stays in the core."
    elif target is not None:
        comment = f"A link to the module of {target}."
    return Override(suffix, target, user is not None, tuple(sorted(files.get(suffix, ()))), comment)


def _kept(discovery: Discovery, linkage: Linkage, owners: Owners) -> dict[str, str]:
    """Modules that a file of the core or of the libraries links to, with that file."""
    modules = {module.path for module in discovery.modules}
    found: dict[str, str] = {}
    for path, suffix in owners.paths.items():
        if suffix in (CORE, LIBS) and linkage.is_elf(path):
            for needed in linkage.closure(path).files & modules:
                found.setdefault(needed, path)
    return found
