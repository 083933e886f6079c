"""Puts rendered files into a folder: whole or not at all, and only what changed.

A full disk, an error or a kill at any moment leaves the former output or the new one, never a mixture
(`splitpkg.render.switch`). What people have in the same folders is left alone. The folder is the
caller's alone meanwhile (`splitpkg.output`).
"""

from __future__ import annotations

import os
import stat
from functools import cache, partial
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
        moved = (Change(one.name, str(root / one.name), source=str(one)) for one in finished)
        switch([*changes, *moved], root)
    except OSError as error:
        where = Location(str(_meant(error.filename, directory)))
        text = f"cannot be written: {reason(error)}"
        raise EnvironmentFailed([Diagnostic("output-unwritable", where, text)]) from error
    return tuple(sorted(change.name for change in changes))


def _changes(files: Sequence[Rendered], directory: Path) -> list[Change]:
    root, findings, changes = os.path.realpath(directory), list[Diagnostic](), list[Change]()
    # Very many files lie in few folders.
    real, blocked = cache(os.path.realpath), cache(partial(_blocked, root=root))
    taken = set[str]()
    for file in files:
        folder, name = os.path.split(os.path.join(root, file.path))
        target = os.path.join(real(folder), name)
        if os.path.islink(target):
            target = os.path.realpath(target)
        status = _status(target)
        content = file.text.encode("utf-8", "surrogateescape")
        problem = "is written twice" if target in taken else _obstacle(target, status, root)
        problem = problem or blocked(os.path.dirname(target))
        taken.add(target)
        if problem is not None:
            findings.append(Diagnostic("output-blocked", Location(str(directory / file.path)), problem))
        elif status is None or not _holds(target, status, content, file.executable):
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
            changes.append(Change(name, str(target)))
    return changes


def _refuse_replacing(changes: Iterable[Change], directory: Path) -> None:
    hint = "remove it, or name another file with `-o`"
    findings = [
        Diagnostic("output-exists", Location(str(directory / change.name)), "is there already", hint=hint)
        for change in changes
        if os.path.exists(change.target)
    ]
    if findings:
        raise Failed(ordered(findings))


def _status(target: str) -> os.stat_result | None:
    try:
        return os.stat(target)
    except (FileNotFoundError, NotADirectoryError):
        return None


def _obstacle(target: str, status: os.stat_result | None, root: str) -> str | None:
    if status is not None and not stat.S_ISREG(status.st_mode):
        return "is no regular file"
    if not target.startswith(os.path.join(root, "")):
        return f"leads out of the output folder, to {target}"
    return None


def _blocked(folder: str, root: str) -> str | None:
    """What on the way from `root` to the folder below it is none."""
    while folder != root:
        if os.path.exists(folder) and not os.path.isdir(folder):
            return f"lies below {folder}, which is no folder"
        folder = os.path.dirname(folder)
    return None


def _holds(target: str, status: os.stat_result, content: bytes, executable: bool) -> bool:
    if status.st_size != len(content) or bool(status.st_mode & stat.S_IXUSR) != executable:
        return False
    return Path(target).read_bytes() == content


def _meant(filename: str | None, directory: Path) -> Path:
    """What the people who gave `directory` know of a path that the system complains about."""
    root = directory.resolve()
    path = Path(filename or root)
    if path.name.endswith((FRESH, FORMER)):
        path = path.with_name(path.name[1:].removesuffix(FRESH).removesuffix(FORMER))
    inside = root in path.parents and path.name != JOURNAL
    return directory / path.relative_to(root) if inside else directory
