"""Tells what pydantic found wrong in the manifest's own words, each with its line."""

from __future__ import annotations

import datetime
import re
from typing import TYPE_CHECKING, Any, get_args, get_origin

from splitpkg.diagnostics import Diagnostic
from splitpkg.manifest.fault import Refused, shown
from splitpkg.manifest.keys import listed, nearest, table_title, title
from splitpkg.manifest.model import Manifest, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

    from splitpkg.manifest.document import Document
    from splitpkg.manifest.fault import Fault, Key

_BRANCH = re.compile(r"<[a-z]+>")
_NAMED_TABLES = ("package", "family", "module")

_EXPECTED = {
    "bool_type": "`true` or `false`",
    "date_type": "a date, as 2024-05-31",
    "dict_type": "a table",
    "int_type": "a whole number",
    "model_type": "a table",
    "string_type": "a string",
}


def findings(error: ValidationError, document: Document) -> Iterator[Diagnostic]:
    """One diagnostic for each cause. An unknown key that is near to a missing one is one cause."""
    errors = error.errors(include_url=False)
    unknown = [_key(one) for one in errors if one["type"] == "extra_forbidden"]
    meant = {(*key[:-1], near) for key in unknown if (near := nearest(str(key[-1]), _names(key[:-1])))}
    for one in errors:
        match one["type"]:
            case "extra_forbidden":
                yield _unknown(_key(one), one["input"], document)
            case "missing":
                if _key(one) not in meant:
                    yield _missing(_key(one), document)
            case "value_error":
                yield from _refused(one, document)
            case _:
                yield _unfit(one, document)


def told(fault: Fault, key: Key, document: Document) -> Diagnostic:
    """A fault of the value at `key` as a finding."""
    place = (*key, *fault.key)
    message = fault.message if fault.whole else f"{title(place)} {fault.message}"
    notes = fault.notes
    if fault.other is not None:
        notes = (f"{document.where(fault.other)}: {fault.other_note}", *notes)
    return Diagnostic(fault.slug, document.where(place), message, notes, fault.hint)


def _key(error: ErrorDetails) -> Key:
    """Where the error is, without what pydantic adds for the branches of a choice."""
    return tuple(part for part in error["loc"] if not _BRANCH.fullmatch(str(part)))


def _unknown(key: Key, value: object, document: Document) -> Diagnostic:
    name, names = str(key[-1]), _names(key[:-1])
    near = nearest(name, names)
    hint = f"rename `{name}` to `{near}`" if near else None
    if len(key) > 1:
        what = f"unknown key {shown(name)} in {table_title(key[:-1])}"
    elif isinstance(value, dict | list):
        what = f"unknown table {table_title(key)}"
    else:
        what = f"unknown key {shown(name)} outside of all tables"
        hint = "move it into [program]" if name in _names(("program",)) else hint
    return Diagnostic("unknown-key", document.where(key), what, (f"valid keys are {listed(names)}",), hint)


def _missing(key: Key, document: Document) -> Diagnostic:
    if len(key) == 1:
        example = f"[{key[0]}.NAME]" if key[0] in _NAMED_TABLES else f"[{key[0]}]"
        message = f"there is no table {table_title(key)}"
        return Diagnostic(
            "missing-key", document.where(key), message, _about(key), f"write a table {example}"
        )
    message = f"{table_title(key[:-1])} has no `{key[-1]}`"
    return Diagnostic("missing-key", document.where(key), message, _about(key), f"write `{key[-1]} = ...`")


def _about(key: Key) -> tuple[str, ...]:
    field = _fields(key[:-1])[key[-1]]
    return (f"`{key[-1]}`: {field.description}",)


def _refused(error: ErrorDetails, document: Document) -> Iterator[Diagnostic]:
    refusal, key = error["ctx"]["error"], _key(error)
    if not isinstance(refusal, Refused):
        raise refusal
    for fault in refusal.faults:
        if key[-1:] == ("[key]",):
            message = f"the name of {table_title(key[:-1])} {fault.message}"
            yield Diagnostic(fault.slug, document.where(key[:-1]), message, fault.notes, fault.hint)
        else:
            yield told(fault, key, document)


def _unfit(error: ErrorDetails, document: Document) -> Diagnostic:
    """A value that is of another type than the key's, or not among its values."""
    key, value, kind = _key(error), error["input"], error["type"]
    context = error.get("ctx", {})
    if kind == "too_short":
        return _bad_value(key, "is empty; expected at least one item", document)
    if kind in ("greater_than_equal", "less_than_equal"):
        bound = "0 or more" if "ge" in context else f"at most {context['le']}"
        return _bad_value(key, f"is {value}; expected {bound}", document)
    if kind in ("literal_error", "enum"):
        return _no_choice(key, value, re.findall(r"'([^']*)'", context["expected"]), document)
    if kind == "tuple_type" and _is_array_of_tables(key):
        return _wrong_type(key, value, f"tables [[{key[-1]}]]", document, f"write [[{key[-1]}]]")
    expected = "a string or an array of strings" if kind == "tuple_type" else _EXPECTED[kind]
    if error["loc"][-1] == "<table>":
        expected = "`auto`, `none` or a table"
    elif error["loc"][-1] == "<name>":
        expected = "a string or `false`"
    hint = f"write [{key[0]}.NAME] above it" if len(key) == 2 and key[0] in _NAMED_TABLES else None
    return _wrong_type(key, value, expected, document, hint)


def _bad_value(key: Key, message: str, document: Document, hint: str | None = None) -> Diagnostic:
    return Diagnostic("bad-value", document.where(key), f"{title(key)} {message}", hint=hint)


def _no_choice(key: Key, value: object, choices: Sequence[str], document: Document) -> Diagnostic:
    if not isinstance(value, str):
        return _wrong_type(key, value, f"one of {listed(choices)}", document, None)
    near = nearest(value, choices)
    message = f"is {shown(value)}; expected one of {listed(choices)}"
    return _bad_value(key, message, document, f"write `{near}`" if near is not None else None)


def _wrong_type(key: Key, value: object, expected: str, document: Document, hint: str | None) -> Diagnostic:
    subject = title(key)
    if isinstance(key[-1], int) and isinstance(_at(document.values, key[:-1]), list):
        subject = f"item {key[-1] + 1} of {subject}"
    message = f"{subject} is {_type_name(value)}; expected {expected}"
    return Diagnostic("wrong-type", document.where(key), message, hint=hint)


def _type_name(value: object) -> str:
    match value:
        case bool():
            return "`true`" if value else "`false`"
        case str():
            return "a string"
        case int():
            return "a whole number"
        case float():
            return "a number with a fraction"
        case list():
            return "an array"
        case dict():
            return "a table"
        case datetime.datetime():
            return "a date with a time"
        case datetime.date():
            return "a date"
        case _:
            return "a time"


def _at(values: Any, key: Key) -> Any:
    for part in key:
        values = values[part]
    return values


def _names(table: Key) -> list[str]:
    """The keys that a table may have."""
    return [str(name) for name in _fields(table)]


def _fields(table: Key) -> dict[str | int, Any]:
    """The fields of the model that a table is checked against, by key."""
    model: type[Table] = Manifest
    is_name = False
    for part in table:
        field = None if is_name else _by_key(model).get(part)
        is_name = field is not None and get_origin(field.annotation) is dict
        if field is not None:
            model = _model(field.annotation)[0]
    return _by_key(model)


def _by_key(model: type[Table]) -> dict[str | int, Any]:
    return {str(field.alias): field for field in model.model_fields.values()}


def _model(annotation: Any) -> list[type[Table]]:
    """The tables that a type speaks of: itself, what a list or a mapping of tables holds, a choice's."""
    if isinstance(annotation, type) and issubclass(annotation, Table):
        return [annotation]
    return [table for one in get_args(annotation) for table in _model(one)]


def _is_array_of_tables(key: Key) -> bool:
    return bool(_model(_fields(key[:-1])[key[-1]].annotation))
