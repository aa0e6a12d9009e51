"""The engines, each of which every test of this room runs on."""

from __future__ import annotations

import pytest

from workflow.run.duck import DuckDB
from workflow.run.outcome import Engine
from workflow.run.reference import Reference

ENGINES: tuple[Engine, ...] = (Reference(), DuckDB())


@pytest.fixture(params=ENGINES, ids=lambda engine: engine.name)
def engine(request: pytest.FixtureRequest) -> Engine:
    """One engine after another; what holds for one holds for all."""
    found: Engine = request.param
    return found
