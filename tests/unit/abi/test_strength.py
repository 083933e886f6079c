"""How strong a tag is, by its text and by another build."""

from __future__ import annotations

import pytest

from splitpkg.abi.model import Strength, Tag, TagFamily
from splitpkg.abi.strength import is_constant, judge


def tag(value: str, family: TagFamily = TagFamily.NODE) -> Tag:
    return Tag(family, value, ("lib",), ("module",), "found")


STAMP = "demo_stamp_a9371758a1e437061506b0809ed62421f673a439"
OTHER = "demo_stamp_f1b4c2639e440a9f989736fb1ad6d8336564df2e"


@pytest.mark.parametrize(
    ("value", "version", "release", "strength", "judged"),
    [
        ("DEMO_PRIVATE_9.0.0", "9.0.0", "4", Strength.VERSION, "holds version 9.0.0"),
        ("demo_init_1_6_0", "1.6.0", "1", Strength.VERSION, "holds version 1.6.0"),
        (
            "DEMO_4.22.11_DEBIAN_4.22.11_DFSG_0_DEB13U1_PRIVATE",
            "4.22.11+dfsg",
            "0+deb13u1",
            Strength.BUILD,
            "holds version and release, 4.22.11+dfsg-0+deb13u1",
        ),
        ("libdemo-257.9-1.so", "257.9", "1", Strength.BUILD, "holds version and release, 257.9-1"),
        ("libdemo-257.so", "257.9", "1", Strength.INTERFACE, "holds 257 of version 257.9, and no more"),
        ("demo/plugins/4.4", "4.4.7", "1", Strength.INTERFACE, "holds 4.4 of version 4.4.7, and no more"),
        ("demo_1.4", "4", "1", Strength.INTERFACE, "holds neither the version nor a hash"),
        ("demo_90.0", "9.0", "1", Strength.INTERFACE, "holds neither the version nor a hash"),
        ("libdemo-private.so.1", "1", "1", Strength.INTERFACE, "holds neither the version nor a hash"),
        ("20120211", "2.4.62", "1", Strength.INTERFACE, "holds neither the version nor a hash"),
        (STAMP, "10.0.2", "1", Strength.VERSION, "holds a hash; only another build can tell of what"),
        ("demo-4f0c1d2ab", "9.1+git20240101.4f0c1d2", "1", Strength.COMMIT, "holds the commit of version {}"),
    ],
)
def test_the_text_tells(value: str, version: str, release: str, strength: Strength, judged: str) -> None:
    found = judge(tag(value), version, release)
    assert (found.strength, found.judged) == (strength, judged.format(version))


@pytest.mark.parametrize(
    ("ours", "others", "strength", "judged"),
    [
        # The other one of the same version has another hash: it is of the build.
        ((STAMP,), (OTHER, "DEMO_1.0"), Strength.BUILD, f"`{OTHER}` in the previous build, which is"),
        ((STAMP,), (OTHER,), Strength.VERSION, f"`{OTHER}` in the previous build"),
        ((STAMP,), (STAMP, "DEMO_1.0"), Strength.VERSION, "the same in the previous build, which is"),
        ((STAMP,), (STAMP,), Strength.INTERFACE, "the same in the previous build"),
        (("DEMO_PRIVATE_1.0",), ("DEMO_PRIVATE_0.9",), Strength.VERSION, "`DEMO_PRIVATE_0.9` in"),
        (("Demo_5_API",), ("Other",), Strength.INTERFACE, "holds neither the version nor a hash"),
    ],
)  # fmt: skip
def test_another_build_settles_it(
    ours: tuple[str, ...], others: tuple[str, ...], strength: Strength, judged: str
) -> None:
    found = judge(tag(ours[0]), "1.0", "2", [tag(value) for value in others])
    assert found.strength is strength
    assert judged in found.judged


def test_what_speaks_of_no_release_is_constant() -> None:
    assert is_constant(tag("20120211"), "2.4.62")
    assert is_constant(tag("SD_SHARED"), "257.9")
    assert not is_constant(tag("libdemo-257.so"), "257.9")
    assert not is_constant(tag(STAMP), "1.0")
    assert not is_constant(tag("demo_1_6"), "0")
