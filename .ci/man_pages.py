"""Manual pages from the command line itself: splitpkg(1), and one for each command.

usage: man_pages.py FOLDER. Written in man(7); nothing in them depends on the day or the machine.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from splitpkg import __version__
from splitpkg.cli import app

if TYPE_CHECKING:
    from collections.abc import Iterable

EXIT_STATUS = (
    ("0", "Done; there may have been warnings."),
    ("1", "There are findings, all of them on standard error."),
    ("2", "The command line is wrong."),
    ("3", "The machine is at fault: a tool is missing, a file cannot be read or written."),
    ("70", "A bug in splitpkg; what it prints says how to report it."),
)
TOOLS = (("rpmbuild", "8"), ("dpkg-buildpackage", "1"))


def escaped(text: str) -> str:
    """Text of which no line can be taken for a request, with the characters that man(7) would change."""
    for char, name in (("\\", "\\e"), ("-", "\\-"), ("'", "\\(aq"), ("`", "\\(ga"), ("~", "\\(ti")):
        text = text.replace(char, name)
    return f"\\&{text}" if text.startswith(".") else text


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a help text."""
    blocks = (" ".join(block.split()) for block in text.replace("\b", "").split("\n\n"))
    return [line for block in blocks for line in (".PP", escaped(block))][1:]


def section(heading: str, items: Iterable[tuple[str, str]]) -> list[str]:
    """A section of terms and what they mean; nothing where there are none."""
    lines = [line for term, text in items for line in (".TP", f".B {escaped(term)}", escaped(text))]
    return [f".SH {heading}", *lines] if lines else []


def see_also(pages: Iterable[tuple[str, str]]) -> list[str]:
    """References to other pages, each a name and its section."""
    references = [f".BR {escaped(name)} ({number})" for name, number in pages]
    return [".SH SEE ALSO", *(f"{line} ," for line in references[:-1]), references[-1]]


def page(name: str, command: TyperCommand | TyperGroup, others: list[str]) -> str:
    """The page of one command, `name` as it is typed."""
    title, text = name.replace(" ", "-"), command.help or ""
    context = command.make_context(name, [], resilient_parsing=True)
    summary = text.splitlines()[0].rstrip(".")
    records: dict[str, list[tuple[str, str]]] = {"argument": [], "option": []}
    for parameter in command.get_params(context):
        records[parameter.param_type_name].append(parameter.get_help_record(context) or ("", ""))
    lines = [
        *(f'.TH {title.upper()} 1 "" "splitpkg {__version__}" "User Commands"', ".SH NAME"),
        f"{escaped(title)} \\- {escaped(summary[:1].lower() + summary[1:])}",
        *(".SH SYNOPSIS", f".B {escaped(name)}", escaped(" ".join(command.collect_usage_pieces(context)))),
        *(".SH DESCRIPTION", *paragraphs(text)),
        *section("ARGUMENTS", records["argument"]),
        *section("OPTIONS", records["option"]),
        *section("COMMANDS", subcommands(command)),
        *section("EXIT STATUS", EXIT_STATUS),
        *see_also([*((other, "1") for other in others), *TOOLS]),
    ]
    return "\n".join(lines) + "\n"


def subcommands(command: TyperCommand | TyperGroup) -> list[tuple[str, str]]:
    """Its commands, where it has any, and what each is for."""
    if not isinstance(command, TyperGroup):
        return []
    return [(name, one.get_short_help_str(limit=200)) for name, one in command.commands.items()]


def pages() -> dict[str, str]:
    """File names and texts of all pages."""
    group = get_command(app)
    assert isinstance(group, TyperGroup)
    names = list(group.commands)
    found = {"splitpkg.1": page("splitpkg", group, [f"splitpkg-{name}" for name in names])}
    for name, command in group.commands.items():
        assert isinstance(command, TyperCommand)
        found[f"splitpkg-{name}.1"] = page(f"splitpkg {name}", command, ["splitpkg"])
    return found


def main(folder: Path) -> None:
    """Write the pages into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (folder / name).write_text(text)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
