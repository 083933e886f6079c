"""Spans of a file: the offset of the first byte and of the one behind the last."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Span = tuple[int, int]


def union(spans: Iterable[Span]) -> list[Span]:
    """The spans in order, without the empty ones, and those that overlap as one."""
    merged: list[Span] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if merged and start < merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


def difference(spans: list[Span], holes: list[Span]) -> Iterator[Span]:
    """What remains of the spans without the holes; both are unions."""
    ahead = iter([*holes, (sys.maxsize, sys.maxsize)])
    hole = next(ahead)
    for span in spans:
        start, end = span
        while start < end:
            while hole[1] <= start:
                hole = next(ahead)
            if start < hole[0]:
                yield start, min(hole[0], end)
            start = hole[1]
