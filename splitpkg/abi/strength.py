"""How strongly a tag ties: what has to change before it does, by its text and by a second build."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from splitpkg.abi.model import Strength
from splitpkg.abi.tags import shape

if TYPE_CHECKING:
    from collections.abc import Sequence

    from splitpkg.abi.model import Tag

_HASH = re.compile(r"(?<![0-9a-z])(?=[0-9a-f]*[0-9])(?=[0-9a-f]*[a-f])[0-9a-f]{7,64}(?![0-9a-z])", re.I)
_DOTTED = re.compile(r"(?<![0-9])[0-9]+[._][0-9]+")
_COUNT = re.compile(r"(?<=\.so)\.[0-9]+$")
_WORDS = re.compile(r"[0-9]+|[a-z]+", re.IGNORECASE)


def judge(tag: Tag, version: str, release: str, earlier: Sequence[Tag] | None = None) -> Tag:
    """The tag with its strength in a build of that version and release; `earlier` are of another build."""
    strength, judged = _by_text(_COUNT.sub("", tag.value), version, release)
    if earlier is not None:
        strength, judged = _by_other(tag, (strength, judged), version, earlier)
    return replace(tag, strength=strength, judged=judged)


def is_constant(tag: Tag, version: str) -> bool:
    """Whether nothing in the tag speaks of a release: no version, no first part of one, no hash."""
    value, first = _COUNT.sub("", tag.value), _WORDS.findall(version)[0]
    return not (_holds(value, first) or _HASH.search(value) or _DOTTED.search(value))


def _by_text(value: str, version: str, release: str) -> tuple[Strength, str]:
    hashes = [found[0].lower() for found in _HASH.finditer(value.replace("_", " "))]
    for commit in _HASH.findall(version.lower()):
        if any(one.startswith(commit) or commit.startswith(one) for one in hashes):
            return Strength.COMMIT, f"holds the commit of version {version}"
    plain = re.split(r"[+~]", version)[0]
    for whole in (f"{version}-{release}", f"{plain}-{release}"):
        if _holds(value, whole):
            return Strength.BUILD, f"holds version and release, {whole}"
    if _holds(value, plain):
        return Strength.VERSION, f"holds version {plain}"
    if hashes:
        return Strength.VERSION, "holds a hash; only another build can tell of what"
    first = _WORDS.findall(plain)
    for count in range(len(first) - 1, 0, -1):
        if _holds(value, ".".join(first[:count])):
            return Strength.INTERFACE, f"holds {'.'.join(first[:count])} of version {plain}, and no more"
    return Strength.INTERFACE, "holds neither the version nor a hash"


def _by_other(
    tag: Tag, told: tuple[Strength, str], version: str, earlier: Sequence[Tag]
) -> tuple[Strength, str]:
    """What a second build shows: whether its tag is the same, and whether it is of the same version."""
    key = (tag.family, tag.interface, shape(tag.value))
    alike = [one.value for one in earlier if (one.family, one.interface, shape(one.value)) == key]
    if not alike:
        return told
    plain = re.split(r"[+~]", version)[0]
    same_version = any(_holds(one.value, plain) for one in earlier)
    if tag.value in alike:
        weakest = Strength.VERSION if same_version else Strength.INTERFACE
        judged = f"the same in the previous build{', which is of the same version' if same_version else ''}"
        return (weakest if told[0] is not Strength.INTERFACE else told[0]), f"{told[1]}; {judged}"
    judged = f"{told[1]}; `{alike[0]}` in the previous build"
    if told[0] is Strength.VERSION and same_version:
        return Strength.BUILD, f"{judged}, which is of the same version"
    return told[0], judged


def _holds(value: str, text: str) -> bool:
    """Whether the words and numbers of the text stand in the value, one behind the other.

    They do not begin within a number of several parts: 1.4 does not hold version 4.
    """
    wanted = "[^0-9A-Za-z]*".join(_WORDS.findall(text))
    wanted = re.sub(r"(?<=[0-9])\[\^0-9A-Za-z\]\*(?=[0-9])", "[^0-9A-Za-z]+", wanted)
    return re.search(rf"(?<![0-9])(?<![0-9][._]){wanted}(?![0-9])", value, re.IGNORECASE) is not None
