"""Puts a set of files in the place of another: all of them or none, also where the process is killed.

Other people's files lie in the same folders, so that no folder can be exchanged as a whole; names are,
one after the other, with rename(2). First every new file is put on the disk beside its target, under a
name that a journal lists. When all are there, the journal says that the switch is decided. It is made by
a process of its own session, which a kill of the command, or Ctrl-C, does not reach, and which keeps the
command's lock. Where that one too is ended in these microseconds (power, a whole container), the journal
remains, and `complete`, with which every later run begins, brings the switch to its end. What was not
decided is undone.
"""

from __future__ import annotations

import json
import os
import shutil
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

JOURNAL = ".splitpkg-journal"
FRESH, FORMER = ".splitpkg-new", ".splitpkg-old"
MANY = 200
"""So many files are put on the disk by sync(2) rather than one by one."""


@dataclass(frozen=True, slots=True)
class Change:
    """A file to be replaced: its place, what goes there, and the two names used on the way.

    `target` is an absolute path. What goes there is a content, or the finished file `source` in the
    same file system; without either the file is to go.
    """

    name: str
    target: str
    content: bytes | None = None
    mode: int = 0o644
    source: str | None = None

    @property
    def removes(self) -> bool:
        """Whether nothing takes the file's place."""
        return self.content is None and self.source is None

    @property
    def folder(self) -> str:
        """Where the file is."""
        return self.target.rpartition("/")[0]

    @property
    def fresh(self) -> str:
        """Where the new file waits."""
        return _beside(self.target, FRESH)

    @property
    def former(self) -> str:
        """Where a copy of the former file waits, should something fail."""
        return _beside(self.target, FORMER)


def switch(changes: Sequence[Change], root: Path) -> None:
    """Makes the changes, all of them below `root`. Raises OSError; all is as it was then."""
    made: list[Path] = []
    if not changes:
        return
    try:
        _note(changes, root, decided=False)
        _discard_helpers(changes)
        for place in dict.fromkeys(change.folder for change in changes):
            _make_folders(Path(place), made)
        for change in changes:
            _stage(change)
        _settle(changes)
        _note(changes, root, decided=True)
        _out_of_reach(lambda: _exchange(changes, root), root)
    except BaseException:
        _clear(changes, root)
        for folder in reversed(made):
            with suppress(OSError):
                folder.rmdir()
        raise


def complete(root: Path) -> None:
    """Brings a switch that was cut off to its end, or undoes what was done for it. Raises OSError."""
    _discard(_beside(str(root / JOURNAL), FRESH))
    try:
        said = json.loads((root / JOURNAL).read_bytes())
        changes = [
            Change(name, os.path.join(root, name), None if removes else b"")
            for name, removes in said["steps"]
        ]
        decided = said["decided"] is True
    except (FileNotFoundError, NotADirectoryError):
        return
    except (LookupError, TypeError, ValueError):
        changes, decided = [], False
    changes = [one for one in changes if os.path.realpath(one.target).startswith(os.path.join(root, ""))]
    if decided:
        for change in changes:
            _perform(change)
    _clear(changes, root)


def _perform(change: Change) -> None:
    if change.removes:
        _discard(change.target)
        return
    with suppress(FileNotFoundError):
        os.replace(change.fresh, change.target)


def _make_folders(folder: Path, made: list[Path]) -> None:
    if not folder.exists():
        _make_folders(folder.parent, made)
        folder.mkdir()
        made.append(folder)
        folder.chmod(0o755)


def _stage(change: Change) -> None:
    if os.path.exists(change.target):
        _keep(change)
    if change.source is not None:
        os.replace(change.source, change.fresh)
    elif change.content is not None:
        with open(change.fresh, "xb") as out:
            os.fchmod(out.fileno(), change.mode)
            out.write(change.content)


def _keep(change: Change) -> None:
    """A second name is enough; not every file system has them."""
    try:
        os.link(change.target, change.former)
    except OSError:
        shutil.copy2(change.target, change.former)


def _note(changes: Sequence[Change], root: Path, *, decided: bool) -> None:
    """The journal: each path below `root`, and whether it goes."""
    head, journal = os.path.join(root, ""), str(root / JOURNAL)
    steps = [(change.target.removeprefix(head), change.removes) for change in changes]
    fresh = _beside(journal, FRESH)
    with open(fresh, "wb") as out:
        out.write(json.dumps({"decided": decided, "steps": steps}).encode())
        out.flush()
        os.fsync(out.fileno())
    os.replace(fresh, journal)
    _sync(str(root))


def _out_of_reach(work: Callable[[], None], root: Path) -> None:
    """Does the work in a process of its own session; an interrupt waits until it has ended."""
    worker = os.fork()
    if worker == 0:
        os._exit(_status_of(work))
    interrupt: KeyboardInterrupt | None = None
    while True:
        try:
            _, ended = os.waitpid(worker, 0)
            break
        except KeyboardInterrupt as caught:
            interrupt = caught
    status = os.waitstatus_to_exitcode(ended)
    if status < 0:
        complete(root)
    elif status > 0:
        raise OSError(status, os.strerror(status), str(root))
    if interrupt is not None:
        raise interrupt


def _status_of(work: Callable[[], None]) -> int:
    """0, or the number of the error."""
    try:
        os.setsid()
        work()
    except OSError as error:
        return error.errno or 255
    except BaseException:
        return 255
    return 0


def _exchange(changes: Sequence[Change], root: Path) -> None:
    """On any error the former files come back."""
    begun: list[Change] = []
    try:
        for change in changes:
            begun.append(change)
            _perform(change)
    except BaseException:
        for change in begun:
            _restore(change)
        raise
    _clear(changes, root)


def _restore(change: Change) -> None:
    if os.path.exists(change.former):
        os.replace(change.former, change.target)
    elif not os.path.exists(change.fresh):
        _discard(change.target)


def _clear(changes: Iterable[Change], root: Path) -> None:
    """Removes what helped; the journal last, when the folders are on the disk."""
    listed = list(changes)
    _discard_helpers(listed)
    with suppress(OSError):
        _sync_folders(listed)
    _discard(_beside(str(root / JOURNAL), FRESH))
    _discard(str(root / JOURNAL))


def _beside(path: str, ending: str) -> str:
    folder, _, name = path.rpartition("/")
    return f"{folder}/.{name}{ending}"


def _discard_helpers(changes: Iterable[Change]) -> None:
    """Removes what waits beside the targets: few of very many files have anything there."""
    helpers: defaultdict[str, set[str]] = defaultdict(set)
    for change in changes:
        folder, _, name = change.target.rpartition("/")
        helpers[folder].update((f".{name}{FRESH}", f".{name}{FORMER}"))
    for folder, names in helpers.items():
        with suppress(FileNotFoundError, NotADirectoryError):
            for name in names.intersection(os.listdir(folder or "/")):
                _discard(f"{folder}/{name}")


def _discard(path: str) -> None:
    with suppress(FileNotFoundError, NotADirectoryError):
        os.unlink(path)


def _settle(changes: Sequence[Change]) -> None:
    """What was staged is on the disk; many files are faster with all else that the system has to write."""
    if len(changes) > MANY:
        os.sync()
        return
    for change in changes:
        if not change.removes:
            _sync(change.fresh)
    _sync_folders(changes)


def _sync_folders(changes: Iterable[Change]) -> None:
    for folder in sorted({change.folder for change in changes}):
        _sync(folder or "/")


def _sync(path: str) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
