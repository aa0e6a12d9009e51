"""Months: days some months away, over the ends of months and years."""

from __future__ import annotations

import datetime

import pytest

from workflow.worktime.months import day_of_month, months_after

D = datetime.date


@pytest.mark.parametrize(
    ("day", "count", "found"),
    [
        (D(2026, 1, 31), 1, D(2026, 2, 28)),
        (D(2024, 1, 31), 1, D(2024, 2, 29)),
        (D(2026, 12, 15), 1, D(2027, 1, 15)),
        (D(2026, 11, 30), 13, D(2027, 12, 30)),
        (D(2026, 3, 31), -1, D(2026, 2, 28)),
        (D(2026, 1, 15), -1, D(2025, 12, 15)),
        (D(2024, 2, 29), -12, D(2023, 2, 28)),
        (D(2026, 5, 31), 0, D(2026, 5, 31)),
    ],
)
def test_some_months_away(day: datetime.date, count: int, found: datetime.date) -> None:
    """The same day of the month, or its last."""
    assert months_after(day, count) == found


@pytest.mark.parametrize(
    ("month", "found"), [(1, D(2026, 1, 30)), (14, D(2027, 2, 28)), (12, D(2026, 12, 30)), (0, D(2025, 12, 30))]
)
def test_a_month_is_counted_from_january(month: int, found: datetime.date) -> None:
    """The fourteenth month of a year is February of the next."""
    assert day_of_month(2026, month, 30) == found
