"""When a symbol that nothing in the tree defines may still be met: by a library from outside it."""

from __future__ import annotations

import pytest

from splitpkg.abi.linkage import Linkage
from splitpkg.abi.symbols import Scope
from tests.support.trees import inventory, program, shared

HOST, MODULE = "usr/bin/demo", "usr/lib/demo/one.so"
GLIB, C, M = "libglib-2.0.so.0", "libc.so.6", "libm.so.6"


@pytest.mark.parametrize(
    ("host_libraries", "host_needs", "module_libraries", "assumed"),
    [
        # A module without libraries: what its host takes from one.
        (GLIB, "", "", ()),
        (GLIB, "g_free", "", ()),
        (GLIB, "demo_gone", "", (GLIB,)),
        # A module with libraries: these.
        ("", "", GLIB, (GLIB,)),
        (GLIB, "", f"{C} libz.so.1", ("libz.so.1",)),
        # A module with those of the toolchain, which tell their versions: the host's others.
        (C, "", C, ()),
        (f"{C} {M}", "", C, (M,)),
        (f"{C} {GLIB}", "", C, (GLIB,)),
        (C, "", f"{C} {M}", ()),
    ],
)
def test_which_libraries_may_define_a_symbol(
    host_libraries: str, host_needs: str, module_libraries: str, assumed: tuple[str, ...]
) -> None:
    tree = {
        HOST: program(needs=host_needs, libraries=host_libraries),
        MODULE: shared(needs="demo_gone", libraries=module_libraries),
    }
    scope = Scope(Linkage(inventory(tree)), [HOST], [MODULE])
    (symbol,) = scope.open_symbols(MODULE)
    assert symbol.assumed == assumed
    assert scope.may_be_outside(symbol) is bool(assumed)


def test_a_program_from_outside_may_define_anything() -> None:
    scope = Scope(Linkage(inventory({MODULE: shared(needs="demo_gone")})), [], [MODULE], outside=True)
    (symbol,) = scope.open_symbols(MODULE)
    assert scope.may_be_outside(symbol)
