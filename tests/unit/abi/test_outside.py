"""When a symbol that nothing in the tree defines may still be met: by a library from outside it."""

from __future__ import annotations

import pytest

from splitpkg.abi.linkage import Linkage
from splitpkg.abi.symbols import Scope
from tests.support.trees import inventory, program, shared

HOST, MODULE = "usr/bin/demo", "usr/lib/demo/one.so"


@pytest.mark.parametrize(
    ("host_needs", "module_libraries", "outside"),
    [
        ("", "", False),
        ("g_free", "", False),
        ("demo_gone", "", True),
        ("", "libglib-2.0.so.0", True),
    ],
)
def test_a_library_that_a_host_only_links_to_answers_nothing(
    host_needs: str, module_libraries: str, outside: bool
) -> None:
    tree = {
        HOST: program(needs=host_needs, libraries="libglib-2.0.so.0"),
        MODULE: shared(needs="demo_gone", libraries=module_libraries),
    }
    scope = Scope(Linkage(inventory(tree)), [HOST], [MODULE])
    (symbol,) = scope.open_symbols(MODULE)
    assert scope.may_be_outside(symbol) is outside
