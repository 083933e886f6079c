"""The command line: reads arguments, runs the stages, prints, chooses the exit status; decides nothing.

Stages are imported by the commands that need them: what is imported here costs every call.
"""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from splitpkg import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from splitpkg.abi.descriptor import Descriptor
    from splitpkg.console import Console
    from splitpkg.diagnostics import Diagnostic
    from splitpkg.discover.model import Discovery
    from splitpkg.inventory.model import Inventory
    from splitpkg.manifest.model import ManifestFile
    from splitpkg.plan.model import Plan
    from splitpkg.verify.model import BuiltPackage, PackageFormat

app = typer.Typer(
    name="splitpkg", rich_markup_mode=None, pretty_exceptions_enable=False, no_args_is_help=True
)

MANIFEST = Path("splitpkg.toml")
HERE = Path()

# What cannot be read is told as a finding, not as wrong usage.
TreePath = Annotated[
    Path, typer.Argument(metavar="TREE", readable=False, help="folder that `make install DESTDIR=` filled")
]
ManifestPath = Annotated[
    Path, typer.Option("-m", "--manifest", metavar="FILE", readable=False, help="the manifest")
]
OutputPath = Annotated[
    Path, typer.Option("-o", "--output", metavar="DIR", readable=False, help="folder for the output")
]
TemplatesPath = Annotated[
    Path | None,
    typer.Option(
        "--templates", metavar="DIR", readable=False, help="templates that replace those of the same name"
    ),
]
SysrootPath = Annotated[
    Path | None,
    typer.Option(
        "--sysroot",
        metavar="DIR",
        readable=False,
        help="system with the libraries from outside the tree, `/` for this one: their symbols are looked up",
    ),
]
BuildTreePath = Annotated[
    Path | None,
    typer.Option(
        "--build-tree",
        metavar="DIR",
        readable=False,
        help="folder in which the program was built: its objects may say what modules need",
    ),
]
PreviousPath = Annotated[
    Path | None,
    typer.Option(
        "--previous",
        metavar="TREE",
        readable=False,
        help="tree of another build, which shows how strong the tags are",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="print the result as JSON")]
DoBuild = Annotated[bool, typer.Option("--build", help="build the packages, and verify them")]


class Beside(NamedTuple):
    """Folders beside the tree that say more about it, and whether its texts are asked for hints."""

    sysroot: Path | None = None
    build_tree: Path | None = None
    hints: bool = False
    previous: Path | None = None


NOTHING_BESIDE = Beside()


def _checked_name(text: str | None) -> str | None:
    from splitpkg.manifest.spelling import PACKAGE_NAME

    return text if text is None else _checked(text, PACKAGE_NAME.check)


def _checked_version(text: str | None) -> str | None:
    from splitpkg.manifest.spelling import VERSION

    return text if text is None else _checked(text, VERSION.check)


def _checked(text: str, check: Callable[[str], str]) -> str:
    """What a manifest would refuse is refused on the command line."""
    from splitpkg.manifest.fault import Refused

    try:
        return check(text)
    except Refused as refused:
        raise typer.BadParameter(str(refused)) from None


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"splitpkg {__version__}")
        raise typer.Exit


@app.callback()
def main(
    _: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="print the version"),
    ] = False,
) -> None:
    """Split a program with loadable modules into packages that only fit their own build."""


@app.command()
def init(
    tree: TreePath,
    name: Annotated[
        str | None, typer.Option(metavar="NAME", callback=_checked_name, help="the program's name")
    ] = None,
    version: Annotated[
        str | None, typer.Option(metavar="VERSION", callback=_checked_version, help="the program's version")
    ] = None,
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="FILE", readable=False, help="the manifest")
    ] = MANIFEST,
) -> None:
    """Draft a manifest from a built tree."""
    from splitpkg.discover.discover import discover
    from splitpkg.discover.draft import draft
    from splitpkg.output import refuse_inside, reserved
    from splitpkg.render.model import Rendered
    from splitpkg.render.write import write

    with _console() as console:
        refuse_inside(tree, output)
        inventory, findings = _scanned(tree)
        console.add(findings)
        text = draft(discover(inventory), inventory, name, version)
        with reserved(output.parent):
            write([Rendered(output.name, text)], output.parent, replace=False)
        console.show({"written": [str(output)]}, [f"wrote {output}"])


@app.command()
def scan(
    tree: TreePath,
    host: Annotated[
        str | None,
        typer.Option(
            "--dynamic-list",
            metavar="HOST",
            help="print what the host must export, as `ld --dynamic-list` reads it",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show what is in a tree: hosts, libraries, modules, tags."""
    from splitpkg.diagnostics import ordered
    from splitpkg.discover import report
    from splitpkg.discover.discover import discover
    from splitpkg.discover.hygiene import hygiene

    with _console(as_json) as console:
        inventory, findings = _scanned(tree)
        console.note(findings)
        found = discover(inventory)
        if host is not None:
            _leave(_show_dynamic_list(tree, host, inventory, found, console))
            return
        console.note(ordered(hygiene(inventory, found)))
        data = _told(inventory, found) if as_json else {}
        _leave(console.show(data, report.as_text(found).splitlines()))


@app.command()
def plan(
    tree: TreePath,
    manifest: ManifestPath = MANIFEST,
    sysroot: SysrootPath = None,
    build_tree: BuildTreePath = None,
    hints: Annotated[
        bool, typer.Option("--hints", help="show, too, which modules may need another: nothing is added")
    ] = False,
    previous: PreviousPath = None,
    as_json: AsJson = False,
) -> None:
    """Show which package gets what, and why."""
    from splitpkg.plan import report

    with _console(as_json) as console:
        beside = Beside(sysroot, build_tree, hints, previous)
        _, _, made = _planned(tree, manifest, console, beside)
        _leave(console.show(report.as_json(made, hints=hints), report.as_text(made, hints=hints)))


@app.command("deb", help="Write Debian's files in `debian/`, and build them on demand.")
@app.command("rpm", help="Write an RPM spec, and build it on demand.")
def emit(
    context: typer.Context,
    tree: TreePath,
    manifest: ManifestPath = MANIFEST,
    output: OutputPath = HERE,
    templates: TemplatesPath = None,
    sysroot: SysrootPath = None,
    build_tree: BuildTreePath = None,
    previous: PreviousPath = None,
    build: DoBuild = False,
    as_json: AsJson = False,
) -> None:
    """Write one format's packaging; then build and verify it where that is asked for."""
    from splitpkg.verify.model import PackageFormat

    with _console(as_json) as console:
        name = PackageFormat(str(context.info_name))
        beside = Beside(sysroot, build_tree, previous=previous)
        _emit(name, tree, manifest, beside, output, templates, build, console)


@app.command()
def verify(
    packages: Annotated[
        list[Path],
        typer.Argument(metavar="PACKAGE...", readable=False, help=".rpm or .deb files, or folders of them"),
    ],
    tree: Annotated[
        Path,
        typer.Option("--tree", metavar="TREE", readable=False, help="the tree that they were made from"),
    ],
    manifest: ManifestPath = MANIFEST,
    build_tree: BuildTreePath = None,
    previous: PreviousPath = None,
    as_json: AsJson = False,
) -> None:
    """Compare built packages with the plan."""
    from splitpkg.verify.read import read

    with _console(as_json) as console:
        loaded, _, made = _planned(tree, manifest, console, Beside(build_tree=build_tree, previous=previous))
        built = read(packages)
        console.note(_compared(built, {one.format for one in built}, tree, loaded, made))
        count = len(built)
        _leave(console.show({"packages": [one.file for one in built]}, [f"verified {count} packages"]))


@app.command()
def schema() -> None:
    """Print the JSON Schema of the manifest."""
    import json

    from splitpkg.manifest.schema import schema as manifest_schema

    typer.echo(json.dumps(manifest_schema(), indent=2))


@app.command()
def explain(
    slug: Annotated[str | None, typer.Argument(metavar="[SLUG]", help="the finding's name")] = None,
) -> None:
    """Explain a finding: what it means, why it matters, how to mend it."""
    from splitpkg.explain.explain import page, slugs

    with _console():
        typer.echo("\n".join(slugs()) if slug is None else page(slug))


def _told(inventory: Inventory, found: Discovery) -> dict[str, object]:
    """All that a program may want to know of a tree."""
    from splitpkg.discover.families import find_families
    from splitpkg.discover.report import as_json

    return as_json(found, find_families(inventory, found))


def _show_dynamic_list(
    tree: Path, host: str, inventory: Inventory, found: Discovery, console: Console
) -> int:
    """Prints the exports of a host that are needed; returns the exit status."""
    from splitpkg.discover.hygiene import subject_of
    from splitpkg.hygiene.dynamic_list import dynamic_list, needed_exports, offered
    from splitpkg.inventory.lookups import declared_in, looked_up

    subject = subject_of(inventory, found)
    shared = [entry.path for entry, facts in inventory.elf_files if facts.is_shared_object]
    exports = offered(subject, host)
    mentioned = looked_up(tree, (host, *shared), exports)
    mentioned |= declared_in(tree, (header.path for header in inventory.headers), exports)
    names = needed_exports(subject, host, mentioned)
    return console.show({"host": host, "symbols": names}, dynamic_list(names).splitlines())


def _emit(
    name: PackageFormat,
    tree: Path,
    manifest: Path,
    beside: Beside,
    output: Path,
    templates: Path | None,
    build: bool,
    console: Console,
) -> None:
    """Plan, render, write; then build and verify where that is asked for."""
    from splitpkg.formats import output_format
    from splitpkg.output import refuse_inside, reserved, staging
    from splitpkg.render.write import write
    from splitpkg.verify.read import read

    refuse_inside(tree, output)
    loaded, inventory, made = _planned(tree, manifest, console, beside)
    stages = output_format(name)
    files, findings = stages.render(loaded, made, templates=templates)
    console.add(findings)
    with reserved(output), staging(output) as staged:
        # Upstream's tarball stays where it is; what is packed from the tree belongs to the texts.
        place = staged if loaded.content.build is None else output
        packed = stages.prepare(tree, loaded, inventory, made, place)
        changed = write(files, output, record=stages.record, finished=sorted(staged.iterdir()))
        packages = stages.build(loaded, made, output) if build else ()
        if build:
            console.note(_compared(read(packages), {name}, tree, loaded, made))
    paths = [file.path for file in files]
    told = {
        "written": [str(output / path) for path in (*paths, *packed)],
        "removed": [str(output / path) for path in changed if path not in paths],
        "built": [str(path) for path in packages],
    }
    verbs = {"written": "wrote", "removed": "removed", "built": "built"}
    _leave(console.show(told, [f"{verbs[what]} {path}" for what, found in told.items() for path in found]))


def _compared(
    built: Sequence[BuiltPackage], names: set[PackageFormat], tree: Path, manifest: ManifestFile, plan: Plan
) -> tuple[Diagnostic, ...]:
    """What of the plan the built packages do not keep, in each of the formats.

    Packages built from source have bytes of their own.
    """
    from splitpkg.formats import output_format
    from splitpkg.verify.compare import compare
    from splitpkg.verify.late_tags import late_values
    from splitpkg.verify.read_tree import digests

    packed = digests(tree, (file.path for file in plan.files)) if manifest.content.build is None else None
    findings: list[Diagnostic] = []
    for name in sorted(names):
        packages = [package for package in built if package.format is name]
        expected = output_format(name).expected(manifest, plan)
        values, found = late_values(packages, expected)
        findings += (*found, *compare(packages, expected, packed, values))
    return tuple(findings)


@contextmanager
def _console(as_json: bool = False) -> Iterator[Console]:
    from splitpkg.console import Console
    from splitpkg.diagnostics import Failed

    console = Console(as_json=as_json)
    try:
        yield console
    except Failed as failure:
        raise typer.Exit(console.fail(failure)) from None


def _leave(status: int) -> None:
    if status:
        raise typer.Exit(status)


def _scanned(tree: Path, descriptors: Sequence[Descriptor] = ()) -> tuple[Inventory, tuple[Diagnostic, ...]]:
    from splitpkg.inventory.scan import scan as scan_tree

    return scan_tree(tree, descriptors)


def _planned(
    tree: Path, manifest: Path, console: Console, beside: Beside = NOTHING_BESIDE
) -> tuple[ManifestFile, Inventory, Plan]:
    from splitpkg.diagnostics import Failed
    from splitpkg.inventory.statements import with_statements
    from splitpkg.inventory.sysroot import read_sysroot
    from splitpkg.manifest.load import load
    from splitpkg.plan.make import make_plan
    from splitpkg.plan.split import hosts_of

    loaded = load(manifest)
    inventory, scanned = _scanned(tree, loaded.descriptors)
    # What is wrong with another build's tree is of that build.
    before = _scanned(beside.previous, loaded.descriptors)[0] if beside.previous is not None else None
    hosts = hosts_of(loaded, inventory)
    inventory, unread = with_statements(inventory, tree, hosts, beside.build_tree, with_texts=beside.hints)
    system = read_sysroot(beside.sysroot, inventory) if beside.sysroot is not None else None
    made, findings = make_plan(loaded, inventory, (*scanned, *unread), sysroot=system, previous=before)
    if made is None:
        raise Failed(findings)
    console.note(findings)
    return loaded, inventory, made
