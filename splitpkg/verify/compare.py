"""Compares what was built with what was planned. Pure: everything has been read before."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from splitpkg.diagnostics import Diagnostic, Location, ordered
from splitpkg.verify.compare_files import compare_files
from splitpkg.verify.compare_relations import compare_relations
from splitpkg.verify.group import Group

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from splitpkg.verify.model import BuiltPackage, ExpectedPackage, LateValues

_INDEPENDENT = ("noarch", "all")
_SOURCES = ("src", "nosrc")
_DEBUG = ("-debuginfo", "-debugsource", "-dbgsym")


def compare(
    built: Sequence[BuiltPackage],
    expected: Sequence[ExpectedPackage],
    tree: Mapping[str, str] | None,
    values: LateValues | None = None,
) -> tuple[Diagnostic, ...]:
    """What of the plan the built packages, all of one format, do not keep; ordered.

    `tree` has the SHA-256 of each regular file that was packed as it is, by path; None when the
    packages were built afresh, so that sizes, bytes and modes are their own and manual pages may be
    compressed; `values` are those of the tags that such a build decides. Source packages and those
    with debugging symbols are passed over. Packages of several architectures are compared for each
    of them, with those that are for all.
    """
    names = {package.name for package in expected}
    judged = [package for package in built if not _is_by_the_way(package, names)]
    planned = [package for package in judged if package.name in names]
    findings = list(_mixed(planned, lambda package: package.source_version))
    if not findings:
        for packages in _architectures(judged):
            findings += _compared(Group(packages, expected, values), packages, tree)
    return ordered(dict.fromkeys(findings))


def _compared(
    group: Group, packages: Sequence[BuiltPackage], tree: Mapping[str, str] | None
) -> Iterator[Diagnostic]:
    own = [package for package in group.built.values() if package.architecture not in _INDEPENDENT]
    mixed = tuple(_mixed(own, lambda package: package.version))
    if mixed:
        yield from mixed
        return
    yield from _duplicated(packages)
    for package in group.expected:
        if package.name not in group.built:
            yield _missing(package, group)
    for built in group.unexpected:
        yield _unexpected(built)
    yield from compare_files(group, tree)
    yield from compare_relations(group)


def _is_by_the_way(package: BuiltPackage, names: Iterable[str]) -> bool:
    """Whether the tools made it beside what was asked for."""
    if package.name in names:
        return package.architecture in _SOURCES
    return package.architecture in _SOURCES or package.name.endswith(_DEBUG)


def _architectures(packages: Sequence[BuiltPackage]) -> Iterator[list[BuiltPackage]]:
    """The packages that can be installed together: those of one architecture and those for all."""
    independent = [package for package in packages if package.architecture in _INDEPENDENT]
    found: defaultdict[str, list[BuiltPackage]] = defaultdict(list)
    for package in packages:
        if package.architecture not in _INDEPENDENT:
            found[package.architecture].append(package)
    if not found:
        yield independent
    for _, own in sorted(found.items()):
        yield own + independent


def _mixed(packages: Iterable[BuiltPackage], version: Callable[[BuiltPackage], str]) -> Iterator[Diagnostic]:
    """Packages of another build than most: of another version, or rebuilt alone (Debian's binNMU)."""
    builds: defaultdict[str, list[BuiltPackage]] = defaultdict(list)
    for package in packages:
        builds[f"{package.source} {version(package)}"].append(package)
    main = max(builds, key=lambda build: (len(builds[build]), build), default="")
    for build, odd in sorted(builds.items()):
        if build != main:
            yield _odd(build, odd, main, len(builds[main]))


def _odd(build: str, odd: list[BuiltPackage], main: str, count: int) -> Diagnostic:
    files = sorted(package.file for package in odd)
    notes = tuple(f"{file} is of {build}, too" for file in files[1:])
    text = f"is of {build}, {count} of {count + len(odd)} packages are of {main}"
    hint = "name the packages of one build only"
    return Diagnostic("builds-mixed", Location(files[0]), text, notes, hint)


def _duplicated(packages: Sequence[BuiltPackage]) -> Iterator[Diagnostic]:
    first: dict[str, BuiltPackage] = {}
    for package in packages:
        other = first.setdefault(package.name, package)
        if other.file != package.file:
            note = f"{other.file} is `{other.name}` {other.version} for {other.architecture}, too"
            hint = "name each package once"
            text = f"is another file of package `{package.name}` {package.version}"
            yield Diagnostic("package-duplicated", Location(package.file), text, (note,), hint)


def _missing(package: ExpectedPackage, group: Group) -> Diagnostic:
    wanted = {file.path for file in package.files}
    held = ((built.file, wanted.intersection(file.path for file in built.files)) for built in group.packages)
    notes = tuple(
        f"{file} has {len(paths)} of its {len(wanted)} paths" for file, paths in sorted(held) if paths
    )
    text, hint = "was planned and not built", f"run `splitpkg {group.form}`, then build again"
    return Diagnostic("package-missing", Location(package.name), text, notes, hint)


def _unexpected(built: BuiltPackage) -> Diagnostic:
    text = f"is package `{built.name}`, which is not planned"
    hint = "empty the folder and build again, or leave the file out"
    return Diagnostic("package-unexpected", Location(built.file), text, hint=hint)
