"""SPDX expressions in Debian's words."""

from __future__ import annotations

from pathlib import Path

import pytest

from splitpkg.render.deb.licence import licences

COMMON = Path("/usr/share/common-licenses")


@pytest.mark.parametrize(
    ("spdx", "synopsis"),
    [
        ("MIT", "Expat"),
        ("GPL-2.0-or-later", "GPL-2+"),
        ("GPL-2.0+", "GPL-2+"),
        ("LGPL-2.1-only", "LGPL-2.1"),
        ("AGPL-3.0-or-later", "AGPL-3+"),
        ("BSD-3-Clause", "BSD-3-clause"),
        ("GFDL-1.3-no-invariants-or-later", "GFDL-NIV-1.3+"),
        ("GPL-2.0-or-later WITH Classpath-exception-2.0", "GPL-2+ with Classpath-2.0 exception"),
        ("GPL-2.0-only AND MIT", "GPL-2 and Expat"),
        ("MIT OR Apache-2.0 AND ISC", "Expat or Apache-2.0 and ISC"),
        ("(GPL-2.0-only OR MIT) AND ISC", "GPL-2 or Expat, and ISC"),
        ("((MIT))", "Expat"),
        ("(MIT OR (ISC AND (Zlib OR X11))) AND 0BSD", "0BSD and Expat and ISC and X11 and Zlib"),
        ("DocumentRef-a:LicenseRef-b", "LicenseRef-b"),
    ],
)
def test_synopsis(spdx: str, synopsis: str) -> None:
    assert licences(spdx)[0] == synopsis


def test_each_licence_is_told_once() -> None:
    _, found = licences("GPL-2.0-only OR MIT AND GPL-2.0-only")
    assert [one.short for one in found] == ["Expat", "GPL-2"]


@pytest.mark.parametrize(
    "spdx", ["GPL-2.0-or-later", "LGPL-2.1-only", "Apache-2.0", "MPL-2.0", "CC0-1.0", "GFDL-1.3-only"]
)
def test_the_texts_that_are_referred_to_are_on_this_system(spdx: str) -> None:
    _, (one,) = licences(spdx)
    assert one.common
    assert (COMMON / one.base).is_file()


def test_a_text_that_nobody_has_is_neither_common_nor_enclosed() -> None:
    _, (one,) = licences("Artistic-2.0")
    assert not one.common
    assert not one.enclosed
    _, (exempted,) = licences("MIT WITH Odd-exception")
    assert not exempted.enclosed
