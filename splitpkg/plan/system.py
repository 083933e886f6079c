"""What programs and modules of the tree do not find in the system that they are to be installed in."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from splitpkg.abi.binding import missing_versions
from splitpkg.abi.symbols import Scope
from splitpkg.diagnostics import Diagnostic, Location, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from splitpkg.abi.installed import Installed
    from splitpkg.abi.loader import Loaded
    from splitpkg.elf.model import ElfFile
    from splitpkg.plan.split import Split


def system_findings(split: Split, modules: Scope, installed: Installed) -> Iterator[Diagnostic]:
    """Libraries and version nodes that are missing, and what programs themselves leave open.

    `modules` is what loads these.
    """
    facts = split.linkage.facts
    elf = sorted(path for path in split.assignment.owners if split.linkage.is_elf(path))
    programs = [path for path in elf if facts(path).is_program and facts(path).dynamic]
    alone = Scope(split.linkage, (), (), installed=installed)
    loads = {path: alone.loads(path) for path in programs}
    loads |= {path: modules.loads(path) for path in split.elf_modules}
    yield from _missing_libraries(split, installed, loads)
    for path, loaded in sorted(loads.items()):
        yield from _missing_nodes(split, installed, path, loaded[0])
    for host, path, lacking in modules.idle_hosts(split.elf_modules):
        yield _idle(host, path, lacking)
    for path in programs:
        names = sorted({one.name for one in alone.open_symbols(path) if not one.assumed})
        if names:
            yield _unmet(path, names)


def _missing_libraries(
    split: Split, installed: Installed, loads: dict[str, tuple[Loaded, ...]]
) -> Iterator[Diagnostic]:
    """One finding for each name, with all files that need it; none where a host has it."""
    found: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for path, several in loads.items():
        for one in sorted(set(several[0].missing).intersection(*(other.missing for other in several))):
            found[one.name][one.loader if split.linkage.is_elf(one.loader) else path] = one.loader
    for name, files in sorted(found.items()):
        yield _library(split, installed, name, files)


def _library(split: Split, installed: Installed, name: str, files: dict[str, str]) -> Diagnostic:
    first, *others = sorted(files)
    notes = [f"{path} needs it, too" for path in others[:_MOST]]
    if len(others) > _MOST:
        notes.append(f"and {len(others) - _MOST} more files need it")
    if files[first] != first:
        notes.append(f"{files[first]}, which it loads, needs it")
    astray = next((need.provider for need in split.linkage.needs(first) if need.name == name), None)
    hint = "name a `--sysroot` in which all libraries are installed that the program needs"
    if astray is not None:
        where = "in no package" if astray not in split.assignment.owners else "where no search leads"
        notes.append(f"{astray} has that name, {where}")
        hint = f"install it where the loader looks, or build {first} with a run path to it"
    text = f"needs the library `{name}`, which the loader finds neither in the tree nor in {_root(installed)}"
    return Diagnostic("library-missing", Location(first), text, tuple(notes), hint)


_MOST = 3


def _missing_nodes(split: Split, installed: Installed, path: str, loaded: Loaded) -> Iterator[Diagnostic]:
    """The nodes of libraries from outside; those of the tree's own mean something else."""

    def outer(name: str) -> ElfFile | None:
        provider = loaded.names.get(name)
        return None if provider is None or split.linkage.is_elf(provider) else installed.facts(provider)

    nodes: defaultdict[str, list[str]] = defaultdict(list)
    for file, node in missing_versions(split.linkage.facts(path), outer):
        nodes[file].append(node)
    for file, names in nodes.items():
        library = loaded.names[file]
        yield Diagnostic(
            "node-missing",
            Location(path),
            f"needs version node `{names[0]}`, which {library} of {_root(installed)} does not define",
            _other_nodes(names),
            "name a `--sysroot` with the libraries that the program was built with",
        )


def _other_nodes(names: Sequence[str]) -> tuple[str, ...]:
    return (f"and {', '.join(f'`{name}`' for name in names[1:])}",) if len(names) > 1 else ()


def _unmet(path: str, names: list[str]) -> Diagnostic:
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    return Diagnostic(
        "unmet-symbol",
        Location(path),
        f"needs dynamic symbol `{names[0]}`{more}, which nothing it is linked to defines",
        hint="build it against the libraries that are there, or waive the finding with its reason",
    )


def _idle(host: str, path: str, names: Sequence[str]) -> Diagnostic:
    return Diagnostic(
        "exports-missing",
        Location(host),
        f"lacks `{names[0]}`, which {path} needs: no module loads into it, and into another host they do",
        hint="link it with `-Wl,--export-dynamic` (`-rdynamic`), or remove it from `files` of [hosts]",
        severity=Severity.WARNING,
    )


def _root(installed: Installed) -> str:
    return installed.sysroot.root if installed.sysroot is not None else "a system"
