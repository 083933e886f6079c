"""Directories that every system has, so that no package of ours owns them."""

from __future__ import annotations

import pytest

from splitpkg.plan.filesystem import is_base_directory


@pytest.mark.parametrize(
    "path",
    [
        "usr",
        "usr/lib64",
        "usr/lib/x86_64-linux-gnu",
        "usr/lib/arm-linux-gnueabihf/pkgconfig",
        "usr/lib/i386-gnu",
        "lib/mips64el-linux-gnuabi64",
        "lib/systemd/system",
        "usr/lib/systemd/system",
        "lib/udev/rules.d",
        "usr/share/locale/zh_CN/LC_MESSAGES",
        "usr/share/man/man3",
    ],
)
def test_the_distributions_own(path: str) -> None:
    assert is_base_directory(path)


@pytest.mark.parametrize(
    "path",
    ["usr/lib/x86_64-linux-gnu/qemu", "usr/lib/qemu", "etc/qemu", "usr/share/doc/qemu", "lib/qemu-gnu/x"],
)
def test_ours(path: str) -> None:
    assert not is_base_directory(path)
