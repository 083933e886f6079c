"""Reads from built packages the tags that the build decided, to compare what the packages say of them."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from splitpkg.abi.model import TagFamily
from splitpkg.diagnostics import Diagnostic, Location, ordered
from splitpkg.elf.read import ElfError, parse, strings_present
from splitpkg.verify.model import LateValues
from splitpkg.verify.read import payload

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from splitpkg.elf.model import ElfFile
    from splitpkg.verify.model import BuiltPackage, ExpectedPackage, LateTag


def late_values(
    built: Sequence[BuiltPackage], expected: Iterable[ExpectedPackage]
) -> tuple[LateValues, tuple[Diagnostic, ...]]:
    """The values that the files of each architecture have; findings where they have none, or several.

    Raises Failed as `verify.read.read` does.
    """
    relations = (relation for package in expected for relation in package.relations)
    tags = list({(one.late.family, one.late.planned): one.late for one in relations if one.late}.values())
    values, findings = LateValues(), list[Diagnostic]()
    for architecture in sorted({package.architecture for package in built}) if tags else ():
        packages = [package for package in built if package.architecture == architecture]
        carried = _Carried(packages, tags)
        findings += carried.findings
        values |= {(architecture, *key): value for key, value in carried.values.items()}
        findings += _lacking(packages, tags, carried.values)
    return values, ordered(findings)


class _Carried:
    """What the modules of one architecture carry: `values` by the tag's family and planned value."""

    def __init__(self, packages: Iterable[BuiltPackage], tags: Sequence[LateTag]) -> None:
        self.values: dict[tuple[TagFamily, str], str] = {}
        self.findings: list[Diagnostic] = []
        self._first: dict[tuple[TagFamily, str], str] = {}
        by_path = _by_path(tags, "carriers")
        for package, path, data in _contents(packages, by_path):
            facts = _facts(data)
            for tag in by_path[path]:
                self._take(package, path, tag, _fitting(tag, _carried(facts, tag.family)))

    def _take(self, package: BuiltPackage, path: str, tag: LateTag, found: Collection[str]) -> None:
        if len(found) != 1:
            told = f"tags {_listed(found)}" if found else "no tag"
            text = f"`{path}` carries {told}; expected one as `{tag.planned}`"
            self.findings.append(_finding("tag-lost", package, text))
            return
        (value,), key = found, (tag.family, tag.planned)
        first = self._first.setdefault(key, path)
        if self.values.setdefault(key, value) != value:
            text = f"`{path}` carries tag `{value}`, `{first}` carries `{self.values[key]}`"
            self.findings.append(_finding("tag-differs", package, text))


def _lacking(
    packages: Iterable[BuiltPackage], tags: Sequence[LateTag], values: Mapping[tuple[TagFamily, str], str]
) -> Iterator[Diagnostic]:
    """The hosts that do not have what the modules carry."""
    by_path = _by_path(tags, "providers")
    for package, path, data in _contents(packages, by_path):
        facts = _facts(data)
        for tag in by_path[path]:
            value = values.get((tag.family, tag.planned))
            if value is not None and value not in _offered(facts, tag.family, path, data, value):
                text = f"`{path}` does not have tag `{value}`, which the modules carry"
                yield _finding("tag-lost", package, text)


def _by_path(tags: Iterable[LateTag], side: str) -> dict[str, list[LateTag]]:
    found = defaultdict[str, list["LateTag"]](list)
    for tag in tags:
        for path in getattr(tag, side):
            found[path].append(tag)
    return found


def _contents(
    packages: Iterable[BuiltPackage], wanted: Collection[str]
) -> Iterator[tuple[BuiltPackage, str, bytes]]:
    """The wanted files, of those packages that have any."""
    for package in packages:
        if any(file.path in wanted for file in package.files):
            for file, content in payload(Path(package.file)):
                if file.path in wanted:
                    yield package, file.path, content.read()


def _facts(data: bytes) -> ElfFile | None:
    try:
        return parse(data)
    except ElfError:
        return None


def _fitting(tag: LateTag, names: Iterable[str]) -> frozenset[str]:
    form = re.compile(tag.form, re.ASCII)
    return frozenset(name for name in names if form.fullmatch(name))


def _carried(facts: ElfFile | None, family: TagFamily) -> Iterable[str]:
    """The names by which a module can carry a tag of that family."""
    if facts is None:
        return ()
    match family:
        case TagFamily.NODE:
            return (node for need in facts.verneeds for node in need.nodes)
        case TagFamily.SONAME:
            return facts.needed
        case TagFamily.STAMP | TagFamily.CONSTANT | TagFamily.PATH:
            return facts.undefined_names | facts.defined_names


def _offered(facts: ElfFile | None, family: TagFamily, path: str, data: bytes, value: str) -> Collection[str]:
    """Of the names by which a host or library can have such a tag at least those that equal the value."""
    if facts is None:
        return ()
    match family:
        case TagFamily.NODE:
            return {definition.name for definition in facts.verdefs if not definition.base}
        case TagFamily.SONAME:
            return {facts.soname or "", path.rpartition("/")[2]}
        case TagFamily.STAMP | TagFamily.CONSTANT | TagFamily.PATH:
            return facts.defined_names | strings_present(data, [value])


def _listed(names: Iterable[str]) -> str:
    return " and ".join(f"`{name}`" for name in sorted(names))


def _finding(slug: str, package: BuiltPackage, text: str) -> Diagnostic:
    hint = f"run `splitpkg {package.format}`, then build everything again, from one source"
    return Diagnostic(slug, Location(package.file), text, hint=hint)
