"""What is wrong with a value of the manifest, told by the value's own type.

The type does not know where the value stands; `splitpkg.manifest.load` adds the place.
"""

from __future__ import annotations

from dataclasses import dataclass

Key = tuple[str | int, ...]
"""The way to a value: names of tables and keys, numbers of array items, counted from 0."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. `key` leads to it from the value that was checked.

    With `whole` the message is a sentence of its own; else it is what follows the key's name, as in
    "`version` in [program]" + " holds a space". `other` leads, from the root of the manifest, to a
    second place that has to do with it, told by the note `other_note`.
    """

    slug: str
    message: str
    hint: str | None = None
    notes: tuple[str, ...] = ()
    key: Key = ()
    whole: bool = False
    other: Key | None = None
    other_note: str = ""


class Refused(ValueError):
    """A value with at least one fault."""

    def __init__(self, *faults: Fault) -> None:
        self.faults = faults
        super().__init__("; ".join(fault.message for fault in faults))


def shown(value: str, limit: int = 60) -> str:
    """A value in backticks, shortened where it is long; control characters are left to the printer."""
    if not value:
        return "an empty text"
    return f"`{value}`" if len(value) <= limit else f"`{value[: limit - 1]}…`"
