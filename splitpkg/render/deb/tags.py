"""debian/splitpkg-tags: reads the tags that the build decides, between dh_shlibdeps and dh_gencontrol."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from splitpkg.plan.model import Constraint
from splitpkg.render import late
from splitpkg.render.deb.capabilities import fit
from splitpkg.render.deb.relations import FIELDS
from splitpkg.verify.model import ExpectedRelation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from splitpkg.abi.model import Tag, TagFamily
    from splitpkg.plan.model import PlannedPackage
    from splitpkg.render.deb.source import DebSource
    from splitpkg.verify.model import LateTag

SCRIPT = "splitpkg-tags"

_LIBDIR = "{libdir}"
"""In the table, the directory of libraries, which is another one on each architecture."""


def rows(source: DebSource) -> tuple[str, ...]:
    """The table of tags and files."""

    def described(tag: Tag) -> tuple[str, str]:
        name, version = template(tag, source.content.program.name)
        return f"{name} (= {version})" if version else name, tag.form or ""

    def place(path: str) -> str:
        rest = source.below_libdir(path)
        return path if rest is None else f"{_LIBDIR}/{rest}"

    return tuple(late.rows(source.late, described, source.names.__getitem__, place))


def fields(source: DebSource) -> tuple[str, ...]:
    """Which field of which package has tags: its name, the kind of relation, the package."""
    found = {
        (FIELDS[relation.kind], str(relation.kind), source.names[name])
        for name, relations in source.late.said.items()
        for relation in relations
    }
    return tuple(";".join(one) for one in sorted(found))


def template(tag: Tag, program: str) -> tuple[str, str]:
    """Name and version of the virtual package, with `{value}` in one: the custom's, or NAME-abi-VALUE."""
    name, _, version = (tag.names.deb or f"{fit(program)}-abi-{{value}}").partition(" = ")
    return name, version


def expected_tags(
    source: DebSource, package: PlannedPackage, found: Mapping[tuple[TagFamily, str], LateTag]
) -> Iterator[ExpectedRelation]:
    """What one package has to say once it is built; `found` are the tags."""
    for relation in source.late.said.get(package.name, ()):
        if (tag := relation.tag) is not None:
            name, version = template(tag, source.content.program.name)
            yield ExpectedRelation(
                kind=relation.kind,
                target=name,
                qualified=False,
                constraint=Constraint.NONE,
                reason=relation.reason,
                spelling=f"{FIELDS[relation.kind]}: {name}",
                late=found[tag.family, tag.value],
                with_value=partial(_with_value, name, version),
            )


def _with_value(name: str, version: str, value: str) -> tuple[str, str]:
    return name.replace("{value}", fit(value)), version.replace("{value}", fit(value))
