"""The forms of tags, for packaging that builds the program afresh and reads the values when it is done.

A build of another day has another hash, a new release another version: what stays is the text around them.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from splitpkg.abi.model import TagFamily
from splitpkg.abi.tags import shape
from splitpkg.diagnostics import Diagnostic, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from splitpkg.abi.model import Tag
    from splitpkg.manifest.model import ManifestFile

_READ = {TagFamily.NODE: "node", TagFamily.SONAME: "soname", TagFamily.STAMP: "symbol"}
"""The families that a few lines of shell can read, with their keys in [abi]."""

_HASH_OR_VERSION = "([0-9a-f]{7,}|[0-9]+([._][0-9]+)*[a-z]{0,4}[0-9]*)"
_ANY, _ONE = "[!-~]*", "[!-~]"
_GLOB = re.compile(r"\*|\?|\[!?\]?[^\]]*\]")


def with_forms(manifest: ManifestFile, tags: Iterable[Tag]) -> tuple[tuple[Tag, ...], tuple[Diagnostic, ...]]:
    """The tags, with their forms where the program is built afresh; a warning for each that has none then."""
    listed = tuple(tags)
    if manifest.content.build is None:
        return listed, ()
    formed = [_formed(manifest, tag) for tag in listed]
    count = Counter((tag.family, tag.form) for tag in formed)
    ambiguous = {tag for tag in formed if tag.form is not None and count[tag.family, tag.form] > 1}
    kept = tuple(replace(tag, form=None) if tag in ambiguous else tag for tag in formed)
    return kept, tuple(_unread(manifest, tag, ambiguous) for tag in formed if _is_unread(tag, ambiguous))


def _is_unread(tag: Tag, ambiguous: set[Tag]) -> bool:
    """A path is listed with the files: in another build it is the same, or that one fails."""
    return tag.family is not TagFamily.PATH and (tag.form is None or tag in ambiguous)


def _formed(manifest: ManifestFile, tag: Tag) -> Tag:
    if tag.family not in _READ or re.fullmatch("[!-~]+", tag.value) is None:
        return tag
    said = next((glob for glob in _globs(manifest, tag.family) if fnmatchcase(tag.value, glob)), None)
    around = _HASH_OR_VERSION.join(map(_literal, shape(tag.value).split("*")))
    return replace(tag, form=around if said is None else _pattern(said))


def _globs(manifest: ManifestFile, family: TagFamily) -> Iterator[str]:
    """What the manifest says of that family's tags."""
    for table in manifest.content.abi.tables:
        glob: str | None = getattr(table, _READ[family])
        if glob is not None:
            yield glob


def _pattern(glob: str) -> str:
    """The glob (fnmatch(3)) as an extended regular expression."""
    parts, end = list[str](), 0
    for match in _GLOB.finditer(glob):
        parts += [_literal(glob[end : match.start()]), _wild(match[0])]
        end = match.end()
    return "".join((*parts, _literal(glob[end:])))


def _wild(text: str) -> str:
    match text[:2]:
        case "[!":
            return f"[^{text[2:]}"
        case "[^":  # stands for itself in a glob of Python's, and anywhere but here in an expression
            return f"[{text[2:-1]}^]" if len(text) > 3 else _literal("^")
    if text.startswith("["):
        return text
    return _ANY if text == "*" else _ONE


def _literal(text: str) -> str:
    return re.sub(r"[.\[\](){}*+?^$|\\]", r"\\\g<0>", text)


def _unread(manifest: ManifestFile, tag: Tag, ambiguous: set[Tag]) -> Diagnostic:
    why = (
        "another tag differs from it in version or hash only"
        if tag in ambiguous
        else f"a {tag.family} is read by splitpkg alone"
    )
    return Diagnostic(
        "tag-unread",
        manifest.where("abi", "tag"),
        f"no package states tag `{tag.value}`, which only the build from source decides",
        (why, "the packages are locked to each other by version and release all the same"),
        severity=Severity.WARNING,
    )
