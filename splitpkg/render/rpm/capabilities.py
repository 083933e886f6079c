"""Tags as capabilities of RPM: those that its generator of ELF dependencies sees, and those to be stated.

elfdeps makes `SONAME(NODE)(64bit)` of a version node on both sides, and `SONAME()(64bit)` of a SONAME,
of shared libraries whose name begins with `lib` or `ld` and has `.so` in it (rpm, tools/elfdeps.c).
What the spec filters, since it is private, is as if unseen.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from splitpkg.abi.model import TagFamily
from splitpkg.render.capability import Capability, capability

if TYPE_CHECKING:
    from splitpkg.abi.model import Tag
    from splitpkg.plan.model import Plan

_UNFIT = re.compile(r"[^A-Za-z0-9._+:~^-]")


def seen(plan: Plan) -> dict[tuple[TagFamily, str], tuple[str, ...]]:
    """What elfdeps makes of tags by itself on both sides, by the tag's family and value.

    The class of the files, as `(64bit)`, is left out.
    """
    sonames = {file.path: file.soname for file in plan.files if file.soname is not None}
    private = {name for package in plan.packages for name in package.private_sonames}
    found: dict[tuple[TagFamily, str], tuple[str, ...]] = {}
    for tag in plan.tags:
        names = {sonames.get(path, "") for path in tag.providers}
        if all(_is_library(name) and name not in private for name in names):
            match tag.family:
                case TagFamily.NODE:
                    found[tag.family, tag.value] = tuple(sorted(f"{name}({tag.value})" for name in names))
                case TagFamily.SONAME:
                    found[tag.family, tag.value] = (f"{tag.value}()",)
                case TagFamily.STAMP | TagFamily.CONSTANT | TagFamily.PATH:
                    pass
    return found


def _is_library(soname: str) -> bool:
    return soname.startswith(("lib", "ld")) and ".so" in soname


def spelled(program: str, tag: Tag) -> Capability:
    """The capability of a tag: `PROGRAM-abi(VALUE)`, or what is customary."""
    return capability(tag, f"{program}-abi({{value}})", tag.names.rpm, fit)


def fit(value: str) -> str:
    """A tag's value without what rpm would part or expand."""
    return _UNFIT.sub("-", value)
