from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from splitpkg.elf.spans import Span, difference, union

SPANS = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), max_size=8)


def covered(spans: list[Span]) -> set[int]:
    return {offset for start, end in spans for offset in range(start, end)}


@given(SPANS)
def test_a_union_covers_the_same_once_and_in_order(spans: list[Span]) -> None:
    merged = union(spans)
    assert covered(merged) == covered(spans)
    assert sum(end - start for start, end in merged) == len(covered(spans))
    assert merged == sorted(merged)


@given(SPANS, SPANS)
def test_a_difference_covers_what_the_holes_do_not(spans: list[Span], holes: list[Span]) -> None:
    rest = list(difference(union(spans), union(holes)))
    assert covered(rest) == covered(spans) - covered(holes)
    assert all(start < end for start, end in rest)
    assert rest == sorted(rest)
