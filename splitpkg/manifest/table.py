"""What every table of the manifest has in common, and the types of its values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from splitpkg.manifest.fault import Fault, Refused
from splitpkg.manifest.glob import Glob
from splitpkg.manifest.relation import DebCapability, DebRelation, RpmCapability, RpmRelation
from splitpkg.manifest.spelling import Suffix
from splitpkg.manifest.text import Line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler


class Table(BaseModel):
    """A table of the manifest: no key but those listed, and nothing changes after loading."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        defer_build=True,
        alias_generator=lambda name: name.replace("_", "-"),
    )

    def faults(self) -> Iterator[Fault]:
        """What is wrong with the table although each of its values is right."""
        yield from ()

    @model_validator(mode="after")
    def _refuse_faults(self) -> Self:
        found = tuple(self.faults())
        if found:
            raise Refused(*found)
        return self


@dataclass(frozen=True, slots=True)
class OneOrMore:
    """Marks a list of strings that may be written as one string."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> Any:
        return BeforeValidator(_listed).__get_pydantic_core_schema__(source, handler)

    def __get_pydantic_json_schema__(self, schema: Any, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        found = handler(schema)
        return {"anyOf": [found["items"], found]}


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Flag = Annotated[bool, Field(strict=True)]
Whole = Annotated[int, Field(strict=True)]
Globs = Annotated[tuple[Glob, ...], OneOrMore()]
Suffixes = Annotated[tuple[Suffix, ...], OneOrMore()]
Lines = Annotated[tuple[Line, ...], OneOrMore()]
RpmRelationList = Annotated[tuple[RpmRelation, ...], OneOrMore()]
RpmCapabilities = Annotated[tuple[RpmCapability, ...], OneOrMore()]
DebRelationList = Annotated[tuple[DebRelation, ...], OneOrMore()]
DebCapabilities = Annotated[tuple[DebCapability, ...], OneOrMore()]
