"""A tree to build in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.discover.builder import Forest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def forest(tmp_path: Path) -> Forest:
    return Forest(tmp_path)
