"""Where modules of an interface carry a constant that their host compares: data, read from TOML.

A descriptor is found by a dynamic symbol that modules define, or by a section; there is a struct, or a
text anywhere in the file. What its members have to be is said, so that no other data are taken for it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from splitpkg.abi.model import CapabilityNames
from splitpkg.elf.model import Field, FieldKind
from splitpkg.manifest.template import filled

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from splitpkg.elf.model import Record


NO_NAMES = CapabilityNames()


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a struct, or with `members` what a pointer leads to.

    `equals` is what a number or text has to be. `pattern` has to match the whole of it, NUL never; its named
    groups are parts of their own. A number is `split` into parts from the right, whose names are `into`.
    `held` marks a text that the host holds, too, and that nothing else looks like: another such text in a
    host is of another build.
    """

    name: str
    kind: FieldKind
    length: int = 0
    equals: int | str | None = None
    pattern: str | None = None
    held: bool = False
    split: tuple[int, ...] = ()
    into: tuple[str, ...] = ()
    members: tuple[Member, ...] = ()

    @property
    def field(self) -> Field:
        """The member as `splitpkg.elf.read.data` reads it."""
        return Field(self.name, self.kind, self.length, tuple(one.field for one in self.members))


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file says by a descriptor. Names of capabilities have all places but two filled in."""

    value: str
    minor: int | None
    names: CapabilityNames


@dataclass(frozen=True, slots=True)
class Descriptor:
    """One interface: `symbol` is a glob with at most one `*`; modules define it.

    The struct of `members` stands at the symbol; with `anchor`, where the member of that name holds what
    it has to equal, as behind a function. Without members, `text` is a pattern of strings of the file, or
    of `section`. `value` and `minor` are made of the parts.
    """

    name: str
    value: str
    symbol: str | None = None
    members: tuple[Member, ...] = ()
    anchor: str | None = None
    text: str | None = None
    section: str | None = None
    minor: str | None = None
    names: CapabilityNames = NO_NAMES

    @property
    def fields(self) -> tuple[Field, ...]:
        """The struct as `splitpkg.elf.read.data` reads it."""
        return tuple(member.field for member in self.members)

    @property
    def anchor_text(self) -> str:
        """What the anchor holds."""
        return next(str(one.equals) for one in self.members if one.name == self.anchor)

    @property
    def held(self) -> str | None:
        """The pattern of the texts of a host that say what its modules' data say."""
        if self.text is not None:
            return self.text
        return next((one.pattern for one in _every(self.members) if one.held), None)

    def of_struct(self, record: Record) -> Reading | None:
        """What a struct says, None where it is another one."""
        parts = dict[str, str]()
        for member in _every(self.members):
            found = _parts(member, record.get(member.name))
            if found is None:
                return None
            parts |= found
        return self._reading(parts)

    def of_text(self, text: str) -> Reading | None:
        """What a text says that the pattern `held` matches."""
        found = None if self.held is None else re.fullmatch(self.held, text)
        names = ["text", *(one.name for one in _every(self.members) if one.held)]
        return None if found is None else self._reading({**dict.fromkeys(names, text), **found.groupdict("")})

    def _reading(self, parts: Mapping[str, str]) -> Reading | None:
        minor = None if self.minor is None else filled(self.minor, parts)
        if minor is not None and not minor.isdecimal():
            return None
        rpm, deb = (
            text and filled(text, {"value": "{value}", "minor": "{minor}", **parts})
            for text in (self.names.rpm, self.names.deb)
        )
        value = filled(self.value, parts)
        if not value:
            return None
        return Reading(value, None if minor is None else int(minor), CapabilityNames(rpm, deb))


def from_table(table: Mapping[str, Any]) -> Descriptor:
    """The descriptor that a table describes whose keys and values were checked before."""
    names = table.get("capability", {})
    return Descriptor(
        name=table["name"],
        value=table["value"],
        symbol=table.get("symbol"),
        members=tuple(map(_member, table.get("fields", ()))),
        anchor=table.get("anchor"),
        text=table.get("text"),
        section=table.get("section"),
        minor=table.get("minor"),
        names=CapabilityNames(names.get("rpm"), names.get("deb")),
    )


def _member(table: Mapping[str, Any]) -> Member:
    return Member(
        name=table.get("name", "_"),
        kind=FieldKind(table["kind"]),
        length=table.get("length", 0),
        equals=table.get("equals"),
        pattern=table.get("pattern"),
        held=table.get("held", False),
        split=tuple(table.get("split", ())),
        into=tuple(table.get("into", ())),
        members=tuple(map(_member, table.get("fields", ()))),
    )


def _every(members: tuple[Member, ...]) -> Iterator[Member]:
    for member in members:
        yield member
        yield from _every(member.members)


def _parts(member: Member, value: int | str | None) -> dict[str, str] | None:
    """The parts that a member tells, None where it is not what it has to be."""
    if member.equals is not None and value != member.equals:
        return None
    found = {member.name: "" if value is None else str(value)}
    if member.pattern is not None:
        match = None if value is None else re.fullmatch(member.pattern, str(value))
        if match is None:
            return None
        found |= match.groupdict("")
    if isinstance(value, int) and member.split:
        found |= zip(member.into, _split(value, member.split), strict=True)
    return found


def _split(value: int, divisors: tuple[int, ...]) -> Iterator[str]:
    """A number as its parts: of 1026003 by 1000000 and 1000 those are 1, 26 and 3."""
    for divisor in divisors:
        part, value = divmod(value, divisor)
        yield str(part)
    yield str(value)
