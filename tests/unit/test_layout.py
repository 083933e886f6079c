"""The architecture, as the imports and the words of the code itself state it."""

from __future__ import annotations

import ast
import io
import json
import re
import subprocess
import sys
import tokenize
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGE = REPOSITORY / "splitpkg"

TOP_LEVEL = {
    ".ci",
    ".gitignore",
    "CHANGELOG.md",
    "LICENSE",
    "Makefile",
    "README.md",
    "pyproject.toml",
    "specs",
    "splitpkg",
    "templates",
    "tests",
}
MADE_BY_TOOLS = {
    ".git",
    ".hypothesis",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    ".venv",
    "build",
    "dist",
}

# What every stage may import: the types that go from stage to stage, and nothing that works on them.
SHARED = {
    "splitpkg",
    "splitpkg.diagnostics",
    "splitpkg.abi.descriptor",
    "splitpkg.abi.directories",
    "splitpkg.abi.model",
    "splitpkg.elf.model",
    "splitpkg.inventory.header_names",
    "splitpkg.inventory.model",
    "splitpkg.inventory.tree",
    "splitpkg.manifest.glob",
    "splitpkg.manifest.model",
    "splitpkg.manifest.template",
    "splitpkg.manifest.text",
    "splitpkg.plan.model",
    "splitpkg.render.model",
    "splitpkg.verify.model",
}

# What puts the stages together, and so imports them all.
COMPOSERS = {"__main__", "cli", "formats"}

# Stages that stand on the code of another one: the readers below scan, the questions that plan and
# discover ask of the same facts, the list of findings that a manifest may waive, the tags in what was built.
STANDS_ON = {
    "manifest": {"explain"},
    "inventory": {"abi", "elf"},
    "hygiene": {"abi"},
    "plan": {"abi", "hygiene"},
    "discover": {"abi", "hygiene"},
    "verify": {"elf"},
}

# Who alone may import what comes from outside, as prefixes of module names.
IMPORTERS = {
    "debian.arfile": ("splitpkg.verify.read_deb",),
    "debian.debfile": ("splitpkg.verify.read_deb",),
    "jinja2": ("splitpkg.render.engine",),
    "pydantic": ("splitpkg.manifest.",),
    "rich": ("splitpkg.cli",),
    "rpmfile": ("splitpkg.verify.read_rpm",),
    "subprocess": ("splitpkg.build.runner",),
    "typer": ("splitpkg.cli",),
}

HEAVY = {"debian", "importlib.metadata", "jinja2", "pydantic", "rich", "rpmfile", "tomllib"}

NEUTRAL = ("abi", "discover", "elf", "hygiene", "inventory", "plan")
DIALECT = re.compile(
    r"(?i:rpm|(?<![a-z])deb(?![a-z])|dpkg|multi-arch|substvar)|%\{|%(files|dir|package)\b"
    r"|\$\{(binary|shlibs|misc)|\b(Requires|Depends|Provides|Obsoletes|Breaks|Replaces):"
)
# Dialect words that are meant, with the reason.
DIALECT_ALLOWED = {
    # The manifest's [*.rpm] and [*.deb] tables pass through the plan unread.
    # Customary names of a tag by format, which the renderers alone read.
    "abi/model.py": {"rpm", "deb"},
    "abi/descriptor.py": {"rpm", "deb", '"rpm"', '"deb"'},
    "plan/described.py": {"rpm", "deb"},
    "plan/model.py": {"rpm", "RpmRelations", "deb"},
    "plan/make.py": {"rpm", "deb"},
    "plan/texts.py": {"rpm", "RpmRelations", "_joined_rpm", "deb", "_joined_deb"},
}


@dataclass(frozen=True, slots=True)
class Import:
    """One import statement's target, and whether only the type checker follows it."""

    target: str
    line: int


def module_name(path: Path) -> str:
    parts = path.relative_to(REPOSITORY).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


SOURCES = {module_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def imports(path: Path) -> list[Import]:
    """All imports of a file, those inside functions and for the type checker included."""
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.Import(names=names):
                found += [Import(name.name, node.lineno) for name in names]
            case ast.ImportFrom(module=str(module), names=names, level=0):
                found += [Import(_target(module, name.name), node.lineno) for name in names]
            case ast.ImportFrom():
                pytest.fail(f"{path}:{node.lineno}: relative import")
    return found


def _target(module: str, name: str) -> str:
    """`from a import b` imports the module a.b where there is one."""
    return f"{module}.{name}" if f"{module}.{name}" in SOURCES else module


def stage(module: str) -> str:
    """The folder of splitpkg that a module lies in, or the module's own name."""
    return (*module.split("."), "")[1]


def within(module: str, prefixes: tuple[str, ...]) -> bool:
    return any(module == prefix or module.startswith(prefix.rstrip(".") + ".") for prefix in prefixes)


@pytest.mark.parametrize("module", [module for module in SOURCES if stage(module) not in COMPOSERS])
def test_a_stage_imports_the_models_of_others_and_never_their_code(module: str) -> None:
    wrong = [
        f"{SOURCES[module]}:{one.line}: {one.target}"
        for one in imports(SOURCES[module])
        if one.target.split(".")[0] == "splitpkg"
        and one.target not in SHARED
        and stage(one.target) not in {stage(module), *STANDS_ON.get(stage(module), set())}
    ]
    assert wrong == []


@pytest.mark.parametrize("module", sorted(SHARED - {"splitpkg"}))
def test_a_model_imports_models_and_what_lies_beside_it(module: str) -> None:
    ours = {one.target for one in imports(SOURCES[module])} & set(SOURCES)
    assert {target for target in ours if stage(target) != stage(module)} <= SHARED


def test_imports_have_no_cycle() -> None:
    graph = {module: {one.target for one in imports(path)} & set(SOURCES) for module, path in SOURCES.items()}
    assert list(TopologicalSorter(graph).static_order())


@pytest.mark.parametrize("library", IMPORTERS)
def test_a_library_has_one_door(library: str) -> None:
    wrong = [
        f"{path}:{one.line}: {one.target}"
        for module, path in SOURCES.items()
        if not within(module, IMPORTERS[library])
        for one in imports(path)
        if within(one.target, (library,))
    ]
    assert wrong == []


def loaded_by(module: str) -> set[str]:
    """All modules that are there once that one is imported."""
    code = f"import {module}, json, sys; print(json.dumps(sorted(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    loaded = set(json.loads(run.stdout))
    assert module in loaded
    return loaded


def test_the_answer_to_version_waits_for_nothing() -> None:
    assert loaded_by("splitpkg.__main__") & (HEAVY | {"typer", "typing", "splitpkg.cli"}) == set()


def test_the_command_line_imports_nothing_heavy() -> None:
    """Beyond what typer itself imports; its oldest releases import rich."""
    assert (loaded_by("splitpkg.cli") - loaded_by("typer")) & HEAVY == set()


def dialect_words(path: Path) -> list[tuple[int, str]]:
    """Line and text of each name, string and comment that speaks of one format."""
    tokens = tokenize.generate_tokens(io.StringIO(path.read_text()).readline)
    return [(token.start[0], token.string) for token in tokens if DIALECT.search(token.string)]


@pytest.mark.parametrize("folder", NEUTRAL)
def test_neutral_stages_speak_no_dialect(folder: str) -> None:
    wrong = []
    for path in sorted((PACKAGE / folder).rglob("*.py")):
        allowed = DIALECT_ALLOWED.get(f"{folder}/{path.name}", set())
        wrong += [f"{path}:{line}: {word}" for line, word in dialect_words(path) if word not in allowed]
    assert wrong == []


@pytest.mark.parametrize("file", DIALECT_ALLOWED)
def test_every_allowed_dialect_word_is_used(file: str) -> None:
    assert DIALECT_ALLOWED[file] <= {word for _, word in dialect_words(PACKAGE / file)}


@pytest.mark.parametrize("module", SOURCES)
def test_what_is_public_has_a_docstring(module: str) -> None:
    tree = ast.parse(SOURCES[module].read_text())
    if not tree.body:
        return
    assert ast.get_docstring(tree) is not None
    named = [node for node in tree.body if isinstance(node, ast.ClassDef | ast.FunctionDef)]
    bare = [node.name for node in named if node.name[0] != "_" and ast.get_docstring(node) is None]
    assert bare == []


def test_the_top_level_holds_nothing_else() -> None:
    assert {entry.name for entry in REPOSITORY.iterdir()} - MADE_BY_TOOLS == TOP_LEVEL


def test_a_package_marker_holds_no_code() -> None:
    for path in PACKAGE.rglob("__init__.py"):
        for node in ast.parse(path.read_text()).body:
            assert isinstance(node, ast.Import | ast.ImportFrom | ast.Expr | ast.Assign), path
