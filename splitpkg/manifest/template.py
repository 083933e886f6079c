"""Text with places as `{name}`, which a module's captures fill; `{name:dashes}` has `-` for each `_`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_PLACE = re.compile(r"\{([a-z][a-z0-9_]*)(:dashes)?\}")


def places(template: str) -> tuple[str, ...]:
    """The names that a template has places for, in order, each once."""
    return tuple(dict.fromkeys(place[1] for place in _PLACE.finditer(template)))


def literals(template: str) -> tuple[str, ...]:
    """The texts before, between and behind the places; one more than there are places."""
    return tuple(_PLACE.split(template)[::3])


def filled(template: str, captures: Mapping[str, str]) -> str:
    """The template with its places filled; those that nothing was captured for stay."""
    return _PLACE.sub(lambda place: _text(place, captures), template)


def _text(place: re.Match[str], captures: Mapping[str, str]) -> str:
    text = captures.get(place[1], place[0])
    return text.replace("_", "-") if place[2] else text


def suffix_of(template: str, captures: Mapping[str, str]) -> str:
    """A package's suffix from a template: lower case, `_` as `-` (Debian policy 5.6.7)."""
    return _as_suffix(filled(template, captures))


def can_make(template: str, suffix: str) -> bool:
    """Whether some captures make the template into that suffix; no place is filled with nothing."""
    parts = (re.escape(_as_suffix(part)) for part in literals(template))
    return re.fullmatch(".+".join(parts), suffix, re.DOTALL) is not None


def _as_suffix(text: str) -> str:
    return text.lower().replace("_", "-")
