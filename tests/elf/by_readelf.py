"""An ELF file's facts as binutils' readelf prints them."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from splitpkg.elf.model import Symbol, VersionDefinition, VersionNeed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

# Printed where the file's header does not say that it uses GNU extensions, which the loader does not ask.
EXTENSION = "<OS specific>: 10"
LOOKED_UP = {"NOTYPE", "OBJECT", "FUNC", "COMMON", "TLS", "IFUNC", EXTENSION}
BINDINGS = {"GLOBAL", "WEAK", "UNIQUE", EXTENSION}

SYMBOL = re.compile(
    rf" *\d+: [0-9a-f]+ +\w+ (?P<type>{EXTENSION}|\S+) +(?P<bind>{EXTENSION}|\S+) +(?P<visibility>\S+) +"
    r"(?:\[.*?\] +)?(?P<section>\S+)(?: (?P<name>\S+?)(?:@(?P<default>@?)(?P<version>\S+))?)?(?: \(\d+\))?$"
)
TAG = re.compile(r" 0x[0-9a-f]+ \((?P<tag>NEEDED|SONAME|RPATH|RUNPATH)\) .*\[(?P<value>.*)\]$")
DEFINITION = re.compile(r"  0\w+: Rev: 1  Flags: (?P<flags>.*?) +Index: \d+  Cnt: \d+  Name: (?P<name>.*)$")
PARENT = re.compile(r"  0\w+: Parent \d+: (?P<name>.*)$")
FILE = re.compile(r"  0\w+: Version: 1  File: (?P<name>.*?)  Cnt: \d+$")
NODE = re.compile(r"  0\w+:   Name: (?P<name>.*?)  Flags: (?P<flags>.*?)  Version: \d+$")


@dataclass
class Facts:
    """The facts of one file, as far as readelf prints them."""

    tags: dict[str, list[str]] = field(default_factory=dict)
    verdefs: list[VersionDefinition] = field(default_factory=list)
    verneeds: list[VersionNeed] = field(default_factory=list)
    undefined: list[Symbol] = field(default_factory=list)
    defined: list[Symbol] = field(default_factory=list)


def read_all(paths: Iterable[Path]) -> Iterator[tuple[Path, Facts]]:
    """The facts of each file, by one call of readelf."""
    chosen = list(paths)
    command = ["readelf", "-dVW", "--dyn-syms", *map(str, chosen)]
    if len(chosen) == 1:
        command.append("/dev/null")
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    result = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=False)
    _, *parts = result.stdout.decode("utf-8", "surrogateescape").split("\nFile: ")
    for path, part in zip(chosen, parts, strict=False):
        first, *lines = part.split("\n")
        assert first == str(path)
        yield path, _facts(lines)


def _facts(lines: list[str]) -> Facts:
    facts = Facts()
    absolute: set[str] = set()
    for line in lines:
        if match := SYMBOL.match(line):
            _add_symbol(facts, match, absolute)
        elif match := TAG.match(line):
            facts.tags.setdefault(match["tag"], []).append(match["value"])
        else:
            _add_version(facts, line)
    own = {definition.name for definition in facts.verdefs}
    by_section = sorted(facts.defined, key=lambda symbol: symbol.name in absolute)
    facts.defined = [
        # A version that another file defines is that of a copied symbol, and has one @ with readelf.
        symbol if symbol.version in own else symbol._replace(default=True)
        for symbol in by_section
        if symbol.name not in absolute & own
    ]
    return facts


def _add_symbol(facts: Facts, match: re.Match[str], absolute: set[str]) -> None:
    if match["bind"] not in BINDINGS or match["type"] not in LOOKED_UP:
        return
    undefined = match["section"] == "UND"
    default = match["version"] is None or match["default"] == "@"
    symbol = Symbol(match["name"] or "", match["version"], match["bind"] == "WEAK", default)
    if undefined:
        facts.undefined.append(symbol._replace(default=True))
    elif match["visibility"] not in {"HIDDEN", "INTERNAL"}:
        facts.defined.append(symbol)
        if match["section"] == "ABS":
            absolute.add(symbol.name)


def _add_version(facts: Facts, line: str) -> None:
    if match := DEFINITION.match(line):
        flags = match["flags"]
        facts.verdefs.append(VersionDefinition(match["name"], (), "BASE" in flags, "WEAK" in flags))
    elif match := PARENT.match(line):
        last = facts.verdefs.pop()
        facts.verdefs.append(last._replace(parents=(*last.parents, match["name"])))
    elif match := FILE.match(line):
        facts.verneeds.append(VersionNeed(match["name"], (), ()))
    elif match := NODE.match(line):
        need = facts.verneeds.pop()
        weak = (match["name"],) if "WEAK" in match["flags"] else ()
        facts.verneeds.append(VersionNeed(need.file, (*need.nodes, match["name"]), need.weak + weak))
