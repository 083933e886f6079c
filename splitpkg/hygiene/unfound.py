"""Modules where no host looks: the directory is not the one that the hosts were built with."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from splitpkg.abi.directories import elsewhere, merged, parts
from splitpkg.abi.linkage import abi_of
from splitpkg.diagnostics import Diagnostic, Location, Severity
from splitpkg.hygiene.subject import also

if TYPE_CHECKING:
    from collections.abc import Iterator

    from splitpkg.hygiene.subject import Subject


def misplaced_modules(subject: Subject) -> Iterator[Diagnostic]:
    """Directories of modules that nothing mentions, while hosts mention their like, which is not there.

    As after an installation with `--libdir=/usr/lib` of what was built for /usr/lib64.
    """
    texts = {entry.path: entry.mentions for entry in subject.inventory.entries if entry.mentions}
    known = {merged(text.strip("/")) for names in texts.values() for text in names if text.startswith("/")}
    machines = {abi_of(subject.linkage.facts(path)) for path in subject.hosts}
    for directory, paths in subject.by_directory().items():
        facts = subject.linkage.facts(paths[0])
        if abi_of(facts) not in machines or any(merged(one) in known for one in _upwards(directory)):
            continue
        likes = [one for one in _likes(directory, facts.machine) if merged(one) in known]
        found = _looked_in(subject, likes, texts) if likes else None
        if found is not None:
            yield _misplaced(paths, *found)


def _upwards(directory: str) -> Iterator[str]:
    """The private directory, and those above it."""
    while parts(directory) is not None:
        yield directory
        directory = posixpath.dirname(directory)


def _likes(directory: str, machine: int) -> Iterator[str]:
    """The directories that it, or one above it, would be with another directory of libraries."""
    return (other for one in _upwards(directory) for other in elsewhere(one, machine))


def _looked_in(
    subject: Subject, likes: list[str], texts: dict[str, frozenset[str]]
) -> tuple[str, str] | None:
    """A host, or a library that one needs, and the first of the directories that it mentions."""
    absent = [one for one in likes if subject.inventory.resolve(one) is None]
    spelled = {f"/{other}{end}" for other in absent for end in ("", "/")}
    telling = {path for path, names in texts.items() if not names.isdisjoint(spelled)}
    for host in subject.hosts if telling else ():
        told = telling & subject.linkage.closure(host).files
        if told:
            found = {text.strip("/") for text in texts[min(told)]}
            return min(told), next(other for other in absent if other in found)
    return None


def _misplaced(paths: list[str], host: str, directory: str) -> Diagnostic:
    return Diagnostic(
        "module-unfound",
        Location(paths[0]),
        f"lies where no host looks: {host} holds the text `/{directory}`",
        also(paths),
        "install with the directories that the hosts were built with",
        Severity.WARNING,
    )
