"""Fills the templates. A folder of the user's own overrides the packaged ones, file by file."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from splitpkg.diagnostics import Diagnostic, EnvironmentFailed, Failed, Location

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jinja2 import Environment

PACKAGED = "packaged"
"""Prefix by which an overriding template extends or includes the one that it overrides."""


def fill(template: str, values: Mapping[str, object], templates: Path | None = None) -> str:
    """The text that `template`, a path as `rpm/spec.j2`, gives with those values.

    Looked up in `templates` first. Raises Failed (`template-error`) where a template is missing,
    cannot be parsed, uses a value that is not there, or one in a way that it does not allow.
    """
    from jinja2 import TemplateError  # noqa: PLC0415 - 60 ms that only the rendering commands pay

    try:
        return _environment(templates).get_template(template).render(values)
    except TemplateError as error:
        raise Failed([_finding(error, template)]) from error
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        if templates is None:
            raise
        raise Failed([_finding(error, template)]) from error


def packaged_templates() -> Path:
    """The folder of the templates that come with splitpkg: inside the package, or beside it in a checkout.

    Raises EnvironmentFailed (`templates-missing`) when the installation lacks them.
    """
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "templates", package.parent / "templates"):
        if folder.is_dir():
            return folder
    where = Location(str(package / "templates"))
    hint = "install splitpkg again"
    raise EnvironmentFailed([Diagnostic("templates-missing", where, "no folder of templates", hint=hint)])


@cache
def _environment(templates: Path | None) -> Environment:
    from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PrefixLoader, StrictUndefined  # noqa: PLC0415

    if templates is not None and not templates.is_dir():
        finding = Diagnostic("templates-missing", Location(str(templates)), "is no folder of templates")
        raise Failed([finding])
    packaged = FileSystemLoader(packaged_templates())
    own = [] if templates is None else [FileSystemLoader(templates)]
    return Environment(
        loader=ChoiceLoader([*own, packaged, PrefixLoader({PACKAGED: packaged})]),
        undefined=StrictUndefined,
        autoescape=False,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _finding(error: Exception, template: str) -> Diagnostic:
    where = _place(error) or Location(template)
    return Diagnostic("template-error", where, str(error).partition("\n")[0] or type(error).__name__)


def _place(error: Exception) -> Location | None:
    """The innermost template line of the error: jinja2 puts the templates into the traceback."""
    from jinja2 import TemplateSyntaxError  # noqa: PLC0415

    if isinstance(error, TemplateSyntaxError):
        return Location(error.filename or error.name or "", error.lineno)
    found, step = None, error.__traceback__
    while step is not None:
        name = step.tb_frame.f_code.co_filename
        if name.endswith(".j2"):
            found = Location(name, step.tb_lineno)
        step = step.tb_next
    return found
