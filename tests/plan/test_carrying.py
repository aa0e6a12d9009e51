"""What a cap carries, against a pool that is filled and emptied quarter after quarter."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests.plan.runs import WHOLE, evaluated, paid, workspace

QUARTERS = {"2026-Q1": "02", "2026-Q2": "05", "2026-Q3": "08", "2026-Q4": "11"}
SOLD = {
    "P1": ("9000.00", "0.00", "0.00", "0.00"),
    "P2": ("3500.10", "3000.00", "2999.90", "2500.00"),
    "P3": ("0.00", "0.00", "12345.60", "0.00"),
    "P4": ("4000.00", "4000.00", "4000.00", "4000.00"),
    "P5": ("100.00", "200.00", "300.00", "400.00"),
}
POLICY = """\
measures:
  revenue: {sum: amount, of: deal.won}
pay:
  commission: {on: revenue, rate: 10%}
cap: {at most: 300 CNY, per: period, over: carry}
"""


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five sellers over a year: one great deal, little by little over the cap, always over it, never."""
    deals = "".join(
        f"D{person}{month},{person},{amount},cloud,2026-{month}-10\n"
        for person, amounts in SOLD.items()
        for month, amount in zip(QUARTERS.values(), amounts, strict=True)
    )
    people = "".join(f"{person},2024-01-01,rep,S1,5%\n" for person in SOLD)
    return workspace(tmp_path_factory.mktemp("company"), POLICY, {"people": people, "deals": deals}, WHOLE)


@pytest.mark.parametrize("quarter", QUARTERS)
def test_what_is_not_paid_now_is_paid_later(company: Path, engine: str, quarter: str) -> None:
    """Each quarter pays the least of its cap and of its own commission with what the pool holds."""
    result = evaluated(company, engine, period=quarter)
    place = list(QUARTERS).index(quarter)
    for person, amounts in SOLD.items():
        pool, lines = Decimal(0), dict[str, Decimal]()
        for amount in amounts[: place + 1]:
            own = Decimal(amount) / 10
            due = min(Decimal(300), own + pool)
            lines = {"commission": own, "carried": pool, "cap": due - own - pool}
            pool = own + pool - due
        wanted = {name: f"{each:.2f}" for name, each in lines.items() if each or name == "commission"}
        assert paid(result, person) == wanted, person
