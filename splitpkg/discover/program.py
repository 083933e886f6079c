"""What the program is called and which version it is, as its paths and tags tell."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

from splitpkg.abi.model import TagFamily
from splitpkg.discover.places import private_parts, stem
from splitpkg.inventory.model import EntryKind

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Sequence

    from splitpkg.abi.model import Tag
    from splitpkg.inventory.model import Inventory

UNKNOWN = "program"

_NAME = re.compile(r"[a-z0-9][a-z0-9+.-]+")
_TRAILING_VERSION = re.compile(r"(?:[-_][0-9][0-9.]*|[0-9]+\.[0-9.]*[0-9])(?:[-+~].*)?$")
_SHORT = 1
_HOMES, _HOSTS, _OTHER, _PREFIX = 1.5, 1, 2, 0.6
_VERSION = re.compile(r"(?<![0-9A-Za-z])[0-9]+(?:[._][0-9]+)+(?![0-9])|(?<=-)[0-9]{2,}(?=\.so$)")
_WHOLE = re.compile(r"(?<![0-9.])[0-9]+\.[0-9]+\.[0-9]+(?![0-9.])")
_STATED = (TagFamily.CONSTANT, TagFamily.PATH)
_NUMBERED = re.compile(r"(?:(?P<name>.+?)[-_])?(?P<version>[0-9]+(?:\.[0-9]+)*)")
_OWN_PLACE = re.compile(
    r"(?:etc|usr/share|usr/include|usr/libexec|var/lib|var/log|var/cache|usr/share/doc|(?:usr/)?s?bin)/(?P<name>[^/]+)"
    r"|usr/share/man/man[15678]/(?P<page>[^/.]+)\.[^/]+|(?:usr/)?lib/systemd/system/(?P<unit>[^/@.]+)@?\.[a-z]+"
    r"|etc/(?:default|init\.d|logrotate\.d)/(?P<file>[^/]+)"
)
_GENERIC = re.compile(
    r"""
      modules? | plugins? | drivers? | lib | lib64 | libexec | man | doc | locale | applications | icons
    | pkgconfig | tmpfiles\.d | security | cmake | bash-completion | lintian | bug
    | pixmaps | licenses | default | init\.d | logrotate\.d | dbus-1 | metainfo | mime | perl5
    | girepository-1\.0 | jack | alsa-lib | gio | zsh | vala | gir-1\.0 | apport | cron\.d | apparmor\.d
    | pam\.d | python3 | init | common | aclocal | binfmts | readme | doc-base | debianutils | pkcs11
    | ladspa | lv2
    """,
    re.VERBOSE,
)
"""Names of places that many programs share."""


def program_name(inventory: Inventory, hosts: Iterable[str], modules: Iterable[str]) -> str:
    """The name that most of the program's own places carry, as name or first words of one.

    The modules' directories and the hosts count as much as all other places together; where there
    is no host, the modules lie in another program's directory.
    """
    named = Counter(_plain(stem(path).removeprefix("lib")) for path in hosts)
    directories = list(modules) if named else []
    homes = Counter(
        _plain(parts[0]) for path in directories if (parts := private_parts(path.rpartition("/")[0]))
    )
    other = Counter(set(_own_places(inventory)))
    known = sorted({name for name in (*named, *other) if len(name) > _SHORT})
    related = Counter({name: number for name, number in homes.items() if _resembles(name, known)})
    score = _score(((_HOMES, related), (_HOSTS, named), (_OTHER, other)))
    for name in named.keys() - related.keys() - other.keys():
        shorter = (name[:size] for size in range(_SHORT + 1, len(name)))
        score.update({one: score[name] for one in shorter if one in other})
    score = Counter({name: number for name, number in score.items() if _is_name(name, named.keys())})
    return max(sorted(score), key=lambda name: score[name], default=UNKNOWN)


def _score(parts: Iterable[tuple[float, Counter[str]]]) -> Counter[str]:
    """Points for each name: a part's names share those of the part by their number."""
    score = Counter[str]()
    for weight, names in parts:
        total = sum(names.values())
        for name, number in names.items():
            for prefix, share in _prefixes(name):
                score[prefix] += round(1000 * weight * share * number / total)
    return score


def _resembles(home: str, known: Sequence[str]) -> bool:
    """Whether the directory of modules is called as a host or another place of the program, not another's.

    `known` is sorted: what begins with a name follows it at once.
    """
    at = bisect_left(known, home)
    return any(one.startswith(home) for one in known[at : at + 1]) or any(map(home.startswith, known[:at]))


def _prefixes(name: str) -> Iterator[tuple[str, float]]:
    """A name, and with less weight its first words, and a daemon's without the last letter."""
    yield name, 1.0
    if name.endswith("d"):
        yield name[:-1], _PREFIX
    words = name.split("-")
    for number in range(1, len(words)):
        yield "-".join(words[:number]), _PREFIX


def program_version(tags: Iterable[Tag], directories: Iterable[str], name: str) -> tuple[str, str] | None:
    """The version that a directory of the program's name or a tag carries, and where it stands."""
    own = _letters(name)
    for directory in sorted(directories):
        for above, part in pairwise(["", *private_parts(directory)]):
            found = _NUMBERED.fullmatch(part)
            if found is not None and own in (_letters(found["name"] or ""), _letters(above)):
                return found["version"], f"directory {directory}"
    for tag in sorted(tags, key=lambda tag: tag.family in _STATED):
        is_own = tag.family is TagFamily.PATH and _letters(tag.value.partition("/")[0]) == own
        if tag.family in _STATED and not is_own and not _WHOLE.search(tag.value):
            continue
        found = _VERSION.search(tag.value)
        if found is not None:
            return found[0].replace("_", "."), f"tag {tag.value}"
    return None


def _letters(name: str) -> str:
    return re.sub(r"[^a-z0-9+]", "", name.lower())


def _plain(name: str) -> str:
    """A name without version, as packages are called."""
    return (_TRAILING_VERSION.sub("", name) or name).lower().replace("_", "-")


def _is_name(name: str, hosts: Container[str]) -> bool:
    """Whether a program can be called so; as places that many share are, only if a host is called so, too."""
    told = name in hosts or _GENERIC.fullmatch(name) is None
    return told and _NAME.fullmatch(name) is not None and not name[0].isdigit()


def _own_places(inventory: Inventory) -> Iterator[str]:
    for entry in inventory.entries:
        found = _OWN_PLACE.fullmatch(entry.path)
        if found is not None:
            name = found["name"] or found["page"] or found["unit"] or found["file"]
            yield _plain(name if entry.kind is EntryKind.DIRECTORY else stem(name))
