"""The control file of a binary Debian package. Sources: deb-control(5), Debian Policy 5 and 7."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from splitpkg.plan.model import RelationKind
from splitpkg.verify.fault import Fault
from splitpkg.verify.model import BuiltRelation, Dependency

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_FIELDS = (
    ("Pre-Depends", RelationKind.REQUIRES),
    ("Depends", RelationKind.REQUIRES),
    ("Recommends", RelationKind.RECOMMENDS),
    ("Suggests", RelationKind.SUGGESTS),
    ("Enhances", RelationKind.ENHANCES),
    ("Conflicts", RelationKind.CONFLICTS),
    ("Breaks", RelationKind.BREAKS),
    ("Replaces", RelationKind.REPLACES),
    ("Provides", RelationKind.PROVIDES),
)

_OPERATORS = {"<<": "<", "<=": "<=", "=": "=", ">=": ">=", ">>": ">", "<": "<=", ">": ">="}
"""Debian's operators; the last two are the old spelling of `<=` and `>=` (Policy 7.1)."""

_LINE = re.compile(r"([!-9;-~]+):|[ \t].*\S")
_RELATION = re.compile(
    r"([A-Za-z0-9][A-Za-z0-9+.-]*(?::[a-z0-9-]+)?)\s*(?:\(\s*(<<|<=|=|>=|>>|<|>)\s*([A-Za-z0-9.+~:-]+)\s*\))?"
)
_SOURCE = re.compile(r"(\S+)(?:\s+\((\S+)\))?")


def paragraph(text: str) -> Mapping[str, str]:
    """The fields of a control file by name in lower case. Raises Fault for what dpkg would not accept.

    python-debian's reader passes over lines that are no fields, takes the last of two equal ones,
    and ends lines where Unicode does, not only at a newline.
    """
    fields: dict[str, str] = {}
    name = ""
    for line in text.rstrip("\n").split("\n"):
        match = _LINE.match(line)
        if match is None or not (match[1] or name) or (match[1] or "").lower() in fields:
            raise Fault(
                f"its control file has the line `{line}`, which is no field or one that was there before"
            )
        if match[1]:
            name = match[1].lower()
            fields[name] = line[match.end() :].strip(" \t")
        else:
            fields[name] += f"\n{line}"
    return fields


def needed(fields: Mapping[str, str], name: str) -> str:
    """The field's value. Raises Fault when there is none."""
    value = fields.get(name.lower(), "").strip()
    if not value:
        raise Fault(f"its control file has no {name}")
    return value


def source(fields: Mapping[str, str]) -> tuple[str, str]:
    """Name and version of the source package; those of the package itself where nothing else is said."""
    stated = _SOURCE.fullmatch(fields.get("source", needed(fields, "Package")).strip())
    if stated is None:
        raise Fault(f"its control file has the Source `{fields['source']}`, which is no name and version")
    return stated[1], stated[2] or needed(fields, "Version")


def description(fields: Mapping[str, str]) -> tuple[str, str]:
    """The synopsis, and the paragraphs below it (Policy 5.6.13)."""
    synopsis, _, rest = fields.get("description", "").partition("\n")
    lines = (line.removeprefix(" ") for line in rest.split("\n"))
    return synopsis.strip(), "\n".join("" if line.strip() == "." else line for line in lines)


def relations(fields: Mapping[str, str]) -> tuple[BuiltRelation, ...]:
    """All relations, sorted. Raises Fault for what is no relation."""
    found = [one for field, kind in _FIELDS for one in _relations(field, kind, fields)]
    return tuple(sorted(found))


def _relations(field: str, kind: RelationKind, fields: Mapping[str, str]) -> Iterator[BuiltRelation]:
    for relation in fields.get(field.lower(), "").split(","):
        if relation.strip():
            alternatives = tuple(_dependency(field, text) for text in relation.split("|"))
            yield BuiltRelation(kind, alternatives, field)


def _dependency(field: str, text: str) -> Dependency:
    parts = _RELATION.fullmatch(text.strip())
    if parts is None:
        raise Fault(f"its control file has `{text.strip()}` in {field}, which is no relation")
    return Dependency(parts[1], _OPERATORS[parts[2]], parts[3]) if parts[2] else Dependency(parts[1])
