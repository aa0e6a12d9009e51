"""Windows: which days and periods each holds, by hand, at the ends of months and years and in listed periods."""

from __future__ import annotations

import datetime

import pytest

from workflow.checks.periods import calendar_periods
from workflow.model.terms import Window, WindowKind
from workflow.plan.windows import Named, reach_of

D = datetime.date
JANUARY, APRIL = (1, 1), (4, 1)


def held(
    kind: WindowKind, count: int, of: str, name: str, starts: tuple[int, int] = JANUARY
) -> tuple[str, str, tuple[str, ...]] | None:
    """First day, last day and periods of a window over the calendar's periods."""
    periods = calendar_periods(of, starts, 2015, 2027).periods
    period = next(each for each in periods if each[0] == name)
    reach = reach_of(Window(kind, count), period, periods, starts, until=period[2])
    if reach is None:
        return None
    ((first, last),) = reach.days
    return f"{first}", f"{last}", reach.periods


@pytest.mark.parametrize(
    ("count", "of", "name", "first"),
    [
        (12, "quarter", "2026-Q3", "2025-10-01"),
        (1, "month", "2026-09", "2026-09-01"),  # not 31 August: the month before the day after the end
        (1, "month", "2026-03", "2026-03-01"),
        (12, "month", "2024-02", "2023-03-01"),
        (12, "month", "2025-02", "2024-03-01"),  # the 29th is counted
        (6, "quarter", "2026-Q1", "2025-10-01"),
        (36, "year", "2026", "2024-01-01"),
    ],
)
def test_months_end_with_the_period(count: int, of: str, name: str, first: str) -> None:
    """So many calendar months, the period's last day being the last of them."""
    found = held("months", count, of, name)
    assert found is not None
    assert found[0] == first


def test_months_that_begin_on_a_day_that_a_month_lacks() -> None:
    """Six months up to 30 August begin where the 31st of February would be: on its last day."""
    period = ("odd", D(2026, 8, 1), D(2026, 8, 30))
    reach = reach_of(Window("months", 6), period, (period,), JANUARY, until=period[2])
    assert reach is not None
    assert reach.days == ((D(2026, 2, 28), D(2026, 8, 30)),)


@pytest.mark.parametrize(
    ("kind", "count", "of", "name", "starts", "expected"),
    [
        ("periods", 1, "quarter", "2026-Q3", JANUARY, ("2026-07-01", "2026-09-30", ("2026-Q3",))),
        ("periods", 3, "quarter", "2026-Q1", JANUARY, ("2025-07-01", "2026-03-31", ("2025-Q3", "2025-Q4", "2026-Q1"))),
        ("previous period", 1, "month", "2026-01", JANUARY, ("2025-12-01", "2025-12-31", ("2025-12",))),
        ("previous period", 1, "year", "2015", JANUARY, None),
        ("same period last year", 1, "quarter", "2026-Q3", JANUARY, ("2025-07-01", "2025-09-30", ("2025-Q3",))),
        ("same period last year", 1, "month", "2024-02", JANUARY, ("2023-02-01", "2023-02-28", ("2023-02",))),
        ("same period last year", 1, "month", "2025-02", JANUARY, ("2024-02-01", "2024-02-29", ("2024-02",))),
        ("same period last year", 1, "year", "2026", JANUARY, ("2025-01-01", "2025-12-31", ("2025",))),
        ("same period last year", 1, "quarter", "2026-Q4", APRIL, ("2026-01-01", "2026-03-31", ("2025-Q4",))),
        ("same period last year", 1, "quarter", "2015-Q3", JANUARY, None),
        ("year to date", 1, "month", "2026-02", JANUARY, ("2026-01-01", "2026-02-28", ("2026-01", "2026-02"))),
        ("year to date", 1, "month", "2026-02", APRIL, ("2025-04-01", "2026-02-28", None)),
        ("year to date", 1, "year", "2026", APRIL, ("2026-04-01", "2027-03-31", ("2026",))),
    ],
)
def test_a_window_holds(
    kind: WindowKind,
    count: int,
    of: str,
    name: str,
    starts: tuple[int, int],
    expected: tuple[str, str, tuple[str, ...] | None] | None,
) -> None:
    """Days and periods of each kind of window; None where an earlier period is not there."""
    found = held(kind, count, of, name, starts)
    if expected is None or found is None:
        assert found is expected
        return
    assert found[:2] == expected[:2]
    assert expected[2] is None or found[2] == expected[2]


SEASONS: tuple[Named, ...] = (
    ("2025-spring", D(2025, 3, 1), D(2025, 5, 31)),
    ("2025-autumn", D(2025, 9, 1), D(2025, 11, 30)),
    ("2026-spring", D(2026, 3, 1), D(2026, 5, 31)),
    ("2026-autumn", D(2026, 9, 1), D(2026, 11, 30)),
)
"""Periods that leave days out."""


def test_days_between_listed_periods_are_in_no_window_of_periods() -> None:
    """The last two seasons are two stretches of days."""
    reach = reach_of(Window("periods", 2), SEASONS[3], SEASONS, JANUARY, until=SEASONS[3][2])
    assert reach is not None
    assert reach.days == ((D(2026, 3, 1), D(2026, 5, 31)), (D(2026, 9, 1), D(2026, 11, 30)))


def test_the_year_of_seasons_begins_with_the_companys() -> None:
    """No season covers 1 January, so the year to date begins there."""
    reach = reach_of(Window("year to date"), SEASONS[3], SEASONS, JANUARY, until=SEASONS[3][2])
    assert reach is not None
    assert reach.days == ((D(2026, 1, 1), D(2026, 11, 30)),)


@pytest.mark.parametrize(("place", "expected"), [(2, "2025-spring"), (3, "2025-autumn"), (1, None)])
def test_a_listed_period_a_year_earlier_has_the_same_place(place: int, expected: str | None) -> None:
    """The second of the year before is that of the second; before the first listed year there is none."""
    reach = reach_of(Window("same period last year"), SEASONS[place], SEASONS, JANUARY, until=SEASONS[place][2])
    assert (reach.periods[0] if reach else None) == expected


def test_a_hole_in_the_list_is_not_taken_for_another_period() -> None:
    """With a season unlisted the places differ; what shares no day with a year earlier isn't the same period."""
    listed = SEASONS[1:]
    assert reach_of(Window("same period last year"), listed[1], listed, JANUARY, until=listed[1][2]) is None
