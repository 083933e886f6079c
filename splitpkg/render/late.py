"""Tags whose values only the build decides: what the packaging has to look for in the files that it made."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import filterfalse
from typing import TYPE_CHECKING

from splitpkg.abi.model import TagFamily
from splitpkg.verify.model import LateTag

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from splitpkg.abi.model import Tag
    from splitpkg.plan.model import Plan, PlannedPackage, Relation

_KINDS = {
    TagFamily.NODE: "needed-nodes",
    TagFamily.SONAME: "needed",
    TagFamily.STAMP: "undefined defined",
}
"""How a tag of that family stands in modules, in the words of templates/tags/find.sh.j2."""


@dataclass(frozen=True, slots=True)
class LateTags:
    """The tags, and by neutral name what each package of the plan is to say of them."""

    plan: Plan
    said: Mapping[str, tuple[Relation, ...]]

    @property
    def tags(self) -> tuple[Tag, ...]:
        """Each tag once."""
        tags = (one.tag for relations in self.said.values() for one in relations if one.tag is not None)
        return tuple(sorted({(tag.family, tag.value): tag for tag in tags}.values()))


def parted(plan: Plan, stated: Callable[[Relation], bool]) -> tuple[Plan, LateTags]:
    """The plan without those `stated` relations whose tags the build decides, and these by themselves."""

    def is_late(relation: Relation) -> bool:
        # A path has no form: it is in the lists of files as well, and another one would fail the build.
        return relation.tag is not None and relation.tag.form is not None and stated(relation)

    late = {package.name: tuple(filter(is_late, package.relations)) for package in plan.packages}
    said = {name: relations for name, relations in late.items() if relations}
    packages = tuple(
        replace(package, relations=tuple(filterfalse(is_late, package.relations)))
        for package in plan.packages
    )
    return replace(plan, packages=packages), LateTags(plan, said)


def rows(
    late: LateTags,
    described: Callable[[Tag], tuple[str, str]],
    name: Callable[[str], str],
    place: Callable[[str], str],
) -> Iterator[str]:
    """The table that the packaging's script reads: tags, then the files with them, in columns.

    `described` gives the capability's name with `{value}`, and the tag's form; `name` the format's name of
    a package, `place` the path of a file in the build.
    """
    numbered = tuple(enumerate(late.tags, 1))
    for number, tag in numbered:
        yield ";".join(("tag", str(number), _KINDS[tag.family], *described(tag)))
    for number, tag in numbered:
        for role, package, path in _files(late, tag):
            yield ";".join((role, str(number), name(package), place(path)))


def _files(late: LateTags, tag: Tag) -> Iterator[tuple[str, str, str]]:
    """Role, package and path: where the tag is looked for, and what stands for who has to say it."""
    owners = {file.path: package.name for package in late.plan.packages for file in package.files}
    for role, paths in (("module", tag.carriers), ("host", tag.providers)):
        yield from ((role, owners[path], path) for path in paths if path in owners)
    for package in late.plan.packages:
        for relation in late.said.get(package.name, ()):
            if (one := relation.tag) is not None and (one.family, one.value) == (tag.family, tag.value):
                yield str(relation.kind), package.name, _speaker(package)


def _speaker(package: PlannedPackage) -> str:
    """A path that the package has in every build: rpm's generators are asked for files, not for packages.

    What all hosts have is said by the hub, which may have none of them.
    """
    code = [file.path for file in package.files if file.needed is not None]
    return (code or [one.path for one in (*package.directories, *package.files)])[0]


def expected(plan: Plan, place: Callable[[str], str]) -> dict[tuple[TagFamily, str], LateTag]:
    """The tags as they are to be found in built packages, in which `place` gives the paths."""
    return {(tag.family, tag.value): _built(tag, place) for tag in plan.tags if tag.form is not None}


def _built(tag: Tag, place: Callable[[str], str]) -> LateTag:
    carriers, providers = (tuple(map(place, paths)) for paths in (tag.carriers, tag.providers))
    return LateTag(tag.family, tag.value, tag.form or "", carriers, providers)
