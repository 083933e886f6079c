"""Tags that the build decides, in a spec: %install reads them, a generator in the spec itself says them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from splitpkg.render import late
from splitpkg.render.rpm import quote
from splitpkg.render.rpm.names import ISA

if TYPE_CHECKING:
    from splitpkg.abi.model import Tag
    from splitpkg.plan.model import Relation
    from splitpkg.render.late import LateTags
    from splitpkg.render.rpm.names import Names
    from splitpkg.render.rpm.paths import Spelling

NEEDED = "binutils"
"""What has readelf."""


def is_stated(relation: Relation) -> bool:
    """Whether rpm's own generators do not see it."""
    return relation.tag is not None


def rows(tags: LateTags, names: Names, spelling: Spelling) -> tuple[str, ...]:
    """The table of tags and files, with the macros of the spec; empty where there are none."""

    def described(tag: Tag) -> tuple[str, str]:
        return f"{quote.value(capability(tag, names.program))}{ISA}", quote.value(tag.form or "")

    def place(path: str) -> str:
        return spelling.placed(quote.value(path))

    return tuple(late.rows(tags, described, names.name, place))


def capability(tag: Tag, program: str) -> str:
    """What others can require, with `{value}` for the tag's; as is the custom, or NAME-abi(VALUE)."""
    return tag.names.rpm or f"{program}-abi({{value}})"
