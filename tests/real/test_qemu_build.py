"""QEMU's packages in the place of Debian's: modules load, and only together with what they need."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support import worked
from tests.support.qemu import CASES

if TYPE_CHECKING:
    from tests.support.worked import Case


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=str)
def test_packages_take_the_place_of_debians(case: Case) -> None:
    out = worked.debs(case)
    said = dict(line.rsplit(" ", 1) for line in (out / "said").read_text(encoding="utf-8").splitlines())
    assert said == {
        "core": "0",
        "core virtio-vga": "1",
        "one virtio-vga": "0",
        "one qxl-vga": "1",
        "alone": "refused",
        "all virtio-vga": "0",
        "all qxl-vga": "0",
        "all": str(len(list(out.glob("*.deb"))) + 1),
        "debian": "0",
    }
