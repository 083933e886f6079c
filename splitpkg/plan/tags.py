"""The tags of a build: found or as the manifest describes them, and checked to be those of one build."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from splitpkg.abi.marked import Marked
from splitpkg.abi.strength import is_constant, judge
from splitpkg.abi.tags import find_tags
from splitpkg.diagnostics import Diagnostic, Severity
from splitpkg.plan.described import absent, described
from splitpkg.plan.foreign import foreign
from splitpkg.plan.model import Role
from splitpkg.plan.previous import unchanged, unlike

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from splitpkg.abi.model import Tag
    from splitpkg.plan.split import Split

_CAUSED = frozenset({"ambiguous-symbol", "library-missing", "node-missing", "unmet-symbol"})
"""What the symbols of a module of another build bring with them."""


@dataclass(frozen=True, slots=True)
class Found:
    """The tags that hosts or libraries provide, marks that may be tags, and what is wrong."""

    tags: tuple[Tag, ...] = ()
    doubtful: tuple[Tag, ...] = ()
    findings: tuple[Diagnostic, ...] = ()


def tags(split: Split, previous: Split | None = None) -> Found:
    """The tags of the build, with their strength; a finding for each file that has another build's.

    `previous` is another build of the program.
    """
    if split.manifest.content.abi.tag == "none":
        return Found()
    marked = marks_of(split)
    found, missing = _all(split, marked)
    before = None if previous is None else marks_of(previous)
    earlier = () if previous is None or before is None else _all(previous, before)[0]
    program = split.manifest.content.program
    provided = tuple(
        judge(tag, program.version, program.release, earlier if before is not None else None)
        for tag in found
        if tag.providers and tag.sure
    )
    findings = [*missing, *dict.fromkeys(foreign(marked, found))]
    findings += [] if findings else _weak(split, provided)
    if before is not None:
        findings += unchanged(marked, provided, before, earlier)
        findings += unlike(before.linkage.inventory.root, provided, earlier)
    return Found(provided, tuple(tag for tag in found if not tag.sure), tuple(findings))


def without_effects(findings: Iterable[Diagnostic], found: Found) -> Iterator[Diagnostic]:
    """The findings less those that are one of the same file's tag, told a second time."""
    causes = [(one.where.path, one.message.split("`")[1]) for one in found.findings if "`" in one.message]
    for one in findings:
        path = one.where.path
        if one.slug not in _CAUSED or not any(
            path == file and f"`{tag}`" in one.message for file, tag in causes
        ):
            yield one


def marks_of(split: Split) -> Marked:
    """What the finders look at."""
    hosts = tuple(path for path in split.hosts if split.linkage.is_elf(path))
    entries = {path: split.tree.inventory.get(path) for path in hosts}
    mentions = {path: entry.mentions for path, entry in entries.items() if entry is not None}
    return Marked(split.linkage, hosts, split.elf_modules, frozenset(_private(split)), mentions)


def _private(split: Split) -> Iterator[str]:
    """Shared objects that are neither modules nor in a package of libraries for everyone."""
    for path, owner in split.assignment.owners.items():
        is_ours = path not in split.modules and split.roles[owner] is not Role.LIBRARY
        if is_ours and split.linkage.is_elf(path) and split.linkage.facts(path).is_shared_object:
            yield path


def _all(split: Split, marked: Marked) -> tuple[tuple[Tag, ...], tuple[Diagnostic, ...]]:
    """Every tag of modules, provided or not, and the descriptions that nothing fits."""
    if isinstance(split.manifest.content.abi.tag, str):
        return find_tags(marked), ()
    by_key = list(described(split, marked))
    missing = tuple(absent(split, key, pattern) for key, pattern, listed in by_key if not listed)
    return tuple(sorted({tag for _, _, listed in by_key for tag in listed})), missing


def _weak(split: Split, provided: tuple[Tag, ...]) -> Iterator[Diagnostic]:
    """Tags all of which stay the same from release to release."""
    version = split.manifest.content.program.version
    if provided and all(is_constant(tag, version) for tag in provided):
        values = ", ".join(f"`{tag.value}`" for tag in provided[:3])
        more = f" and {len(provided) - 3} more" if len(provided) > 3 else ""
        message = f"no tag of the modules changes with the release: {values}{more}"
        hint = "leave packages locked to the exact version, whatever the tag"
        where = split.manifest.where("abi", "tag")
        yield Diagnostic("tag-constant", where, message, hint=hint, severity=Severity.WARNING)
