"""AdventureWorks is laid out once for all tests that read it."""

from __future__ import annotations

import pytest

from tests.acceptance.adventureworks_company import Company


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """AdventureWorks as it is declared."""
    return Company(tmp_path_factory.mktemp("company"))


@pytest.fixture(scope="session")
def from_april(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """The same company, had it said that nothing was sold before its first order: its first quarter is then whole."""
    days = ("delivered: 2011-05-31..", "delivered: 2011-04-01..")
    return Company(tmp_path_factory.mktemp("from-april"), {"sources/orders.yaml": days})
