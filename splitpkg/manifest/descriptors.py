"""Reads files that describe module interfaces: the typed descriptors, or everything that is wrong."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pydantic import ValidationError

from splitpkg.diagnostics import Diagnostic, Failed, ordered
from splitpkg.manifest.document import parse
from splitpkg.manifest.fault import Refused, shown
from splitpkg.manifest.interface import Descriptor
from splitpkg.manifest.keys import listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from pydantic_core import ErrorDetails

    from splitpkg.abi.descriptor import Descriptor as Interface
    from splitpkg.manifest.document import Document


def read_descriptors(names: Iterable[str], texts: Mapping[str, str], folder: Path) -> tuple[Interface, ...]:
    """The descriptors of those files, whose texts were read. Raises Failed with all findings."""
    found, findings = [], list[Diagnostic]()
    for name in names:
        document = parse(texts[name], str(folder / name))
        try:
            found.append(Descriptor.model_validate(document.values).interface)
        except ValidationError as error:
            findings += _findings(error, document)
    if findings:
        raise Failed(ordered(findings))
    return tuple(found)


def _findings(error: ValidationError, document: Document) -> Iterator[Diagnostic]:
    for one in error.errors(include_url=False):
        key = tuple(one["loc"])
        refused = one.get("ctx", {}).get("error")
        if isinstance(refused, Refused):
            for fault in refused.faults:
                message = f"`{'.'.join(map(str, (*key, *fault.key)))}` {fault.message}"
                yield Diagnostic("bad-descriptor", document.where((*key, *fault.key)), message, fault.notes)
            continue
        notes = (f"valid keys are {listed(_keys())}",) if one["type"] == "extra_forbidden" else ()
        message = f"`{'.'.join(map(str, key))}` {_told(one)}"
        yield Diagnostic("bad-descriptor", document.where(key), message, notes)


def _told(error: ErrorDetails) -> str:
    match error["type"]:
        case "extra_forbidden":
            return "is no key of a descriptor"
        case "missing":
            return "is missing"
        case "literal_error":
            choices = listed(re.findall(r"'([^']*)'", error["ctx"]["expected"]))
            return f"is {shown(str(error['input']))}; expected one of {choices}"
        case _:
            return f"is a value that does not fit ({error['type'].replace('_', ' ')})"


def _keys() -> list[str]:
    return [str(field.alias) for field in Descriptor.model_fields.values()]
