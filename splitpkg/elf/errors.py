"""Why a file that says it is ELF cannot be read."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """What kind of failure it was; the values are stable names."""

    NOT_ELF = "not-elf"
    TRUNCATED = "truncated"
    CORRUPT = "corrupt"
    UNSUPPORTED = "unsupported"


class ElfError(ValueError):
    """A file claims to be ELF and cannot be read as such. The message is one clause without the path.

    `reason` tells a file that is shorter than its own headers say (truncated) from one whose tables
    contradict each other (corrupt) and from one that no loader of ours could know (unsupported).
    """

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason = reason

    def __reduce__(self) -> tuple[type[ElfError], tuple[Reason, str]]:
        return type(self), (self.reason, str(self))


def corrupt(message: str) -> ElfError:
    """The error for tables that contradict each other."""
    return ElfError(Reason.CORRUPT, message)
