"""Directories of libraries, and the same private directory below another one."""

from __future__ import annotations

import pytest

from splitpkg.abi.directories import elsewhere, is_library_directory, merged, parts


@pytest.mark.parametrize("directory", ["lib", "usr/lib64", "usr/lib/x86_64-linux-gnu", "usr/local/lib"])
def test_where_the_linker_looks(directory: str) -> None:
    assert is_library_directory(directory)
    assert parts(f"{directory}/demo/block") == (directory, "demo/block")
    assert parts(directory) is None


@pytest.mark.parametrize("directory", ["usr/lib/demo", "usr/libexec", "opt/lib", ""])
def test_where_it_does_not_look(directory: str) -> None:
    assert not is_library_directory(directory)


def test_the_same_directory_elsewhere() -> None:
    assert elsewhere("usr/lib/demo", 62) == (
        "usr/lib64/demo",
        "usr/local/lib/demo",
        "usr/local/lib64/demo",
        "usr/lib/x86_64-linux-gnu/demo",
    )
    assert "usr/lib/demo" not in elsewhere("lib/demo", 0)
    assert elsewhere("opt/demo", 62) == ()
    assert merged("usr/lib/x") == merged("lib/x")
