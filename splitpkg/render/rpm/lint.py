"""The complaints of rpmlint that are inherent in packages of modules, each with the reason."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from splitpkg.plan.model import Config, Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from splitpkg.plan.model import Plan, PlannedPackage
    from splitpkg.render.rpm.names import Names


@dataclass(frozen=True, slots=True)
class Filter:
    """A regular expression for rpmlint's output, and why what it matches is right as it is."""

    pattern: str
    reason: str


def filters(plan: Plan, names: Names, *, prebuilt: bool) -> tuple[Filter, ...]:
    """The filters for one build: none wider than what it is for, none that Fedora's configuration has.

    rpmlint counts a filter that matches nothing as an error.
    """
    pages = _of_pages(plan) if prebuilt else ()
    named = (*_of_bound_packages(plan, names), *_of_names(plan, names))
    return (*_of_modules(plan), *_of_metapackages(plan, names), *named, *_of_scripts(plan), *pages)


def _of_modules(plan: Plan) -> Iterator[Filter]:
    alone = [package for package in plan.packages if package.modules and not _needs_libc(package)]
    folders = sorted({path.rpartition("/")[0] for package in alone for path in package.modules})
    if folders:
        complaints = "shared-library-without-dependency-information|library-not-linked-against-libc"
        below = _alternatives(_placed(folder, plan.libdir) for folder in folders)
        yield Filter(f" ({complaints}) ({below})/", "A module gets what it needs from what loads it.")


def _of_metapackages(plan: Plan, names: Names) -> Iterator[Filter]:
    quiet = [package for package in plan.packages if package.role in (Role.MODULE, Role.META)]
    named = (names.name(package.name) for package in quiet)
    asked = [_literally(name) for name in named if not name.startswith("lib")]
    if asked:
        reason = "Modules are documented with their program."
        yield Filter(f"^({_alternatives(asked)})[.][^.]+: .* no-documentation$", reason)
    for package in quiet:
        if package.role is Role.META:
            name = _literally(names.name(package.name))
            reason = "It requires packages of its own architecture, and so cannot be noarch."
            yield Filter(f"^{name}[.][^.]+: .* no-binary$", reason)


def _of_bound_packages(plan: Plan, names: Names) -> Iterator[Filter]:
    """Packages of programs without a program: configuration, or what only brings others."""
    bound = [
        package
        for package in plan.packages
        if package.role is not Role.META and names.is_bound(package.name) and not _has_binary(package)
    ]
    if bound:
        own = _alternatives(_literally(names.name(package.name)) for package in bound)
        reason = "They belong to one build, and so to one architecture."
        yield Filter(f"^({own})[.][^.]+: .* no-binary$", reason)


def _of_names(plan: Plan, names: Names) -> Iterator[Filter]:
    mistaken = [
        package
        for package in plan.packages
        if names.name(package.name).startswith("lib") and package.role is not Role.LIBRARY
    ]
    own = [_literally(names.name(package.name)) for package in mistaken if _is_mixed(package)]
    if own:
        reason = "These are programs; rpmlint takes every name that begins with `lib` for a library's."
        yield Filter(f"^({_alternatives(own)})[.][^.]+: .* outside-libdir-files ", reason)


def _has_binary(package: PlannedPackage) -> bool:
    """Whether rpmlint would find a reason for the architecture."""
    return any(file.needed is not None or "lib64/" in file.path for file in package.files)


def _is_mixed(package: PlannedPackage) -> bool:
    """Whether some of the files are below a directory of libraries."""
    return len({_LIBRARIES.match(file.path) is None for file in package.files}) > 1


def _of_scripts(plan: Plan) -> Iterator[Filter]:
    scripts = [
        file.path
        for package in plan.packages
        for file in package.files
        if file.config is not Config.NO and file.mode & 0o111
    ]
    if scripts:
        own = _alternatives(_literally(f"/{path}") for path in sorted(scripts))
        reason = "A script that the administrator may change is both."
        yield Filter(f" executable-marked-as-config-file ({own})$", reason)


def _of_pages(plan: Plan) -> Iterator[Filter]:
    pages = (file.path for package in plan.packages for file in package.files if _PAGE.fullmatch(file.path))
    if any(pages):
        complaints = "manpage-not-compressed [a-z0-9]+|bad-manual-page-folder"
        reason = "The tree is packed as it is; of pages that are not compressed rpmlint misreads the section."
        yield Filter(f" ({complaints}) /usr/share/man/", reason)


_LIBRARIES = re.compile(r"(?:usr/)?lib")
_PAGE = re.compile(r"usr/share/man/.*man[^/]+/[^/]+(?<!\.gz)")


def _needs_libc(package: PlannedPackage) -> bool:
    return any(name.startswith("libc.so") for name in package.external)


def _placed(folder: str, libdir: str | None) -> str:
    """A folder below libdir wherever libdir is where the spec is built."""
    if libdir is None or not folder.startswith(f"{libdir}/"):
        return _literally(f"/{folder}")
    return f"/usr/lib[^ ]*{_literally(folder[len(libdir) :])}"


def _alternatives(parts: Iterable[str]) -> str:
    return "|".join(parts)


def _literally(text: str) -> str:
    """The expression for just this text; what is not plain matches any one character."""
    return re.sub(r"[^A-Za-z0-9/_-]", lambda odd: f"[{odd[0]}]" if odd[0] in ".+~" else ".", text)
