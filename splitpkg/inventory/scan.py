"""Reads a built tree: every path with its type, mode and, for ELF files, its facts."""

from __future__ import annotations

import gc
import os
import re
import stat
from contextlib import contextmanager
from dataclasses import replace
from operator import attrgetter
from typing import TYPE_CHECKING, TypeVar

from splitpkg.abi.shipped import shipped
from splitpkg.diagnostics import Diagnostic, EnvironmentFailed, Failed, Location, ordered, reason
from splitpkg.elf import read as elf
from splitpkg.inventory.constants import constants
from splitpkg.inventory.headers import LARGEST_HEADER, headers
from splitpkg.inventory.likeness import likenesses
from splitpkg.inventory.mentions import mentions
from splitpkg.inventory.model import Entry, EntryKind, Inventory
from splitpkg.inventory.unexported import unexported

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from splitpkg.abi.descriptor import Descriptor
    from splitpkg.elf.model import ElfFile, Field, Record

Answer = TypeVar("Answer")


def scan(root: Path, descriptors: Sequence[Descriptor] = ()) -> tuple[Inventory, tuple[Diagnostic, ...]]:
    """Every path below `root`, and what about them cannot be packed.

    `descriptors` tell, beside the shipped ones, which data of modules speak of their interface; they
    replace those of the same name. Nothing is followed out of the tree and nothing but regular files is
    opened. Raises `Failed` when there is no tree: no directory, or one without any file;
    `EnvironmentFailed` when its top cannot be read.
    """
    if not root.is_dir():
        raise Failed([_no_tree(root, "is not a directory" if root.exists() else "does not exist")])
    reader = _Reader(root)
    with _no_collection():
        entries = tuple(sorted(reader.walk(), key=attrgetter("path")))
        if not reader.findings and all(entry.kind is EntryKind.DIRECTORY for entry in entries):
            raise Failed([_no_tree(root, "holds no file")])
        alone = Inventory(str(root), entries, reader.newest)
        inventory = replace(alone, entries=tuple(_with_relations(alone, reader, descriptors)))
    return inventory, ordered([*reader.findings, *_circles(inventory)])


def _with_relations(
    inventory: Inventory, reader: _Reader, descriptors: Sequence[Descriptor]
) -> Iterator[Entry]:
    """The entries with what only a look at all of them tells."""
    files = inventory.elf_files
    texts = mentions(files, reader.strings, reader.contained)
    declared = headers(inventory, reader.header)
    kept, alike = unexported(files, reader.global_symbols), likenesses(files, reader.likeness)
    every = {one.name: one for one in (*shipped(), *descriptors)}
    said = constants(files, reader, tuple(every.values()))
    told = texts.keys() | said.keys() | declared.keys() | kept.keys() | alike.keys()
    nothing = frozenset[str]()
    for one in inventory.entries:
        header = declared.get(one.path)
        yield (
            one
            if one.path not in told
            else one._replace(
                mentions=texts.get(one.path, nothing) if header is None else header.declares,
                includes=nothing if header is None else header.includes,
                unexported=kept.get(one.path, nothing),
                likeness=alike.get(one.path),
                constants=said.get(one.path, ()),
            )
        )


def _circles(inventory: Inventory) -> Iterator[Diagnostic]:
    for entry in inventory.entries:
        if entry.target is not None and inventory.leads_in_circles(entry.path):
            text = f"links to `{entry.target}`, and so to itself"
            yield Diagnostic("symlink-loop", Location(entry.path), text, hint="mend the link, or remove it")


class _Reader:
    """One walk over a tree, with the findings it meets."""

    def __init__(self, root: Path) -> None:
        self.root = os.fspath(root)
        self.findings: list[Diagnostic] = []
        self.newest = 0
        self._seen: dict[tuple[int, int], str] = {}

    def walk(self) -> Iterator[Entry]:
        """All entries, in no order that matters."""
        todo = [""]
        while todo:
            directory = todo.pop()
            try:
                with os.scandir(f"{self.root}/{directory}") as found:
                    children = list(found)
            except OSError as error:
                self._unreadable(directory or self.root, error)
                if not directory:
                    raise EnvironmentFailed(self.findings) from error
                continue
            for child in children:
                path = f"{directory}/{child.name}" if directory else child.name
                entry = self._entry(path, child)
                if entry is not None:
                    yield entry
                    if entry.kind is EntryKind.DIRECTORY:
                        todo.append(path)

    def _entry(self, path: str, child: os.DirEntry[str]) -> Entry | None:
        if not self._acceptable(path):
            return None
        try:
            status = child.stat(follow_symlinks=False)
            mode = stat.S_IMODE(status.st_mode)
            if stat.S_ISDIR(status.st_mode):
                return Entry(path, EntryKind.DIRECTORY, mode)
            if stat.S_ISLNK(status.st_mode):
                return self._symlink(path, mode)
            if stat.S_ISREG(status.st_mode):
                self.newest = max(self.newest, int(status.st_mtime))
                self._check_capability(path, mode)
                facts = self._facts(path) if status.st_size else None
                return Entry(path, EntryKind.FILE, mode, status.st_size, elf=facts)
        except OSError as error:
            self._unreadable(path, error)
            return None
        kind = _type_name(status.st_mode)
        self._report("special-file", path, f"is a {kind}, which no package carries", _LEAVE_OUT)
        return None

    def _acceptable(self, path: str) -> bool:
        if path.isascii() and path.isprintable() and len(path) <= LONGEST_PATH:
            return True
        name = path.rpartition("/")[2]
        try:
            name.encode("utf-8")
        except UnicodeEncodeError:
            self._report("name-not-utf8", path, "has a name that is not UTF-8", "rename the file")
            return False
        if any(char < " " or char == "\x7f" for char in name):
            self._report("name-control", path, "has a control character in its name", "rename the file")
            return False
        if len(os.fsencode(path)) > LONGEST_PATH:
            text = f"has a path of more than {LONGEST_PATH} bytes, too long for the folders of a build"
            self._report("path-too-long", path, text, "shorten the names of the folders, or leave it out")
            return False
        return True

    def _check_capability(self, path: str, mode: int) -> None:
        """Tarballs and archives of packages hold no extended attributes (capabilities(7))."""
        if mode & 0o111 and _has_capability(f"{self.root}/{path}"):
            message = "has file capabilities, which packing would lose"
            hint = "set them when the package is installed, and waive this finding with the reason"
            self._report("file-capability", path, message, hint)

    def _symlink(self, path: str, mode: int) -> Entry | None:
        target = os.readlink(f"{self.root}/{path}")  # noqa: PTH115 - text, with undecodable bytes kept
        if any(char < " " or char == "\x7f" or "\ud800" <= char <= "\udfff" for char in target):
            message = f"links to `{target}`, which holds a control character or is not UTF-8"
            self._report("target-unspeakable", path, message, "rename what it links to")
            return None
        if _climbs_out(path, target):
            message = f"links to `{target}`, which is above the tree"
            self._report(
                "symlink-escapes", path, message, "link to a path in the tree, or to an absolute one"
            )
            return None
        return Entry(path, EntryKind.SYMLINK, mode, len(os.fsencode(target)), target)

    def strings(self, path: str, names: elf.Search) -> frozenset[str]:
        """Those of the names that stand as strings in an ELF file."""
        try:
            return elf.strings_present(f"{self.root}/{path}", names)
        except (elf.ElfError, OSError) as error:
            self._damaged(path, error)
            return frozenset()

    def contained(self, path: str, names: frozenset[str]) -> frozenset[str]:
        """Those of the names that stand anywhere in a file."""
        data = self._bytes(path)
        return frozenset(name for name in names if name.encode("utf-8", "surrogateescape") in data)

    def global_symbols(self, path: str, names: frozenset[str]) -> frozenset[str]:
        """Those of the names that .symtab has; none where it is damaged, as no loader reads it."""
        try:
            return elf.global_symbols(f"{self.root}/{path}", names)
        except (elf.ElfError, OSError):
            return frozenset()

    def likeness(self, path: str) -> str | None:
        """What is the same for ELF files that are the same once loaded; None for a further hard link."""
        try:
            status = os.stat(f"{self.root}/{path}")  # noqa: PTH116 - text, with undecodable bytes kept
            if self._seen.setdefault((status.st_dev, status.st_ino), path) != path:
                return None
            return elf.likeness(f"{self.root}/{path}")
        except (elf.ElfError, OSError) as error:
            self._damaged(path, error)
            return None

    def records(self, path: str, wanted: Mapping[str, Sequence[Field]]) -> Mapping[str, Record | None]:
        """The structs at dynamic symbols of an ELF file."""
        return self._asked(path, lambda file: elf.data(file, wanted)) or {}

    def anchored(self, path: str, fields: Sequence[Field], anchor: str, text: str) -> Sequence[Record]:
        """The structs of an ELF file whose member `anchor` holds the text."""
        return self._asked(path, lambda file: elf.data_by_anchor(file, fields, anchor, text)) or ()

    def texts(self, path: str, pattern: str, section: str | None = None) -> Sequence[str]:
        """The strings of an ELF file, or of one section, that the pattern matches as a whole."""
        compiled = re.compile(pattern.encode())
        if section is None:
            found = self._asked(path, lambda file: elf.strings_like(file, compiled)) or frozenset()
        else:
            data = self._asked(path, lambda file: elf.section(file, section)) or b""
            found = frozenset(text for text in data.split(b"\0") if compiled.fullmatch(text))
        return sorted(text.decode("utf-8", "surrogateescape") for text in found)

    def _asked(self, path: str, question: Callable[[str], Answer]) -> Answer | None:
        try:
            return question(f"{self.root}/{path}")
        except (elf.ElfError, OSError) as error:
            self._damaged(path, error)
            return None

    def header(self, path: str) -> bytes:
        """The bytes of a header."""
        return self._bytes(path, LARGEST_HEADER)

    def _bytes(self, path: str, most: int = -1) -> bytes:
        try:
            with open(f"{self.root}/{path}", "rb") as file:  # noqa: PTH123 - undecodable bytes are kept
                return file.read(most)
        except OSError as error:
            self._unreadable(path, error)
            return b""

    def _facts(self, path: str) -> ElfFile | None:
        try:
            return elf.read(f"{self.root}/{path}")
        except elf.ElfError as error:
            self._damaged(path, error)
            return None

    def _damaged(self, path: str, error: Exception) -> None:
        hint = "install the file anew, or add it to [[exclude]] with the reason"
        self._report("elf-damaged", path, f"says it is ELF and cannot be read: {error}", hint)

    def _unreadable(self, path: str, error: OSError) -> None:
        self._report("unreadable", path, f"cannot be read: {reason(error)}", _MEND_ACCESS)

    def _report(self, slug: str, path: str, message: str, hint: str | None = None) -> None:
        self.findings.append(Diagnostic(slug, Location(path), message, hint=hint))


LONGEST_PATH = 3000
"""Bytes below the top of the tree: a build lays them below folders of its own, and PATH_MAX is 4096."""

_LEAVE_OUT = "remove it, or add it to [[exclude]] with the reason"
_MEND_ACCESS = "make the tree readable for the user who runs splitpkg"


def _no_tree(root: Path, what: str) -> Diagnostic:
    hint = "name the folder that `make install DESTDIR=...` filled"
    return Diagnostic("no-tree", Location(str(root)), what, hint=hint)


def _climbs_out(path: str, target: str) -> bool:
    if target.startswith("/"):
        return False
    depth = path.count("/")
    for part in target.split("/"):
        depth += -1 if part == ".." else part not in ("", ".")
        if depth < 0:
            return True
    return False


def _has_capability(path: str) -> bool:
    try:
        return bool(os.getxattr(path, "security.capability", follow_symlinks=False))
    except OSError:
        return False


def _type_name(mode: int) -> str:
    if stat.S_ISFIFO(mode):
        return "named pipe"
    if stat.S_ISSOCK(mode):
        return "socket"
    return "device"


@contextmanager
def _no_collection() -> Iterator[None]:
    """No garbage collection meanwhile, nor later of what was read: facts are small tuples without cycles."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if enabled:
            gc.enable()
