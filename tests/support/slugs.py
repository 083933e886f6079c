"""The names of findings that the code can report, read from its source."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGE = REPOSITORY / "splitpkg"

Takers = dict[str, int]
"""Functions and dataclasses that take a slug, and its position among the arguments."""


@dataclass(frozen=True, slots=True)
class Use:
    """A place where a finding is made: its slug, or None where that cannot be read from the source."""

    slug: str | None
    path: Path
    line: int


@cache
def used() -> tuple[Use, ...]:
    """Every place of the package where code names a finding.

    It names one where it calls what has a parameter or field `slug`, or sets a class's `slug`. What it
    gives is a string, a constant of the package, or handed on from the caller's own `slug`.
    """
    trees = {path: ast.parse(path.read_text()) for path in sorted(PACKAGE.rglob("*.py"))}
    modules = {_module(path): dict(_takers(tree)) for path, tree in trees.items()}
    constants = {name: text for tree in trees.values() for name, text in _constants(tree)}
    found: list[Use] = []
    for path, tree in trees.items():
        takers = {**modules[_module(path)], **dict(_imported(tree, modules))}
        found += [use for value in _given(tree, takers) for use in _named(value, path, constants)]
    return tuple(found)


def slugs(folder: Path = PACKAGE) -> set[str]:
    """The names that the code below the folder uses."""
    return {use.slug for use in used() if use.slug is not None and use.path.is_relative_to(folder)}


def _module(path: Path) -> str:
    return ".".join(path.relative_to(REPOSITORY).with_suffix("").parts)


def _takers(tree: ast.Module) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name, args=ast.arguments(args=args)):
                names = [arg.arg for arg in args if arg.arg not in ("self", "cls")]
            case ast.ClassDef(name=name, body=body, decorator_list=[_, *_]):
                names = [
                    field.target.id
                    for field in body
                    if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
                ]
            case _:
                continue
        if "slug" in names:
            yield name, names.index("slug")


def _imported(tree: ast.Module, modules: dict[str, Takers]) -> Iterator[tuple[str, int]]:
    """What a file takes from others: `from a import f` as f, `from a import b` as b.f."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom):
            continue
        for alias in node.names:
            name = alias.asname or alias.name
            takers = modules.get(str(node.module), {})
            if alias.name in takers:
                yield name, takers[alias.name]
            for function, position in modules.get(f"{node.module}.{alias.name}", {}).items():
                yield f"{name}.{function}", position


def _constants(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str(text))):
                yield name, text


def _given(tree: ast.Module, takers: Takers) -> Iterator[ast.expr]:
    """The expressions that stand for slugs."""
    for node in ast.walk(tree):
        match node:
            case ast.ClassDef(body=body):
                for line in body:
                    match line:
                        case ast.Assign(targets=[ast.Name(id="slug")], value=value):
                            yield value
            case ast.Call(func=func) if (name := _called(func)) in takers:
                words = [word.value for word in node.keywords if word.arg == "slug"]
                yield from words or node.args[takers[name] : takers[name] + 1]


def _called(function: ast.expr) -> str:
    match function:
        case ast.Name(id=name) | ast.Attribute(value=ast.Name(id="self"), attr=name):
            return name
        case ast.Attribute(value=ast.Name(id=module), attr=name):
            return f"{module}.{name}"
        case _:
            return ""


def _named(given: ast.expr, path: Path, constants: dict[str, str]) -> Iterator[Use]:
    match given:
        case ast.Constant(value=str(slug)):
            yield Use(slug, path, given.lineno)
        case ast.IfExp(body=one, orelse=other):
            yield from _named(one, path, constants)
            yield from _named(other, path, constants)
        case ast.Name(id="slug") | ast.Attribute(attr="slug"):
            pass
        case ast.Name(id=name):
            yield Use(constants.get(name), path, given.lineno)
        case _:
            yield Use(None, path, given.lineno)
