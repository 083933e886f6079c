"""Files that are the same once loaded."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

from splitpkg.elf.read import likeness
from tests.elf.writer import Spec, write
from tests.support.programs import compiled

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = 'const char *demo(void) { return "text"; }\n'
SHARED = ("-shared", "-fPIC", "-nostdlib")


def test_the_build_id_does_not_count() -> None:
    one, two = (compiled(SOURCE, *SHARED, f"-Wl,--build-id=0x{byte * 20}") for byte in ("ab", "cd"))
    assert one != two
    assert likeness(one) == likeness(two)


def test_a_byte_of_data_counts() -> None:
    other = compiled(SOURCE.replace("text", "test"), *SHARED)
    assert likeness(compiled(SOURCE, *SHARED)) != likeness(other)


def test_what_is_not_loaded_does_not_count(tmp_path: Path) -> None:
    """Debug information, and the link to it, as objcopy(1) moves them."""
    whole, bare, linked, debug = (tmp_path / name for name in ("whole", "bare", "linked", "debug"))
    whole.write_bytes(compiled(SOURCE, *SHARED, "-g"))
    subprocess.run(["objcopy", "--only-keep-debug", whole, debug], check=True)
    subprocess.run(["objcopy", "--strip-all", whole, bare], check=True)
    subprocess.run(["objcopy", "--strip-all", f"--add-gnu-debuglink={debug}", whole, linked], check=True)
    assert linked.stat().st_size > bare.stat().st_size
    assert likeness(linked) == likeness(bare) == likeness(whole)
    copy = tmp_path / "copy"
    shutil.copy(bare, copy)
    assert likeness(copy) == likeness(bare)


def test_a_file_in_memory_without_build_id() -> None:
    assert likeness(bytes(write(Spec()).data)) == likeness(bytes(write(Spec()).data))
