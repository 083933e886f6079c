"""Tags that the build decides, in a spec: %install reads them, a generator in the spec itself says them."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from splitpkg.plan.model import Constraint, Reason
from splitpkg.render import late
from splitpkg.render.rpm import quote
from splitpkg.render.rpm.names import ISA
from splitpkg.verify.model import ExpectedRelation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from splitpkg.abi.model import Tag, TagFamily
    from splitpkg.render.late import LateTags
    from splitpkg.render.rpm.names import Names
    from splitpkg.render.rpm.paths import Spelling
    from splitpkg.verify.model import LateTag

NEEDED = "binutils"
"""What has readelf."""


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


def expected_tags(
    tags: LateTags, package: str, names: Names, found: Mapping[tuple[TagFamily, str], LateTag]
) -> Iterator[ExpectedRelation]:
    """What one package, by its neutral name, has to say once it is built; `found` are the tags."""
    for relation in tags.said.get(package, ()):
        if relation.tag is not None:
            template = capability(relation.tag, names.program)
            yield ExpectedRelation(
                kind=relation.kind,
                target=template,
                qualified=True,
                constraint=Constraint.NONE,
                reason=Reason.TAG,
                spelling=f"{relation.kind}: {template}",
                late=found[relation.tag.family, relation.tag.value],
                with_value=partial(_with_value, template),
            )


def _with_value(template: str, value: str) -> str:
    return template.replace("{value}", re.sub(r"[^A-Za-z0-9._+:~^-]", "-", value))
