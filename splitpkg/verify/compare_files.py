"""Every planned file in its package as planned, and no other."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING

from splitpkg.diagnostics import Diagnostic, Location
from splitpkg.inventory.model import EntryKind
from splitpkg.manifest.glob import Glob
from splitpkg.verify.differences import bare, differences
from splitpkg.verify.model import PackageFormat

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from splitpkg.plan.model import PlannedFile
    from splitpkg.verify.group import Group
    from splitpkg.verify.model import BuiltFile, BuiltPackage, ExpectedPackage


def compare_files(group: Group, tree: Mapping[str, str] | None) -> Iterator[Diagnostic]:
    """The findings about files; `tree` as in `compare`."""
    check = _Check(group, tree)
    for package, built in group.pairs():
        yield from check.planned(package, built)
        yield from check.others(package, built)


class _Check:
    """One group's files, by path; where compression is the build's own affair, by path without its ending."""

    def __init__(self, group: Group, tree: Mapping[str, str] | None) -> None:
        self._group, self._tree = group, tree
        self._files = {
            package.file: {self._name(file.path): file for file in package.files}
            for package in group.packages
        }
        self._holders: defaultdict[str, list[BuiltPackage]] = defaultdict(list)
        for package in group.packages:
            for path in self._files[package.file]:
                self._holders[path].append(package)
        self._owners = {
            self._name(file.path): package.name
            for package in group.expected
            for file in package.files
            if file.kind is not EntryKind.DIRECTORY
        }
        self._directories = {
            file.path
            for package in group.expected
            for file in package.files
            if file.kind is EntryKind.DIRECTORY
        }

    def planned(self, package: ExpectedPackage, built: BuiltPackage) -> Iterator[Diagnostic]:
        """Planned paths that are missing, elsewhere, or not as planned."""
        files = self._files[built.file]
        for planned in package.files:
            found = files.get(self._name(planned.path))
            if found is not None:
                yield from _differing(built, found, differences(planned, found, built.format, self._tree))
            elif planned.kind is EntryKind.DIRECTORY:
                yield self._unowned(planned.path, built)
            else:
                yield from self._missing(planned, built)

    def others(self, package: ExpectedPackage, built: BuiltPackage) -> Iterator[Diagnostic]:
        """Paths that this package was not to have. What belongs to a missing package is told with that."""
        planned = {self._name(file.path) for file in package.files}
        generated = _globs(package.generated)
        passed = _ancestors(built) if built.format is PackageFormat.DEB else self._directories
        for path, file in self._files[built.file].items():
            owner = self._owners.get(path)
            if path in planned or (file.kind is EntryKind.DIRECTORY and path in passed):
                continue
            if owner in self._group.built and self._has(owner, path):
                yield _duplicated(file, built, self._group.built[owner])
            elif owner is None and any(glob.match(file.path) for glob in generated):
                yield from self._generated_twice(path, file, built)
            elif owner is None:
                yield _unexpected(file, built)

    def _name(self, path: str) -> str:
        return path if self._tree is not None else bare(path)

    def _has(self, name: str, path: str) -> bool:
        return path in self._files[self._group.built[name].file]

    def _missing(self, planned: PlannedFile, built: BuiltPackage) -> Iterator[Diagnostic]:
        hint = f"run `splitpkg {built.format}`, then build again"
        holders = self._holders.get(self._name(planned.path), [])
        for holder in holders:
            text = f"holds `{planned.path}`, which is planned for `{built.name}`"
            yield Diagnostic("file-misplaced", Location(holder.file), text, hint=hint)
        if not holders:
            text = f"lacks `{planned.path}`, which no other package has either"
            yield Diagnostic("file-missing", Location(built.file), text, hint=hint)

    def _unowned(self, path: str, built: BuiltPackage) -> Diagnostic:
        notes = tuple(f"{holder.file} owns it" for holder in self._holders.get(path, []))
        text = f"does not own the directory `{path}`, as planned"
        hint = f"run `splitpkg {built.format}`, then build again"
        return Diagnostic("directory-unowned", Location(built.file), text, notes, hint)

    def _generated_twice(self, path: str, file: BuiltFile, built: BuiltPackage) -> Iterator[Diagnostic]:
        """What the tools add to two packages: RPM lets them share equal files, dpkg does not."""
        first = self._holders[path][0]
        if first.file == built.file or file.kind is EntryKind.DIRECTORY:
            return
        if built.format is PackageFormat.DEB or self._files[first.file][path] != file:
            yield _duplicated(file, built, first)


def _differing(built: BuiltPackage, file: BuiltFile, found: tuple[str, ...]) -> Iterator[Diagnostic]:
    if found:
        text, *notes = found
        hint = f"run `splitpkg {built.format}`, then build again"
        yield Diagnostic("file-differs", Location(built.file), f"`{file.path}` {text}", tuple(notes), hint)


def _duplicated(file: BuiltFile, built: BuiltPackage, owner: BuiltPackage) -> Diagnostic:
    text = f"holds `{file.path}`, which `{owner.name}` has, too"
    hint = "leave it to one of them"
    return Diagnostic("file-duplicated", Location(built.file), text, (f"{owner.file} has it",), hint)


def _unexpected(file: BuiltFile, built: BuiltPackage) -> Diagnostic:
    text = f"holds the {file.kind} `{file.path}`, which is planned for no package"
    hint = "run `splitpkg plan` on the tree that was built, or leave the path out of the package"
    return Diagnostic("file-unexpected", Location(built.file), text, hint=hint)


@cache
def _globs(texts: tuple[str, ...]) -> tuple[Glob, ...]:
    return tuple(Glob(text) for text in texts)


def _ancestors(built: BuiltPackage) -> set[str]:
    """The directories that lead to the package's paths."""
    found = set[str]()
    for file in built.files:
        parent = file.path.rpartition("/")[0]
        while parent and parent not in found:
            found.add(parent)
            parent = parent.rpartition("/")[0]
    return found
