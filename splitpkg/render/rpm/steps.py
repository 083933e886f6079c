"""How the spec unpacks, builds, installs and checks, in the distribution's macros."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from splitpkg.manifest.model import LIBDIR, SOURCE, BuildSystem
from splitpkg.render.model import tree_tarball
from splitpkg.render.rpm import quote

if TYPE_CHECKING:
    from collections.abc import Iterable

    from splitpkg.manifest.model import Build, Program
    from splitpkg.plan.model import Plan
    from splitpkg.render.rpm.files import Listing

# GNU coding standards, 7.2.5, as far as they are directories of the system and not of the program.
_MAKE_VARIABLES = (
    "prefix=%{_prefix}",
    "PREFIX=%{_prefix}",
    "bindir=%{_bindir}",
    "sbindir=%{_sbindir}",
    "libdir=%{_libdir}",
    "libexecdir=%{_libexecdir}",
    "includedir=%{_includedir}",
    "mandir=%{_mandir}",
    "sysconfdir=%{_sysconfdir}",
    "localstatedir=%{_localstatedir}",
)
_COMPILERS = re.compile(r"(?:gcc|clang|rust|cargo|golang|ldc|fpc)\b")
_TOOLS = {
    BuildSystem.MESON: ("meson",),
    BuildSystem.CMAKE: ("cmake",),
    BuildSystem.AUTOTOOLS: ("make",),
    BuildSystem.MAKE: ("make",),
    BuildSystem.COMMANDS: (),
}


@dataclass(frozen=True, slots=True)
class Steps:
    """The lines of each build section; `check` is empty where nothing is checked.

    `variables` is what every call of make says, as the body of a macro.
    """

    sources: tuple[str, ...]
    patches: tuple[str, ...]
    requires: tuple[str, ...]
    prep: tuple[str, ...]
    build: tuple[str, ...]
    install: tuple[str, ...]
    check: tuple[str, ...]
    variables: str = ""


def prebuilt_steps(program: Program) -> Steps:
    """The tree itself is the source, and is installed as it is."""
    return Steps(
        sources=(versioned(tree_tarball(program.name, program.version), program),),
        patches=(),
        requires=(),
        prep=("%autosetup",),
        build=("# The source is what an earlier build installed.",),
        install=("mkdir -p %{buildroot}", "cp -a . %{buildroot}"),
        check=(),
    )


def source_steps(program: Program, build: Build, plan: Plan, listing: Listing) -> Steps:
    """Upstream's source is built afresh, without splitpkg."""
    compile_, install, check = _BY_SYSTEM[build.system](build)
    check = () if build.is_untested else tuple(quote.value(line) for line in build.test) or check
    return Steps(
        sources=(versioned(build.source, program), *(one.file for one in build.add)),
        patches=build.patches,
        requires=_requires(build, plan),
        prep=(_setup(program, build),),
        build=(*_added_flags(build), *_exported(build), *compile_),
        install=(
            *_exported(build),
            *install,
            *_added(build, listing),
            *_staged(build),
            *_removals(plan, listing, build),
        ),
        check=(*_exported(build), *check) if check else (),
        variables=" ".join(_MAKE_VARIABLES) if build.system is BuildSystem.MAKE else "",
    )


def versioned(text: str, program: Program) -> str:
    """A file name or address with the program's name and version as macros, for the next version's sake."""
    name, version = re.escape(program.name), re.escape(program.version)
    text = quote.value(text)
    text = re.sub(rf"(?<![A-Za-z0-9._+~-]){name}-{version}(?!\.?[0-9]|[A-Za-z])", "%{name}-%{version}", text)
    if "." not in program.version:
        return text
    return re.sub(rf"(?<![0-9])(?<![0-9]\.){version}(?!\.?[0-9])", "%{version}", text)


def commands(build: Build) -> tuple[tuple[str, int, str], ...]:
    """The manifest's shell lines: key, place in its list, text."""
    keys = ("configure", "compile", "test", "install")
    return tuple((key, index, line) for key in keys for index, line in enumerate(getattr(build, key)))


def _setup(program: Program, build: Build) -> str:
    """-p1 so that a maintainer's Patch lines apply."""
    named = "" if build.directory is None else f" -n {versioned(build.directory, program)}"
    return f"%autosetup -p1{named}"


def _requires(build: Build, plan: Plan) -> tuple[str, ...]:
    """The build system, and a compiler where the manifest names none: a module is native code."""
    said = build.requires.rpm
    cxx = any(name.startswith("libstdc++.so") for package in plan.packages for name in package.external)
    compiler = () if any(_COMPILERS.match(line) for line in said) else ("gcc-c++" if cxx else "gcc",)
    autoreconf = ("autoconf", "automake", "libtool") if build.autoreconf else ()
    return tuple(dict.fromkeys((*compiler, *_TOOLS[build.system], *autoreconf, *said)))


def _staged(build: Build) -> tuple[str, ...]:
    """The manifest's own lines that install, after the build system's."""
    return (
        ("export DESTDIR=%{buildroot} LIBDIR=%{_libdir}", *map(quote.value, build.install))
        if build.install
        else ()
    )


def _added(build: Build, listing: Listing) -> tuple[str, ...]:
    """The packaging's own files; the tarball is the source of number 0."""
    return tuple(
        f"install -D -p -m {one.mode:0>4} %{{SOURCE{number}}} %{{buildroot}}{_added_path(one.to, listing)}"
        for number, one in enumerate(build.add, 1)
    )


def _added_path(path: str, listing: Listing) -> str:
    head, rest = path[: len(LIBDIR)], path[len(LIBDIR) :]
    return f"%{{_libdir}}{rest}" if head == LIBDIR else listing.spelling.placed(path)


def _added_flags(build: Build) -> tuple[str, ...]:
    """What comes to the distribution's flags; %configure and the like keep what is set."""
    if not build.flags:
        return ()
    lines = (_export(name, f"${name} ", text) for name, text in sorted(build.flags.items()))
    return ("%{?set_build_flags}", *lines)


def _exported(build: Build) -> tuple[str, ...]:
    """Variables of the manifest's own, in each section: each is a shell of its own."""
    return tuple(_export(name, "", text) for name, text in sorted(build.environment.items()))


def _export(name: str, before: str, text: str) -> str:
    spelled = quote.value(quote.within_quotes(text)).replace(SOURCE, "$PWD")
    return f'export {name}="{before}{spelled}"'


def _removals(plan: Plan, listing: Listing, build: Build) -> tuple[str, ...]:
    """What the plan leaves out, and libtool's archives, which may have been removed from the tree."""
    lines = [f"rm -rf %{{buildroot}}{_shell_path(listing, path)}" for path in listing.removed()]
    made = any(file.path.endswith(".la") for package in plan.packages for file in package.files)
    if made or build.system is BuildSystem.AUTOTOOLS:
        lines.append("find %{buildroot} -name '*.la' -delete")
    return tuple(lines)


def _shell_path(listing: Listing, path: str) -> str:
    """Macros are expanded before the shell sees its quotes."""
    placed = listing.spelling.placed(path.replace("%", "%%"))
    if re.fullmatch(r"[A-Za-z0-9_./+:@-]+", path):
        return placed
    return "'" + placed.replace("'", "'\\''") + "'"


_Sections = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]


def _meson(build: Build) -> _Sections:
    return (*_call("%meson", _options(build)), "%meson_build"), ("%meson_install",), ("%meson_test",)


def _cmake(build: Build) -> _Sections:
    return (*_call("%cmake", _options(build)), "%cmake_build"), ("%cmake_install",), ("%ctest",)


def _autotools(build: Build) -> _Sections:
    made = ("autoreconf -fi",) if build.autoreconf else ()
    configure = _call("%configure", _options(build))
    return (*made, *configure, "%make_build"), ("%make_install",), ("%make_build check",)


def _make(build: Build) -> _Sections:
    """The same variables in every step, so that nothing is built anew with other ones."""
    options = _options(build)
    return (
        ("%{?set_build_flags}", *_call("%make_build %{make_variables}", options)),
        _call("%make_install %{make_variables}", options),
        _call("%make_build check %{make_variables}", options),
    )


def _commands(build: Build) -> _Sections:
    configure, compile_ = (tuple(map(quote.value, lines)) for lines in (build.configure, build.compile))
    return ("%{?set_build_flags}", *configure, *compile_), (), ()


_BY_SYSTEM = {
    BuildSystem.MESON: _meson,
    BuildSystem.CMAKE: _cmake,
    BuildSystem.AUTOTOOLS: _autotools,
    BuildSystem.MAKE: _make,
    BuildSystem.COMMANDS: _commands,
}


def _options(build: Build) -> tuple[str, ...]:
    return tuple(quote.argument(option).replace(LIBDIR, "%{_libdir}") for option in build.options)


def _call(macro: str, arguments: Iterable[str]) -> tuple[str, ...]:
    """A macro with its arguments, one on a line."""
    parts = (macro, *(f"    {argument}" for argument in arguments))
    return (*(f"{part} \\" for part in parts[:-1]), parts[-1])
