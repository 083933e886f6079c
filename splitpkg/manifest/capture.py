"""Whether the patterns of a family capture what its other keys use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from splitpkg.manifest.fault import Fault
from splitpkg.manifest.keys import nearest
from splitpkg.manifest.template import places

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from splitpkg.manifest.fault import Key
    from splitpkg.manifest.glob import Glob


def capture_faults(
    files: Iterable[Glob], templates: Mapping[str, str], beside: Iterable[Glob]
) -> Iterator[Fault]:
    """One fault for each name that a template or a glob uses and some pattern of `files` lacks.

    `{libdir}` in `beside` needs no capture: it is a pattern by itself.
    """
    patterns = tuple(files)
    for key, template in templates.items():
        for name in places(template):
            yield from _lacking(patterns, name, (key,))
    for index, glob in enumerate(beside):
        for name in glob.captures:
            if name != "libdir":
                yield from _lacking(patterns, name, ("beside", index))


def _lacking(patterns: tuple[Glob, ...], name: str, key: Key) -> Iterator[Fault]:
    lacking = [glob for glob in patterns if name not in glob.captures]
    if not lacking:
        return
    known = sorted(set.intersection(*(set(glob.captures) for glob in patterns)))
    near = nearest(name, lacking[0].captures)
    hint = f"write `{{{near}}}`" if near is not None else f"write `{{{name}}}` into the pattern"
    listed = ", ".join(f"`{{{one}}}`" for one in known) or "none"
    message = f"uses `{{{name}}}`, which the pattern `{lacking[0]}` of `files` does not capture"
    yield Fault("unknown-capture", message, hint, (f"captures of every pattern are {listed}",), key)
