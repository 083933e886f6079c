"""Reading the manifest's file, whatever lies in its place."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

import pytest

from splitpkg.diagnostics import EnvironmentFailed, Failed
from splitpkg.manifest.source import SIZE_LIMIT, read_text

if TYPE_CHECKING:
    from pathlib import Path


def refusal(path: Path) -> Failed:
    with pytest.raises(Failed) as caught:
        read_text(path)
    return caught.value


def test_text_is_read_as_it_stands(tmp_path: Path) -> None:
    (tmp_path / "m.toml").write_bytes("a = 'é'\r\n# \u2028\n".encode())
    assert read_text(tmp_path / "m.toml") == "a = 'é'\r\n# \u2028\n"


def test_a_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "m.toml").write_text("a = 1\n")
    (tmp_path / "link.toml").symlink_to("m.toml")
    assert read_text(tmp_path / "link.toml") == "a = 1\n"


def test_a_directory_is_no_manifest(tmp_path: Path) -> None:
    assert (
        str(refusal(tmp_path)) == f"{tmp_path}: error[manifest-unreadable]: is a directory; expected a file"
    )


def test_a_pipe_that_nobody_writes_to_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "m.toml")
    assert "is a pipe; expected a file" in str(refusal(tmp_path / "m.toml"))


def test_a_device_is_no_manifest(tmp_path: Path) -> None:
    (tmp_path / "m.toml").symlink_to("/dev/zero")
    assert "is a device; expected a file" in str(refusal(tmp_path / "m.toml"))


def test_a_socket_is_no_manifest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("m.toml")
        refused = refusal(tmp_path / "m.toml")
    assert (type(refused), refused.diagnostics[0].slug) == (EnvironmentFailed, "manifest-unreadable")


@pytest.mark.parametrize("name", ["none.toml", "none/m.toml", "dangling.toml"])
def test_a_file_that_is_not_there_is_missing(tmp_path: Path, name: str) -> None:
    (tmp_path / "dangling.toml").symlink_to("none.toml")
    assert refusal(tmp_path / name).diagnostics[0].slug == "manifest-missing"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("file/m.toml", "not a directory"),
        ("x" * 300, "file name too long"),
        ("loop.toml", "too many levels of symbolic links"),
    ],
)
def test_what_the_system_refuses_is_told_in_its_words(tmp_path: Path, name: str, reason: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "loop.toml").symlink_to("loop.toml")
    refused = refusal(tmp_path / name)
    assert isinstance(refused, EnvironmentFailed)
    assert refused.diagnostics[0].message == f"cannot be read: {reason}"


def test_size_has_a_limit(tmp_path: Path) -> None:
    file = tmp_path / "m.toml"
    file.write_bytes(b"#" * SIZE_LIMIT)
    assert len(read_text(file)) == SIZE_LIMIT
    file.write_bytes(b"#" * (SIZE_LIMIT + 1))
    assert "error[over-limit]: is larger than 1 MiB" in str(refusal(file))


def test_what_is_endless_is_not_read_to_its_end(tmp_path: Path) -> None:
    with (tmp_path / "m.toml").open("wb") as file:
        file.truncate(1 << 40)
    assert refusal(tmp_path / "m.toml").diagnostics[0].slug == "over-limit"


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        (b"a = 1\nb = '\xff'\n", 2, "holds the byte 0xff, which is no UTF-8 there"),
        (b"\xed\xa0\x80", 1, "holds the byte 0xed, which is no UTF-8 there"),
        (b"a\n\n\xc3", 3, "holds the byte 0xc3, which is no UTF-8 there"),
        (b"\xc0\x80", 1, "holds the byte 0xc0, which is no UTF-8 there"),
        (b"\xef\xbb\xbfa = 1", 1, "begins with a byte order mark, which TOML does not have"),
        ("a = 1".encode("utf-16"), None, "is UTF-16; expected UTF-8"),
        (b"\xfe\xff\0a", None, "is UTF-16; expected UTF-8"),
    ],
)
def test_other_encodings_are_told_with_their_line(
    tmp_path: Path, content: bytes, line: int | None, message: str
) -> None:
    (tmp_path / "m.toml").write_bytes(content)
    (finding,) = refusal(tmp_path / "m.toml").diagnostics
    assert (finding.slug, finding.where.line, finding.message) == ("bad-encoding", line, message)
