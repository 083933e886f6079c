"""Puts rendered files into a folder: whole or not at all, and only what changed.

The guarantee. Every new text is first written in full and synced, under a temporary name beside
its target; nothing of the former output is touched until the last of them is on the disk, so that
a full disk or a kill up to there leaves the former output as it was. Then the names are exchanged,
one rename(2) after the other. An error among these (or an interrupt) puts the former files back. A
kill that hits these few microseconds leaves each file whole, old or new; the next run completes
them. The folder is the caller's alone meanwhile (`splitpkg.output`).
"""

from __future__ import annotations

import os
import shutil
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from splitpkg.diagnostics import Diagnostic, EnvironmentFailed, Failed, Location, ordered, reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from splitpkg.render.model import Rendered


@dataclass(frozen=True, slots=True)
class _Change:
    """A file to be replaced: its place, what goes there, and the two names used on the way.

    Without content the file is to go.
    """

    name: str
    target: Path
    content: bytes | None = None
    mode: int = 0

    @property
    def fresh(self) -> Path:
        return self.target.with_name(f".{self.target.name}.splitpkg-new")

    @property
    def former(self) -> Path:
        return self.target.with_name(f".{self.target.name}.splitpkg-old")


def write(
    files: Iterable[Rendered], directory: Path, *, replace: bool = True, record: str | None = None
) -> tuple[str, ...]:
    """Writes the files below `directory`; gives the paths that were new, differed or are gone, sorted.

    A file that holds the text already is left alone, its modification time with it. Modes are 0644
    and 0755 whatever the umask. `record` is that one of the files which lists all of them, a path on
    a line: what its former text lists besides is removed. Raises Failed (`output-blocked`) for a path
    that leads out of the folder or is no regular file, and (`output-exists`) for one that is there and
    may not be replaced; EnvironmentFailed (`output-unwritable`) when the system refuses.
    """
    wanted = sorted(files)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        changes = _changes(wanted, directory)
        if record is not None:
            changes += _removals(wanted, directory, record)
            # While the record is the former one, the next run knows what this one has left over.
            changes.sort(key=lambda change: (change.name == record, change.name))
        if not replace:
            _refuse_replacing(changes, directory)
        _apply(changes)
    except OSError as error:
        where = Location(str(error.filename or directory))
        text = f"cannot be written: {reason(error)}"
        raise EnvironmentFailed([Diagnostic("output-unwritable", where, text)]) from error
    return tuple(sorted(change.name for change in changes))


def _changes(files: Sequence[Rendered], directory: Path) -> list[_Change]:
    root, findings, changes = directory.resolve(), list[Diagnostic](), list[_Change]()
    taken = set[Path]()
    for file in files:
        target = Path(os.path.realpath(root / file.path))
        content = file.text.encode("utf-8", "surrogateescape")
        problem = "is written twice" if target in taken else _obstacle(target, root)
        taken.add(target)
        if problem is not None:
            findings.append(Diagnostic("output-blocked", Location(str(directory / file.path)), problem))
        elif not _holds(target, content, file.executable):
            changes.append(_Change(file.path, target, content, 0o755 if file.executable else 0o644))
    if findings:
        raise Failed(ordered(findings))
    return changes


def _removals(files: Sequence[Rendered], directory: Path, record: str) -> list[_Change]:
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
            changes.append(_Change(name, target))
    return changes


def _refuse_replacing(changes: Iterable[_Change], directory: Path) -> None:
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


def _apply(changes: Sequence[_Change]) -> None:
    made: list[Path] = []
    try:
        for change in changes:
            _make_folders(change.target.parent, made)
            _stage(change)
        _exchange(changes)
    except BaseException:
        for change in changes:
            _discard(change.fresh)
            _discard(change.former)
        for folder in reversed(made):
            with suppress(OSError):
                folder.rmdir()
        raise
    for folder in {change.target.parent for change in changes}:
        _sync(folder)


def _make_folders(folder: Path, made: list[Path]) -> None:
    if not folder.exists():
        _make_folders(folder.parent, made)
        folder.mkdir()
        made.append(folder)
        folder.chmod(0o755)


def _stage(change: _Change) -> None:
    _discard(change.fresh)
    _discard(change.former)
    if change.target.exists():
        shutil.copy2(change.target, change.former)
    if change.content is None:
        return
    with change.fresh.open("xb") as out:
        os.fchmod(out.fileno(), change.mode)
        out.write(change.content)
        out.flush()
        os.fsync(out.fileno())


def _exchange(changes: Sequence[_Change]) -> None:
    """Renames the staged files over their targets; on any error the former ones come back."""
    begun: list[_Change] = []
    try:
        for change in changes:
            begun.append(change)
            if change.content is None:
                change.target.unlink()
            else:
                change.fresh.replace(change.target)
    except BaseException:
        for change in begun:
            _restore(change)
        raise
    for change in changes:
        _discard(change.former)


def _restore(change: _Change) -> None:
    if change.former.exists():
        change.former.replace(change.target)
    elif not change.fresh.exists():
        change.target.unlink(missing_ok=True)


def _discard(path: Path) -> None:
    with suppress(FileNotFoundError, NotADirectoryError):
        path.unlink()


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
