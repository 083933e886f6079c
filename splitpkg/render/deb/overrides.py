"""Lintian overrides: what lintian says of files that have to be as they are, with the reason (lintian(1))."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from splitpkg.inventory.model import EntryKind
from splitpkg.render.deb.capabilities import private_abi, private_nodes
from splitpkg.render.deb.seen import described

if TYPE_CHECKING:
    from collections.abc import Iterator

    from splitpkg.plan.model import PlannedFile, PlannedPackage
    from splitpkg.render.deb.source import DebSource

_MANUAL_PAGE = re.compile(r"usr/share/man/(?:[^/]+/)?man[1-9]/[^/]+(?<!\.gz)")
_ODD = re.compile(r"[^A-Za-z0-9/._+~-]")


@dataclass(frozen=True, slots=True)
class Override:
    """Tags with what they say of a file, as a pattern, and why they are no fault here."""

    reason: str
    tags: tuple[str, ...]


_BARE = "Nothing but what loads it defines the symbols that it needs: there was no library to link it to."
_LIBC = "It calls nothing of the C library, and so was not linked to it."
_PACKED = "The tree is packed as it is."
_NO_SOURCE = "The tree is packed as it is: this package holds what was built, for use in house."
_UNCHANGED = "The tree is packed as it is: what would change a file is switched off."
_PRIVATE = "It is this very package: a private symbol needs its very build."


def overrides(source: DebSource, package: PlannedPackage) -> tuple[Override, ...]:
    """The overrides of one package, for exactly the files that bring the tag about."""
    reasons: defaultdict[str, list[str]] = defaultdict(list)
    for file in package.files:
        for tag, reason in (*_module_tags(package, file), *_packed_tags(source, file)):
            reasons[reason].append(f"{tag} [{_pattern(source, file.path)}]")
    for library in described(package):
        if private_nodes(source, library) and private_abi(source, package) is None:
            context = f"{source.name(package)} (= ${{binary:Version}}) ({library.soname}) [symbols]"
            reasons[_PRIVATE].append(f"symbols-declares-dependency-on-other-package {context}")
    return tuple(Override(reason, tuple(sorted(tags))) for reason, tags in sorted(reasons.items()))


def installed(name: str) -> str:
    """Where dh_lintian puts the overrides of the package of that name."""
    return f"usr/share/lintian/overrides/{name}"


def source_overrides(source: DebSource) -> tuple[Override, ...]:
    """The overrides of the source package: a packed tree is none that is built."""
    if source.is_built:
        return ()
    packed = ("excessive-debhelper-overrides *", "override_dh_fixperms-does-not-call-dh_fixperms *")
    built = ("source-contains-prebuilt-binary *", "source-is-missing *")
    has_elf = any(file.needed is not None for file in source.plan.files)
    return (Override(_UNCHANGED, packed), *([Override(_NO_SOURCE, built)] if has_elf else []))


def _module_tags(package: PlannedPackage, file: PlannedFile) -> Iterator[tuple[str, str]]:
    """What is said of modules, and of the libraries beside them."""
    is_module = file.path in package.modules or file.soname in package.private_sonames
    if file.needed is None or not is_module:
        return
    if not file.needed:
        yield "shared-library-lacks-prerequisites", _BARE
    elif not any(name.startswith("libc.so.") for name in file.needed):
        yield "library-not-linked-against-libc", _LIBC


def _packed_tags(source: DebSource, file: PlannedFile) -> Iterator[tuple[str, str]]:
    """What debhelper would have changed."""
    if source.is_built or file.kind is not EntryKind.FILE:
        return
    if file.soname is not None and file.mode & 0o111:
        yield f"shared-library-is-executable {file.mode:04o}", _PACKED
    if _MANUAL_PAGE.fullmatch(file.path):
        yield "uncompressed-manual-page", _PACKED


def _pattern(source: DebSource, path: str) -> str:
    """The path as lintian's patterns have it; what they cannot say becomes `*`."""
    return _ODD.sub("*", source.placed(path, "*"))
