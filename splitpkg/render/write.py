"""Puts rendered files into a folder: whole or not at all, and only what changed.

A full disk, an error or a kill at any moment leaves the former output or the new one, never a mixture
(`splitpkg.render.switch`). What people have in the same folders is left alone. The folder is the
caller's alone meanwhile (`splitpkg.output`).
"""

from __future__ import annotations

import os
import stat
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from splitpkg.diagnostics import Diagnostic, EnvironmentFailed, Failed, Location, ordered, reason
from splitpkg.render.switch import FORMER, FRESH, JOURNAL, Change, complete, switch

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from splitpkg.render.model import Rendered


def write(
    files: Iterable[Rendered],
    directory: Path,
    *,
    replace: bool = True,
    record: str | None = None,
    finished: Iterable[Path] = (),
) -> tuple[str, ...]:
    """Writes the files below `directory`; gives the paths that were new, differed or are gone, sorted.

    A file that holds the text already is left alone, its modification time with it. Modes are 0644
    and 0755 whatever the umask. `record` is that one of the files which lists all of them, a path on
    a line: what its former text lists besides is removed. Files that are `finished` elsewhere in the
    same file system go into the folder itself, with the others. Raises Failed (`output-blocked`) for a path
    that leads out of the folder or is no regular file, and (`output-exists`) for one that is there and
    may not be replaced; EnvironmentFailed (`output-unwritable`) when the system refuses.
    """
    wanted = sorted(files)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        complete(directory.resolve())
        changes = _changes(wanted, directory)
        if record is not None:
            changes += _removals(wanted, directory, record)
            # While the record is the former one, the next run knows what this one has left over.
            changes.sort(key=lambda change: (change.name == record, change.name))
        if not replace:
            _refuse_replacing(changes, directory)
        root = directory.resolve()
        switch([*changes, *(Change(one.name, root / one.name, source=one) for one in finished)], root)
    except OSError as error:
        where = Location(str(_meant(error.filename, directory)))
        text = f"cannot be written: {reason(error)}"
        raise EnvironmentFailed([Diagnostic("output-unwritable", where, text)]) from error
    return tuple(sorted(change.name for change in changes))


def _changes(files: Sequence[Rendered], directory: Path) -> list[Change]:
    root, findings, changes = directory.resolve(), list[Diagnostic](), list[Change]()
    folders = dict[str, Path]()
    taken = set[Path]()
    for file in files:
        folder, name = os.path.split(root / file.path)
        if folder not in folders:
            folders[folder] = Path(os.path.realpath(folder))
        target = folders[folder] / name
        if target.is_symlink():
            target = Path(os.path.realpath(target))
        content = file.text.encode("utf-8", "surrogateescape")
        problem = "is written twice" if target in taken else _obstacle(target, root)
        taken.add(target)
        if problem is not None:
            findings.append(Diagnostic("output-blocked", Location(str(directory / file.path)), problem))
        elif not _holds(target, content, file.executable):
            changes.append(Change(file.path, target, content, 0o755 if file.executable else 0o644))
    if findings:
        raise Failed(ordered(findings))
    return changes


def _removals(files: Sequence[Rendered], directory: Path, record: str) -> list[Change]:
    """What the former record lists and nobody writes now, as far as it is a file beside or below it."""
    former = directory / record
    if not former.is_file():
        return []
    root, wanted = former.parent.resolve(), {file.path for file in files}
    names = (line for line in former.read_text("utf-8", "replace").splitlines() if "\0" not in line)
    changes = []
    for name in dict.fromkeys(names):
        target = (directory / name).parent.resolve() / PurePath(name).name
        is_ours = root in target.parents and target.is_file() and not target.is_symlink()
        if name not in wanted and is_ours:
            changes.append(Change(name, target))
    return changes


def _refuse_replacing(changes: Iterable[Change], directory: Path) -> None:
    hint = "remove it, or name another file with `-o`"
    findings = [
        Diagnostic("output-exists", Location(str(directory / change.name)), "is there already", hint=hint)
        for change in changes
        if change.target.exists()
    ]
    if findings:
        raise Failed(ordered(findings))


def _obstacle(target: Path, root: Path) -> str | None:
    if target.exists() and not target.is_file():
        return "is no regular file"
    if root not in target.parents:
        return f"leads out of the output folder, to {target}"
    for parent in target.parents[: len(target.parts) - len(root.parts) - 1]:
        if parent.exists() and not parent.is_dir():
            return f"lies below {parent}, which is no folder"
    return None


def _holds(target: Path, content: bytes, executable: bool) -> bool:
    try:
        status = target.stat()
        same = status.st_size == len(content) and target.read_bytes() == content
    except FileNotFoundError:
        return False
    return same and bool(status.st_mode & stat.S_IXUSR) == executable


def _meant(filename: str | None, directory: Path) -> Path:
    """What the people who gave `directory` know of a path that the system complains about."""
    root = directory.resolve()
    path = Path(filename or root)
    if path.name.endswith((FRESH, FORMER)):
        path = path.with_name(path.name[1:].removesuffix(FRESH).removesuffix(FORMER))
    inside = root in path.parents and path.name != JOURNAL
    return directory / path.relative_to(root) if inside else directory
