"""The engines by name, for what holds in each."""

from __future__ import annotations

import pytest

from tests.taken import taken_once
from workflow.api import ENGINES

__all__ = ["engine", "taken_once"]


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """One engine after another."""
    found: str = request.param
    return found
