"""Small ELF files, made by the compiler for a test."""

from __future__ import annotations

import subprocess
import tempfile
from functools import cache
from pathlib import Path


@cache
def compiled(source: str, *options: str) -> bytes:
    """What cc makes of a C source."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "out"
        argv = ["cc", "-x", "c", "-", "-O1", "-x", "none", "-o", str(target), *options]
        subprocess.run(argv, input=source.encode(), capture_output=True, check=True, cwd=folder)
        return target.read_bytes()


def shared_object(symbol: str = "demo", *options: str) -> bytes:
    """A shared object that defines one function and calls nothing."""
    return compiled(f"int {symbol}(void) {{ return 1; }}\n", "-shared", "-fPIC", "-nostdlib", *options)
