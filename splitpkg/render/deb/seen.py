"""What dpkg's own generators see of tags: those that symbols and shlibs files bring to who needs them.

`shared` has the packages of public libraries by the libraries' paths.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from splitpkg.abi.model import TagFamily
from splitpkg.plan.model import Reason

if TYPE_CHECKING:
    from collections.abc import Mapping

    from splitpkg.abi.model import Tag
    from splitpkg.plan.model import LibraryFact, PlannedPackage, Relation

_PLAIN = re.compile(r"[A-Za-z0-9_.+-]+")


def described(package: PlannedPackage) -> tuple[LibraryFact, ...]:
    """The package's public libraries with version nodes, all in plain characters: a symbols file has them."""
    named = (one for one in package.libraries if one.public and one.nodes)
    return tuple(one for one in named if all(_PLAIN.fullmatch(text) for text in (one.soname, *one.nodes)))


def is_stated(shared: Mapping[str, PlannedPackage], relation: Relation) -> bool:
    """Whether the packaging has to state a tag: not what symbols and shlibs files say."""
    tag = relation.tag
    if tag is None or relation.reason is not Reason.TAG:
        return False
    return tag.names.deb is not None or not is_seen(shared, tag)


def is_seen(shared: Mapping[str, PlannedPackage], tag: Tag) -> bool:
    """Whether symbols and shlibs files say all of a tag: that of public libraries."""
    if tag.family not in (TagFamily.NODE, TagFamily.SONAME):
        return False
    homes = [(path, shared.get(path)) for path in tag.providers]
    if tag.family is TagFamily.SONAME:
        return all(home is not None for _, home in homes)
    return all(home is not None and path in {one.path for one in described(home)} for path, home in homes)
