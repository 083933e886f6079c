"""Descriptors of module interfaces that the user writes: in the manifest, or in files beside it."""

# Without `from __future__ import annotations`: pydantic would have to compile each of them again.

import re
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, StrictInt, StrictStr

from splitpkg.abi.descriptor import Descriptor as Interface
from splitpkg.abi.descriptor import from_table
from splitpkg.manifest.fault import Fault, Refused, shown
from splitpkg.manifest.spelling import spelled
from splitpkg.manifest.table import Flag, Table, Whole
from splitpkg.manifest.template import places
from splitpkg.manifest.text import Line, Text

LARGEST = 4096
"""Bytes of a text that stands in place."""


def _regular(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise Refused(Fault("bad-value", f"is {shown(text)}, no regular expression: {error}")) from None
    return text


_PLAIN = r"[!-)+-.0->@-Z\\\]-~]*"
Symbol = Annotated[str, spelled("bad-value", rf"^(?=.){_PLAIN}\*?{_PLAIN}$", "a symbol with at most one `*`")]
Regular = Annotated[str, Text(_regular)]
PartName = Annotated[
    str, spelled("bad-value", r"^([a-z][a-z0-9_]*|_)$", "lower-case letters, digits and `_`")
]
InterfaceName = Annotated[
    str, spelled("bad-value", r"^[a-z0-9][a-z0-9+._-]*$", "lower-case letters, digits and `+._-`")
]


class Member(Table):
    """A member of a struct, in the order and with the types of C."""

    name: PartName = Field("_", description="how templates call it")
    kind: Literal["u8", "u16", "u32", "u64", "long", "pointer", "text", "chars"] = Field(
        description="its C type; `text` is a pointer to characters, `chars` are characters in place"
    )
    length: Whole = Field(0, ge=0, le=LARGEST, description="bytes of `chars`")
    equals: StrictInt | StrictStr | None = Field(
        None, description="what it has to be, or it is another struct"
    )
    pattern: Regular | None = Field(
        None, description="regular expression that has to match all of it; its named groups are parts, too"
    )
    held: Flag = Field(False, description="whether the host holds the text, and no other such text")
    split: tuple[Annotated[int, Field(strict=True, gt=1)], ...] = Field(
        (), description="divisors that part a number, as `[1000000, 1000]` of 1026003 makes 1, 26 and 3"
    )
    into: tuple[PartName, ...] = Field((), description="the names of those parts, one more than divisors")
    fields: tuple["Member", ...] = Field((), description="the struct that a `pointer` leads to")

    def faults(self) -> Iterator[Fault]:
        """What belongs together is together."""
        if (self.kind == "chars") != (self.length > 0):
            yield Fault("bad-value", "is for `chars`, which need it", key=("length",))
        if self.name == "_" and (self.equals is not None or self.pattern is not None):
            yield Fault("bad-value", "is needed by what `equals` or `pattern` are about", key=("name",))
        if self.split and len(self.into) != len(self.split) + 1:
            yield Fault("bad-value", "has to name one part more than `split` has divisors", key=("into",))


class Capability(Table):
    """What packages customarily call a tag; `{value}` and `{minor}` are filled in, and parts by name."""

    rpm: Line | None = Field(None, description="as `httpd-mmn = {value}`")
    deb: Line | None = Field(None, description="as `apache2-api-{value}`")


class Descriptor(Table):
    """Data that modules of an interface carry, and that their host compares."""

    name: InterfaceName = Field(description="how findings call the interface")
    symbol: Symbol | None = Field(
        None, description="symbol that modules define, with at most one `*`; data are read at it"
    )
    fields: tuple[Member, ...] = Field((), description="the struct, member by member")
    anchor: PartName | None = Field(
        None, description="a member with `equals` that finds the struct where no symbol leads to it"
    )
    text: Regular | None = Field(None, description="in the place of `fields`: a pattern of a string")
    section: Line | None = Field(None, description="the section that the string stands in; else any")
    value: Line = Field(description="what has to be equal, made of parts as `{version}`")
    minor: Line | None = Field(None, description="a number of which the host has at least as much")
    capability: Capability = Field(
        default_factory=Capability, description="what packages customarily call it, by format"
    )

    def faults(self) -> Iterator[Fault]:
        """There is something to read, and templates speak of it."""
        if bool(self.fields) == (self.text is not None):
            yield Fault("bad-value", "is to have either `fields` or `text`", key=("name",))
            return
        if self.anchor is not None and not any(
            one.name == self.anchor and one.kind == "chars" and isinstance(one.equals, str)
            for one in self.fields
        ):
            yield Fault("bad-value", "names no member of kind `chars` with `equals`", key=("anchor",))
        if self.fields and self.symbol is None:
            yield Fault("bad-value", "needs `symbol`, which finds the modules", key=("fields",))
        known = {"text", *_parts(self.fields), *(re.compile(self.text).groupindex if self.text else ())}
        for key in ("value", "minor"):
            for place in places(getattr(self, key) or ""):
                if place not in known:
                    yield Fault("bad-value", f"has a place `{{{place}}}` that nothing fills", key=(key,))

    @property
    def interface(self) -> Interface:
        """The descriptor as the scan reads files by it."""
        return from_table(self.model_dump(exclude_none=True))


def _parts(members: tuple[Member, ...]) -> Iterator[str]:
    for member in members:
        yield member.name
        yield from member.into
        yield from re.compile(member.pattern).groupindex if member.pattern else ()
        yield from _parts(member.fields)
