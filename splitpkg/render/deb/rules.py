"""debian/rules: what has to be said to dh beyond `dh $@` (dh(1))."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from splitpkg.manifest.model import LIBDIR, SOURCE, BuildSystem
from splitpkg.render.deb import libraries, quote, services
from splitpkg.render.deb.modes import special_modes, top_level

if TYPE_CHECKING:
    from splitpkg.manifest.model import Build
    from splitpkg.plan.model import PlannedPackage
    from splitpkg.render.deb.source import DebSource

MULTIARCH = "$(DEB_HOST_MULTIARCH)"
EXTRA = "debian/extra"
"""Where the packaging's own files are, which it installs."""

UNITS = "usr/lib/systemd/system"

_DH = {
    BuildSystem.MESON: "meson",
    BuildSystem.CMAKE: "cmake",
    BuildSystem.AUTOTOOLS: "autoconf",
    BuildSystem.MAKE: "makefile",
    BuildSystem.COMMANDS: "none",
}
# GNU coding standards, 7.2.5, as far as they are directories of the system and not of the program.
_MAKE_VARIABLES = (
    "prefix=/usr",
    "PREFIX=/usr",
    f"libdir=/usr/lib/{MULTIARCH}",
    "mandir=/usr/share/man",
    "sysconfdir=/etc",
    "localstatedir=/var",
)


@dataclass(frozen=True, slots=True)
class Half:
    """What concerns the packages of one kind: `arch` those for one architecture, `indep` those for all.

    `units` are packages with units where debhelper of Debian 12 does not look for them (they go to
    its place for a moment); `systemd` and `init` are the calls for units and init scripts; `modes`
    pairs a mode with words, the paths.
    """

    name: str
    units: tuple[str, ...]
    systemd: tuple[str, ...]
    init: tuple[str, ...]
    modes: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Rules:
    """Words and lines of debian/rules, quoted. `late_tags` tells that the build decides tags."""

    halves: tuple[Half, ...]
    undocumented: tuple[str, ...]
    unchanged: tuple[str, ...]
    hidden: tuple[str, ...]
    search_packages: tuple[str, ...]
    search_folders: str
    needs_multiarch: bool
    late_tags: bool


@dataclass(frozen=True, slots=True)
class Steps:
    """How dh builds the program: its build system, and what replaces or completes its steps.

    `exported` are variables of all steps, and what dpkg-buildflags(1) is to add to the
    distribution's flags; `staged` tells that a line of `install` wants $DESTDIR and $LIBDIR.
    """

    system: str
    exported: tuple[str, ...]
    configure: tuple[str, ...]
    build: tuple[str, ...]
    test: tuple[str, ...]
    install: tuple[str, ...]
    staged: bool
    is_untested: bool


def rules(source: DebSource) -> Rules:
    """What both ways of building have in common."""
    hidden = tuple(f"-X/{_placed(source, path)}" for path in libraries.without_shlibs(source))
    folders = ":".join(f"/{_placed(source, path)}" for path in libraries.search_folders(source))
    halves = tuple(_half(source, name, own) for name, own in _kinds(source).items() if own)
    made_here = any(MULTIARCH in word for half in halves for _, words in half.modes for word in words)
    build = source.content.build
    is_make = build is not None and build.system is BuildSystem.MAKE
    options = () if build is None else (*build.options, *(one.to for one in build.add))
    is_staged = build is not None and bool(build.install)
    return Rules(
        halves,
        undocumented(source),
        unchanged(source),
        hidden,
        libraries.search_packages(source),
        folders,
        made_here
        or is_make
        or any(LIBDIR in option for option in options)
        or is_staged
        or MULTIARCH in folders
        or any(MULTIARCH in word for word in hidden),
        bool(source.late.said),
    )


def _kinds(source: DebSource) -> dict[str, tuple[PlannedPackage, ...]]:
    return {
        "arch": tuple(one for one in source.packages if one.architecture_dependent),
        "indep": tuple(one for one in source.packages if not one.architecture_dependent),
    }


def _half(source: DebSource, name: str, packages: tuple[PlannedPackage, ...]) -> Half:
    modes: defaultdict[str, list[str]] = defaultdict(list)
    for package in packages:
        for path, mode in special_modes(source, package):
            modes[f"{mode:04o}"].append(f"debian/{source.name(package)}/{_placed(source, path)}")
    units = tuple(source.name(one) for one in packages if _has_hidden_units(one))
    return Half(
        name,
        units,
        services.systemd_calls(source, packages),
        services.init_calls(source, packages),
        tuple((mode, tuple(words)) for mode, words in sorted(modes.items())),
    )


def _has_hidden_units(package: PlannedPackage) -> bool:
    folders = {posixpath.dirname(file.path) for file in package.files}
    return UNITS in folders and "lib/systemd/system" not in folders


def undocumented(source: DebSource) -> tuple[str, ...]:
    """The packages whose copyright debhelper must not write: the tree has such a path."""
    return _having(source, "", "/copyright")


def unchanged(source: DebSource) -> tuple[str, ...]:
    """The packages whose changelog debhelper must not write: the tree has such a path."""
    return _having(source, "", "/changelog.Debian", "/changelog.Debian.gz")


def _having(source: DebSource, *ends: str) -> tuple[str, ...]:
    """The packages in whose folder for documents the tree has one of these paths, or which is no folder."""
    taken = {source.placed(file.path, "") for file in source.plan.files}
    names = (source.name(package) for package in source.packages)
    return tuple(name for name in names if any(f"usr/share/doc/{name}{end}" in taken for end in ends))


def top_words(source: DebSource) -> tuple[str, ...]:
    """The top folders of the tree, as words."""
    return tuple(quote.word(name) for name in top_level(source.plan))


def steps(source: DebSource, build: Build) -> Steps:
    """How the program is built from upstream's source."""
    own = build.system is BuildSystem.COMMANDS
    install = (*_added(build), *_lines(build.install)) if own else _installing(source, build)
    return Steps(
        _DH[build.system],
        _exported(build),
        _lines(build.configure) if own else _configuring(build),
        _lines(build.compile) if own else _making("dh_auto_build --", build),
        () if build.is_untested else _lines(build.test) or _making("dh_auto_test --", build),
        install,
        bool(build.install),
        build.is_untested,
    )


def _exported(build: Build) -> tuple[str, ...]:
    added = {f"DEB_{name}_MAINT_APPEND": text for name, text in sorted(build.flags.items())}
    return tuple(
        f"{name} = {quote.variable(text).replace(SOURCE, '$(CURDIR)')}"
        for name, text in (*sorted(build.environment.items()), *added.items())
    )


def _configuring(build: Build) -> tuple[str, ...]:
    if not build.options or build.system is BuildSystem.MAKE:
        return ()
    return _call("dh_auto_configure --", _words(build.options))


def _making(command: str, build: Build) -> tuple[str, ...]:
    """A step of a makefile that is not made by any configure step; the others know their directories."""
    if build.system is not BuildSystem.MAKE:
        return ()
    return _call(command, (*_MAKE_VARIABLES, *_words(build.options)))


def _installing(source: DebSource, build: Build) -> tuple[str, ...]:
    """Into debian/tmp even where there is one package alone; then what the manifest adds."""
    stage = "" if len(source.packages) > 1 else " --destdir=debian/tmp"
    made = _making(f"dh_auto_install{stage} --", build)
    if not made and (stage or build.install or build.add):
        made = (f"dh_auto_install{stage}",)
    return (*made, *_added(build), *_lines(build.install))


def _added(build: Build) -> tuple[str, ...]:
    """The packaging's own files."""
    return tuple(
        f"install -D -p -m {one.mode:0>4} {EXTRA}/{one.file} debian/tmp/"
        + one.to.replace(LIBDIR, f"usr/lib/{MULTIARCH}")
        for one in build.add
    )


def _lines(commands: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(quote.command(line) for line in commands)


def _words(arguments: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(quote.word(one).replace(LIBDIR, f"/usr/lib/{MULTIARCH}") for one in arguments)


def _call(command: str, words: tuple[str, ...]) -> tuple[str, ...]:
    """A command with its words, one on a line."""
    lines = (command, *(f"\t{word}" for word in words))
    return (*(f"{line} \\" for line in lines[:-1]), lines[-1])


def _placed(source: DebSource, path: str) -> str:
    """A path as part of a word; a slash at its end stays."""
    rest = source.below_libdir(path)
    return quote.word(path) if rest is None else f"usr/lib/{MULTIARCH}/{quote.word(rest) if rest else ''}"
