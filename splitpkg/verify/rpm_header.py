"""What an RPM header says, by tag, as typed values.

Tag numbers and their meaning: "RPM Tags" of rpm's documentation.
"""

from __future__ import annotations

import struct
from enum import IntEnum
from typing import TYPE_CHECKING

from splitpkg.verify.fault import Fault
from splitpkg.verify.rpm_layout import WIDTHS, Type

if TYPE_CHECKING:
    from collections.abc import Callable

    from splitpkg.verify.rpm_layout import Table


class Tag(IntEnum):
    """The tags that are read."""

    NAME = 1000
    VERSION = 1001
    RELEASE = 1002
    EPOCH = 1003
    SUMMARY = 1004
    DESCRIPTION = 1005
    ARCH = 1022
    OLD_FILE_NAMES = 1027
    FILE_SIZES = 1028
    FILE_MODES = 1030
    FILE_DIGESTS = 1035
    FILE_LINK_TARGETS = 1036
    FILE_FLAGS = 1037
    FILE_USERS = 1039
    FILE_GROUPS = 1040
    SOURCE_RPM = 1044
    PROVIDE_NAME = 1047
    REQUIRE_FLAGS = 1048
    REQUIRE_NAME = 1049
    REQUIRE_VERSION = 1050
    NO_SOURCE = 1051
    NO_PATCH = 1052
    CONFLICT_FLAGS = 1053
    CONFLICT_NAME = 1054
    CONFLICT_VERSION = 1055
    OBSOLETE_NAME = 1090
    FILE_DEVICES = 1095
    FILE_INODES = 1096
    SOURCE_PACKAGE = 1106
    PROVIDE_FLAGS = 1112
    PROVIDE_VERSION = 1113
    OBSOLETE_FLAGS = 1114
    OBSOLETE_VERSION = 1115
    DIR_INDEXES = 1116
    BASE_NAMES = 1117
    DIR_NAMES = 1118
    LONG_FILE_SIZES = 5008
    FILE_DIGEST_ALGORITHM = 5011
    RECOMMEND_NAME = 5046
    RECOMMEND_VERSION = 5047
    RECOMMEND_FLAGS = 5048
    SUGGEST_NAME = 5049
    SUGGEST_VERSION = 5050
    SUGGEST_FLAGS = 5051
    SUPPLEMENT_NAME = 5052
    SUPPLEMENT_VERSION = 5053
    SUPPLEMENT_FLAGS = 5054
    ENHANCE_NAME = 5055
    ENHANCE_VERSION = 5056
    ENHANCE_FLAGS = 5057
    PAYLOAD_DIGEST = 5092
    PAYLOAD_DIGEST_ALGORITHM = 5093


class Header:
    """The values of a header; `value` gives rpmfile's for a tag, None when there is none."""

    def __init__(self, table: Table, value: Callable[[int], object]) -> None:
        self._table, self._value = table, value

    def __contains__(self, tag: Tag) -> bool:
        return tag in self._table.entries

    def text(self, tag: Tag) -> str | None:
        """The one string; None when the header has no such tag."""
        texts = self.texts(tag)
        if not texts:
            return None
        return texts[0]

    def needed(self, tag: Tag) -> str:
        """The one string; Fault when there is none or an empty one."""
        text = self.text(tag)
        if not text:
            raise Fault(f"its header has no {tag.name.lower()}")
        return text

    def texts(self, tag: Tag) -> tuple[str, ...]:
        """The strings; of a text in several languages the first, which is the untranslated one."""
        entry = self._table.entries.get(tag)
        if entry is None:
            return ()
        value = self._value(tag)
        values = [value] if isinstance(value, bytes) else value
        count = entry.number if entry.type is Type.STRING_ARRAY else 1
        if entry.type in WIDTHS or not isinstance(values, list) or len(values) != count:
            raise _damaged(tag)
        return tuple([text.decode("utf-8", "surrogateescape") for text in values])

    def numbers(self, tag: Tag) -> tuple[int, ...]:
        """The integers, none negative; rpmfile 2.0 has signed ones, and none has those of 8 or 64 bits."""
        entry = self._table.entries.get(tag)
        if entry is None:
            return ()
        if entry.type not in (Type.INT8, Type.INT16, Type.INT32, Type.INT64):
            raise _damaged(tag)
        width = WIDTHS[entry.type]
        if entry.type in (Type.INT8, Type.INT64):
            code = {1: "B", 8: "Q"}[width]
            return struct.unpack_from(f"!{entry.number}{code}", self._table.store, entry.offset)
        value = self._value(tag)
        values = (value,) if isinstance(value, int) else value
        if not isinstance(values, tuple) or len(values) != entry.number:
            raise _damaged(tag)
        mask = (1 << 8 * width) - 1
        return tuple([number & mask for number in values])

    def number(self, tag: Tag) -> int | None:
        """The one integer; None when the header has no such tag."""
        numbers = self.numbers(tag)
        return numbers[0] if numbers else None


def _damaged(tag: Tag) -> Fault:
    return Fault(f"its header has an impossible entry for tag {tag} ({tag.name.lower()})")
