"""The JSON Schema of the manifest (draft 2020-12), for editors; made from the model."""

from __future__ import annotations

from typing import Any

from splitpkg.manifest.model import Manifest

DIALECT = "https://json-schema.org/draft/2020-12/schema"
IDENTIFIER = "urn:splitpkg:manifest:1"
"""The number is raised when a manifest that was right becomes wrong."""


def schema() -> dict[str, Any]:
    """What can be said of a manifest in JSON Schema; `splitpkg.manifest.load` checks more."""
    found = _tidied(Manifest.model_json_schema(by_alias=True))
    found["title"] = "splitpkg.toml"
    return {"$schema": DIALECT, "$id": IDENTIFIER, **dict(sorted(found.items()))}


def _tidied(node: Any) -> Any:
    """Without the titles that pydantic makes from names, and without null, which TOML lacks."""
    if isinstance(node, list):
        return [_tidied(item) for item in node]
    if not isinstance(node, dict):
        return node
    kept = {
        key: _named(value) if key in ("properties", "$defs") else _tidied(value)
        for key, value in node.items()
        if key != "title" and not (key == "default" and value is None)
    }
    if "patternProperties" in kept:
        kept["additionalProperties"] = False
    return _without_null(kept)


def _named(nodes: dict[str, Any]) -> dict[str, Any]:
    """A mapping whose keys are names of the manifest, not words of JSON Schema."""
    return {name: _tidied(node) for name, node in nodes.items()}


def _without_null(node: dict[str, Any]) -> dict[str, Any]:
    branches = [branch for branch in node.get("anyOf", ()) if branch != {"type": "null"}]
    if len(branches) == len(node.get("anyOf", ())):
        return node
    rest = {key: value for key, value in node.items() if key != "anyOf"}
    return {**branches[0], **rest} if len(branches) == 1 else {**rest, "anyOf": branches}
