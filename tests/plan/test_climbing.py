"""Tiers: until which day one is held, by hand, in years that begin on any day."""

from __future__ import annotations

import datetime
from typing import Literal

import pytest

from workflow.checks.tiers import Holding
from workflow.plan.lasting import held_day

D = datetime.date


@pytest.mark.parametrize(
    ("until", "begins", "year_starts", "held"),
    [
        ("year", D(2026, 10, 1), (1, 1), D(2026, 12, 31)),
        ("year", D(2026, 10, 1), (4, 1), D(2027, 3, 31)),
        ("year", D(2027, 3, 31), (4, 1), D(2027, 3, 31)),
        ("year", D(2027, 4, 1), (4, 1), D(2028, 3, 31)),
        ("year", D(2026, 4, 5), (4, 6), D(2026, 4, 5)),  # the last day of a year that began on 6 April 2025
        ("year", D(2026, 4, 6), (4, 6), D(2027, 4, 5)),
        ("quarter", D(2026, 7, 5), (4, 6), D(2026, 7, 5)),
        ("quarter", D(2026, 7, 6), (4, 6), D(2026, 10, 5)),
        ("month", D(2026, 4, 30), (1, 1), D(2026, 4, 30)),
        ("month", D(2026, 4, 5), (4, 6), D(2026, 4, 5)),
    ],
)
def test_a_tier_is_held_until_the_end_of_the_company_s_period(
    until: Literal["year", "quarter", "month"], begins: datetime.date, year_starts: tuple[int, int], held: datetime.date
) -> None:
    assert held_day(Holding(until), begins, year_starts) == held


def test_other_ways_of_holding_know_no_year() -> None:
    april = (4, 1)
    assert held_day(Holding("months", 12), D(2026, 7, 1), april) == D(2027, 6, 30)
    assert held_day(Holding("day", day=D(2026, 12, 31)), D(2026, 7, 1), april) == D(2026, 12, 31)
    assert held_day(Holding("day", day=D(2026, 12, 31)), D(2027, 7, 1), april) == D(2027, 6, 30)  # it is past
    assert held_day(None, D(2026, 7, 1), april) == D(2026, 6, 30)
