"""Paths as packages spell them, in the one form of the model."""

from __future__ import annotations

from splitpkg.verify.fault import Fault


def relative(name: bytes | str, *, rooted: bool) -> str:
    """The path relative to /, as the model has it; empty for / itself.

    `rooted` tells that the format begins its paths with a slash (RPM's header). Raises Fault for a
    path that could lead elsewhere once it is unpacked.
    """
    text = name if isinstance(name, str) else name.decode("utf-8", "surrogateescape")
    if text.startswith("/") != rooted:
        raise Fault(f"has the {'relative' if rooted else 'absolute'} path `{text}`")
    parts = [part for part in text.split("/") if part not in ("", ".")]
    if ".." in parts or "\0" in text:
        raise Fault(f"has the path `{text}`, which leads out of its directory")
    return "/".join(parts)
