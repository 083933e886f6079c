"""Tags that the build decides, in a spec: %install reads them, a generator in the spec itself says them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from splitpkg.plan.model import Constraint
from splitpkg.render import late
from splitpkg.render.rpm import quote
from splitpkg.render.rpm.capabilities import fit
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
        name, version = template(tag, names.program)
        spelled = f"{quote.value(name)}{'' if tag.names.rpm else ISA}"
        return f"{spelled} = {quote.value(version)}" if version else spelled, quote.value(tag.form or "")

    def place(path: str) -> str:
        return spelling.placed(quote.value(path))

    return tuple(late.rows(tags, described, names.name, place))


def template(tag: Tag, program: str) -> tuple[str, str]:
    """Name and version of the capability, with `{value}` in one: as is the custom, or NAME-abi(VALUE)."""
    name, _, version = (tag.names.rpm or f"{program}-abi({{value}})").partition(" = ")
    return name, version


def expected_tags(
    tags: LateTags, package: str, names: Names, found: Mapping[tuple[TagFamily, str], LateTag]
) -> Iterator[ExpectedRelation]:
    """What one package, by its neutral name, has to say once it is built; `found` are the tags."""
    for relation in tags.said.get(package, ()):
        if (tag := relation.tag) is not None:
            name, version = template(tag, names.program)
            yield ExpectedRelation(
                kind=relation.kind,
                target=name,
                qualified=tag.names.rpm is None,
                constraint=Constraint.NONE,
                reason=relation.reason,
                spelling=f"{relation.kind}: {name}",
                late=found[tag.family, tag.value],
                with_value=partial(_with_value, name, version),
            )


def _with_value(name: str, version: str, value: str) -> tuple[str, str]:
    return name.replace("{value}", fit(value)), version.replace("{value}", fit(value))
