"""libvirt's packages in the place of Debian's: the daemon has the drivers that are installed, no others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support import worked

if TYPE_CHECKING:
    from tests.support.worked import Case


# Of Debian's packages these stay: they hold no file of the program, and nothing takes their place.
EMPTY_IN_DEBIAN = {"bookworm": "libvirt-daemon-system-systemd", "trixie": ""}


@pytest.mark.slow
@pytest.mark.parametrize("case", worked.cases("libvirt"), ids=str)
def test_packages_take_the_place_of_debians(case: Case) -> None:
    out = worked.debs(case)
    said = dict(line.rsplit(" ", 1) for line in (out / "said").read_text(encoding="utf-8").splitlines())
    assert said == {
        "ours": str(len(list(out.glob("*.deb")))),
        "others": EMPTY_IN_DEBIAN[case.suite],
        "network": "0",
        "all disk": "yes",
        "all rbd": "yes",
        "Using API:": "QEMU",
        "one less disk": "yes",
        "one less rbd": "no",
    }
